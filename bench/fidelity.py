#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fidelity.py FILE.json docs/FIDELITY.md: writes what bench_size --json found into the tables of the page.

A table stands between the lines <!-- NAME --> and <!-- /NAME -->; the rest of the page is left alone.
"""

import json
import math
import pathlib
import re
import sys

AIMS = [33, 36, 40]
LEVELS = ["L0", "L1", "L2"]


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


class Figures:
    def __init__(self, text):
        rows = [json.loads(line) for line in text.splitlines()]
        self.outcomes = [row for row in rows if "codec" in row]
        self.comparisons = [row for row in rows if "ratio" in row]
        self.worst = [row for row in rows if "worst" in row]
        self.inputs = list(dict.fromkeys(row["input"] for row in self.outcomes))
        self.presets = list(dict.fromkeys(row["ours"] for row in self.comparisons if row["ours"] not in ("sweep", "no worse")))
        self.codecs = list(dict.fromkeys(row["against"] for row in self.comparisons if row["ours"] == "sweep"))

    def find(self, **wanted):
        return [row for row in self.comparisons if all(row[key] == value for key, value in wanted.items())]

    def outcome(self, **wanted):
        return next(row for row in self.outcomes if all(row[key] == value for key, value in wanted.items()))


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def ratio_cell(rows):
    return f"{rows[0]['ratio']:.2f}" if rows else "–"


def mean_cell(rows, count):
    """Only of what all inputs have, so that means can be compared."""
    return f"**{geometric_mean([row['ratio'] for row in rows]):.2f}**" if len(rows) == count else "–"


def against_jpeg(figures, ours="sweep"):
    head = ["input", *[f"{aim} dB, {judged}" for judged in ("stored", "served") for aim in AIMS]]
    columns = [{"judged": judged, "at": aim, "ours": ours, "against": "JPEG"} for judged in ("stored", "served") for aim in AIMS]
    rows = [[name, *[ratio_cell(figures.find(input=name, **column)) for column in columns]] for name in figures.inputs]
    mean = ["**mean**", *[mean_cell(figures.find(**column), len(figures.inputs)) for column in columns]]
    return table(head, rows + [mean])


def no_worse(figures):
    return against_jpeg(figures, ours="no worse")


MEASURES = [("L0", "chroma"), ("L0", "rgb"), ("L0", "ssim"), ("L1", "luma"), ("L1", "chroma"), ("L1", "ssim"),
            ("L2", "luma"), ("L2", "chroma"), ("L2", "ssim")]


def measure_name(level, measure):
    return f"{level} {measure.replace('rgb', 'RGB').replace('ssim', 'SSIM')}"


def difference(measure, values):
    digits = 3 if measure == "ssim" else 1
    mean = sum(values) / len(values)
    least, most, mean = (f"{value:+.{digits}f}".replace("-", "−") for value in (min(values), max(values), mean))
    return f"{least} … {most}, {mean}" if least != most else least


def differences(figures):
    columns = [(judged, aim) for judged in ("stored", "served") for aim in AIMS]
    rows = []
    for level, measure in MEASURES:
        cells = []
        for judged, aim in columns:
            found = figures.find(judged=judged, at=aim, ours="sweep", against="JPEG")
            cells.append(difference(measure, [row[level][measure] for row in found]) if found else "–")
        rows.append([measure_name(level, measure), *cells])
    return table(["ours less JPEG", *[f"{aim} dB, {judged}" for judged, aim in columns]], rows)


def against_all(figures):
    columns = [(judged, aim) for judged in ("stored", "served") for aim in AIMS]
    codecs = [codec for codec in figures.codecs if not codec.startswith("published")]
    rows = []
    for codec in codecs:
        found = [figures.find(judged=judged, at=aim, ours="sweep", against=codec) for judged, aim in columns]
        rows.append([codec, *[mean_cell(rows_of, len(figures.inputs)) for rows_of in found]])
    return table(["our bytes ÷", *[f"{aim} dB, {judged}" for judged, aim in columns]], rows)


def against_published(figures):
    rows = []
    for name in figures.inputs:
        for judged in ("stored", "served"):
            found = figures.find(input=name, judged=judged, against="published, defaults")
            if not found:
                rows.append([name, judged, *["–"] * 7])
                continue
            row = found[0]
            rows.append([name, judged, f"{row['at']:.1f}", f"{row['ratio']:.2f}",
                         *[difference(measure, [row[level][measure]]) for level, measure in
                           [("L0", "chroma"), ("L0", "ssim"), ("L1", "luma"), ("L1", "chroma"), ("L2", "luma")]]])
    head = ["input", "judged", "L0 luma, dB", "our bytes ÷ its", "L0 chroma", "L0 SSIM", "L1 luma", "L1 chroma", "L2 luma"]
    return table(head, rows)


def presets(figures):
    head = ["input", "preset", "bytes", "bits per pixel", "tissue, dB", "L0 luma / chroma / RGB, dB; SSIM", "as served", "÷ JPEG",
            "÷ JPEG, shared tables", "÷ mozjpeg"]
    rows = []
    for name in figures.inputs:
        for preset in figures.presets:
            stored = figures.outcome(input=name, codec="Origami as stored", setting=preset)
            served = figures.outcome(input=name, codec="Origami as served", setting=preset)
            full, seen = stored["L0"], served["L0"]
            rows.append([name, preset, f"{stored['bytes']:,.0f}", f"{8 * stored['bytes'] / stored['pixels']:.2f}",
                         f"{full['tissue']:.1f}", f"{full['luma']:.1f} / {full['chroma']:.1f} / {full['rgb']:.1f}; {full['ssim']:.3f}",
                         f"{seen['luma']:.1f} / {seen['chroma']:.1f} / {seen['rgb']:.1f}; {seen['ssim']:.3f}",
                         *[ratio_cell(figures.find(input=name, judged="stored", ours=preset, against=codec))
                           for codec in ("JPEG", "JPEG, shared tables", "mozjpeg")]])
    return table(head, rows)


def worst_tiles(figures):
    parts = []
    for row in figures.worst:
        parts.append(f"`{row['worst']}`, tile {row['x']}, {row['y']}: {row['psnr']:.1f} dB as stored; JPEG of quality "
                     f"{row['jpeg_quality']}, which has the same L0 luma PSNR over the whole picture, has {row['jpeg_psnr']:.1f} dB here.\n\n"
                     f"![Source, Origami as served, JPEG](pictures/worst-tile-{row['worst']}.jpg)")
    return "\n\n".join(parts)


TABLES = {"against-jpeg": against_jpeg, "no-worse": no_worse, "differences": differences, "against-all": against_all,
          "against-published": against_published, "presets": presets, "worst-tiles": worst_tiles}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    figures = Figures(pathlib.Path(sys.argv[1]).read_text())
    page = pathlib.Path(sys.argv[2])
    text = page.read_text()
    for name, make in TABLES.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not between.search(text):
            sys.exit(f"{page}: has no place for {name}")
        text = between.sub(lambda match: f"{match[1]}\n{make(figures)}\n\n{match[2]}", text)
    page.write_text(text)


if __name__ == "__main__":
    main()
