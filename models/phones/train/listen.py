"""What a model hears of the test utterances: listen.py WORK MODEL.onnx OUT.jsonl [GROUP ...].

Each utterance goes through sherpa-onnx in 20 ms pieces, once for each condition of its kind. One line each: the row's fields without its
audio, the condition, the noise, the tokens heard. Scores are made of these lines, so that a threshold or a cost can change without listening again.
"""

import json
import sys
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path

import numpy as np

import channel
import heldout
import noises
import patterns
import synth
from hear import Ear, read_audio

SNRS = {"clean": None, "20 dB": 20.0, "15 dB": 15.0, "10 dB": 10.0}
CODECS = ("alaw", "g722", "gsm", "loss")
FEW = ("clean", "15 dB")  # dev and rejects are heard in these
GROUPS = ("dev", "en-other", "fr-same", "en-same")


def conditions(group: str, kind: str, draw: heldout.Draw) -> dict[str, tuple[float | None, str]]:
    """Name -> (noise, codec)."""
    if group == "dev" or kind in ("near", "reject") or draw.times > 1:
        return {name: (SNRS[name], "ulaw") for name in FEW}
    out = {name: (snr, "ulaw") for name, snr in SNRS.items()}
    return out | ({codec: (None, codec) for codec in CODECS} if group != "en-same" and kind in ("known", "new", "command", "free") else {})


def held_out_noises(draw: heldout.Draw) -> dict[str, np.ndarray]:
    """A minute of each held-out noise."""
    crowd = []
    for lang, voice in (("fr", "fr"), ("en", "en-us")):
        for variant in synth.heldout_variants():
            said = synth.espeak(" ".join(patterns.read_list("heldout-first-names.txt")).lower(), f"{voice}+{variant}", 160, 50, 100)
            crowd.append(synth.resample(*said[0]))
    return {kind: noises.noise(kind, 60 * channel.RATE, np.random.RandomState(seed), crowd) for kind, seed in draw.noises.items()}


def hear(job: tuple[str, str, str, int, int]) -> list[str]:
    """Every `of`th row of a group, beginning with the `part`th."""
    work, model, group, part, of = job
    draw = heldout.read_draw((Path(work) / "draw").read_text())
    ear, backgrounds, lines = Ear(Path(model)), held_out_noises(draw), []
    kinds = list(backgrounds)
    for i, (row, audio) in enumerate(read_audio(Path(work), f"test-{group}")):
        if i % of != part:
            continue
        rng = np.random.RandomState(draw.levels + i)
        db = rng.uniform(-20, -1)
        for k, (name, (snr, codec)) in enumerate(conditions(group, row["kind"], draw).items()):
            kind = kinds[(i + k) % len(kinds)]
            start = rng.randint(0, len(backgrounds[kind]) - len(audio))
            x = channel.measured(audio, db, snr, backgrounds[kind][start:], codec, rng)
            heard = {"index": i, "condition": name, "noise": kind if snr else "", "heard": ear.hear(x.astype("f4"))}
            lines.append(json.dumps({k: v for k, v in row.items() if k != "length"} | heard, ensure_ascii=False))
    return lines


def read_heard(path: Path) -> Iterator[dict]:
    for line in path.open(encoding="utf-8"):
        yield json.loads(line)


def main() -> None:
    work, model, target = sys.argv[1:4]
    parts = 8
    groups = sys.argv[4:] or [g for g in GROUPS if (Path(work) / f"test-{g}.json").exists()]
    jobs = [(work, model, group, part, parts) for group in groups for part in range(parts)]
    with Pool(2) as pool, open(target, "w", encoding="utf-8") as out:
        for lines in pool.imap(hear, jobs):
            out.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
