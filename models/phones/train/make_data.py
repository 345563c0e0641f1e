"""Writes shards of features and labels: make_data.py WORK SPLIT FIRST LAST [COUNT].

SPLIT `train` (each utterance over TAKES telephones) or `dev` (the same voices, other sentences, audio kept). A shard depends on
nothing but its split and number.
"""

import json
import random
import sys
from functools import lru_cache
from multiprocessing import Pool
from pathlib import Path

import numpy as np

import channel
import rhvoice
import synth

NO_SPEECH, LONG_LEAD, CUT, KEYS_BEFORE, TAKES = 0.04, 0.06, 0.06, 0.03, 2


def example(job: tuple[str, int, int]) -> list[dict]:
    split, shard, i = job
    rng, chance = random.Random(f"{split} {shard} {i}"), np.random.RandomState(hash_seed(split, shard, i))
    row = {"lang": rng.choice(["fr", "en"]), "voice": "", "text": "", "tokens": []}
    if split == "train" and rng.random() < NO_SPEECH:
        x = channel.no_speech(chance)
    else:
        said = synth.draw(row["lang"], rng)
        if said is None:
            return []
        row, x = said
        x = np.concatenate([begin(x, split, rng), np.zeros(int(8000 * rng.uniform(0.1, 0.6)), "f4")])
        if split == "train" and rng.random() < KEYS_BEFORE:
            x = np.concatenate([channel.keys(6000, chance) * 0.5, x])
    if split == "dev":
        return [row | {"data": (np.clip(x, -1, 1) * 32767).astype("i2")}]
    takes = [channel.fbank(channel.telephone(x, chance, crowd())).astype("f2") for _ in range(TAKES)]
    return [row | {"data": t, "take": k} for k, t in enumerate(takes)]


def begin(x: np.ndarray, split: str, rng: random.Random) -> np.ndarray:
    """The silence before the voice; at times a long one, at times none and the first 60 ms of the voice at most are missing too, as
    when a caller speaks before the detector is sure."""
    chance = rng.random()
    if split == "train" and chance < CUT:
        loud = np.flatnonzero(np.abs(x) > 0.02 * np.abs(x).max())
        return x[loud[0] + rng.randrange(480) :]
    lead = rng.uniform(1.0, 3.0) if chance < CUT + LONG_LEAD else rng.uniform(0.02, 0.6)
    return np.concatenate([np.zeros(int(8000 * lead), "f4"), x])


@lru_cache
def crowd() -> list[np.ndarray]:
    """Training voices of which babble is mixed."""
    rng, out = random.Random("crowd"), []
    while len(out) < 40:
        said = synth.draw(rng.choice(["fr", "en"]), rng)
        out += [said[1]] if said else []
    return out


def hash_seed(split: str, shard: int, i: int) -> int:
    return (sum(map(ord, split)) * 7919 + shard * 104729 + i * 31) % 2**31


def main() -> None:
    work, split, first, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    count = int(sys.argv[5]) if len(sys.argv) > 5 else 4000
    work.mkdir(parents=True, exist_ok=True)
    rhvoice.corpus()  # read once, before the workers are forked
    with Pool() as pool:
        for shard in range(first, last):
            jobs = [(split, shard, i) for i in range(count)]
            rows = [r for made in pool.imap(example, jobs, chunksize=32) for r in made]
            parts = [r.pop("data") for r in rows]
            target = work / f"{split}-{shard:03}"
            np.save(f"{target}.npy", np.concatenate(parts))
            for r, p in zip(rows, parts):
                r["length"] = len(p)
            partial = Path(f"{target}.json.part")
            partial.write_text(json.dumps(rows))
            partial.rename(f"{target}.json")  # the trainer reads a shard once its list is there
            print(target, len(rows), sum(r["length"] for r in rows), flush=True)


if __name__ == "__main__":
    main()
