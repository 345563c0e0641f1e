"""Phrases that the program understands, drawn from its own grammar and spoken-value tables, and the fixed lists of this folder."""

import random
import re
import tomllib
from functools import lru_cache
from pathlib import Path

from num2words import num2words

LISTS = Path(__file__).resolve().parent / "lists"
PROGRAM = Path(__file__).resolve().parents[3] / "evatel-voice"
LETTERS = {
    "fr": "a bé cé dé e effe gé hache i ji ka elle emme enne o pé ku erre esse té u vé double-vé ixe i-grec zède".split(),
    "en": "ay bee cee dee ee eff jee aitch eye jay kay ell em en oh pee cue are ess tee you vee double-you ex why zee".split(),
}
DIGITS = {
    "fr": "zéro un deux trois quatre cinq six sept huit neuf".split(),
    "en": "zero one two three four five six seven eight nine".split(),
}
VALUES = ("clock", "date", "delay", "duration", "amount")


@lru_cache
def read_list(file: str) -> list[str]:
    lines = (LISTS / file).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@lru_cache
def grammar(lang: str) -> list[str]:
    """All patterns of the program's grammar."""
    table = tomllib.loads((PROGRAM / "grammar" / f"{lang}.toml").read_text("utf-8"))[lang]
    return [p for phrases in table.values() for p in phrases]


@lru_cache
def spoken(lang: str) -> dict:
    return tomllib.loads((PROGRAM / "data" / "spoken" / f"{lang}.toml").read_text("utf-8"))


def expand(pattern: str, rng: random.Random) -> str:
    """Drops or keeps each `[…]`, picks one of each `(…|…)`."""
    inner = re.compile(r"\[([^\[\]()]*)\]|\(([^\[\]()]*)\)")
    while found := inner.search(pattern):
        optional, choice = found.groups()
        kept = rng.choice((choice if choice is not None else optional).split("|"))
        if choice is None and rng.random() < 0.5:
            kept = ""
        pattern = pattern[: found.start()] + kept + pattern[found.end() :]
    return " ".join(pattern.split())


def number(n: int, lang: str) -> str:
    return num2words(n, lang=lang).replace(",", "")


def value(lang: str, rng: random.Random, kind: str | None = None) -> str:
    """A date, an hour, a duration or an amount as people say it."""
    table = spoken(lang)
    pattern = rng.choice(rng.choice(table[kind or rng.choice(VALUES)])["say"])
    ordinal = "ordinal" if lang == "en" else "cardinal"
    draw = {
        "{h}": lambda: number(rng.randint(1, 12 if lang == "en" else 23), lang),
        "{m}": lambda: number(rng.choice([5, 10, 15, 20, 25, 30, 40, 45, 50, rng.randint(1, 59)]), lang),
        "{n}": lambda: number(rng.choice([2, 3, 5, rng.randint(1, 30), rng.randint(1, 200)]), lang),
        "{c}": lambda: number(rng.randint(1, 99), lang),
        "{d}": lambda: num2words(rng.randint(1, 31), lang=lang, to=ordinal),
        "{y}": lambda: number(rng.randint(2024, 2031), lang),
        "{month}": lambda: rng.choice(table["months"]),
        "{weekday}": lambda: rng.choice(table["weekdays"]),
        "{duration}": lambda: value(lang, rng, "duration"),
    }
    text = re.sub(r"\{\w+\}", lambda m: draw[m.group()](), pattern)
    if kind is None and rng.random() < 0.3 and "{h}" not in pattern:
        text += " " + rng.choice(["à ", ""] if lang == "fr" else ["at ", ""]) + value(lang, rng, "clock")
    elif rng.random() < 0.15:
        text += " " + rng.choice(rng.choice(list(table["parts"].values())))
    return re.sub(r"[^\w' -]", " ", text)


def spelled(lang: str, rng: random.Random) -> str:
    """Letters one by one, some with digits between."""
    units = LETTERS[lang] + (DIGITS[lang] if rng.random() < 0.3 else [])
    return " ".join(rng.choice(units) for _ in range(rng.choice([1, 1, 2, 3, 4, 5, 6, 8])))


def digits(lang: str, rng: random.Random, length: int | None = None) -> str:
    count = length or rng.choice([1, 1, 2, 3, 4, 4, 6, 7, 10, 10])
    return " ".join(rng.choice(DIGITS[lang]) for _ in range(count))


def fixed_texts() -> list[str]:
    """Every fixed text a training sentence may be made of."""
    out = [line for file in sorted(LISTS.glob("*.txt")) for line in read_list(file.name)]
    for lang in ("fr", "en"):
        out += grammar(lang) + LETTERS[lang] + [number(n, lang) for n in range(2032)]
        out += [num2words(n, lang=lang, to="ordinal") for n in range(1, 32)]
        out += re.findall(r'"([^"]*)"', (PROGRAM / "data" / "spoken" / f"{lang}.toml").read_text("utf-8"))
    return out
