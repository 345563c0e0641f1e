"""Writes shards of features and labels: make_data.py WORK SPLIT FIRST LAST [COUNT].

SPLIT `train` (training voices), `dev` (training voices, other sentences, audio kept) or `test` (held-out voices, audio kept).
A shard depends on nothing but its split and number.
"""

import json
import random
import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np

import channel
import lexicon
import sentences
import synth

NO_SPEECH, LONG_LEAD, KEYS_BEFORE = 0.04, 0.08, 0.03


def example(job: tuple[str, int, int]) -> dict | None:
    split, shard, i = job
    rng, noise = random.Random(f"{split} {shard} {i}"), np.random.RandomState(hash_seed(split, shard, i))
    lang, tokens, text, voice = rng.choice(["fr", "en"]), [], "", ""
    if split == "train" and rng.random() < NO_SPEECH:
        x = channel.no_speech(noise)
    else:
        variants = synth.heldout_variants() if split == "test" else synth.training_variants()
        voice = synth.random_voice(lang, variants, rng)
        text = sentences.sentence(lang, rng)
        said = synth.speak(text.lower(), voice, rng.randint(115, 215), rng.randint(15, 85), rng.randint(60, 150))
        if said is None:
            return None
        x, ipa = said
        try:
            tokens = lexicon.ipa_to_tokens(ipa, lexicon.read_map())
        except lexicon.Unpronounceable:
            return None
        lead = rng.uniform(1.0, 3.0) if rng.random() < LONG_LEAD else rng.uniform(0.02, 0.7)
        x = np.concatenate([np.zeros(int(8000 * lead), "f4"), x, np.zeros(int(8000 * rng.uniform(0.3, 0.8)), "f4")])
        if split == "train" and rng.random() < KEYS_BEFORE:
            x = np.concatenate([channel.keys(6000, noise) * 0.5, x])
    row = {"lang": lang, "voice": voice, "text": text, "tokens": tokens}
    if split == "train":
        row["features"] = channel.fbank(channel.telephone(x, noise)).astype("f2")
    else:
        row["audio"] = (np.clip(x, -1, 1) * 32767).astype("i2")
    return row


def hash_seed(split: str, shard: int, i: int) -> int:
    return (sum(map(ord, split)) * 7919 + shard * 104729 + i * 31) % 2**31


def main() -> None:
    work, split, first, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    count = int(sys.argv[5]) if len(sys.argv) > 5 else 4000
    work.mkdir(parents=True, exist_ok=True)
    field = "features" if split == "train" else "audio"
    with Pool(2) as pool:
        for shard in range(first, last):
            jobs = [(split, shard, i) for i in range(count)]
            rows = [r for r in pool.imap(example, jobs, chunksize=32) if r]
            parts = [r.pop(field) for r in rows]
            target = work / f"{split}-{shard:03}"
            np.save(f"{target}.npy", np.concatenate(parts))
            for r, p in zip(rows, parts):
                r["length"] = len(p)
            partial = Path(f"{target}.json.part")
            partial.write_text(json.dumps(rows))
            partial.rename(f"{target}.json")  # the trainer reads a shard once its list is there
            print(target, len(rows), flush=True)


if __name__ == "__main__":
    main()
