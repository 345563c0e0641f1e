"""The exported model through sherpa-onnx as a call would use it: 20 ms pieces, 0.6 s of silence at the end."""

import json
from pathlib import Path

import numpy as np
import sherpa_onnx

import lexicon

RATE, PIECE, TAIL = 8000, 160, 4800


class Ear:
    def __init__(self, model: Path):
        self.recogniser = sherpa_onnx.OnlineRecognizer.from_zipformer2_ctc(
            tokens=str(lexicon.MODEL / "tokens.txt"), model=str(model), num_threads=1, sample_rate=RATE, feature_dim=40
        )

    def hear(self, samples: np.ndarray) -> list[str]:
        """The tokens heard in samples of [-1, 1] at 8 kHz."""
        stream = self.recogniser.create_stream()
        for i in range(0, len(samples), PIECE):
            stream.accept_waveform(RATE, samples[i : i + PIECE])
            while self.recogniser.is_ready(stream):
                self.recogniser.decode_stream(stream)
        stream.accept_waveform(RATE, np.zeros(TAIL, "f4"))
        while self.recogniser.is_ready(stream):
            self.recogniser.decode_stream(stream)
        return list(self.recogniser.tokens(stream))


def read_audio(work: Path, split: str) -> list[tuple[dict, np.ndarray]]:
    """The rows of all listings that begin with `split` with their samples, before the telephone."""
    rows = []
    for listing in sorted(work.glob(f"{split}*.json")):
        audio, at = np.load(listing.with_suffix(".npy")), 0
        for r in json.loads(listing.read_text()):
            rows.append((r, audio[at : at + r["length"]].astype("f4") / 32768))
            at += r["length"]
    return rows
