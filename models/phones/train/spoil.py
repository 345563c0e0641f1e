"""Other throats, other lines and other noise made of features that were computed once, so that no epoch hears the same twice.

Features are natural logarithms of energies (batch, frames, 40); `channel.py` made the telephone that is already in them.
"""

import math

import torch
from torch import Tensor

from net import MELS

LOW, HIGH = 20.0, 3600.0  # Hz: the first and last filter of `channel.fbank`


def some(share: float, like: Tensor) -> Tensor:
    """(batch, 1, 1): true for a `share` of the rows."""
    return torch.rand(like.shape[0], 1, 1, device=like.device) < share


def between(low: float, high: float, like: Tensor) -> Tensor:
    """(batch, 1, 1): a number for each row."""
    return torch.rand(like.shape[0], 1, 1, device=like.device) * (high - low) + low


def pace(rows: int, device: torch.device) -> Tensor:
    """(rows, 1): how many frames of the sound pass in one; half the rows keep theirs."""
    change = 1 + (torch.rand(rows, 1, device=device) - 0.5) * 0.24
    return torch.where(torch.rand(rows, 1, device=device) < 0.5, change, torch.ones_like(change))


def spoil(x: Tensor, length: Tensor) -> Tensor:
    """All of it, each part by chance. `length` (batch, 1): frames of each row that hold sound."""
    x = throat(x)
    x = x + line(x)
    x = noise(x)
    return holes(x, length)


def throat(x: Tensor) -> Tensor:
    """A vocal tract up to an eighth longer or shorter, the pitch left as it is (vocal tract length perturbation)."""
    factor = torch.where(some(0.6, x), between(0.88, 1.13, x), torch.ones(1, 1, 1, device=x.device)).squeeze(1)
    mel = lambda f: 1127 * torch.log1p(f / 700)
    low, high = (float(mel(torch.tensor(f))) for f in (LOW, HIGH))
    centres = torch.linspace(low, high, MELS, device=x.device)
    hertz = 700 * torch.expm1(centres / 1127)
    knee = 2700.0  # above it the axis is stretched back so that the last filter stays the last
    above = knee * factor + (hertz - knee) * (HIGH - knee * factor) / (HIGH - knee)
    source = torch.where(hertz < knee, hertz * factor, above)
    at = ((mel(source) - low) / (high - low) * (MELS - 1)).clamp(0, MELS - 1.001)
    index = at.long().unsqueeze(1).expand_as(x)
    return torch.lerp(x.gather(2, index), x.gather(2, index + 1), (at - at.floor()).unsqueeze(1))


def smooth(x: Tensor, strength: float) -> Tensor:
    """(batch, 1, 40): a smooth curve over the filters, about `strength` high."""
    waves = torch.arange(1, 6, device=x.device, dtype=torch.float)
    basis = torch.cos(math.pi * waves[:, None] * (torch.arange(MELS, device=x.device) + 0.5) / MELS)
    return ((torch.randn(x.shape[0], 5, device=x.device) * strength / waves) @ basis).unsqueeze(1)


def line(x: Tensor) -> Tensor:
    """Another tone and level of the line."""
    return torch.where(some(0.5, x), smooth(x, 0.5), torch.zeros(1, 1, 1, device=x.device)) + torch.randn(x.shape[0], 1, 1, device=x.device) * 0.3


def noise(x: Tensor) -> Tensor:
    """For a third of the rows steady noise of a random colour, 8..35 dB below the loudest of each row."""
    loudest = x.amax(dim=(1, 2), keepdim=True)
    floor = loudest - between(8, 35, x) * math.log(10) / 10 + smooth(x, 1.0) + torch.randn_like(x) * 0.5
    return torch.where(some(0.35, x), torch.logaddexp(x, floor), x)


def holes(x: Tensor, length: Tensor) -> Tensor:
    """SpecAugment: bands of up to 6 filters and gaps of up to 80 ms hear the row's mean."""
    mean, filters = x.mean(1, keepdim=True), torch.arange(MELS, device=x.device)
    frames = torch.arange(x.shape[1], device=x.device)[:, None]
    for _ in range(2):
        at, wide = between(0, MELS, x), between(1, 7, x)
        x = torch.where(some(0.4, x) & (filters >= at) & (filters < at + wide), mean, x)
        at, long = between(0, 1, x) * length.unsqueeze(-1), between(1, 9, x)
        x = torch.where(some(0.4, x) & (frames >= at) & (frames < at + long), mean, x)
    return x
