# SPDX-License-Identifier: MIT
"""man_pages.py BIN_DIR BUILD_DIR SOURCE_DIR: the manual pages are well formed and complete.

The programs print them, or fail when nobody takes them; every option and verb that --help lists must stand in the page that it belongs to. Exit status
77: skipped, because groff is missing.
"""

import pathlib
import re
import shutil
import subprocess
import sys

SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "SIGNALS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"]
CONFIG_SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "SETTINGS", "FILES", "EXAMPLES", "SEE ALSO"]


def said(program, *arguments):
    run = subprocess.run([program, *arguments], capture_output=True, text=True, encoding="utf-8", check=True)
    assert run.stderr == "", run.stderr
    return run.stdout


def check_full_output(program, *arguments):
    with open("/dev/full", "w", encoding="utf-8") as full:
        run = subprocess.run([program, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 1, f"{arguments}: ended with {run.returncode} though nothing could be written"
    assert "standard output" in run.stderr, run.stderr


def rendered(page):
    """The page as a terminal shows it; groff has nothing to say about it."""
    run = subprocess.run(["groff", "-k", "-man", "-Tutf8", "-ww", "-P-cbou", "-rLL=100n"], input=page,
                         capture_output=True, text=True, encoding="utf-8", check=True)
    assert run.stderr == "", run.stderr
    # groff's hyphens and minus signs look alike, and a word may be cut in two at the end of a line.
    return run.stdout.translate({0x2010: "-", 0x2212: "-", 0xA0: " "})


def check_page(name, page, sections, words):
    text = rendered(page)
    assert text.count(name) >= 2, f"{name}: not in its own head line"
    headings = re.findall(r"^[A-Z][A-Z ]+$", text, re.MULTILINE)
    for section in sections:
        assert section in headings, f"{name}: no section {section}, only {headings}"
    for word in words:
        assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text), f"{name}: does not tell of {word}"
    return text


def main():
    if not shutil.which("groff"):
        print("skipped: groff is not installed", file=sys.stderr)
        return 77
    origami, origamid = (pathlib.Path(sys.argv[1]) / name for name in ("origami", "origamid"))
    flags = re.findall(r"^  (--[\w-]+)", said(origamid, "--help"), re.MULTILINE)
    settings = re.findall(r"^#([\w-]+) = ", said(origamid, "--print-config"), re.MULTILINE)
    verbs = re.findall(r"^  (\w+)  +", said(origami, "--help"), re.MULTILINE)
    assert len(flags) > 15 and len(settings) > 10 and len(verbs) >= 4, (flags, settings, verbs)

    for flag in ("--help", "--version", "--print-config", "--print-man", "--print-man-config"):
        check_full_output(origamid, flag)
    check_full_output(origami, "--print-man")

    check_page("ORIGAMID(8)", said(origamid, "--print-man"), SECTIONS, [*flags, "TERM", "INT", "HUP", "OG_CPU"])
    check_page("ORIGAMID.CONF(5)", said(origamid, "--print-man-config"), CONFIG_SECTIONS, settings)

    page = check_page("ORIGAMI(1)", said(origami, "--print-man"), SECTIONS, ["TERM", "INT", "HUP", "OG_CPU"])
    for verb in verbs:
        part = re.search(rf"^   {verb} - .*?(?=^   \w+ - |^[A-Z])", page, re.MULTILINE | re.DOTALL)
        assert part, f"ORIGAMI(1): no part for {verb}"
        options = re.findall(r"^ +(?:-\w, )?(--[\w-]+)", said(origami, verb, "--help"), re.MULTILINE)
        assert "--help" in options, options
        for option in options:
            assert re.search(rf"{option}(?![\w-])", part[0]), f"ORIGAMI(1), {verb}: does not tell of {option}"
    print(f"manual pages: {len(flags)} flags, {len(settings)} settings, {len(verbs)} verbs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
