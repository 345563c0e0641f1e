"""Speech and its phones: espeak-ng gives both in one process, so that the label is what the voice really said.

For training three more synthesizers speak, with more human voices: hibari (one American woman, told espeak-ng's own phones), SVOX Pico
(American, British and French women) and RHVoice (an American man and woman, see rhvoice.py); the last two read the text themselves, the
label is espeak-ng's reading of the same text.
"""

import io
import os
import random
import subprocess
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
import soxr

import lexicon
import rhvoice
import sentences
from misaki import to_misaki

RATE = 8000
VARIANTS = Path("/usr/lib/x86_64-linux-gnu/espeak-ng-data/voices/!v")
ACCENTS = {
    "fr": ["fr"] * 5 + ["fr-be"],
    "en": ["en-us"] * 6 + ["en-gb", "en-gb-x-rp", "en-029", "en-gb-scotland"],
}
PICO = {"pico-fr": ("fr-FR", "fr"), "pico-us": ("en-US", "en-us"), "pico-gb": ("en-GB", "en-gb")}
ENGINES = {"fr": {"espeak": 0.5, "pico-fr": 0.5}, "en": {"espeak": 0.25, "hibari": 0.29, "pico-us": 0.11, "pico-gb": 0.08, "rhvoice": 0.27}}
RHVOICE_WARP = {"bdl": (0.84, 1.28), "clb": (0.74, 1.12)}  # a man's throat is made shorter, a woman's longer
# Voices that whisper or imitate machines: no ear would take them for a telephone call.
FREAKS = {"whisper", "whisperf", "Demonic", "UniRobot", "Storm", "croak", "klatt6", "zac", "anikaRobot", "Half-LifeAnnouncementSystem"}


def heldout_variants() -> list[str]:
    lines = (lexicon.MODEL / "heldout-voices.txt").read_text("utf-8").splitlines()
    return [line.split("\t")[0] for line in lines if line and not line.startswith("#")]


def training_variants() -> list[str]:
    """All named variants but the freaks and the held-out ones, and the plain voice (``) about one time in ten."""
    out = set(heldout_variants()) | FREAKS
    kept = sorted(v for v in os.listdir(VARIANTS) if v not in out and "obosoft" not in v)
    return kept + [""] * (len(kept) // 9)


def draw(lang: str, rng: random.Random) -> tuple[dict, np.ndarray] | None:
    """An utterance of training: (`lang`, `voice`, `text`, `tokens`; samples at RATE). None where the voice could not say it."""
    voice = choose(lang, rng)
    if voice == "rhvoice":
        said, samples = rhvoice.utterance(rng)
        low, high = RHVOICE_WARP[said["voice"]]
        row, x = {"text": said["text"], "tokens": said["tokens"]}, resample(samples, rhvoice.RATE, rng.uniform(low, high))
    else:
        row = {"text": sentences.sentence(lang, rng, exact=not voice.startswith("pico"))}
        x, row["tokens"] = utter(row["text"], voice, rng) or (None, [])
    return ({"lang": lang, "voice": voice} | row, x) if x is not None and np.isfinite(x).all() else None


def choose(lang: str, rng: random.Random) -> str:
    """A training voice: `espeak:fr-be+f3`, `hibari`, `pico-us`, `rhvoice`."""
    engine = rng.choices(list(ENGINES[lang]), ENGINES[lang].values())[0]
    if engine != "espeak":
        return engine
    variant = rng.choice(training_variants())
    return f"espeak:{rng.choice(ACCENTS[lang])}" + (f"+{variant}" if variant else "")


def utter(text: str, voice: str, rng: random.Random) -> tuple[np.ndarray, list[str]] | None:
    """The text in a voice of `choose` (not rhvoice's), at a random pace, with a vocal tract made longer or shorter by playing it slower or faster."""
    text = text.lower()
    if voice.startswith("espeak:"):
        warp = rng.uniform(0.86, 1.16) if rng.random() < 0.6 else 1.0
        said = espeak(text, voice[7:], int(rng.randint(115, 215) / warp), rng.randint(15, 85), rng.randint(60, 150))
        return said and (resample(*said[0], warp), said[1])
    warp, pace = rng.uniform(0.74, 1.1), rng.uniform(0.75, 1.3)
    ipa = " ".join(lexicon.espeak(lexicon.normalise(text) + "\n", PICO[voice][1] if voice in PICO else "en-us"))
    tokens = read_tokens(ipa)
    if not tokens:
        return None
    if voice == "hibari":
        samples, rate = speak_hibari(to_misaki(ipa), float(np.clip(pace / warp, 0.5, 2)), rng), 24000
    else:
        pcm = pico().speak(text, voice=PICO[voice][0], speed=pace / warp, pitch=rng.uniform(0.6, 1.2))
        samples, rate = np.frombuffer(pcm, "<i2").astype("f4") / 32768, 16000
    return (resample(samples, rate, warp), tokens) if len(samples) > 3000 else None


def espeak(text: str, voice: str, speed: int, pitch: int, loudness: int) -> tuple[tuple[np.ndarray, int], list[str]] | None:
    """((samples, their rate), tokens); None where espeak-ng said nothing or a phoneme is unknown."""
    phones = f"/dev/shm/evatel-phones-{os.getpid()}"
    command = ["espeak-ng", "-b", "1", "--ipa", "--sep=_", f"--phonout={phones}", "-v", voice]
    command += ["-s", str(speed), "-p", str(pitch), "-a", str(loudness), "--stdin", "--stdout"]
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if len(done.stdout) < 2000:
        return None
    tokens = read_tokens(" ".join(Path(phones).read_text("utf-8").split("\n")))
    samples, rate = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
    return ((samples, rate), tokens) if tokens else None


def resample(samples: np.ndarray, rate: int, warp: float = 1.0) -> np.ndarray:
    """To 8 kHz; `warp` below 1 lowers pitch and formants and slows down."""
    return soxr.resample(samples, rate * warp, RATE).astype("f4")


def read_tokens(ipa: str) -> list[str]:
    try:
        return lexicon.ipa_to_tokens(ipa, lexicon.read_map())
    except lexicon.Unpronounceable:
        return []


def speak_hibari(phonemes: str, speed: float, rng: random.Random) -> np.ndarray:
    """Samples at 24 kHz; her pitch is moved between half and 1.2 of it and made flatter or livelier, so that she is many people."""
    from hibari import dsp

    voice = hibari()
    fed = {"ids": np.asarray([voice.ids(phonemes)], np.int64), "speed": np.asarray([speed], np.float32)}
    *parts, f0 = (o[0] for o in voice.sess.run(None, fed))
    voiced = f0 > 40
    if voiced.any():
        middle = float(f0[voiced].mean())
        f0 = np.where(voiced, middle * rng.uniform(0.5, 1.2) * (np.maximum(f0, 1) / middle) ** rng.uniform(0.1, 1.2), 0).astype("f4")
    return dsp.synth(*parts, f0, np.random.default_rng(rng.randrange(2**31)))


@lru_cache
def pico():
    from py_nanotts import NanoTTS

    return NanoTTS()


@lru_cache
def hibari():
    from hibari import Hibari

    return Hibari()
