"""The voices of ../heldout-sets.tsv: flite, festival and espeak-ng's held-out variants. Training never loads this."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

import lexicon
import phrases
import synth


@dataclass(frozen=True)
class Voice:
    group: str
    engine: str
    name: str
    lang: str
    rate: float
    pitch: str

    def title(self) -> str:
        return f"{self.engine} {self.name}"


@dataclass(frozen=True)
class Draw:
    """Which sentences, levels and noises the voices are measured with, by seed."""

    noises: dict[str, int]
    sentences: int
    levels: int
    rejects: int
    times: int  # of the counts of phrases.COUNTS; words alone where it is more than 1

    def counts(self) -> dict[str, int]:
        return {k: n * self.times for k, n in phrases.COUNTS.items() if self.times == 1 or k in phrases.AGAIN}


def read_voices() -> list[Voice]:
    return [Voice(r[0], r[1], r[2], r[3], float(r[4]), r[5]) for r in rows() if len(r) > 3]


def read_draw(name: str) -> Draw:
    """The draw `first` or `second` of the list."""
    mine = [r[1:] for r in rows() if r[0] == name]
    if not mine:
        raise SystemExit(f"heldout-sets.tsv has no draw named {name}: first or second")
    seeds = {what: int(number) for what, number in mine}
    noises = {kind: seeds[kind] for kind in ("fan", "street", "babble", "music")}
    return Draw(noises, seeds["sentences"], seeds["levels"], seeds["rejects"], seeds["times"])


def rows() -> list[list[str]]:
    return [r.split("\t") for r in (lexicon.MODEL / "heldout-sets.tsv").read_text("utf-8").splitlines() if r and r[0] != "#"]


def speak_all(voice: Voice, texts: list[str]) -> list[np.ndarray | None]:
    """Samples at 8 kHz for each text."""
    if voice.engine == "espeak-ng":
        out = [synth.espeak(t.lower(), voice.name, int(voice.rate), int(voice.pitch), 100) for t in texts]
        return [s and synth.resample(*s[0]) for s in out]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{i}.wav" for i in range(len(texts))]
        flite(voice, texts, files) if voice.engine == "flite" else festival(voice, texts, files, Path(folder))
        return [synth.resample(*soundfile.read(f, dtype="float32")) if f.exists() else None for f in files]


def flite(voice: Voice, texts: list[str], files: list[Path]) -> None:
    for text, file in zip(texts, files):
        stretch = f"duration_stretch={1 / voice.rate}"
        subprocess.run(["flite", "-voice", voice.name, "--setf", stretch, "-t", text.lower() + " ", "-o", str(file)], check=True)


def festival(voice: Voice, texts: list[str], files: list[Path], folder: Path) -> None:
    script = [f"(voice_{voice.name})"]
    for text, file in zip(texts, files):
        plain = synth_ascii(text).replace('"', " ")
        script.append(f'(utt.save.wave (utt.synth (Utterance Text "{plain}")) "{file}" \'riff)')
    path = folder / "say.scm"
    path.write_text("\n".join(script))
    subprocess.run(["festival", "-b", str(path)], check=True, stderr=subprocess.DEVNULL)


def synth_ascii(text: str) -> str:
    """Festival reads ASCII."""
    from reserved import fold

    return fold(text)
