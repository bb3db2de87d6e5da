# SPDX-License-Identifier: MIT
"""layers.py ROOT [TABLE]: every #include under include/ and src/ goes where the table of floors allows.

The table is the truth and stands in docs/ARCHITECTURE.md: | folder | may include | outside world that it may touch |,
from the ground up. The homes of libraries from outside stand below.
"""

import pathlib
import re
import sys

import tree

INCLUDE = re.compile(r"^[ \t]*#[ \t]*include\b[ \t]*(\S?)([^>\"\n]*)", re.MULTILINE)

# Header (a trailing / names a folder), the only floor that may include it, and whether only one file of that floor may.
HOMES = [
    ("microhttpd.h", "http", True),
    ("zlib.h", "http", True),
    ("liburing.h", "slide", True),
    ("liburing/", "slide", True),
    ("jansson.h", "slide", False),
    ("expat.h", "slide", False),
    ("isa-l.h", "slide", False),
    ("isa-l/", "slide", False),
    ("lz4.h", "slide", False),
    ("jpeglib.h", "image", False),
    ("jerror.h", "image", False),
    ("turbojpeg.h", "image", False),
    ("webp/", "image", False),
    ("immintrin.h", "image", False),
    ("arm_neon.h", "image", False),
    ("tiff.h", "tool", False),
    ("tiffio.h", "tool", False),
    ("vips/", "tool", False),
    ("glib.h", "tool", False),
    ("glib-object.h", "tool", False),
    ("openslide/", "tool", False),
    ("urcu.h", "sync", False),
    ("urcu/", "sync", False),
    ("systemd/", "daemon", False),
    ("jemalloc/", "base", False),
]

# Headers of C, POSIX and Linux are everybody's. Whatever is neither here nor above has no home yet, which is a finding.
SYSTEM = set(
    """assert ctype errno fenv float inttypes limits locale math setjmp signal stdalign stdarg stdatomic stdbool stddef
    stdint stdio stdlib stdnoreturn string strings threads time wchar wctype dirent dlfcn endian err fcntl fnmatch
    ftw getopt glob grp libgen malloc netdb poll pthread pwd sched semaphore spawn syslog termios unistd""".split()
)
SYSTEM_FOLDERS = ("sys/", "linux/", "arpa/", "net/", "netinet/")


def floors(text):
    """{folder: folders that it may include}, in the table's order."""
    lines = iter(text.splitlines())
    for line in lines:
        if re.match(r"\|\s*folder\s*\|\s*may include\s*\|", line):
            break
    else:
        raise ValueError("no table with the columns | folder | may include |")
    next(lines, None)  # the rule under the heading
    table = {}
    for line in lines:
        cells = [cell.strip(" `*") for cell in line.strip().strip("|").split("|")]
        if not line.lstrip().startswith("|") or len(cells) < 2:
            break
        allowed = {name.strip(" `*") for name in cells[1].split(",")} - {"", "-", "–", "—"}
        for name in sorted(allowed - set(table)):
            raise ValueError(f"{cells[0]} may include {name}, which is no row above it: edges point downwards only")
        table[cells[0]] = allowed
    if not table:
        raise ValueError("the table of folders is empty")
    return table


def home(header):
    for name, floor, single in HOMES:
        if header == name or (name.endswith("/") and header.startswith(name)):
            return name, floor, single
    return None


def check_ours(report, path, line, table, floor, header):
    folder = header.split("/")[0]
    if "/" not in header:
        return  # beside the including file, or generated: the compiler finds it or fails
    if folder in (".", ".."):
        report.add(path, line, f'"{header}" walks through folders: name it from include/ ("floor/file.h")')
    elif folder not in table:
        report.add(path, line, f'"{header}": {folder} is no folder of the table')
    elif folder != floor and folder not in table[floor]:
        allowed = ", ".join(sorted(table[floor])) or "nothing of ours"
        report.add(path, line, f'{floor} may not include "{header}" (it may include {allowed})')


def check_foreign(report, path, line, table, floor, header, singles):
    found = home(header)
    if found:
        name, owner, single = found
        if floor != owner:
            report.add(path, line, f"<{header}> is met in {owner} only, not in {floor}")
        elif single and singles.setdefault(name, path) != path:
            report.add(path, line, f"<{header}> is met in one file only, which is {singles[name]}")
    elif header.split("/")[0] in table:
        report.add(path, line, f'<{header}> is ours: write "{header}"')
    elif header.removesuffix(".h") not in SYSTEM and not header.startswith(SYSTEM_FOLDERS):
        report.add(path, line, f"<{header}> has no home: give it one in tests/style/layers.py")


def main():
    root = tree.root_argument()
    source = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else root / "docs" / "ARCHITECTURE.md"
    try:
        table = floors(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"{source}: {error}")
        return 1
    report, singles = tree.Report(), {}
    checked = tree.files(root, ["include", "src"], tree.C_SUFFIXES)
    for path in checked:
        floor = path.parts[1] if len(path.parts) > 2 else ""
        if floor not in table:
            report.add(path, 1, f"{floor or path} is no folder of the table in {source.name}")
            continue
        text = tree.code(tree.read(root, path), literals=True)
        for match in INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            quote, header = match.groups()
            if quote == '"':
                check_ours(report, path, line, table, floor, header)
            elif quote == "<":
                check_foreign(report, path, line, table, floor, header, singles)
            else:
                report.add(path, line, "an #include whose name is computed cannot be checked: spell it out")
    return report.finish(len(checked))


if __name__ == "__main__":
    sys.exit(main())
