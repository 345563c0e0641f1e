"""What the voices say in training: command phrases with names, digits, and random words for names nobody wrote down here."""

import random
import unicodedata
from functools import lru_cache
from pathlib import Path

LISTS = Path(__file__).resolve().parent / "lists"
DICTIONARY = {"fr": Path("/usr/share/dict/french"), "en": Path("/usr/share/dict/american-english")}
DIGITS = {
    "fr": "zéro un deux trois quatre cinq six sept huit neuf".split(),
    "en": "zero one two three four five six seven eight nine".split(),
}
TITLES = {"fr": ["docteur", "madame", "monsieur", "garage", "clinique"], "en": ["doctor", "mister", "missus", "garage", "clinic"]}
COMMANDS, NUMBERS = 0.40, 0.12  # shares of the utterances; the rest are random words


def sentence(lang: str, rng: random.Random) -> str:
    """One utterance in `fr` or `en`. No held-out name is ever in it."""
    kind = rng.random()
    if kind < COMMANDS:
        template = rng.choice(read_list(f"phrases.{lang}.txt"))
        return (
            template.replace("{name}", name(lang, rng))
            .replace("{first}", rng.choice(read_list("first-names.txt")))
            .replace("{digits}", digits(lang, rng))
        )
    if kind < COMMANDS + NUMBERS:
        return digits(lang, rng)
    words = [word(lang, rng) for _ in range(rng.choice([1, 1, 2, 2, 3, 3, 4, 5]))]
    return rng.choice([" ", " ", " ", ", "]).join(words)


def name(lang: str, rng: random.Random) -> str:
    first, family = rng.choice(read_list("first-names.txt")), rng.choice(read_list("family-names.txt"))
    kind = rng.random()
    if kind < 0.65:
        return f"{first} {family}"
    if kind < 0.80:
        return f"{first} {word(lang, rng)}"
    if kind < 0.90:
        return f"{rng.choice(TITLES[lang])} {family}"
    if kind < 0.95:
        return f"{first}-{rng.choice(read_list('first-names.txt'))} {family}"
    return f"{word(lang, rng)} {family}"


def digits(lang: str, rng: random.Random) -> str:
    count = rng.choice([1, 1, 1, 2, 3, 4, 4, 6, 7, 10])
    return " ".join(rng.choice(DIGITS[lang]) for _ in range(count))


def word(lang: str, rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.65:
        return rng.choice(dictionary(lang))
    if kind < 0.80:
        return rng.choice(read_list("first-names.txt") + read_list("family-names.txt"))
    head, tail = rng.choice(dictionary(lang)), rng.choice(dictionary(lang))  # a word that does not exist
    return head[: max(2, len(head) // 2)] + tail[len(tail) // 2 :]


@lru_cache
def read_list(file: str) -> list[str]:
    lines = (LISTS / file).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@lru_cache
def dictionary(lang: str) -> list[str]:
    """Words of 3 to 12 letters that are no held-out name."""
    heldout = {fold(n) for kind in ("first", "family") for n in read_list(f"heldout-{kind}-names.txt")}
    words = DICTIONARY[lang].read_text("utf-8").split()
    return [w for w in words if 3 <= len(w) <= 12 and w.isalpha() and fold(w) not in heldout]


def fold(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
