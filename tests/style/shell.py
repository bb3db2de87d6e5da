# SPDX-License-Identifier: MIT
"""shell.py ROOT: every shell script parses, can be run, and stops at the first failure."""

import os
import subprocess
import sys

import tree

SHEBANG = "#!/usr/bin/env bash\n"
STRICT = "\nset -euo pipefail\n"


def main():
    root = tree.root_argument()
    report, checked = tree.Report(), 0
    for path in tree.files(root, ["scripts", ".ci", "tests", "bench", "viewer"]):
        if path.suffix not in ("", ".sh"):
            continue
        text = tree.read(root, path)
        if path.suffix == "" and not text.startswith("#!"):
            continue
        checked += 1
        done = subprocess.run(["bash", "-n", root / path], text=True, capture_output=True)
        if done.returncode:
            report.add(path, 1, f"bash does not understand it:\n{done.stderr.strip()}")
        if not text.startswith("#!"):
            continue  # a part that scripts source
        if not text.startswith(SHEBANG):
            report.add(path, 1, f"the first line is {SHEBANG.strip()}")
        if STRICT not in text:
            report.add(path, 2, f"lacks {STRICT.strip()}")
        if not os.access(root / path, os.X_OK):
            report.add(path, 1, "is not executable")
    return report.finish(checked)


if __name__ == "__main__":
    sys.exit(main())
