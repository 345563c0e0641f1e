"""Names said by the rules of the other language, as in Québec: bilingual.py hear MODEL.onnx OUT.jsonl, bilingual.py score HEARD.jsonl ... OUT.tsv.

`hear` makes what a French caller says who says "Kevin McDonald" the English way, and an English caller "Geneviève Lévesque" the French way:
the order and the name are spoken apart, in the same variant of espeak-ng, and put together. Group `dev-cross` is of training variants (limits
are chosen there), `cross` of held-out ones, `cross-other` of flite and festival, who say English names alone.
`score` counts what is right, taken and falsely taken of all that was heard, for limits of the other language's pronunciation.
"""

import json
import random
import sys
from collections import defaultdict
from multiprocessing import Pool
from pathlib import Path

import numpy as np

import channel
import heldout
import lexicon
import listen
import phrases
import synth
from evaluate import ADVISED, WORDS, costs
from hear import Ear
from matcher import Lexicon

SEED, SAID, STRANGERS = 9004, 24, 8  # orders of each voice, and orders of somebody who is in no contact
OTHER = {"fr": "en", "en": "fr"}
ENGLISH = ["Patrick O'Brien", "Kevin McDonald", "Michael Johnson", "Emily Clark", "Sarah Campbell", "Oswald Kipling", "Winston Hutchinson",
           "Imogen Pemberton", "Rupert Fitzgerald", "Gwendolyn Blackwood", "Harriet Thornton", "Desmond Osborne"]
ENGLISH_STRANGERS = ["Beatrix Galloway", "Percy Littlefield", "Cecil Whitaker", "Philippa Waverley", "Prudence Kingsley", "Sheldon Hargrove",
                     "Rosalind Butterworth", "Andrew Wilson", "Nancy Foster", "Laura Mitchell"]
NAMES = {"fr": ENGLISH, "en": [name for name in phrases.KNOWN + phrases.NEW if name not in ENGLISH + ["Nguyen Tran", "Karim Benali"]]}
NOBODY = {"fr": [s for s in phrases.STRANGERS if s in ENGLISH_STRANGERS], "en": [s for s in phrases.STRANGERS if s not in ENGLISH_STRANGERS]}
VOICE = {"fr": "fr", "en": "en-us"}
LIMITS = (0.0, 0.15, 0.2, 0.25, 0.3, "parts")  # of the other language's pronunciation; 0 is never; "parts" is 0.3 and first or family names alone
OWN, FOREIGN, PART = range(3)


def trimmed(x: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(x) > 0.01 * np.abs(x).max())
    return x[loud[0] : loud[-1] + 1]


def variants(group: str) -> list[str]:
    if group == "cross":
        return synth.heldout_variants()[:6]
    return random.Random(SEED).sample([v for v in synth.training_variants() if v], 8)


def orders(group: str, lang: str) -> list[tuple[dict, np.ndarray]]:
    rows = []
    for variant in variants(group):
        rng = random.Random(f"{SEED} {group} {lang} {variant}")
        for who in [NAMES[lang]] * SAID + [NOBODY[lang]] * STRANGERS:
            name, verb = rng.choice(who), rng.choice(phrases.CALL[lang] + [""])
            speed, pitch = rng.randint(135, 180), rng.randint(30, 65)
            parts = [(verb, VOICE[lang])] * bool(verb) + [(name, VOICE[OTHER[lang]])]
            said = [synth.espeak(t.lower(), f"{v}+{variant}", speed, pitch, 100) for t, v in parts]
            if all(said):
                sound = np.concatenate([trimmed(synth.resample(*s[0])) for s in said])
                rows.append((row(group, lang, f"espeak-ng {variant}", name, f"{verb} {name}".strip()), sound))
    return rows


def alone() -> list[tuple[dict, np.ndarray]]:
    """English names by flite and festival in a French call."""
    rows = []
    for voice in (v for v in heldout.read_voices() if v.group == "en-other"):
        for name, sound in zip(ENGLISH, heldout.speak_all(voice, ENGLISH)):
            if sound is not None:
                rows.append((row("cross-other", "fr", voice.title(), name, name), sound))
    return rows


def row(group: str, lang: str, voice: str, name: str, text: str) -> dict:
    kind = "known" if name in phrases.KNOWN else "new" if name in phrases.NEW else "stranger"
    meaning = "" if kind == "stranger" else f"call {name}"
    return {"group": group, "voice": voice, "lang": lang, "kind": kind, "meaning": meaning, "text": text}


