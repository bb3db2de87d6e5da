# SPDX-License-Identifier: MIT
"""test_checks.py COMPILER: shows each check a tree that is right and trees with one violation planted in them."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import forbidden

HERE = pathlib.Path(__file__).resolve().parent
COMPILER = sys.argv.pop() if len(sys.argv) > 1 and not sys.argv[-1].startswith("-") else "cc"

TABLE = """
| folder | may include | outside world that it may touch |
| --- | --- | --- |
| base | – | libc |
| slide | base | JSON |
| http | base | libmicrohttpd |
"""
HEADER = """/* SPDX-License-Identifier: MIT */
#ifndef OG_{guard}_H
#define OG_{guard}_H
/*
 * Threads: none. Ownership: none. Errors: none.
 */
#include <stdint.h>

struct og_{name} {{
    uint32_t n;
}};

#endif
"""
SOURCE = """/* SPDX-License-Identifier: MIT */
#include "{header}"

int main(void)
{{
    return 0;
}}
"""
RIGHT = {
    "docs/ARCHITECTURE.md": "# House\n" + TABLE + "\nWords.\n",
    "include/base/span.h": HEADER.format(guard="BASE_SPAN", name="span"),
    "include/slide/slide.h": HEADER.format(guard="SLIDE_SLIDE", name="slide").replace(
        "<stdint.h>", '<stdint.h>\n\n#include "base/span.h"'),
    "src/slide/slide.c": SOURCE.format(header="slide/slide.h"),
    "src/slide/slide_format.h": HEADER.format(guard="SLIDE_SLIDE_FORMAT", name="format"),
    "src/http/server.c": SOURCE.format(header="base/span.h").replace("\n\n", "\n\n#include <microhttpd.h>\n\n", 1),
    "CMakeLists.txt": "project(x C)\n",
    "scripts/run": "#!/usr/bin/env bash\nset -euo pipefail\necho ok\n",
    ".clang-format": (HERE.parents[1] / ".clang-format").read_text(),
}

# Rule of forbidden.py -> lines that it must refuse and lines that it must let through, in a .c file if not said.
SAMPLES = {
    "volatile": (["volatile int x;"], ["int x; /* volatile */", "volatile int x; /* allow: a device register */"]),
    "implicit atomic": (["n = atomic_load(&a);", "atomic_fetch_add (&a, 1);"], ["n = atomic_load_explicit(&a, o);"]),
    "sequential consistency": (["f(&a, memory_order_seq_cst);", "f(&a, memory_order_seq_cst); /* safer */"],
                               ["f(&a, memory_order_seq_cst); /* P1: Dekker's pair with P2 */"]),
    "fence": (["atomic_thread_fence(memory_order_acquire);"], ["int fence;"]),
    "compiler's atomics": (["__sync_synchronize();", "__atomic_load_n(&a, 0);"], ["__attribute__((cold));"]),
    "unbounded string": (["strcpy(a, b);", "  strcat(a, b);", "sprintf(a, b);", "gets(a);"],
                         ["snprintf(a, n, b);", "fgets(a, n, f);", 'puts("strcpy(a, b)");', "// gets(a)"]),
    "lenient number": (["n = atoi(a);", "n = strtol(a, &e, 10);", "n = strtoull(a, &e, 10);"], ["og_parse_decimal(a);"]),
    "raw thread": (["pthread_create(&t, NULL, run, x);"], ["pthread_join(t, NULL);"]),
    "hidden configuration": (['s = getenv("X");'], ["int getenv_count;"]),
    "included source": (['#include "ring.c"'], ['#include "ring.h"']),
    "globbed sources": (["file(GLOB x *.c)", "file( GLOB_RECURSE x *.c)"], ["file(READ x y)"], "CMakeLists.txt"),
    "unfinished work": (["/* TO" "DO: later */", "// FIX" "ME"], ['mkstemp("aXXXXXX");'], "src/base/x.h"),
}


class Checks(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="origami-style-"))
        self.addCleanup(shutil.rmtree, self.root)
        for place, text in RIGHT.items():
            self.plant(place, text)
        (self.root / "scripts/run").chmod(0o755)

    def plant(self, place, text):
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, place, old, new):
        self.assertIn(old, RIGHT[place])
        self.plant(place, RIGHT[place].replace(old, new, 1))

    def run_check(self, name, *arguments, **more):
        return subprocess.run([sys.executable, "-B", HERE / f"{name}.py", self.root, *arguments],
                              text=True, capture_output=True, **more)

    def assert_clean(self, name, *arguments):
        done = self.run_check(name, *arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def assert_finds(self, finding, name, *arguments):
        done = self.run_check(name, *arguments)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(finding, done.stdout)


class Layers(Checks):
    def test_right_tree_passes(self):
        self.assert_clean("layers")

    def test_table_may_be_named(self):
        self.plant("elsewhere.md", TABLE)
        self.assert_clean("layers", self.root / "elsewhere.md")

    def test_upward_include_in_header(self):
        self.change("include/base/span.h", "<stdint.h>", '<stdint.h>\n#include "slide/slide.h"')
        self.assert_finds('include/base/span.h:8: base may not include "slide/slide.h"', "layers")

    def test_sideways_include_in_source(self):
        self.change("src/http/server.c", "base/span.h", "slide/slide.h")
        self.assert_finds('src/http/server.c:2: http may not include "slide/slide.h"', "layers")

    def test_include_in_private_header(self):
        self.change("src/slide/slide_format.h", "<stdint.h>", '"http/server.h"')
        self.assert_finds("src/slide/slide_format.h:7: slide may not include", "layers")

    def test_edge_that_the_table_lost(self):
        self.change("docs/ARCHITECTURE.md", "| http | base |", "| http | – |")
        self.assert_finds('http may not include "base/span.h" (it may include nothing of ours)', "layers")

    def test_include_in_a_comment_is_none(self):
        self.change("include/base/span.h", " * Threads", '#include "slide/slide.h"\n * Threads')
        self.assert_clean("layers")

    def test_library_outside_its_floor(self):
        for header in ("microhttpd.h", "jpeglib.h", "vips/vips.h", "tiffio.h"):
            self.change("src/slide/slide.c", "\n\n", f"\n#  include <{header}>\n", )
            self.assert_finds(f"src/slide/slide.c:3: <{header}> is met in", "layers")

    def test_library_in_a_second_file(self):
        self.plant("src/http/tiles.c", RIGHT["src/http/server.c"])
        self.assert_finds("src/http/tiles.c:4: <microhttpd.h> is met in one file only", "layers")

    def test_unknown_library(self):
        self.change("src/slide/slide.c", "\n\n", "\n#include <curl/curl.h>\n")
        self.assert_finds("src/slide/slide.c:3: <curl/curl.h> has no home", "layers")

    def test_our_header_in_angle_brackets(self):
        self.change("include/slide/slide.h", '"base/span.h"', "<base/span.h>")
        self.assert_finds('is ours: write "base/span.h"', "layers")

    def test_path_that_walks(self):
        self.change("src/slide/slide.c", "slide/slide.h", "../http/server.h")
        self.assert_finds("walks through folders", "layers")

    def test_computed_include(self):
        self.change("src/slide/slide.c", '"slide/slide.h"', "HEADER")
        self.assert_finds("computed", "layers")

    def test_folder_without_a_row(self):
        self.plant("src/utils/misc.c", RIGHT["src/slide/slide.c"])
        self.assert_finds("src/utils/misc.c:1: utils is no folder of the table", "layers")

    def test_table_with_an_upward_edge(self):
        self.change("docs/ARCHITECTURE.md", "| base | – |", "| base | http |")
        self.assert_finds("edges point downwards only", "layers")

    def test_no_table(self):
        self.plant("docs/ARCHITECTURE.md", "# House\n")
        self.assert_finds("no table", "layers")


class Headers(Checks):
    def test_right_tree_passes(self):
        self.assert_clean("headers", COMPILER)

    def test_header_that_leans_on_another(self):
        self.change("include/base/span.h", "#include <stdint.h>\n", "")
        self.assert_finds("include/base/span.h:1: does not compile alone", "headers", COMPILER)

    def test_header_that_bears_one_inclusion_only(self):
        self.change("include/base/span.h", "#define OG_BASE_SPAN_H", "#define OG_BASE_SPAM_H")
        self.assert_finds("include/base/span.h:1: does not compile alone and twice", "headers", COMPILER)

    def test_guard_with_another_name(self):
        self.plant("include/base/span.h", RIGHT["include/base/span.h"].replace("OG_BASE_SPAN_H", "SPAN_H"))
        self.assert_finds("the whole file stands in the guard OG_BASE_SPAN_H", "headers", COMPILER)

    def test_code_before_the_guard(self):
        self.change("src/slide/slide_format.h", "#ifndef", "int early;\n#ifndef")
        self.assert_finds("the whole file stands in the guard OG_SLIDE_SLIDE_FORMAT_H", "headers", COMPILER)

    def test_missing_promises(self):
        for word in ("Threads", "Ownership", "Errors"):
            self.change("include/base/span.h", word, "Nothing")
            self.assert_finds(f"says nothing about {word}", "headers", COMPILER)

    def test_missing_licence(self):
        self.change("src/slide/slide.c", "/* SPDX-License-Identifier: MIT */", "/* slide */")
        self.assert_finds("src/slide/slide.c:1: the first line is", "headers", COMPILER)

    def test_long_header(self):
        self.change("include/base/span.h", "#endif", "/* */\n" * 160 + "#endif")
        self.assert_finds("a header has at most 160", "headers", COMPILER)

    def test_long_file(self):
        self.plant("src/slide/slide.c", RIGHT["src/slide/slide.c"] + "/* */\n" * 500)
        self.assert_finds("a file has at most 500", "headers", COMPILER)

    def test_empty_tree(self):
        shutil.rmtree(self.root / "include")
        self.assert_finds("nothing was found to check", "headers", COMPILER)


class Forbidden(Checks):
    def test_right_tree_passes(self):
        self.assert_clean("forbidden")

    def test_every_rule_has_samples(self):
        self.assertEqual({rule.name for rule in forbidden.RULES}, set(SAMPLES))

    def test_every_rule_bites_and_lets_go(self):
        for name, (wrong, right, *place) in SAMPLES.items():
            path = pathlib.PurePosixPath(place[0] if place else "src/slide/x.c")
            for line in wrong:
                found = [(number, rule.name) for number, rule in forbidden.findings(path, f"a\n{line}\n")]
                self.assertEqual(found, [(2, name)], line)
            for line in right:
                self.assertEqual(list(forbidden.findings(path, f"{line}\n")), [], line)

    def test_finding_says_what_to_write(self):
        self.change("src/slide/slide.c", "return 0;", 'return atoi("0");')
        self.assert_finds("src/slide/slide.c:6: lenient number: use og_parse_decimal", "forbidden")

    def test_free_places(self):
        threads, environment = "pthread_create(a, b, c, d);\n", 's = getenv("X");\n'
        for path, text, findings in (
            ("src/base/thread.c", threads, 0),
            ("src/engine/thread.c", threads, 1),
            ("src/daemon/main.c", environment, 0),
            ("src/daemonic.c", environment, 1),
        ):
            self.assertEqual(len(list(forbidden.findings(pathlib.PurePosixPath(path), text))), findings, path)

    def test_reason_may_not_be_empty(self):
        found = forbidden.findings(pathlib.PurePosixPath("src/a.c"), "volatile int x; /* allow: */\n")
        self.assertEqual(len(list(found)), 1)

    def test_comment_over_lines_hides_no_code(self):
        found = forbidden.findings(pathlib.PurePosixPath("src/a.c"), "/* a\n volatile */ volatile int x;\n/* volatile\n*/\n")
        self.assertEqual([number for number, _ in found], [2])


class Format(Checks):
    def test_right_and_wrong(self):
        done = self.run_check("format")
        if done.returncode == 77:
            self.skipTest("no clang-format of the right version")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.change("src/slide/slide.c", "    return 0;", "  return  0;")
        self.assert_finds("src/slide/slide.c:1: not as clang-format leaves it", "format")

    def test_absent_formatter_is_a_skip(self):
        done = self.run_check("format", env={"PATH": "/nonexistent"})
        self.assertEqual(done.returncode, 77, done.stdout + done.stderr)


class Shell(Checks):
    def test_right_tree_passes(self):
        self.assert_clean("shell")

    def test_syntax(self):
        self.change("scripts/run", "echo ok", "if true; then")
        self.assert_finds("scripts/run:1: bash does not understand it", "shell")

    def test_sourced_part(self):
        self.plant("scripts/steps.sh", "say() { echo\n")
        self.assert_finds("scripts/steps.sh:1: bash does not understand it", "shell")

    def test_not_strict(self):
        self.change("scripts/run", "set -euo pipefail\n", "")
        self.assert_finds("scripts/run:2: lacks set -euo pipefail", "shell")

    def test_other_interpreter(self):
        self.change("scripts/run", "#!/usr/bin/env bash", "#!/bin/sh")
        self.assert_finds("scripts/run:1: the first line is", "shell")

    def test_not_executable(self):
        os.chmod(self.root / "scripts/run", 0o644)
        self.assert_finds("scripts/run:1: is not executable", "shell")


if __name__ == "__main__":
    unittest.main()
