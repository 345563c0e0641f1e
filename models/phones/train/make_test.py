"""Writes what the evaluation hears, once for all models: make_test.py WORK [DRAW].

WORK/test-GROUP.json and .npy (8 kHz, before the telephone) for the groups of ../heldout-sets.tsv, and with the first draw `dev`: training
voices, on which thresholds are chosen; its rejects are made of training words. Every voice says the counts of the draw, whose name stands in
WORK/draw for listen.py. A second draw takes a folder of its own.
"""

import json
import random
import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np

import heldout
import lexicon
import phrases
import sentences
import synth

REJECTS = {"en-other": 1200, "fr-same": 1200, "en-same": 400, "dev": 600}  # a larger draw says twice as many
PADS = 2400, 3200  # samples of silence before and after


def plan(draw: heldout.Draw, group: str, lang: str, titles: list[str]) -> list[dict]:
    """What each voice of the group says; the rejects go round the voices."""
    rng, rows = random.Random(f"{draw.sentences} {group} {lang}"), []
    for title in titles:
        for kind, count in draw.counts().items():
            for _ in range(count):
                meaning, text = phrases.said(kind, lang, rng)
                rows.append({"group": group, "voice": title, "lang": lang, "kind": kind, "meaning": meaning, "text": text})
    words = sentences.dictionary(lang) if group == "dev" else sentences.reserved_words(lang)
    count = REJECTS[group] * min(draw.times, 2)
    for i, (kind, text) in enumerate(phrases.rejects(lang, count, words, random.Random(f"{draw.rejects} {group} {lang}"))):
        rows.append({"group": group, "voice": titles[i % len(titles)], "lang": lang, "kind": kind, "meaning": "", "text": text})
    for row, tokens in zip(rows, lexicon.pronounce([r["text"] for r in rows], lang)):
        row["tokens"] = tokens or []
    return rows


def dev(draw: heldout.Draw, lang: str) -> list[tuple[str, list[dict]]]:
    """Ten training voices with what they say."""
    rng = random.Random(f"dev voices {lang}")
    names = dict.fromkeys(list(synth.ENGINES[lang]) + [synth.choose(lang, rng) for _ in range(30)])
    names = [n for n in names if n not in ("espeak", "rhvoice")][:10]  # rhvoice says only what its corpus holds
    rows = plan(draw, "dev", lang, names)
    return [(n, [r for r in rows if r["voice"] == n]) for n in names]


def speak(job: tuple[object, list[dict]]) -> list[tuple[dict, np.ndarray]]:
    voice, rows = job
    if isinstance(voice, heldout.Voice):
        heard = heldout.speak_all(voice, [r["text"] for r in rows])
    else:
        rng = random.Random(f"dev {voice}")
        heard = [said and said[0] for said in (synth.utter(r["text"], voice, rng) for r in rows)]
    return [(r, np.concatenate([np.zeros(PADS[0], "f4"), x, np.zeros(PADS[1], "f4")])) for r, x in zip(rows, heard) if x is not None and len(x) > 800]


def main() -> None:
    work, name = Path(sys.argv[1]), (sys.argv[2:] or ["first"])[0]
    draw = heldout.read_draw(name)
    (work / "draw").write_text(name)
    groups: dict[str, list[tuple[object, list[dict]]]] = {}
    voices = heldout.read_voices()
    for group, lang in [("en-other", "en"), ("fr-same", "fr"), ("en-same", "en")]:
        chosen = [v for v in voices if v.group == group]
        rows = plan(draw, group, lang, [v.title() for v in chosen])
        groups[group] = [(v, [r for r in rows if r["voice"] == v.title()]) for v in chosen]
    if name == "first":
        groups["dev"] = [job for lang in ("fr", "en") for job in dev(draw, lang)]
    with Pool() as pool:
        for group, jobs in groups.items():
            made = [pair for part in pool.imap(speak, jobs) for pair in part]
            np.save(work / f"test-{group}.npy", np.concatenate([(np.clip(x, -1, 1) * 32767).astype("i2") for _, x in made]))
            rows = [r | {"length": len(x)} for r, x in made]
            (work / f"test-{group}.json").write_text(json.dumps(rows, ensure_ascii=False))
            print(group, len(rows), {k: sum(r["kind"] == k for r in rows) for k in ("near", "reject")}, flush=True)


if __name__ == "__main__":
    main()
