"""Finds what was meant among the phrases of a lexicon; the program's matcher in Rust does the same.

distance = cheapest weighted edit from the entry to what was heard, divided by the number of tokens of the longer one.
margin = distance of the best entry that means something else, less the best distance.
"""

import numpy as np

import lexicon


class Costs:
    """confusions.tsv as matrices over token ids (0 is unused)."""

    def __init__(self):
        self.ids = {t: i for i, t in enumerate(lexicon.read_tokens())}
        size = len(self.ids)
        self.replace, self.delete, self.insert = 1 - np.eye(size), np.ones(size), np.ones(size)
        path = lexicon.MODEL / "confusions.tsv"
        for line in path.read_text("utf-8").splitlines() if path.exists() else []:
            if line.startswith("#"):
                continue
            kind, said, heard, cost = line.split("\t")
            if kind == "replace":
                self.replace[self.ids[said], self.ids[heard]] = float(cost)
            elif kind == "delete":
                self.delete[self.ids[said]] = float(cost)
            else:
                self.insert[self.ids[heard]] = float(cost)


class Lexicon:
    def __init__(self, entries: list[tuple[object, list[str]]], costs: Costs):
        """entries: (meaning, tokens); several entries may mean the same."""
        self.costs, self.meanings = costs, [m for m, _ in entries]
        self.lengths = np.array([len(t) for _, t in entries])
        self.tokens = np.zeros((len(entries), self.lengths.max()), int)
        for i, (_, tokens) in enumerate(entries):
            self.tokens[i, : len(tokens)] = [costs.ids[t] for t in tokens]

    def find(self, heard: list[str]) -> tuple[object, float, float]:
        """(meaning, distance, margin) of the best entry."""
        distances = self.distances([self.costs.ids[t] for t in heard])
        best = int(distances.argmin())
        others = [d for d, m in zip(distances, self.meanings) if m != self.meanings[best]]
        return self.meanings[best], float(distances[best]), float(min(others) - distances[best])

    def distances(self, heard: list[int]) -> np.ndarray:
        c, entries = self.costs, len(self.meanings)
        row = np.concatenate([[0.0], np.cumsum(c.insert[heard])])[None].repeat(entries, 0) if heard else np.zeros((entries, 1))
        total = row[:, -1].copy()
        for i in range(self.tokens.shape[1]):
            said, new = self.tokens[:, i], np.empty_like(row)
            new[:, 0] = row[:, 0] + c.delete[said]
            for j, h in enumerate(heard, 1):
                new[:, j] = np.minimum(
                    np.minimum(row[:, j] + c.delete[said], new[:, j - 1] + c.insert[h]), row[:, j - 1] + c.replace[said, h]
                )
            row = new
            total = np.where(self.lengths == i + 1, row[:, -1], total)
        return total / np.maximum(self.lengths, max(len(heard), 1))


def read_units(heard: list[str], units: list[tuple[str, list[str]]], costs: Costs) -> tuple[list[str], float]:
    """The cheapest run of units (digits, letters) that explains what was heard, and its cost per heard token."""
    ids = [costs.ids[t] for t in heard]
    tokens = [(name, [costs.ids[t] for t in said]) for name, said in units]
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(ids) + 1):
        options = [(best[end - 1][0] + costs.insert[ids[end - 1]], best[end - 1][1])]  # a sound that belongs to no unit
        for start in range(max(0, end - LONGEST_UNIT), end):
            for name, said in tokens:
                options.append((best[start][0] + edit(said, ids[start:end], costs), best[start][1] + [name]))
        best.append(min(options, key=lambda o: o[0]))
    return best[-1][1], best[-1][0] / max(len(ids), 1)


def edit(said: list[int], heard: list[int], costs: Costs) -> float:
    row = [0.0]
    for h in heard:
        row.append(row[-1] + costs.insert[h])
    for s in said:
        new = [row[0] + costs.delete[s]]
        for j, h in enumerate(heard):
            new.append(min(row[j + 1] + costs.delete[s], new[j] + costs.insert[h], row[j] + costs.replace[s, h]))
        row = new
    return row[-1]


LONGEST_UNIT = 7  # tokens
