"""Speech and its phones from espeak-ng: one process gives both, so that the label is what the voice really said."""

import io
import os
import random
import subprocess
from pathlib import Path

import numpy as np
import soundfile
import soxr

import lexicon

RATE = 8000
VARIANTS = Path("/usr/lib/x86_64-linux-gnu/espeak-ng-data/voices/!v")
ACCENTS = {
    "fr": ["fr"] * 4 + ["fr-be", "fr-ch"],
    "en": ["en-us"] * 6 + ["en-gb", "en-gb-x-rp", "en-029", "en-gb-scotland"],
}
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


def speak(text: str, voice: str, speed: int, pitch: int, loudness: int) -> tuple[np.ndarray, str] | None:
    """Samples at 8 kHz in [-1, 1] and the IPA line; None where espeak-ng said nothing."""
    phones = f"/dev/shm/evatel-phones-{os.getpid()}"
    command = ["espeak-ng", "-b", "1", "--ipa", "--sep=_", f"--phonout={phones}", "-v", voice]
    command += ["-s", str(speed), "-p", str(pitch), "-a", str(loudness), "--stdin", "--stdout"]
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if len(done.stdout) < 2000:
        return None
    samples, rate = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
    ipa = " ".join(Path(phones).read_text("utf-8").split("\n"))
    return soxr.resample(samples, rate, RATE).astype("f4"), ipa


def random_voice(lang: str, variants: list[str], rng: random.Random) -> str:
    variant = rng.choice(variants)
    return rng.choice(ACCENTS[lang]) + (f"+{variant}" if variant else "")
