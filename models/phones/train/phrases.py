"""The lexicon that evaluation looks things up in, and what its voices say: commands, contacts, strangers, values, digits, letters, rejects."""

import random
from functools import lru_cache

import numpy as np

import lexicon
import patterns
import sentences
from edit import distance
from reserved import fold

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
COUNTS = {"known": 12, "new": 12, "command": 24, "stranger": 8, "digits4": 6, "digits10": 6, "letters": 8, "value": 16, "free": 16}
AGAIN = ("known", "new", "command", "stranger")  # all that a larger draw says
SEED, NEAR = 9001, 0.12  # share of near-homophones among the rejects


@lru_cache
def values(lang: str) -> list[str]:
    """100 closed phrases: dates, hours, durations, amounts, no two with the same sound."""
    rng, found, heard = random.Random(f"{SEED} values {lang}"), [], set()
    while len(found) < 100:
        texts = [patterns.value(lang, rng) for _ in range(100)]
        for text, tokens in zip(texts, lexicon.pronounce(texts, lang)):
            key = " ".join(tokens or [])
            if tokens and key not in heard and len(found) < 100:
                heard.add(key)
                found.append(lexicon.normalise(text))
    return found


@lru_cache
def entries(lang: str) -> list[tuple[str, str]]:
    """(meaning, text) of the lexicon: about 200 entries."""
    texts = [(intent, t) for intent, phrases in COMMANDS[lang].items() for t in phrases]
    texts += [(f"call {c}", f"{verb} {c}") for c in KNOWN + NEW for verb in CALL[lang]]
    return texts + [(f"call {c}", c) for c in KNOWN + NEW]


def said(kind: str, lang: str, rng: random.Random) -> tuple[str, str]:
    """(meaning, text) of one utterance."""
    if kind == "command":
        intent = rng.choice(sorted(COMMANDS[lang]))
        return intent, rng.choice(COMMANDS[lang][intent])
    if kind in ("known", "new"):
        contact = rng.choice({"known": KNOWN, "new": NEW}[kind])
        return f"call {contact}", f"{rng.choice(CALL[lang])} {contact}"
    if kind == "stranger":
        return "", f"{rng.choice(CALL[lang])} {rng.choice(STRANGERS)}"
    if kind == "value":
        text = rng.choice(values(lang))
        return text, text
    if kind == "letters":
        text = " ".join(rng.choice(patterns.LETTERS[lang]) for _ in range(4))
        return text, text
    if kind.startswith("digits"):
        text = patterns.digits(lang, rng, int(kind[6:]))
        return text, text
    return "", " ".join(rng.choice(sentences.dictionary(lang)) for _ in range(rng.randint(2, 4)))


def rejects(lang: str, count: int, words: list[str], rng: random.Random) -> list[tuple[str, str]]:
    """(kind, text) of sentences that mean nothing here: `near` in NEAR of the cases, else 1..5 random words of `words`."""
    close = near_homophones(lang, rng.sample(words, 8000), rng)
    rng.shuffle(close)
    near = close[: int(count * NEAR)]
    rest = [" ".join(rng.choice(words) for _ in range(rng.randint(1, 5))) for _ in range(count - len(near))]
    return [("near", t) for t in near] + [("reject", t) for t in rest]


def near_homophones(lang: str, words: list[str], rng: random.Random) -> list[str]:
    """The commands and contact names with each word replaced by one of the six of `words` that sound most like it; true homophones are left out."""
    targets = [t for phrases in COMMANDS[lang].values() for t in phrases] + KNOWN + NEW
    sounds = {tuple(t) for t in lexicon.pronounce([t for _, t in entries(lang)], lang) if t}
    spoken = [(w, t) for w, t in zip(words, lexicon.pronounce(words, lang)) if t and fold(w)]
    out = []
    for target in targets:
        parts = lexicon.normalise(target).split()
        choices = []
        for tokens in lexicon.pronounce(parts, lang):
            ranked = sorted(((distance(tokens or [], t) / max(len(t), 1), w) for w, t in spoken if abs(len(t) - len(tokens or [])) < 3))
            choices.append([w for _, w in ranked[:6]])
        if all(choices):
            out += list(dict.fromkeys(" ".join(rng.choice(c) for c in choices) for _ in range(4)))
    return [t for t, tokens in zip(out, lexicon.pronounce(out, lang)) if tokens and tuple(tokens) not in sounds]
