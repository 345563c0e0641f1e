"""Measures the model with voices it never heard: evaluate.py WORK MODEL.onnx [PHRASES_PER_VOICE]. Prints the figures of CARD.md."""

import random
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

import channel
import lexicon
import sentences
import synth
from edit import distance
from hear import Ear, read_audio
from matcher import Costs, Lexicon, read_units

COMMANDS = {
    "fr": {
        "yes": ["oui", "oui c'est ça", "d'accord"], "no": ["non", "non merci"], "accept": ["accepte", "accepter"],
        "decline": ["refuse", "refuser"], "repeat": ["répète", "répéter"], "help": ["aide"], "cancel": ["annule", "annuler"],
        "goodbye": ["au revoir"], "message": ["message", "laisser un message"], "retry": ["réessaie", "encore"],
        "end": ["fin", "terminer", "raccrocher"],
    },
    "en": {
        "yes": ["yes", "yes please", "okay"], "no": ["no", "no thanks"], "accept": ["accept", "i accept"],
        "decline": ["decline", "refuse"], "repeat": ["repeat", "say that again"], "help": ["help"], "cancel": ["cancel"],
        "goodbye": ["goodbye"], "message": ["message", "leave a message"], "retry": ["try again", "again"],
        "end": ["end", "finish", "hang up"],
    },
}
CALL = {
    "fr": ["appelle", "appeler", "téléphone à", "je veux parler à", "passe-moi"],
    "en": ["call", "phone", "ring", "i want to talk to", "put me through to"],
}
KNOWN = [
    "Marie Tremblay", "Jean Côté", "Sylvie Gagnon", "Marc Gagné", "Isabelle Roy", "Patrick O'Brien", "Geneviève Lévesque", "Kevin McDonald",
    "Louise Bouchard", "Nguyen Tran", "Michael Johnson", "Emily Clark", "François Pelletier", "Sarah Campbell", "Karim Benali",
]
NEW = [
    "Zoé Beauchemin", "Oswald Kipling", "Clothilde Sanschagrin", "Barnabé Quesnel", "Ophélie Courtemanche", "Gédéon Vadeboncoeur",
    "Capucine Papineau", "Viviane Rancourt", "Thibaut Dandurand", "Winston Hutchinson", "Imogen Pemberton", "Rupert Fitzgerald",
    "Gwendolyn Blackwood", "Harriet Thornton", "Desmond Osborne",
]
STRANGERS = [
    "Philomène Majeau", "Tancrède Frappier", "Apolline Sauriol", "Armand Chicoine", "Fabiola Latulippe", "Edgar Ostiguy", "Beatrix Galloway",
    "Percy Littlefield", "Cecil Whitaker", "Philippa Waverley", "Prudence Kingsley", "Sheldon Hargrove", "Rosalind Butterworth",
    "Martine Desjardins", "Robert Simard", "Lucie Morin", "Andrew Wilson", "Nancy Foster", "Hugo Lemieux", "Laura Mitchell",
]
LIMITS, MARGINS, ADVISED = (0.30, 0.35, 0.40, 0.45), (0.03, 0.06, 0.10), (0.40, 0.10)
CONDITIONS = {"clean": 90.0, "20 dB": 20.0, "10 dB": 10.0}


