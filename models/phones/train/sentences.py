"""What the voices say in training: the program's phrases with names, values, letters, digits, and random words for names nobody wrote down."""

import random
from functools import lru_cache
from pathlib import Path

import patterns
from patterns import read_list
from reserved import fold, has_reserved, is_reserved

DICTIONARY = {"fr": Path("/usr/share/dict/french"), "en": Path("/usr/share/dict/american-english")}
TITLES = {"fr": ["docteur", "madame", "monsieur", "garage", "clinique"], "en": ["doctor", "mister", "missus", "garage", "clinic"]}
SHARES = {"phrase": 0.22, "grammar": 0.12, "digits": 0.11, "letters": 0.08, "value": 0.14, "words": 0.33}


def sentence(lang: str, rng: random.Random, exact: bool = True) -> str:
    """One utterance in `fr` or `en`: no held-out name and no reserved word is in it. `exact`: the voice says espeak-ng's own phones,
    so that names and invented words may be said; else only words that two synthesizers agree on."""
    while True:
        text = draw(lang, rng, exact)
        if not has_reserved(text):
            return text


def draw(lang: str, rng: random.Random, exact: bool) -> str:
    kind = rng.choices(list(SHARES), SHARES.values())[0]
    if kind == "phrase":
        return (
            rng.choice(read_list(f"phrases.{lang}.txt"))
            .replace("{name}", name(lang, rng, exact))
            .replace("{first}", rng.choice(read_list("first-names.txt")) if exact else word(lang, rng, exact))
            .replace("{digits}", patterns.digits(lang, rng))
        )
    if kind == "grammar":
        return patterns.expand(rng.choice(patterns.grammar(lang)), rng).replace("{contact}", name(lang, rng, exact))
    if kind == "digits":
        return patterns.digits(lang, rng)
    if kind == "letters":
        return patterns.spelled(lang, rng)
    if kind == "value":
        return patterns.value(lang, rng)
    words = [word(lang, rng, exact) for _ in range(rng.choice([1, 1, 2, 2, 3, 3, 4, 5]))]
    return rng.choice([" ", " ", " ", ", "]).join(words)


def name(lang: str, rng: random.Random, exact: bool) -> str:
    if not exact and rng.random() < 0.7:
        return f"{word(lang, rng, False)} {word(lang, rng, False)}"
    first, family = rng.choice(read_list("first-names.txt")), rng.choice(read_list("family-names.txt"))
    kind = rng.random()
    if kind < 0.60:
        return f"{first} {family}"
    if kind < 0.80:
        return f"{first} {word(lang, rng, exact)}"
    if kind < 0.88:
        return f"{rng.choice(TITLES[lang])} {family}"
    if kind < 0.92:
        return f"{first}-{rng.choice(read_list('first-names.txt'))} {family}"
    return f"{word(lang, rng, exact)} {family}"


def word(lang: str, rng: random.Random, exact: bool) -> str:
    kind = rng.random()
    if not exact or kind < 0.65:
        return rng.choice(dictionary(lang))
    if kind < 0.80:
        return rng.choice(read_list("first-names.txt") + read_list("family-names.txt"))
    head, tail = rng.choice(dictionary(lang)), rng.choice(dictionary(lang))  # a word that does not exist
    return head[: max(2, len(head) // 2)] + tail[len(tail) // 2 :]


@lru_cache
def heldout_names() -> frozenset[str]:
    return frozenset(fold(n) for kind in ("first", "family") for n in read_list(f"heldout-{kind}-names.txt"))


@lru_cache
def all_words(lang: str) -> list[str]:
    """Dictionary words of 3 to 12 letters that are no held-out name."""
    found = DICTIONARY[lang].read_text("utf-8").split()
    return [w for w in found if 3 <= len(w) <= 12 and w.isalpha() and fold(w) not in heldout_names()]


@lru_cache
def dictionary(lang: str) -> list[str]:
    """The words of training."""
    return [w for w in all_words(lang) if not is_reserved(fold(w))]


@lru_cache
def reserved_words(lang: str) -> list[str]:
    """The words of the test of rejection."""
    return [w for w in all_words(lang) if is_reserved(fold(w))]
