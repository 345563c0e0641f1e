"""Words kept for the test of rejection: no training sentence ever has one of them.

A dictionary word is reserved when the first byte of the SHA-256 of its folded spelling (lower case, no accents) is below 38 (15 % of
the words), unless a fixed list (names, phrases, numbers, the program's grammar) needs it. The rule looks at the spelling alone, so a
word is reserved in both languages or in none.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache

import patterns

LIMIT = 38  # of 256


def fold(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", fold(text))


@lru_cache
def fixed() -> frozenset[str]:
    """Words of the lists and of the grammar: never reserved."""
    return frozenset(w for line in patterns.fixed_texts() for w in words(line))


@lru_cache(maxsize=None)
def is_reserved(word: str) -> bool:
    """`word` is folded already."""
    return hashlib.sha256(word.encode()).digest()[0] < LIMIT and word not in fixed()


def has_reserved(text: str) -> bool:
    return any(is_reserved(w) for w in words(text))
