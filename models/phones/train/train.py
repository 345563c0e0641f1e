"""Trains the net with CTC: train.py WORK MINUTES OUT.pt.

Reads the shards WORK/train-NNN (again at each epoch, so that shards may still be arriving) and measures the phone error rate on
WORK/train-990. On a CUDA device where there is one, else on one thread; the learning rate follows half a cosine over MINUTES of wall clock.
"""

import math
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F

import lexicon
from corpus import Corpus
from edit import distance
from net import Net, fresh_state, greedy

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
SAVED_EVERY = 60  # seconds
RATE = 6e-4  # the highest; at 2e-3 the error grows again after two minutes


def error_rate(net: Net, valid: Corpus) -> float:
    wrong = total = 0
    net.eval()
    with torch.no_grad():
        for chosen in valid.batches(64):
            x, _, tokens, counts = valid.batch(chosen, False)
            truth = tokens.split(counts.tolist())
            for heard, said in zip(greedy(net(x, fresh_state(x))[0]), truth):
                wrong, total = wrong + distance(said.tolist(), heard), total + len(said)
    net.train()
    return wrong / total


def save(net: Net, target: str) -> None:
    torch.save({name: value.cpu() for name, value in net.state_dict().items()}, target)


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(7)
    work, seconds, target = Path(sys.argv[1]), float(sys.argv[2]) * 60, sys.argv[3]
    device, size = (CUDA, 256) if torch.cuda.is_available() else (CPU, 64)
    tokens = lexicon.read_tokens()
    ids = {t: i for i, t in enumerate(tokens)}
    corpus, valid = Corpus(work, "train-[0-8]*", ids, device), Corpus(work, "train-990", ids, device)
    corpus.refresh()
    valid.refresh()
    net = Net(len(tokens))
    sample = corpus.frames[:200_000].float()
    net.mean.copy_(sample.mean(0))
    net.scale.copy_(1 / (sample.std(0) + 1e-3))
    net.to(device)
    print(device, "parameters", sum(p.numel() for p in net.parameters()), flush=True)
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-3)
    began, step, epoch, said, saved = time.time(), 0, 0, 0.0, 0.0
    while time.time() - began < seconds:
        corpus.refresh()
        for chosen in corpus.batches(size):
            part = (time.time() - began) / seconds
            if part >= 1:
                break
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * part)) + 0.01)
            x, lengths, truth, counts = corpus.batch(chosen, True)
            log_probs, _ = net(x, fresh_state(x))
            loss = F.ctc_loss(log_probs.transpose(0, 1), truth, lengths, counts, zero_infinity=True)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5)
            optimiser.step()
            step += 1
            if time.time() - said > 20:
                said = time.time()
                print(f"{said - began:.0f} s step {step} epoch {epoch} loss {loss.item():.3f}", flush=True)
        epoch += 1
        ended = time.time() - began >= seconds
        if ended or time.time() - saved > SAVED_EVERY:
            saved = time.time()
            save(net, target)
            print(f"{saved - began:.0f} s step {step} epoch {epoch} rows {len(corpus)} valid PER {error_rate(net, valid):.4f}", flush=True)


if __name__ == "__main__":
    main()
