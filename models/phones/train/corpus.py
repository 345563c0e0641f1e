"""The shards that the net learns from, whole in one tensor on the device that trains, and batches of them."""

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import spoil
from net import MELS, STACK

TAIL = 12  # frames of the last sound repeated after the end, so that late tokens have room


class Corpus:
    """Rows of features with their token ids. Shards may still be arriving: `refresh` takes what has come, each shard once."""

    def __init__(self, work: Path, pattern: str, ids: dict[str, int], device: torch.device):
        self.work, self.pattern, self.ids, self.device, self.seen = work, pattern, ids, device, set()
        self.frames = torch.zeros((0, MELS), dtype=torch.float16, device=device)
        self.start, self.length, self.first, self.count, self.tokens = (torch.zeros(0, dtype=torch.long, device=device) for _ in range(5))

    def refresh(self) -> None:
        for listing in sorted(self.work.glob(f"{self.pattern}.json")):
            if listing not in self.seen:
                self.seen.add(listing)
                self.take(json.loads(listing.read_text()), np.load(listing.with_suffix(".npy")))

    def take(self, rows: list[dict], features: np.ndarray) -> None:
        lengths = torch.tensor([r["length"] for r in rows])
        counts = torch.tensor([len(r["tokens"]) for r in rows])
        tokens = torch.tensor([self.ids[t] for r in rows for t in r["tokens"]])
        self.start = self.more(self.start, lengths.cumsum(0) - lengths + len(self.frames))
        self.first = self.more(self.first, counts.cumsum(0) - counts + len(self.tokens))
        self.length, self.count = self.more(self.length, lengths), self.more(self.count, counts)
        self.tokens, self.frames = self.more(self.tokens, tokens), self.more(self.frames, torch.from_numpy(features))

    def more(self, kept: Tensor, new: Tensor) -> Tensor:
        return torch.cat([kept, new.to(self.device)])

    def __len__(self) -> int:
        return len(self.length)

    def batches(self, size: int) -> list[Tensor]:
        """All rows once: rows of about one length together, the batches in random order."""
        order = (self.length + torch.rand(len(self), device=self.device) * 60).argsort()
        parts = order.split(size)
        return [parts[i] for i in torch.randperm(len(parts)).tolist()]

    def batch(self, chosen: Tensor, augment: bool) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(features (batch, frames, 40), steps of each row, all tokens in a row, tokens of each row)."""
        start, length = self.start[chosen, None], self.length[chosen, None]
        pace = spoil.pace(len(chosen), self.device) if augment else torch.ones(len(chosen), 1, device=self.device)
        shift = torch.randint(0, STACK if augment else 1, (len(chosen), 1), device=self.device)
        heard = (length / pace).long() + STACK - 1 + TAIL
        at = (torch.arange(int(heard.max()) // STACK * STACK + STACK, device=self.device) - shift) * pace
        at = at.clamp(min=0).minimum((length - 1).float())
        low = at.long()
        early, late = self.frames[start + low].float(), self.frames[start + (low + 1).minimum(length - 1)].float()
        x = torch.lerp(early, late, (at - low).unsqueeze(-1))
        if augment:
            x = spoil.spoil(x, heard)
        count = self.count[chosen]
        skipped = self.first[chosen] - count.cumsum(0) + count
        tokens = self.tokens[torch.arange(int(count.sum()), device=self.device) + skipped.repeat_interleave(count)]
        return x, heard.squeeze(1) // STACK, tokens, count