def main() -> None:
    work, ear = Path(sys.argv[1]), Ear(Path(sys.argv[2]))
    per_voice = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    phone_errors(work, ear)
    rng = random.Random(1)
    for lang in ("fr", "en"):
        print(f"== {lang}, training voices (thresholds are chosen here)")
        contacts(lang, ear, rng.sample(synth.training_variants(), 24), per_voice // 2, table=True)
        print(f"== {lang}, held-out voices")
        contacts(lang, ear, synth.heldout_variants(), per_voice, table=False)
        digit_strings(lang, ear)
    silence(ear)
    quiet_line(ear)


def phone_errors(work: Path, ear: Ear) -> None:
    rows = read_audio(work, "test")
    for name, snr in CONDITIONS.items():
        rng, wrong, total = np.random.RandomState(3), defaultdict(int), defaultdict(int)
        for row, audio in rows:
            if not row["tokens"]:
                continue
            d = distance(row["tokens"], ear.hear(channel.telephone(audio, rng, snr)))
            for key in (row["lang"], row["lang"] + " main accent" if row["voice"].split("+")[0] in ("fr", "en-us") else "", row["voice"].split("+")[1]):
                wrong[key] += d
                total[key] += len(row["tokens"])
        print("phone error rate", name, {k: round(wrong[k] / total[k], 3) for k in sorted(total) if k and k[0]}, flush=True)


def lexicon_of(lang: str) -> Lexicon:
    texts = [(intent, t) for intent, phrases in COMMANDS[lang].items() for t in phrases]
    texts += [(("call", c), f"{verb} {c}") for c in KNOWN + NEW for verb in CALL[lang]] + [(("call", c), c) for c in KNOWN + NEW]
    tokens = lexicon.pronounce([t for _, t in texts], lang)
    return Lexicon([(m, t) for (m, _), t in zip(texts, tokens) if t], Costs())


def contacts(lang: str, ear: Ear, variants: list[str], per_voice: int, table: bool) -> None:
    words, rng, noise = lexicon_of(lang), random.Random(f"contacts {lang}"), np.random.RandomState(5)
    results = defaultdict(list)  # (condition, kind) -> (right, distance, margin, variant)
    for variant in variants:
        for i in range(per_voice):
            kind = ["known", "new", "command", "stranger", "chatter"][i % 5]
            meaning, text = phrase(lang, kind, rng)
            said = synth.speak(text.lower(), f"{lexicon.VOICE[lang]}+{variant}".rstrip("+"), rng.randint(135, 185), rng.randint(30, 70), 100)
            if said is None:
                continue
            audio = np.concatenate([np.zeros(2400, "f4"), said[0], np.zeros(3200, "f4")])
            for name, snr in CONDITIONS.items():
                found, d, margin = words.find(ear.hear(channel.telephone(audio, noise, snr)))
                results[name, kind].append((found == meaning, d, margin, variant))
    for (name, kind), rows in results.items():
        d, m = np.array([r[1] for r in rows]), np.array([r[2] for r in rows])
        right = np.array([r[0] for r in rows])
        print(
            f"{lang} {name} {kind}: n {len(rows)} best entry right {right.mean():.3f}; distance p50 {np.median(d):.2f} p90 {np.quantile(d, .9):.2f} "
            f"min {d.min():.2f}; margin p10 {np.quantile(m, .1):.2f} p50 {np.median(m):.2f}", flush=True,
        )
    for name in CONDITIONS:
        limits = [(d, m) for d in LIMITS for m in MARGINS] if table else [ADVISED]
        for limit, least in limits:
            thresholds(f"{lang} {name}", limit, least, results, name)
    if table:
        return
    by_voice = defaultdict(list)
    for (_, kind), rows in results.items():
        for right, *_, variant in rows:
            if kind in ("known", "new", "command"):
                by_voice[variant].append(right)
    print(lang, "right by voice", {v: round(float(np.mean(r)), 3) for v, r in by_voice.items()})


def phrase(lang: str, kind: str, rng: random.Random) -> tuple[object, str]:
    if kind == "command":
        intent = rng.choice(sorted(COMMANDS[lang]))
        return intent, rng.choice(COMMANDS[lang][intent])
    if kind == "chatter":
        return None, " ".join(rng.choice(sentences.dictionary(lang)) for _ in range(rng.randint(1, 5)))
    contact = rng.choice({"known": KNOWN, "new": NEW, "stranger": STRANGERS}[kind])
    return ("call", contact) if kind != "stranger" else None, f"{rng.choice(CALL[lang])} {contact}"


def thresholds(title: str, limit: float, least: float, results: dict, name: str) -> None:
    share = []
    for kind in ("known", "new", "command", "stranger", "chatter"):
        rows = results[name, kind]
        taken = [r for r in rows if r[1] <= limit and r[2] >= least]
        share.append(f"{kind} {sum(r[0] for r in taken) / len(rows):.3f}/{sum(not r[0] for r in taken) / len(rows):.3f}")
    print(f"  {title}: distance <= {limit:.2f}, margin >= {least:.2f}: taken right/wrong: {', '.join(share)}")


def digit_strings(lang: str, ear: Ear) -> None:
    """Strings of 4 (PIN) and 10 (telephone number) digits, one by one, held-out voices."""
    names, costs = sentences.DIGITS[lang], Costs()
    units = list(zip(names, lexicon.pronounce(names, lang)))
    rng, noise = random.Random(f"digits {lang}"), np.random.RandomState(6)
    for length in (4, 10):
        for condition, snr in CONDITIONS.items():
            exact, wrong, total, strings = 0, 0, 0, 0
            for variant in synth.heldout_variants():
                for _ in range(4):
                    said = [rng.choice(names) for _ in range(length)]
                    spoken = synth.speak(" ".join(said), f"{lexicon.VOICE[lang]}+{variant}", rng.randint(125, 165), rng.randint(30, 70), 100)
                    audio = np.concatenate([np.zeros(2400, "f4"), spoken[0], np.zeros(3200, "f4")])
                    heard, _ = read_units(ear.hear(channel.telephone(audio, noise, snr)), units, costs)
                    wrong, total, strings = wrong + distance(said, heard), total + length, strings + 1
                    exact += heard == said
            print(f"{lang} {condition} strings of {length} digits: exact {exact / strings:.3f}, digits right {1 - wrong / total:.3f}", flush=True)


def silence(ear: Ear) -> None:
    """How many phones the net invents where nobody speaks."""
    rng, heard, seconds = np.random.RandomState(9), 0, 0.0
    for _ in range(60):
        x = channel.telephone(channel.no_speech(rng), rng, 30)
        heard, seconds = heard + len(ear.hear(x)), seconds + len(x) / 8000
    print(f"phones invented in keys, tones and noise: {heard} in {seconds:.0f} s")


def quiet_line(ear: Ear) -> None:
    """Whether 20 s of line noise before the speech spoil it (the state of the net is never reset here)."""
    rng = np.random.RandomState(4)
    for lead in (0.3, 20.0):
        wrong = total = 0
        for text, variant in [(f"appelle {c}", v) for c in NEW for v in ("m3", "f2")]:
            said = synth.speak(text.lower(), f"fr+{variant}", 160, 50, 100)
            audio = np.concatenate([np.zeros(int(8000 * lead), "f4"), said[0], np.zeros(3200, "f4")])
            tokens = lexicon.ipa_to_tokens(said[1], lexicon.read_map())
            level = np.abs(said[0]).mean()
            x = channel.mulaw(audio + channel.coloured(len(audio), 1.0, rng) * level * 0.05).astype("f4")
            wrong, total = wrong + distance(tokens, ear.hear(x)), total + len(tokens)
        print(f"phone error rate after {lead:.1f} s of quiet line: {wrong / total:.3f}")


if __name__ == "__main__":
    main()
