# SPDX-License-Identifier: MIT
"""format.py ROOT: clang-format has nothing to change. Skipped (77) without Debian 12's version, others differ."""

import re
import shutil
import subprocess
import sys

import tree

VERSION = "14"


def formatter():
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path:
            told = subprocess.run([path, "--version"], text=True, capture_output=True).stdout
            if re.search(rf"version {VERSION}\.", told):
                return path
    return None


def main():
    root = tree.root_argument()
    program = formatter()
    if not program:
        print(f"clang-format {VERSION} is not here")
        return 77
    checked = [path.as_posix() for path in tree.files(root, ["include", "src", "tests", "bench"], tree.C_SUFFIXES)]
    if not checked:
        return tree.Report().finish(0)
    done = subprocess.run([program, "--dry-run", "-Werror", "--style=file", *checked], text=True, capture_output=True, cwd=root)
    wrong = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error:", done.stderr, re.MULTILINE)))
    print(done.stderr if done.returncode and not wrong else "", end="")
    for path in wrong:
        print(f"{path}:1: not as clang-format leaves it")
    if wrong:
        print(f"repair: {program} -i {' '.join(wrong)}")
    print(f"{len(checked)} files checked, {len(wrong)} findings")
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
