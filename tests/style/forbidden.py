# SPDX-License-Identifier: MIT
"""forbidden.py ROOT: what may not be written here, and what to write instead.

A justified exception carries its reason on the same line: `/* allow: reason */`, or `# allow: reason` outside C.
"""

import dataclasses
import re
import sys

import tree

FOLDERS = ["include", "src", "tests", "bench", "viewer", "cmake", "CMakeLists.txt", "CMakePresets.json", "scripts",
           ".ci", "conf", "docs", "README.md", "CONTRIBUTING.md"]
C = tree.C_SUFFIXES
CMAKE = ("CMakeLists.txt", ".cmake")
TEXT = C + CMAKE + (".py", ".sh", ".js", ".mjs", ".css", ".html", ".md", ".conf", ".json", "setup", "run", "test")
ALLOW = r"(/\*|//|#|<!--)\s*allow:\s*\w"
EDGE = r"/\*.*\b[A-Z]\d+\b.*\*/|" + ALLOW


@dataclasses.dataclass(frozen=True)
class Rule:
    name: str
    pattern: str  # searched in each line; in C without comments and the insides of literals, unless `raw`
    instead: str
    suffixes: tuple = C
    free: tuple = ()  # files, and folders with a trailing /, where it is allowed
    excuse: str = ALLOW
    raw: bool = False


RULES = [
    Rule("volatile", r"\bvolatile\b", "C11 atomics; volatile orders nothing between threads"),
    Rule("implicit atomic",
         r"\batomic_(load|store|exchange|compare_exchange_(weak|strong)|fetch_(add|sub|or|xor|and)"
         r"|flag_test_and_set|flag_clear)\b",
         "the _explicit function, with the weakest order that its edge needs"),
    Rule("sequential consistency", r"\bmemory_order_seq_cst\b",
         "acquire and release; or name the edge in a comment on the line (/* P1: why a total order is needed */)",
         excuse=EDGE),
    Rule("fence", r"\batomic_(thread|signal)_fence\b", "an order on the atomic operation itself: ThreadSanitizer sees it"),
    Rule("compiler's atomics", r"\b__(sync|atomic)_\w+\s*\(", "stdatomic.h"),
    Rule("unbounded string", r"\b(strcpy|strcat|stpcpy|sprintf|vsprintf|gets)\s*\(", "snprintf, or memcpy of a known size"),
    Rule("lenient number", r"\b(atoi|atol|atoll|atof|strtou?ll?|strto[iu]max)\s*\(", "og_parse_decimal or og_parse_size"),
    Rule("raw thread", r"\b(pthread_create|thrd_create)\s*\(", "og_thread_start, which names it and blocks its signals",
         free=("src/base/thread.c",)),
    Rule("hidden configuration", r"\b(secure_)?getenv\s*\(", "an option, or an argument",
         free=("src/image/kernels.c", "src/daemon/", "tests/", "bench/")),
    Rule("included source", r"""#\s*include\s*["<][^">]*\.c[">]""", "a header, or a private one beside the source", raw=True),
    Rule("globbed sources", r"\bfile\s*\(\s*GLOB", "the list of files: a new file is then a visible change", suffixes=CMAKE),
    Rule("unfinished work", r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b", "the work itself, or an issue", suffixes=TEXT, raw=True),
]


def findings(path, text):
    """(line, rule) of each violation in the text of the file at `path`."""
    place = path.as_posix()
    raw = text.split("\n")
    stripped = tree.code(text).split("\n") if path.suffix in C else raw
    for rule in RULES:
        if not place.endswith(rule.suffixes):
            continue
        if any(place == free or (free.endswith("/") and place.startswith(free)) for free in rule.free):
            continue
        for number, line in enumerate(raw if rule.raw else stripped, 1):
            if re.search(rule.pattern, line) and not re.search(rule.excuse, raw[number - 1]):
                yield number, rule


def main():
    root = tree.root_argument()
    report = tree.Report()
    checked = tree.files(root, FOLDERS, TEXT)
    for path in checked:
        for line, rule in findings(path, tree.read(root, path)):
            report.add(path, line, f"{rule.name}: use {rule.instead}")
    return report.finish(len(checked))


if __name__ == "__main__":
    sys.exit(main())
