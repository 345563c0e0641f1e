"""What else is on the line: fans, streets, other people, music, rooms. Everything is made from a seed; no recording is used."""

import numpy as np

RATE = 8000
KINDS = ("fan", "street", "babble", "music")


def noise(kind: str, length: int, rng: np.random.RandomState, voices: list[np.ndarray]) -> np.ndarray:
    """Noise of power 1. `voices`: utterances that babble is mixed of."""
    x = {"fan": fan, "street": street, "music": music, "coloured": lambda n, r: coloured(n, r.uniform(0, 1.5), r)}.get(kind, None)
    x = x(length, rng) if x else babble(length, rng, voices)
    return x / (x.std() + 1e-9)


def coloured(length: int, slope: float, rng: np.random.RandomState) -> np.ndarray:
    """Noise of power 1 whose amplitude falls as frequency to the power `slope`."""
    spectrum = np.fft.rfft(rng.randn(length))
    spectrum /= np.maximum(np.arange(len(spectrum)) / len(spectrum), 0.01) ** slope
    x = np.fft.irfft(spectrum, length)
    return x / (x.std() + 1e-9)


def fan(length: int, rng: np.random.RandomState) -> np.ndarray:
    """A blade tone with overtones over steady air."""
    t, base = np.arange(length) / RATE, rng.uniform(50, 180)
    hum = sum(np.sin(2 * np.pi * base * k * t + rng.uniform(0, 6)) * rng.uniform(0.3, 1) / k for k in range(1, 12))
    return coloured(length, rng.uniform(0.3, 1.0), rng) + hum * rng.uniform(0.1, 0.8)


def street(length: int, rng: np.random.RandomState) -> np.ndarray:
    """Low rumble, and cars that come, brighten and go."""
    x, t = coloured(length, 1.2, rng), np.arange(length) / RATE
    for _ in range(1 + int(length / RATE / 2)):
        middle, width = rng.uniform(-1, length / RATE + 1), rng.uniform(0.3, 1.5)
        x = x + coloured(length, rng.uniform(0.2, 0.8), rng) * rng.uniform(0.5, 2) * np.exp(-(((t - middle) / width) ** 2))
    return x


def babble(length: int, rng: np.random.RandomState, voices: list[np.ndarray]) -> np.ndarray:
    """Three to eight people at once."""
    x = np.zeros(length)
    for _ in range(rng.randint(3, 9)):
        voice = np.concatenate([voices[rng.randint(len(voices))] for _ in range(2 + length // 12000)])
        voice = np.roll(voice, rng.randint(len(voice)))
        voice = np.tile(voice, length // len(voice) + 1)[:length]
        x += voice / (voice.std() + 1e-6) * rng.uniform(0.4, 1)
    return x


def music(length: int, rng: np.random.RandomState) -> np.ndarray:
    """Chords of plucked tones and a beat."""
    x, at = np.zeros(length), 0
    step = int(RATE * rng.uniform(0.2, 0.5))
    while at < length:
        n = min(step * 2, length - at)
        t = np.arange(n) / RATE
        root = 110 * 2 ** (rng.randint(0, 24) / 12)
        for interval in (0, 4, 7, 12)[: rng.randint(2, 5)]:
            f = root * 2 ** (interval / 12)
            for k in range(1, 6):
                x[at : at + n] += np.sin(2 * np.pi * f * k * t) / k * np.exp(-t * rng.uniform(2, 8))
        if rng.rand() < 0.5:
            x[at : at + n] += rng.randn(n) * np.exp(-t * 30)
        at += step
    return x


def room(x: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """The voice in a room: echoes that die away in 0.1..0.5 s, 4..18 dB below the direct sound in all."""
    n = int(RATE * rng.uniform(0.1, 0.5))
    tail = rng.randn(n) * np.exp(-6.9 * np.arange(n) / n)
    tail[: int(RATE * 0.002)] = 0
    tail *= 10 ** (-rng.uniform(4, 18) / 20) / np.sqrt((tail**2).sum() + 1e-12)
    tail[0] = 1
    size = len(x) + n
    return np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(tail, size), size)[: len(x)]
