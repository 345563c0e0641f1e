"""What a telephone network does to 8 kHz samples: G.711, G.722, GSM full rate, lost packets."""

import io

import numpy as np
import soundfile
import soxr
from G722 import G722

RATE, PACKET = 8000, 160


def code(x: np.ndarray, name: str) -> np.ndarray:
    """There and back through `ulaw`, `alaw`, `g722` or `gsm`."""
    return {"ulaw": ulaw, "alaw": alaw, "g722": g722, "gsm": gsm}[name](np.clip(x, -1, 1))[: len(x)].astype("f4")


def ulaw(x: np.ndarray) -> np.ndarray:
    """G.711 mu-law (continuous form, 255 levels)."""
    q = np.round(np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256) * 127) / 127
    return np.sign(q) * (256 ** np.abs(q) - 1) / 255


def alaw(x: np.ndarray) -> np.ndarray:
    """G.711 A-law (continuous form, 255 levels)."""
    a, k = np.abs(x), 1 + np.log(87.6)
    y = np.where(a < 1 / 87.6, 87.6 * a / k, (1 + np.log(np.maximum(87.6 * a, 1e-9))) / k)
    q = np.round(y * 127) / 127
    return np.sign(x) * np.where(q < 1 / k, q * k / 87.6, np.exp(np.maximum(q * k - 1, -50)) / 87.6)


def g722(x: np.ndarray) -> np.ndarray:
    """G.722 at 64 kbit/s: to 16 kHz, there and back."""
    wide = (soxr.resample(x, RATE, 2 * RATE) * 32000).clip(-32768, 32767).astype("i2")
    wide = wide[: len(wide) // 2 * 2]
    heard = np.asarray(G722(16000, 64000).decode(G722(16000, 64000).encode(wide)), "f4") / 32000
    return padded(soxr.resample(heard, 2 * RATE, RATE), len(x))


def gsm(x: np.ndarray) -> np.ndarray:
    """GSM 06.10 full rate."""
    file = io.BytesIO()
    soundfile.write(file, x, RATE, format="WAV", subtype="GSM610")
    file.seek(0)
    return padded(soundfile.read(file, dtype="float32")[0], len(x))


def lose(x: np.ndarray, share: float, rng: np.random.RandomState) -> np.ndarray:
    """Drops 20 ms packets, some in a row; each hole repeats the last packet, fading, or is silent."""
    x, lost, fades = x.copy(), 0, rng.rand() < 0.7
    for at in range(PACKET, len(x) - PACKET, PACKET):
        lost = lost + 1 if rng.rand() < (0.3 if lost else share) else 0
        if lost:
            x[at : at + PACKET] = x[at - PACKET : at] * 0.6 if fades and lost < 4 else 0
    return x


def padded(x: np.ndarray, length: int) -> np.ndarray:
    return np.concatenate([x[:length], np.zeros(max(0, length - len(x)))])