def hear(model: str, target: str) -> None:
    made = [r for group in ("dev-cross", "cross") for lang in OTHER for r in orders(group, lang)] + alone()
    ear, backgrounds = Ear(Path(model)), listen.held_out_noises(heldout.read_draw("first"))
    kinds = list(backgrounds)
    with open(target, "w", encoding="utf-8") as out:
        for i, (said, x) in enumerate(made):
            x = np.concatenate([np.zeros(2400, "f4"), x, np.zeros(3200, "f4")])
            rng = np.random.RandomState(SEED + i)
            db = rng.uniform(-20, -1)
            for k, (condition, snr) in enumerate([("clean", None), ("15 dB", 15.0)]):
                kind = kinds[(i + k) % len(kinds)]
                start = rng.randint(0, len(backgrounds[kind]) - len(x))
                told = channel.measured(x, db, snr, backgrounds[kind][start:], "ulaw", rng)
                heard = {"condition": condition, "noise": kind if snr else "", "heard": ear.hear(told.astype("f4"))}
                print(json.dumps(said | heard, ensure_ascii=False), file=out)


CACHE: dict = {}


def both(lang: str) -> tuple[Lexicon, np.ndarray]:
    """All entries with both pronunciations of the names and of their parts, and which are which."""
    if lang not in CACHE:
        entries = [(m, t, OWN) for (m, _), t in zip(phrases.entries(lang), lexicon.pronounce([t for _, t in phrases.entries(lang)], lang)) if t]
        names = phrases.KNOWN + phrases.NEW
        foreign = dict(zip(names, lexicon.pronounce(names, OTHER[lang])))
        verbs = dict(zip(phrases.CALL[lang], lexicon.pronounce(phrases.CALL[lang], lang))) | {"": []}
        entries += [(f"call {n}", v + foreign[n], FOREIGN) for n in names for v in verbs.values()]
        parts = [(n, p) for n in names for p in (n.split()[0], n.split()[-1])]
        for rules in (lang, OTHER[lang]):
            sounds = lexicon.pronounce([p for _, p in parts], rules)
            entries += [(f"call {n}", v + s, PART) for (n, _), s in zip(parts, sounds) for v in verbs.values()]
        CACHE[lang] = Lexicon([(m, t) for m, t, _ in entries], costs()), np.array([o for _, _, o in entries])
    return CACHE[lang]


def judge(r: dict) -> dict | None:
    """For each limit: (right, near enough, margin)."""
    if r["kind"] not in (*WORDS, "near", "reject", "stranger") or r["condition"] not in ("clean", "15 dB"):
        return None
    out = {k: r[k] for k in ("group", "lang", "condition", "kind", "meaning")}
    if not r["heard"]:
        return out | {"ways": {limit: (False, 1.0, 0.0) for limit in LIMITS}}
    known, which = both(r["lang"])
    plain = known.distances([costs().ids[t] for t in r["heard"]])
    out["ways"] = {}
    for limit in LIMITS:
        if limit == "parts":
            distances = plain
        else:
            left_out = (which == PART) | ((which == FOREIGN) & ((plain > limit) | (limit == 0)))
            distances = np.where(left_out, 1.0, plain)
        best = int(distances.argmin())
        meaning = known.meanings[best]
        second = min(d for d, m in zip(distances, known.meanings) if m != meaning)
        out["ways"][limit] = (meaning == r["meaning"], float(distances[best]), float(second - distances[best]))
    return out


def score(paths: list[str], target: str) -> None:
    lines = [json.loads(line) for path in paths for line in open(path, encoding="utf-8")]
    with Pool(2) as pool:
        rows = [r for r in pool.imap(judge, lines, chunksize=200) if r]
    by = defaultdict(list)
    for r in rows:
        what = "contacts" if r["kind"] in ("known", "new") else "commands" if r["kind"] == "command" else "stranger" if r["kind"] == "stranger" else "outside"
        by[r["group"], r["lang"], r["condition"], what].append(r)
    with open(target, "w", encoding="utf-8") as out:
        print(f"# thresholds: distance <= {ADVISED[0]}, margin >= {ADVISED[1]}; limit: of the other language's pronunciation, 0 is without it", file=out)
        print("group\tlanguage\tcondition\tsaid\tlimit\tright\ttaken\twrong taken\tn", file=out)
        for key, chosen in sorted(by.items()):
            for limit in LIMITS:
                ways = [r["ways"][limit] for r in chosen]
                taken = [d <= ADVISED[0] and m >= ADVISED[1] for _, d, m in ways]
                right = [ok for ok, _, _ in ways]
                good = [ok and t for ok, t in zip(right, taken)]
                bad = [t and not ok for ok, t in zip(right, taken)]
                print(*key, limit, *(f"{np.mean(v):.4f}" for v in (right, good, bad)), len(ways), sep="\t", file=out)


if __name__ == "__main__":
    if sys.argv[1] == "hear":
        hear(sys.argv[2], sys.argv[3])
    else:
        score(sys.argv[2:-1], sys.argv[-1])
