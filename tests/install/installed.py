# SPDX-License-Identifier: MIT
"""installed.py: cmake --install into a folder of the test's own."""

import contextlib
import os
import pathlib
import subprocess
import tempfile


def install(build, prefix, destdir=None):
    """Returns what cmake --install says."""
    environment = {name: value for name, value in os.environ.items() if name != "DESTDIR"}
    if destdir:
        environment["DESTDIR"] = str(destdir)
    run = subprocess.run(["cmake", "--install", build, "--prefix", prefix], capture_output=True, text=True, check=False,
                         env=environment)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="origami-install-") as name:
        yield pathlib.Path(name)
