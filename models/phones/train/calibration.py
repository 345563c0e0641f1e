"""Draws how often the matcher's best entry is right at each distance and margin: calibration.py HEARD.jsonl OUT.svg OUT.tsv.

Right means: the utterance was that command or contact. Everything heard counts, also the sentences outside the vocabulary, so the curve is
that of a caller who says as much beside the vocabulary as the test does.
"""

import sys
from pathlib import Path

import numpy as np

from evaluate import ADVISED, judge_all

KINDS = ("known", "new", "command", "stranger", "near", "reject")
GROUPS = {"dev": "training voices", "en-other": "English: flite and festival", "fr-same": "French: same synthesizer"}
COLOURS = {"dev": "#888888", "en-other": "#0b6fa4", "fr-same": "#b5462f"}
DISTANCES, MARGINS = np.arange(0, 0.71, 0.05), np.arange(0, 0.41, 0.05)
WIDTH, HEIGHT, LEFT, TOP = 360, 240, 50, 40


def curve(rows: list[dict], field: str, edges: np.ndarray) -> list[tuple[float, float, int]]:
    """(middle, share right, n) of each bin with ten cases or more."""
    values = np.array([r[field] for r in rows])
    right = np.array([bool(r["meaning"]) and r["found"] == r["meaning"] for r in rows])
    out = []
    for low, high in zip(edges[:-1], edges[1:]):
        here = (values >= low) & (values < high)
        if here.sum() >= 10:
            out.append(((low + high) / 2, float(right[here].mean()), int(here.sum())))
    return out


def panel(x0: int, title: str, edges: np.ndarray, curves: dict[str, list], limit: float) -> list[str]:
    at = lambda v: x0 + LEFT + v / edges[-1] * WIDTH
    up = lambda p: TOP + HEIGHT * (1 - p)
    out = [f'<text x="{x0 + LEFT}" y="{TOP - 14}" font-weight="bold">{title}</text>']
    out.append(f'<rect x="{x0 + LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#444"/>')
    for p in (0, 0.25, 0.5, 0.75, 1):
        out.append(f'<text x="{x0 + LEFT - 6}" y="{up(p) + 4}" text-anchor="end">{p:.0%}</text>')
        out.append(f'<line x1="{x0 + LEFT}" x2="{x0 + LEFT + WIDTH}" y1="{up(p)}" y2="{up(p)}" stroke="#ddd"/>')
    for v in edges[::2]:
        out.append(f'<text x="{at(v)}" y="{TOP + HEIGHT + 16}" text-anchor="middle">{v:.1f}</text>')
    out.append(f'<line x1="{at(limit)}" x2="{at(limit)}" y1="{TOP}" y2="{TOP + HEIGHT}" stroke="#444" stroke-dasharray="4 3"/>')
    for group, points in curves.items():
        line = " ".join(f"{at(v):.1f},{up(p):.1f}" for v, p, _ in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[group]}" stroke-width="2"/>')
        out += [f'<circle cx="{at(v):.1f}" cy="{up(p):.1f}" r="3" fill="{COLOURS[group]}"/>' for v, p, _ in points]
    return out


def main() -> None:
    limit, least = map(float, sys.argv[4:6]) if len(sys.argv) > 5 else ADVISED
    rows = [r for r in judge_all(Path(sys.argv[1])) if r["kind"] in KINDS and r["condition"] in ("clean", "15 dB")]
    body, table = [], ["group\tmeasure\tmiddle\tright\tn"]
    near = lambda rows: [r for r in rows if r["distance"] <= limit]
    for k, (field, title, edges, cut) in enumerate([
        ("distance", "right, by distance", DISTANCES, limit), ("margin", f"right, by margin (distance ≤ {limit:.2f})", MARGINS, least),
    ]):
        curves = {}
        for group in GROUPS:
            chosen = [r for r in rows if r["group"] == group]
            curves[group] = curve(near(chosen) if field == "margin" else chosen, field, edges)
            table += [f"{group}\t{field}\t{v:.3f}\t{p:.4f}\t{n}" for v, p, n in curves[group]]
        body += panel(k * (WIDTH + 80), title, edges, curves, cut)
    for i, (group, name) in enumerate(GROUPS.items()):
        body.append(f'<text x="{LEFT + i * 240}" y="{TOP + HEIGHT + 42}" fill="{COLOURS[group]}">● {name}</text>')
    size = f'width="{2 * (WIDTH + 80) + 10}" height="{TOP + HEIGHT + 60}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
    Path(sys.argv[2]).write_text("\n".join([head, *body, "</svg>", ""]), "utf-8")
    Path(sys.argv[3]).write_text("\n".join(table) + "\n", "utf-8")


if __name__ == "__main__":
    main()
