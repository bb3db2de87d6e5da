# SPDX-License-Identifier: MIT
"""headers.py ROOT COMPILER [FLAG ...]: headers stand alone, promise what they must, and every file is short enough to read."""

import concurrent.futures
import os
import re
import subprocess
import sys

import tree

HEADER_LINES = 160
FILE_LINES = 500
PROMISES = ("Threads", "Ownership", "Errors")
FOLDERS = ["include", "src", "tests", "bench", "viewer", "scripts", "cmake", "CMakeLists.txt", ".ci"]
TEXT = (".c", ".h", ".py", ".sh", ".cmake", ".txt", ".js", ".mjs", ".css", ".html", "setup", "run", "test")
SPDX = re.compile(r"(/\*|//|#) SPDX-License-Identifier: MIT\b")


def alone(root, compiler, header):
    """The header, twice, as a whole program: what the compiler says about it, or None."""
    program = f'#include "{header}"\n#include "{header}"\n'
    command = [*compiler, "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", "include"]
    done = subprocess.run(command + ["-x", "c", "-"], input=program, text=True, capture_output=True, cwd=root)
    return (done.stderr or "the compiler failed").strip() if done.returncode else None


def check_guard(report, path, text):
    guard = "OG_" + "_".join([*path.parts[1:-1], path.stem]).upper().replace("-", "_") + "_H"
    opening = f"#ifndef {guard}\n#define {guard}\n"
    before = tree.code(text).split("#ifndef", 1)[0]
    if opening not in text or before.strip() or not text.rstrip().endswith("#endif"):
        report.add(path, 2, f"the whole file stands in the guard {guard}")


def main():
    root, compiler = tree.root_argument(), sys.argv[2:]
    report = tree.Report()
    headers = tree.files(root, ["include"], ".h")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = pool.map(lambda path: alone(root, compiler, path.relative_to("include").as_posix()), headers)
        for path, complaint in zip(headers, complaints):
            if complaint:
                report.add(path, 1, f"does not compile alone and twice:\n{complaint}")
    for path in headers:
        text = tree.read(root, path)
        lines = text.count("\n")
        if lines > HEADER_LINES:
            report.add(path, lines, f"{lines} lines: a header has at most {HEADER_LINES}")
        for word in PROMISES:
            if not re.search(rf"\b{word}\b", text):
                report.add(path, 1, f"says nothing about {word}")
    for path in tree.files(root, ["include", "src"], ".h"):
        check_guard(report, path, tree.read(root, path))
    for path in tree.files(root, ["include", "src", "tests", "bench"], tree.C_SUFFIXES):
        if not SPDX.match(tree.read(root, path)):
            report.add(path, 1, "the first line is /* SPDX-License-Identifier: MIT */")
    for path in tree.files(root, FOLDERS, TEXT):
        lines = tree.read(root, path).count("\n")
        if lines > FILE_LINES:
            report.add(path, lines, f"{lines} lines: a file has at most {FILE_LINES}; what is the second thing in it?")
    return report.finish(len(headers))


if __name__ == "__main__":
    sys.exit(main())
