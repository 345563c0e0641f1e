"""Text to model tokens: the step that training, evaluation and the program at run time share.

The text is normalised, spoken by espeak-ng as phonemes in IPA, and each phoneme is looked up in phones.tsv.
../README.md describes the step for those who write it in another language; ../lexicon-vectors.tsv tests it.
"""

import re
import subprocess
import unicodedata
from pathlib import Path

MODEL = Path(__file__).resolve().parent.parent
VOICE = {"fr": "fr", "en": "en-us"}
_SWITCH = re.compile(r"\([a-z0-9-]+\)")  # `(en)`: espeak-ng changes language inside a phrase
_MARKS = re.compile("[ˈˌː:]")  # stress and length


class Unpronounceable(ValueError):
    """A phoneme that phones.tsv does not know, or no phoneme at all."""


def normalise(text: str) -> str:
    """Lower case, NFC, letters, digits, apostrophes and hyphens only, single spaces."""
    text = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    kept = "".join(c if c.isalnum() or c in "'-" else " " for c in text)
    return " ".join(kept.split())


def is_latin(text: str) -> bool:
    """Whether every character is below U+0250 or in U+1E00..U+1EFF. espeak-ng would spell others ("lettre chinoise")."""
    return all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in text)


def read_map() -> dict[str, list[str]]:
    """Reads phones.tsv: IPA phoneme without stress and length -> model tokens."""
    rows = (MODEL / "phones.tsv").read_text("utf-8").splitlines()
    return {k: v.split() for k, v in (r.split("\t") for r in rows if r and not r.startswith("#"))}


def read_tokens() -> list[str]:
    """Reads tokens.txt; the index is the id, 0 is the blank."""
    return [line.split()[0] for line in (MODEL / "tokens.txt").read_text("utf-8").splitlines()]


def ipa_to_tokens(ipa: str, table: dict[str, list[str]]) -> list[str]:
    """One line of `espeak-ng --ipa --sep=_` -> tokens."""
    tokens: list[str] = []
    for piece in re.split(r"[_\s]+", _MARKS.sub("", _SWITCH.sub(" ", ipa))):
        if not piece or piece in "-|;!":
            continue  # pauses and empty liaisons
        if piece not in table:
            raise Unpronounceable(f"phoneme `{piece}` in `{ipa}`")
        tokens += table[piece]
    if not tokens:
        raise Unpronounceable(f"nothing to say in `{ipa}`")
    return tokens


def pronounce(texts: list[str], lang: str) -> list[list[str] | None]:
    """Tokens of each text, None where it cannot be pronounced. One espeak-ng process for all."""
    table = read_map()
    lines = [line if is_latin(line) else "" for line in map(normalise, texts)]
    said = [line for line in lines if line]
    ipa = espeak("\n\n".join(said) + "\n", VOICE[lang])
    if len(ipa) != len(said):  # a phrase broken in two: ask one by one
        ipa = [" ".join(espeak(line + "\n", VOICE[lang])) for line in said]
    spoken = iter(ipa)
    out: list[list[str] | None] = []
    for line in lines:
        try:
            out.append(ipa_to_tokens(next(spoken), table) if line else None)
        except Unpronounceable:
            out.append(None)
    return out


def espeak(text: str, voice: str) -> list[str]:
    """The lines that espeak-ng prints for the text, empty ones dropped."""
    command = ["espeak-ng", "-q", "-b", "1", "--ipa", "--sep=_", "-v", voice, "--stdin"]
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True)
    return [line.strip() for line in done.stdout.decode().splitlines() if line.strip()]


def vectors() -> list[str]:
    """The lines of lexicon-vectors.tsv as this machine's espeak-ng gives them."""
    lines = (MODEL / "lexicon-vectors.tsv").read_text("utf-8").splitlines()
    out = []
    for line in lines:
        if line.startswith("#"):
            out.append(line)
            continue
        lang, text, _ = line.split("\t")
        tokens = pronounce([text], lang)[0]
        out.append(f"{lang}\t{text}\t{' '.join(tokens) if tokens else '-'}")
    return out


if __name__ == "__main__":  # shows what another version of espeak-ng would say differently
    kept = (MODEL / "lexicon-vectors.tsv").read_text("utf-8").splitlines()
    changed = [f"- {a}\n+ {b}" for a, b in zip(kept, vectors()) if a != b]
    print("\n".join(changed) or f"{len(kept) - 1} vectors agree")
    raise SystemExit(bool(changed))
