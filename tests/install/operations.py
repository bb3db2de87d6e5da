# SPDX-License-Identifier: MIT
"""operations.py BIN_DIR BUILD_DIR SOURCE_DIR: docs/OPERATIONS.md tells of every metric, with its labels, and of no other."""

import pathlib
import re
import sys

import dashboard

LINE_MAX = 160


def exposed(text):
    """{name: {label, ...}}, of a histogram the name without its endings."""
    names = {name: set() for name in re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE)}
    for sample, labels in dashboard.read_samples(text).items():
        name = sample if sample in names else re.sub(r"_(bucket|sum|count)$", "", sample)
        names[name] |= set(labels) - {"le"}
    return names


def documented(text):
    table = text[text.index("## Metrics"):]
    rows = re.findall(r"^\| `(\w+)` \| ([\w, ]*)\| (.+) \|$", table, re.MULTILINE)
    assert len(rows) == len({name for name, _, _ in rows}), "a metric stands in the table twice"
    return {name: set(re.findall(r"\w+", labels)) for name, labels, _ in rows}


def main():
    binaries, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[3])
    text = (source / "docs/OPERATIONS.md").read_text(encoding="utf-8")
    told, there = documented(text), exposed(dashboard.metrics_of(binaries / "origamid"))
    wrong = [f"  {name}: {there.get(name)}, in the document {told.get(name)}"
             for name in sorted(told.keys() | there.keys()) if told.get(name) != there.get(name)]
    wrong += [f"  line {number} is longer than {LINE_MAX} characters"
              for number, line in enumerate(text.splitlines(), 1) if len(line) > LINE_MAX]
    if wrong:
        print("docs/OPERATIONS.md:", *wrong, sep="\n")
        return 1
    print(f"operations: {len(there)} metrics")
    return 0


if __name__ == "__main__":
    sys.exit(main())
