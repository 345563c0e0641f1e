"""RHVoice's bdl and clb, a man and a woman of the United States, as `rhvoice_corpus.py` had them speak beforehand.

Their program is slow to start and runs under wine, so shards draw from a corpus of finished utterances, each many times over other
telephones, at another pace and through another throat.
"""

import json
import os
import random
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

RATE = 16000


@lru_cache
def corpus() -> list[tuple[dict, np.ndarray]]:
    """(what is said: `voice`, `text`, `tokens`; 16-bit samples at RATE) of all utterances in the folder that RHVOICE names."""
    out = []
    for listing in sorted(Path(os.environ["RHVOICE"]).glob("*.json")):
        samples, rate = soundfile.read(listing.with_suffix(".opus"), dtype="int16")
        assert rate == RATE, f"{listing}: {rate} Hz"
        out += [(r, samples[r["start"] : r["start"] + r["length"]]) for r in json.loads(listing.read_text())]
    return out


def utterance(rng: random.Random) -> tuple[dict, np.ndarray]:
    """Any one: (`voice`, `text`, `tokens`; samples of [-1, 1] at RATE)."""
    said, samples = rng.choice(corpus())
    return said, samples.astype("f4") / 32768
