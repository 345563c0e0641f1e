"""The telephone: room, tone colour, noise, level, codec; signals that are no speech; and the features that sherpa-onnx computes."""

import kaldi_native_fbank as knf
import numpy as np

import codec
import noises

RATE = 8000
MELS = 40


def telephone(x: np.ndarray, rng: np.random.RandomState, voices: list[np.ndarray]) -> np.ndarray:
    """A training call: every part of the way at random."""
    if rng.rand() < 0.3:
        x = noises.room(x, rng)
    x = colour(x, rng)
    chance = rng.rand()
    if chance < 0.8:
        kind = rng.choice(noises.KINDS + ("coloured", "coloured"))
        snr = rng.uniform(6, 40) if chance < 0.65 else rng.uniform(40, 60)
        x = add(x, noises.noise(kind, len(x), rng, voices), snr)
    x = level(x, rng.uniform(-28, 0))
    x = codec.code(x, rng.choice(["ulaw", "alaw", "gsm", "g722"], p=[0.48, 0.17, 0.2, 0.15]))
    if rng.rand() < 0.12:
        x = codec.lose(x, rng.uniform(0.005, 0.06), rng)
    return x.astype("f4")


def measured(x: np.ndarray, db: float, snr: float | None, noise: np.ndarray | None, name: str, rng: np.random.RandomState) -> np.ndarray:
    """A test call: level, one noise at one distance, one codec, `loss` for mu-law with 5 % of the packets lost."""
    if snr is not None:
        x = add(x, noise[: len(x)], snr)
    x = codec.code(level(x, db), "ulaw" if name == "loss" else name)
    return codec.lose(x, 0.05, rng) if name == "loss" else x


def add(x: np.ndarray, noise: np.ndarray, snr: float) -> np.ndarray:
    """`noise` of power 1, `snr` dB below the voice where it speaks."""
    return x + noise * speech_level(x) * 10 ** (-snr / 20)


def speech_level(x: np.ndarray) -> float:
    """Root mean square of the 20 ms frames that are within 25 dB of the loudest."""
    frames = x[: len(x) // 160 * 160].reshape(-1, 160)
    power = (frames**2).mean(1)
    return float(np.sqrt(power[power >= power.max() * 10**-2.5].mean() + 1e-12))


def level(x: np.ndarray, db: float) -> np.ndarray:
    return x / (np.abs(x).max() + 1e-6) * 0.9 * 10 ** (db / 20)


def colour(x: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """A handset's tone: a tilt, three broad bumps, and often the narrow band of 300..3400 Hz."""
    spectrum = np.fft.rfft(x)
    f = np.linspace(0, 1, len(spectrum))
    db = (f - 0.5) * rng.uniform(-10, 10)
    for _ in range(3):
        db = db + rng.uniform(-5, 5) * np.exp(-(((f - rng.rand()) / rng.uniform(0.04, 0.2)) ** 2))
    if rng.rand() < 0.5:
        db = db - 30 / (1 + np.exp((f - rng.uniform(0.03, 0.08)) * 200)) - 30 / (1 + np.exp((rng.uniform(0.82, 0.98) - f) * 100))
    return np.fft.irfft(spectrum * 10 ** (db / 20), len(x))


def no_speech(rng: np.random.RandomState) -> np.ndarray:
    """Keys, ringing, busy tone, clicks or nothing: the net must print nothing."""
    length = int(RATE * rng.uniform(0.6, 3.5))
    t = np.arange(length) / RATE
    kind = rng.randint(6)
    if kind == 0:
        return keys(length, rng)
    if kind == 1:  # ringing
        f = [(440, 480), (425, 425)][rng.randint(2)]
        on = (t + rng.uniform(0, 4)) % 6 < 2
    elif kind == 2:  # busy
        f = [(480, 620), (425, 425)][rng.randint(2)]
        on = (t + rng.uniform(0, 1)) % 1 < 0.5
    elif kind == 3:  # clicks
        x = np.zeros(length)
        x[rng.randint(0, length, 5)] = rng.uniform(-1, 1, 5)
        return x
    elif kind == 4:
        return rng.randn(length) * 0.01
    else:
        return noises.noise(rng.choice(["fan", "street", "music"]), length, rng, [])
    return (np.sin(2 * np.pi * f[0] * t) + np.sin(2 * np.pi * f[1] * t)) * 0.2 * on


def keys(length: int, rng: np.random.RandomState) -> np.ndarray:
    """DTMF digits of 60..200 ms."""
    x, at = np.zeros(length), int(RATE * 0.05)
    while at + RATE // 4 < length:
        t = np.arange(int(RATE * rng.uniform(0.06, 0.2))) / RATE
        low, high = rng.choice([697, 770, 852, 941]), rng.choice([1209, 1336, 1477, 1633])
        x[at : at + len(t)] = 0.3 * (np.sin(2 * np.pi * low * t) + np.sin(2 * np.pi * high * t))
        at += len(t) + int(RATE * rng.uniform(0.05, 0.5))
    return x


def fbank(x: np.ndarray) -> np.ndarray:
    """Kaldi filter banks as sherpa-onnx's online recogniser computes them at 8 kHz: (frames, 40)."""
    o = knf.FbankOptions()
    o.frame_opts.samp_freq, o.frame_opts.dither, o.frame_opts.snip_edges = RATE, 0, False
    o.frame_opts.frame_length_ms, o.frame_opts.frame_shift_ms = 25, 10
    o.frame_opts.remove_dc_offset, o.frame_opts.preemph_coeff = True, 0.97
    o.frame_opts.window_type, o.frame_opts.round_to_power_of_two = "povey", True
    o.mel_opts.num_bins, o.mel_opts.low_freq, o.mel_opts.high_freq, o.mel_opts.is_librosa = MELS, 20, -400, False
    bank = knf.OnlineFbank(o)
    bank.accept_waveform(RATE, x.tolist())
    bank.input_finished()
    return np.stack([bank.get_frame(i) for i in range(bank.num_frames_ready)])
