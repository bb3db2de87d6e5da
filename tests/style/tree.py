# SPDX-License-Identifier: MIT
"""What the style checks share: the files of the tree, C text without its comments, and how findings are reported."""

import pathlib
import re
import sys

C_SUFFIXES = (".c", ".h")
SKIPPED = {"build", "node_modules", ".git", ".cache", "__pycache__"}

_TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def files(root, folders, suffixes=None):
    """Paths relative to root, sorted; suffixes None: all. Generated and fetched folders are left out."""
    found = []
    for folder in folders:
        start = root / folder
        for path in start.rglob("*") if start.is_dir() else [start]:
            place = path.relative_to(root)
            if path.is_file() and not SKIPPED & set(place.parts) and (suffixes is None or path.name.endswith(suffixes)):
                found.append(place)
    return sorted(set(found))


def read(root, path):
    return (root / path).read_text(encoding="utf-8")


def code(text, literals=False):
    """C text with comments blanked, and the insides of literals too unless they are wanted; lines stay where they are."""

    def blank(match):
        token = match.group()
        if token[0] == "/":
            return re.sub(r"[^\n]", " ", token)
        return token if literals else token[0] + " " * (len(token) - 2) + token[-1]

    return _TOKEN.sub(blank, text)


class Report:
    """Findings as `path:line: text`, which editors understand; finish() is the exit status."""

    def __init__(self):
        self.findings = []

    def add(self, path, line, text):
        self.findings.append(f"{path}:{line}: {text}")

    def finish(self, checked):
        for finding in self.findings:
            print(finding)
        if not checked:
            print("nothing was found to check: wrong folder?")
            return 1
        print(f"{checked} files checked, {len(self.findings)} findings")
        return 1 if self.findings else 0


def root_argument():
    return pathlib.Path(sys.argv[1]).resolve()
