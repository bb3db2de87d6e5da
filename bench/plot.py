#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""plot.py FILE.json ... -o FOLDER: draws the series in what benches print with --json, one SVG for each picture.

A line with the keys picture, series, at and value is a point; every other line is passed over. The pictures need nothing
but the file itself, and follow the reader's choice of light or dark.
"""

import argparse
import dataclasses
import html
import json
import math
import pathlib
import re

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 64, 200, 40, 52
COLOURS = ["#0969da", "#d1570b", "#1a7f37", "#8250df", "#bf3989", "#7a6500", "#57606a"]
DASHES = ["", "7 4", "2 3", "10 3 2 3"]


@dataclasses.dataclass(frozen=True)
class Axes:
    x: str
    y: str
    log_x: bool = False
    most_y: float = 0  # 0: what the points need
    from_zero: bool = True


AXES = {
    "time to a complete field of view": Axes("milliseconds", "% of fields complete", log_x=True, most_y=100),
    "hit ratio": Axes("size of the cache, % of the working set", "hits, %", log_x=True),
    "cache throughput": Axes("threads", "million operations per second"),
    "luma PSNR": Axes("bits per pixel of full size, whole pyramid", "dB", log_x=True, from_zero=False),
    "chroma PSNR": Axes("bits per pixel of full size, whole pyramid", "dB", log_x=True, from_zero=False),
    "SSIM": Axes("bits per pixel of full size, whole pyramid", "SSIM", log_x=True, from_zero=False),
    "goodput": Axes("offered load, × saturation", "answers, × goodput at saturation"),
}


def axes_of(picture):
    return next((axes for name, axes in AXES.items() if picture.startswith(name)), Axes("", ""))


def read(paths):
    """{picture: {series: [(at, value)]}}, in the order of the files."""
    pictures = {}
    for path in paths:
        for line in path.read_text().splitlines():
            point = json.loads(line)
            if "picture" in point:
                series = pictures.setdefault(point["picture"], {})
                series.setdefault(point["series"], []).append((point["at"], point["value"]))
    return pictures


def steps(least, most):
    """Round numbers from least to most, about five of them."""
    rough = (most - least) / 5 or 1
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * n for n in (1, 2, 5, 10) if unit * n >= rough)
    first = math.ceil(least / step)
    return [n * step for n in range(first, math.floor(most / step + 1e-9) + 1)]


def decades(least, most):
    ticks = [n * 10.0 ** e for e in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1) for n in (1, 2, 5)]
    return [tick for tick in ticks if least <= tick <= most]


def draw(picture, series):
    axes = axes_of(picture)
    points = [point for line in series.values() for point in line]
    xs = [at for at, _ in points if at > 0 or not axes.log_x]
    least_x, most_x = min(xs), max(xs)
    ys = [value for _, value in points]
    least_y = 0 if axes.from_zero else min(ys) - (max(ys) - min(ys)) * 0.05
    most_y = axes.most_y or max(ys) + (max(ys) - least_y) * 0.05 or 1
    scale = math.log if axes.log_x else float
    extent = scale(most_x) - scale(least_x) or 1
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def across(at):
        return LEFT + (scale(max(at, least_x)) - scale(least_x)) / extent * (right - LEFT)

    def up(value):
        return bottom - (min(value, most_y) - least_y) / (most_y - least_y) * (bottom - TOP)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
           f"<title>{html.escape(picture)}</title>",
           "<style>text{font:13px sans-serif;fill:#1f2328}.t{font-weight:bold}.g{stroke:#8884}.l{fill:none;stroke-width:2}"
           "svg{background:#fff}@media(prefers-color-scheme:dark){svg{background:#0d1117}text{fill:#e6edf3}"
           ".l{filter:brightness(1.5)}}</style>",
           f'<text class="t" x="{LEFT}" y="22">{html.escape(picture)}</text>',
           f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{html.escape(axes.x)}</text>',
           f'<text transform="translate(16 {(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">{html.escape(axes.y)}</text>']
    for tick in decades(least_x, most_x) if axes.log_x else steps(least_x, most_x):
        out.append(f'<path class="g" d="M{across(tick):.1f} {TOP}V{bottom}"/>'
                   f'<text x="{across(tick):.1f}" y="{bottom + 18}" text-anchor="middle">{tick:g}</text>')
    for tick in steps(least_y, most_y):
        out.append(f'<path class="g" d="M{LEFT} {up(tick):.1f}H{right}"/>'
                   f'<text x="{LEFT - 8}" y="{up(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for i, (name, line) in enumerate(series.items()):
        style = f'stroke="{COLOURS[i % len(COLOURS)]}" stroke-dasharray="{DASHES[i % len(DASHES)]}"'
        path = "L".join(f"{across(at):.1f} {up(value):.1f}" for at, value in line)
        y = TOP + 12 + 22 * i
        out.append(f'<path class="l" {style} d="M{path}"/><path class="l" {style} d="M{right + 12} {y}h28"/>'
                   f'<text x="{right + 46}" y="{y + 4}">{html.escape(name)}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("-o", dest="folder", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for picture, series in read(options.files).items():
        path = options.folder / (re.sub(r"[^a-z0-9]+", "-", picture.lower()).strip("-") + ".svg")
        path.write_text(draw(picture, series))
        print(path)


if __name__ == "__main__":
    main()
