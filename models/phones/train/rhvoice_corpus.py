"""Has RHVoice speak a corpus for `rhvoice.py`: rhvoice_corpus.py FOLDER OUT FIRST LAST.

FOLDER holds `rhvoice.exe` (of rhvoice.c), `RHVoice.dll` and `data` (README.md says where from). A part of the corpus is OUT/NNN.opus, 250
sentences at 16 kHz, and OUT/NNN.json, which says where each begins; it depends on nothing but its number.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr

import lexicon
import sentences
import synth
from rhvoice import RATE

SENTENCES = 250
VOICES = {"bdl": 0.55, "clb": 0.45}
SECONDS = 0.3, 12.0


def plan(number: int) -> list[dict]:
    rng, out = random.Random(f"rhvoice {number}"), []
    while len(out) < SENTENCES:
        text = sentences.sentence("en", rng, exact=False).lower()
        tokens = synth.read_tokens(" ".join(lexicon.espeak(lexicon.normalise(text) + "\n", lexicon.VOICE["en"])))
        if tokens:
            voice = rng.choices(list(VOICES), VOICES.values())[0]
            out.append({"voice": voice, "text": text, "tokens": tokens, "rate": rng.uniform(0.75, 1.35), "pitch": rng.uniform(0.8, 1.25)})
    return out


def speak(folder: Path, rows: list[dict], work: Path) -> list[tuple[dict, np.ndarray]]:
    """All rows by one process of RHVoice, at RATE; those left out that it could not say or that are too short or too long."""
    lines = [
        "\t".join([r["voice"].title(), f"{r['rate']:.3f}", f"{r['pitch']:.3f}", f"Z:{work}/{i}".replace("/", "\\"), r["text"]])
        for i, r in enumerate(rows)
    ]
    quiet = os.environ | {"WINEDEBUG": "-all", "WINEPREFIX": str(folder / "wine")}
    command = ["/usr/lib/wine/wine64", "rhvoice.exe", "data"]
    done = subprocess.run(command, cwd=folder, env=quiet, input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True)
    out = []
    for i, line in enumerate(done.stdout.splitlines()):
        if line.startswith("ok "):
            samples = np.fromfile(work / str(i), "<i2").astype("f4") / 32768
            said = soxr.resample(samples, int(line.split()[1]), RATE)
            if SECONDS[0] <= len(said) / RATE <= SECONDS[1]:
                out.append((rows[i], said / (np.abs(said).max() + 1e-6) * 0.7))
    return out


def main() -> None:
    folder, target = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for number in range(int(sys.argv[3]), int(sys.argv[4])):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as work:
            said = speak(folder, plan(number), Path(work))
        at, rows = 0, []
        for row, samples in said:
            rows.append({k: row[k] for k in ("voice", "text", "tokens")} | {"start": at, "length": len(samples)})
            at += len(samples)
        sound = np.concatenate([samples for _, samples in said])
        soundfile.write(target / f"{number:03}.opus", sound, RATE, format="OGG", subtype="OPUS", compression_level=0.93)
        (target / f"{number:03}.json").write_text(json.dumps(rows))
        print(number, len(rows), f"{at / RATE:.0f} s", flush=True)


if __name__ == "__main__":
    main()
