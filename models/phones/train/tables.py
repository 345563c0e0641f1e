"""Prints the tables of ../CARD.md from ../accuracy.tsv: tables.py ACCURACY.tsv [FORMER.tsv]."""

import sys
from pathlib import Path

GROUPS = {"en-other": "flite and festival (English)", "fr-same": "espeak-ng (French, same synthesizer)", "en-same": "espeak-ng (English, same synthesizer)"}
CONDITIONS = ("clean", "20 dB", "15 dB", "10 dB")
CODECS = ("clean", "alaw", "g722", "gsm", "loss")
KINDS = {
    "known right": "contacts, known names", "new right": "contacts, new names", "command right": "commands", "words right": "**all words**",
    "words taken": "taken at the thresholds", "words wrong taken": "another entry taken", "false rejection": "false rejection",
    "value right": "dates, hours, amounts (one of 100)", "letters right": "letters, each right", "digits4 exact": "4 digits, string exact",
    "digits10 exact": "10 digits, string exact", "digits10 right": "10 digits, each right", "phone_errors": "phone error rate, random words",
}
OUTSIDE = ("false acceptance outside", "false acceptance near", "false acceptance reject", "false acceptance stranger")


def read(path: str) -> dict[tuple, tuple[float, int]]:
    rows = [r.split("\t") for r in Path(path).read_text("utf-8").splitlines() if r and r[0] != "#"][1:]
    return {(r[0], r[2], r[3], r[4], r[5]): (float(r[6]), int(r[7])) for r in rows}


def table(title: str, columns: tuple[str, ...], lines: dict[str, list]) -> None:
    """One Markdown table; a line's cells are figures of (share, n) or None."""
    print(f"\n| {title} | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for name, cells in lines.items():
        if any(cells):
            print(f"| {name} | " + " | ".join(f"{100 * c[0]:.1f} %" if c else "" for c in cells) + " |")


def main() -> None:
    figures = read(sys.argv[1])
    get = lambda *key: figures.get(key)
    for group, name in GROUPS.items():
        table(name, CONDITIONS, {title: [get(group, "all", c, "all", m) for c in CONDITIONS] for m, title in KINDS.items()})
        table(f"{name}: codecs, clean", CODECS, {KINDS[m]: [get(group, "all", c, "all", m) for c in CODECS] for m in ("words right", "phone_errors")})
        table(f"{name}: by noise, 15 dB", ("words right", "phone error rate"), {
            kind: [get(group, "all", "15 dB", kind, m) for m in ("words right", "phone_errors")] for kind in ("fan", "street", "babble", "music")
        })
        table(f"{name}: outside the vocabulary", ("clean", "15 dB"), {m: [get(group, "all", c, "all", m) for c in ("clean", "15 dB")] for m in OUTSIDE})
        voices = sorted({k[1] for k in figures if k[0] == group} - {"all"})
        columns = ("words clean", "words 15 dB", "phone errors clean", "15 dB")
        table(f"{name}: by voice", columns, {
            v: [get(group, v, c, "all", m) for m in ("words right", "phone_errors") for c in ("clean", "15 dB")] for v in voices
        })
    if len(sys.argv) > 2:
        former = read(sys.argv[2])
        table("former model -> this one, words right, clean and 15 dB", ("former clean", "this clean", "former 15 dB", "this 15 dB"), {
            v: [f.get((g, v, c, "all", "words right")) for c in ("clean", "15 dB") for f in (former, figures)]
            for g in GROUPS for v in sorted({k[1] for k in former if k[0] == g})
        })


if __name__ == "__main__":
    main()
