"""Trains the net with CTC: train.py WORK MINUTES OUT.pt [INIT.pt] [RATE].

Reads the shards WORK/train-NNN (again at each epoch, so that shards may still be arriving) and measures the phone error rate on
WORK/train-990. One thread; the learning rate follows half a cosine over MINUTES of wall clock.
"""

import json
import math
import random
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import lexicon
from edit import distance
from net import MELS, Net, fresh_state, greedy

BATCH, TAIL = 64, 12  # TAIL: frames of the last sound repeated after the end, so that late tokens have room


class Shards:
    """Utterances as (features, token ids), each shard read once."""

    def __init__(self, work: Path, ids: dict[str, int]):
        self.work, self.ids, self.seen, self.rows = work, ids, set(), []

    def refresh(self) -> None:
        for listing in sorted(self.work.glob("train-[0-8]*.json")):
            if listing not in self.seen:
                self.seen.add(listing)
                self.rows += read_shard(listing, self.ids)


def read_shard(listing: Path, ids: dict[str, int]) -> list[tuple[np.ndarray, list[int]]]:
    features, rows, at = np.load(listing.with_suffix(".npy")), [], 0
    for r in json.loads(listing.read_text()):
        rows.append((features[at : at + r["length"]], [ids[t] for t in r["tokens"]]))
        at += r["length"]
    return rows


def batch(rows: list, mean: np.ndarray, augment: bool) -> tuple[torch.Tensor, torch.Tensor, list[list[int]]]:
    longest = (max(len(f) for f, _ in rows) + 3 + TAIL + 3) // 4 * 4
    x = np.zeros((len(rows), longest, MELS), "f4")
    for i, (f, _) in enumerate(rows):
        shift = random.randint(0, 3) if augment else 0
        x[i, :shift], x[i, shift : shift + len(f)], x[i, shift + len(f) :] = f[0], f, f[-1]
        if augment:
            spoil(x[i], len(f), mean)
    lengths = torch.tensor([(len(f) + 3 + TAIL) // 4 for f, _ in rows])
    return torch.tensor(x), lengths, [ids for _, ids in rows]


def spoil(x: np.ndarray, length: int, mean: np.ndarray) -> None:
    """Light SpecAugment: at times a band of up to 5 mels, a gap of up to 50 ms, and a little change of level."""
    if random.random() < 0.3:
        low = random.randint(0, MELS - 5)
        high = low + random.randint(1, 5)
        x[:, low:high] = mean[low:high]
    if random.random() < 0.2:
        at = random.randint(0, length - 1)
        x[at : at + random.randint(1, 5)] = mean
    x += random.gauss(0, 0.3)


def error_rate(net: Net, rows: list, mean: np.ndarray) -> float:
    wrong = total = 0
    net.eval()
    with torch.no_grad():
        for k in range(0, len(rows), 64):
            x, _, truth = batch(rows[k : k + 64], mean, False)
            for heard, said in zip(greedy(net(x, fresh_state(len(x)))[0]), truth):
                wrong, total = wrong + distance(said, heard), total + len(said)
    net.train()
    return wrong / total


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(7)
    random.seed(7)
    work, seconds, target = Path(sys.argv[1]), float(sys.argv[2]) * 60, sys.argv[3]
    rate = float(sys.argv[5]) if len(sys.argv) > 5 else 2e-3
    tokens = lexicon.read_tokens()
    ids = {t: i for i, t in enumerate(tokens)}
    shards, valid = Shards(work, ids), read_shard(work / "train-990.json", ids)
    shards.refresh()
    net = Net(len(tokens))
    if len(sys.argv) > 4 and sys.argv[4] != "-":
        net.load_state_dict(torch.load(sys.argv[4]))
    else:
        sample = np.concatenate([f for f, _ in shards.rows[:1000]]).astype("f4")
        net.mean.copy_(torch.tensor(sample.mean(0)))
        net.scale.copy_(torch.tensor(1 / (sample.std(0) + 1e-3)))
    mean = net.mean.numpy().copy()
    print("parameters", sum(p.numel() for p in net.parameters()), flush=True)
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-4)
    began, step, epoch, said = time.time(), 0, 0, 0.0
    while time.time() - began < seconds:
        shards.refresh()
        rows = shards.rows
        order = sorted(range(len(rows)), key=lambda i: len(rows[i][0]) + random.random() * 60)
        batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
        random.shuffle(batches)
        for chosen in batches:
            part = (time.time() - began) / seconds
            if part >= 1:
                break
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1, (step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * part)) + 0.01)
            x, lengths, truth = batch([rows[i] for i in chosen], mean, True)
            log_probs, _ = net(x, fresh_state(len(x)))
            loss = F.ctc_loss(
                log_probs.transpose(0, 1), torch.tensor(sum(truth, [])), lengths,
                torch.tensor([len(t) for t in truth]), zero_infinity=True,
            )
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5)
            optimiser.step()
            step += 1
            if time.time() - said > 20:
                said = time.time()
                print(f"{said - began:.0f} s step {step} epoch {epoch} loss {loss.item():.3f}", flush=True)
        epoch += 1
        torch.save(net.state_dict(), target)
        print(f"{time.time() - began:.0f} s epoch {epoch} rows {len(rows)} valid PER {error_rate(net, valid, mean):.4f}", flush=True)


if __name__ == "__main__":
    main()
