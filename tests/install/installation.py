# SPDX-License-Identifier: MIT
"""installation.py BIN_DIR BUILD_DIR SOURCE_DIR: cmake --install gives programs that run and all that goes with them."""

import pathlib
import re
import subprocess
import sys

import installed

FILES = """
bin/origami bin/origamid
lib/systemd/system/origamid.service
share/man/man1/origami.1 share/man/man8/origamid.8 share/man/man5/origamid.conf.5
share/origami/grafana-dashboard.json
share/doc/origami/README.md share/doc/origami/docs/OPERATIONS.md share/doc/origami/docs/FORMAT.md
share/doc/origami/LICENSE share/doc/origami/LICENSE.OpenSeadragon.txt
""".split()


def said(*command, status=0):
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == status, f"{command}: {run.returncode}\n{run.stdout}{run.stderr}"
    return run.stdout


def starts_with(unit, program, conf):
    line = [line for line in unit.read_text(encoding="utf-8").splitlines() if line.startswith("ExecStart=")]
    assert line == [f"ExecStart={program} --config {conf}"], line


def check_links(documents):
    """What a document links to beside itself is installed too."""
    links = [(path, link) for path in documents.rglob("*.md")
             for link in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")) if ":" not in link]
    assert len(links) > 20, links
    dead = [f"{path.name}: {link}" for path, link in links if not (path.parent / link).exists()]
    assert not dead, dead


def check_prefix(build, root):
    """Below a prefix of one's own everything is below it, and the unit names what is there."""
    prefix = root / "opt" / "origami"
    installed.install(build, prefix)
    for name in [*FILES, "etc/origami/origamid.conf"]:
        assert (prefix / name).stat().st_size > 0, name
    check_links(prefix / "share/doc/origami")
    conf, origamid = prefix / "etc/origami/origamid.conf", prefix / "bin/origamid"
    starts_with(prefix / "lib/systemd/system/origamid.service", origamid, conf)
    assert said(origamid, "--version").startswith("origamid ")
    assert said(prefix / "bin/origami", "--version").startswith("origami ")
    slides = root / "slides"
    slides.mkdir()
    assert said(origamid, "--check-config", "--slides", slides).endswith("OK\n")
    said(origamid, "--check-config", "--config", conf, status=2)  # it does not guess where slides are

    conf.write_text(f"slides = {slides}\n", encoding="utf-8")
    assert "Kept" in installed.install(build, prefix)
    assert conf.read_text(encoding="utf-8") == f"slides = {slides}\n", "a second installation lost the settings"
    assert f"slides = {slides}\n" in said(origamid, "--check-config", "--config", conf)


def check_package(build, root):
    """A package for /usr is gathered in DESTDIR, and its settings belong into /etc."""
    image = root / "image"
    installed.install(build, "/usr", image)
    for name in FILES:
        assert (image / "usr" / name).exists(), name
    assert (image / "etc/origami/origamid.conf").exists()
    assert sorted(path.name for path in image.iterdir()) == ["etc", "usr"]
    starts_with(image / "usr/lib/systemd/system/origamid.service", "/usr/bin/origamid", "/etc/origami/origamid.conf")


def main():
    build = pathlib.Path(sys.argv[2])
    with installed.folder() as root:
        check_prefix(build, root)
        check_package(build, root)
    print(f"installation: {len(FILES) + 1} files, below a prefix and for /usr")
    return 0


if __name__ == "__main__":
    sys.exit(main())
