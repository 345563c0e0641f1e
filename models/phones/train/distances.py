"""Writes distances by which the program's matcher is held against this one: distances.py OUT.tsv (a test of evatel-voice reads it).

What was meant is a row of phones by chance; what was heard is the same with some put in, left out and exchanged, at its ends too.
"""

import random
import sys

from matcher import Costs, edit

ROWS, SEED = 120, 20261127


def spoiled(said: list[str], rng: random.Random, tokens: list[str]) -> list[str]:
    heard = [t for t in said if rng.random() > 0.1]
    heard = [rng.choice(tokens) if rng.random() < 0.15 else t for t in heard]
    for _ in range(rng.randrange(4)):
        heard.insert(rng.choice([0, len(heard), rng.randrange(len(heard) + 1)]), rng.choice(tokens))
    return heard or [rng.choice(tokens)]


def main() -> None:
    rng, costs = random.Random(SEED), Costs()
    tokens = sorted(costs.ids, key=costs.ids.get)
    tokens = [t for t in tokens if not t.startswith("<")]
    lines = ["# heard\tmeant\tdistance"]
    for _ in range(ROWS):
        meant = [rng.choice(tokens) for _ in range(rng.randrange(1, 16))]
        heard = spoiled(meant, rng, tokens)
        cost = edit([costs.ids[t] for t in meant], [costs.ids[t] for t in heard], costs)
        distance = min(1.0, cost / max(len(meant), len(heard)))
        lines.append(f"{' '.join(heard)}\t{' '.join(meant)}\t{distance:.4f}")
    open(sys.argv[1], "w", encoding="utf-8").write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
