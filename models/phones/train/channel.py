"""The telephone: level, tone colour, noise, mu-law; signals that are no speech; and the features that sherpa-onnx computes."""

import kaldi_native_fbank as knf
import numpy as np

RATE = 8000
MELS = 40


def telephone(x: np.ndarray, rng: np.random.RandomState, snr_db: float | None = None) -> np.ndarray:
    """What arrives: -25..0 dB, a gentle tilt, coloured noise 10..60 dB below (one in five clean), mu-law. `snr_db` fixes the noise."""
    x = tilt(x, rng.uniform(-6, 6)) if snr_db is None else x
    x = x / (np.abs(x).max() + 1e-6) * 0.9 * 10 ** (rng.uniform(-25, 0) / 20)
    if snr_db is None:
        snr_db = 90.0 if rng.rand() < 0.2 else rng.uniform(10, 60)
    power = np.sqrt((x**2).mean() + 1e-12)
    return mulaw(x + coloured(len(x), rng.uniform(0, 1.5), rng) * power * 10 ** (-snr_db / 20)).astype("f4")


def coloured(length: int, slope: float, rng: np.random.RandomState) -> np.ndarray:
    """Noise of power 1 whose amplitude falls as frequency to the power `slope`."""
    spectrum = np.fft.rfft(rng.randn(length))
    spectrum /= np.maximum(np.arange(len(spectrum)) / len(spectrum), 0.01) ** slope
    noise = np.fft.irfft(spectrum, length)
    return noise / (noise.std() + 1e-9)


def tilt(x: np.ndarray, db: float) -> np.ndarray:
    """Raises or lowers the top of the band by `db` against the bottom."""
    spectrum = np.fft.rfft(x)
    return np.fft.irfft(spectrum * 10 ** (np.linspace(-db / 2, db / 2, len(spectrum)) / 20), len(x))


def mulaw(x: np.ndarray) -> np.ndarray:
    """G.711 mu-law there and back (continuous form, 255 levels)."""
    x = np.clip(x, -1, 1)
    q = np.round(np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256) * 127) / 127
    return np.sign(q) * (256 ** np.abs(q) - 1) / 255


def no_speech(rng: np.random.RandomState) -> np.ndarray:
    """Keys, ringing, busy tone, clicks or nothing: the net must print nothing."""
    length = int(RATE * rng.uniform(0.6, 3.5))
    t = np.arange(length) / RATE
    kind = rng.randint(5)
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
    else:
        return rng.randn(length) * 0.01
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
