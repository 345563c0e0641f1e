"""The net: four frames at a time, one linear layer, three GRU layers, one distribution over the tokens every 40 ms."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from gru import FastGRU

MELS, STACK, UNITS, LAYERS = 40, 4, 352, 3
DROPPED = 0.1  # share of the values that training leaves out before and after the recurrent layers


class Net(nn.Module):
    def __init__(self, vocabulary: int):
        super().__init__()
        self.register_buffer("mean", torch.zeros(MELS))
        self.register_buffer("scale", torch.ones(MELS))
        self.inp = nn.Linear(MELS * STACK, UNITS)
        self.gru = FastGRU(UNITS, UNITS, LAYERS, batch_first=True)
        self.out = nn.Linear(UNITS, vocabulary)

    def forward(self, x: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x (batch, frames, 40), frames a multiple of 4; state (3, batch, units) -> log probabilities, new state."""
        x = ((x - self.mean) * self.scale).reshape(x.shape[0], -1, MELS * STACK)
        x, state = self.gru(F.dropout(F.relu(self.inp(x)), DROPPED, self.training), state)
        return F.log_softmax(self.out(F.dropout(x, DROPPED, self.training)), -1), state


def fresh_state(x: torch.Tensor) -> torch.Tensor:
    """The state before the first frame of `x`."""
    return torch.zeros(LAYERS, x.shape[0], UNITS, device=x.device)


def greedy(log_probs: torch.Tensor) -> list[list[int]]:
    """The best token of each step, repeats and blanks removed."""
    out = []
    for row in log_probs.argmax(-1).tolist():
        out.append([t for i, t in enumerate(row) if t and (i == 0 or row[i - 1] != t)])
    return out
