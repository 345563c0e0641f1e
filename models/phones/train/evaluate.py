"""Scores what a model heard: evaluate.py HEARD.jsonl OUT.tsv [ADVISED: DISTANCE MARGIN].

OUT.tsv has one row for each figure: group, language, voice, condition, noise, measure, value, n. `all` stands for every voice or noise.
Measures: phone_errors (rate), the share right (best entry is what was said) and taken (right and within the thresholds) of known and new
contacts, commands, their union `words`, and closed phrases (`value`); digits and letters right, whole strings exact; false rejection of
`words`; false acceptance of sentences outside the vocabulary (`reject`, of which `near`-homophones) and of strangers ("call X").
"""

import sys
from collections import defaultdict
from multiprocessing import Pool
from pathlib import Path

import numpy as np

import lexicon
import patterns
import phrases
from edit import distance
from listen import read_heard
from matcher import Costs, Lexicon, read_units

ADVISED = (0.30, 0.06)  # what the program takes (grammar::Limits)
WORDS = ("known", "new", "command")


def judge(row: dict) -> dict:
    """Adds what the matcher makes of a row: found, distance, margin; read; wrong and total phones."""
    kind, lang, heard = row["kind"], row["lang"], row["heard"]
    out = {k: row[k] for k in ("group", "lang", "voice", "condition", "noise", "kind", "meaning", "text")}
    if kind == "free":
        return out | {"wrong": distance(row["tokens"], heard), "total": len(row["tokens"])}
    if kind == "letters" or kind.startswith("digits"):
        said = row["text"].split()
        read, _ = read_units(heard, units(lang, kind), costs())
        return out | {"wrong": distance(said, read), "total": len(said)}
    if not heard:
        return out | {"found": "", "distance": 1.0, "margin": 0.0}
    found, d, margin = lexicons(lang, kind == "value").find(heard)
    return out | {"found": found, "distance": d, "margin": margin}


CACHE: dict = {}


def costs() -> Costs:
    return CACHE.setdefault("costs", Costs())


def units(lang: str, kind: str) -> list:
    if (lang, kind) not in CACHE:
        names = patterns.LETTERS[lang] if kind == "letters" else patterns.DIGITS[lang]
        CACHE[lang, kind] = list(zip(names, lexicon.pronounce(names, lang)))
    return CACHE[lang, kind]


def lexicons(lang: str, closed: bool) -> Lexicon:
    if (lang, closed) not in CACHE:
        pairs = [(t, t) for t in phrases.values(lang)] if closed else phrases.entries(lang)
        spoken = lexicon.pronounce([t for _, t in pairs], lang)
        CACHE[lang, closed] = Lexicon([(m, t) for (m, _), t in zip(pairs, spoken) if t], costs())
    return CACHE[lang, closed]


def measures(rows: list[dict], limit: float, least: float) -> dict[str, tuple[float, int]]:
    """Every figure of some judged rows: (value, number of utterances)."""
    by, out = defaultdict(list), {}
    for r in rows:
        by[r["kind"]].append(r)
    taken = lambda r: r["distance"] <= limit and r["margin"] >= least
    by["words"] = [r for kind in WORDS for r in by[kind]]
    for kind in (*WORDS, "words", "value"):
        if chosen := by[kind]:
            right = [r["found"] == r["meaning"] for r in chosen]
            out[f"{kind} right"] = float(np.mean(right)), len(chosen)
            out[f"{kind} taken"] = float(np.mean([a and taken(r) for a, r in zip(right, chosen)])), len(chosen)
            out[f"{kind} wrong taken"] = float(np.mean([not a and taken(r) for a, r in zip(right, chosen)])), len(chosen)
    if by["words"]:
        out["false rejection"] = 1 - out["words taken"][0], len(by["words"])
    by["outside"] = by["near"] + by["reject"]
    for kind in ("outside", "near", "reject", "stranger"):
        if by[kind]:
            out[f"false acceptance {kind}"] = float(np.mean([taken(r) for r in by[kind]])), len(by[kind])
    for kind in ("digits4", "digits10", "letters"):
        if by[kind]:
            out[f"{kind} right"] = 1 - sum(r["wrong"] for r in by[kind]) / sum(r["total"] for r in by[kind]), len(by[kind])
            out[f"{kind} exact"] = float(np.mean([r["wrong"] == 0 for r in by[kind]])), len(by[kind])
    if by["free"]:
        out["phone_errors"] = sum(r["wrong"] for r in by["free"]) / sum(r["total"] for r in by["free"]), len(by["free"])
    return out


def judge_all(path: Path) -> list[dict]:
    with Pool(2) as pool:
        return pool.map(judge, list(read_heard(path)), chunksize=200)


def slices(rows: list[dict]) -> dict[tuple, list[dict]]:
    """Rows by group, language, voice or `all`, condition, noise or `all`."""
    out = defaultdict(list)
    for r in rows:
        base = (r["group"], r["lang"])
        out[(*base, "all", r["condition"], "all")].append(r)
        out[(*base, r["voice"], r["condition"], "all")].append(r)
        if r["noise"]:
            out[(*base, "all", r["condition"], r["noise"])].append(r)
    return out


def main() -> None:
    limit, least = map(float, sys.argv[3:5]) if len(sys.argv) > 4 else ADVISED
    rows = judge_all(Path(sys.argv[1]))
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        print(f"# thresholds: distance <= {limit}, margin >= {least}", file=out)
        print("group\tlanguage\tvoice\tcondition\tnoise\tmeasure\tvalue\tn", file=out)
        for key, chosen in sorted(slices(rows).items()):
            for name, (value, n) in measures(chosen, limit, least).items():
                print(*key, name, f"{value:.4f}", n, sep="\t", file=out)
            if key[2] == key[4] == "all":
                print(*key, {k: round(v, 3) for k, (v, _) in measures(chosen, limit, least).items()}, flush=True)
    for limit in (0.2, 0.25, 0.3, 0.35, 0.4):  # thresholds are chosen on dev
        for least in (0.06, 0.1, 0.15):
            for lang in ("fr", "en"):
                for condition in ("clean", "15 dB"):
                    m = measures([r for r in rows if r["group"] == "dev" and r["condition"] == condition and r["lang"] == lang], limit, least)
                    if m:
                        print(f"dev {lang} {condition} {limit} {least}", {k: round(m[k][0], 3) for k in m if k.startswith("false")})


if __name__ == "__main__":
    main()
