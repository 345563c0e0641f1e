"""Measures which phones the model takes for which: confusions.py WORK MODEL.onnx > ../confusions.tsv.

Decodes the `dev` sentences (training voices, other sentences, random channel), aligns them with the truth and turns frequencies into costs:
0 = as likely as hearing it right, 1 = as rare as two unrelated phones.
"""

import math
import sys
from collections import Counter
from functools import lru_cache
from multiprocessing import Pool
from pathlib import Path

import numpy as np

import channel
from hear import Ear, read_audio
from make_data import crowd

UNRELATED = 0.0015  # probability of an ordinary unrelated substitution, per phone: costs 1
FLOOR, LEAST = 0.2, 3  # a rare phone often misheard must not become free; fewer cases than this say nothing
OMISSION = 0.85  # an omission costs this at least, else long names are found in short ones; of 0.7, 0.85 and 1 the best on training voices


def align(truth: list[str], heard: list[str]) -> list[tuple[str | None, str | None]]:
    """The cheapest pairing; None on one side is an omission or an insertion."""
    cost = np.zeros((len(truth) + 1, len(heard) + 1))
    cost[:, 0], cost[0, :] = range(len(truth) + 1), range(len(heard) + 1)
    for i, a in enumerate(truth, 1):
        for j, b in enumerate(heard, 1):
            cost[i, j] = min(cost[i - 1, j] + 1, cost[i, j - 1] + 1, cost[i - 1, j - 1] + 1.2 * (a != b))
    pairs, i, j = [], len(truth), len(heard)
    while i or j:
        if i and j and cost[i, j] == cost[i - 1, j - 1] + 1.2 * (truth[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], heard[j]))
        elif i and cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
            pairs.append((truth[i], None))
        else:
            j -= 1
            pairs.append((None, heard[j]))
    return pairs


def cost(likelihood: float) -> float:
    """Probability of the error relative to the right answer -> 0.2..1."""
    return min(1.0, max(FLOOR, math.log(max(likelihood, 1e-9)) / math.log(UNRELATED)))


@lru_cache
def ear() -> Ear:
    return Ear(Path(sys.argv[2]))


def hear(job: tuple[int, dict, np.ndarray]) -> tuple[list[str], list[str]]:
    """(tokens said, tokens heard over a telephone of its own)."""
    number, row, audio = job
    return row["tokens"], ear().hear(channel.telephone(audio, np.random.RandomState(11 + number), crowd()))


def main() -> None:
    pairs, total = Counter(), 0
    with Pool() as pool:
        for said, heard in pool.imap(hear, [(i, *pair) for i, pair in enumerate(read_audio(Path(sys.argv[1]), "dev"))], chunksize=32):
            pairs.update(align(said, heard))
            total += len(said)
    print(f"# measured on {total} phones of training voices; what is not listed costs 1, the right phone costs 0")
    print("# kind\tsaid\theard\tcost")
    lines = []
    for (a, b), count in pairs.items():
        if a == b or count < LEAST:
            continue
        if a is None:
            lines.append(("insert", "-", b, cost(count / total)))
        else:
            right = max(pairs[(a, a)], 1)
            if b is None:
                lines.append(("delete", a, "-", max(OMISSION, cost(count / right))))
            else:
                lines.append(("replace", a, b, cost(count / right)))
    for kind, a, b, c in sorted(lines):
        if c < 0.995:
            print(f"{kind}\t{a}\t{b}\t{c:.2f}")


if __name__ == "__main__":
    main()
