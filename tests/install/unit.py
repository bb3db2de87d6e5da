# SPDX-License-Identifier: MIT
"""unit.py BIN_DIR BUILD_DIR SOURCE_DIR: the installed origamid.service is sound, hardened and fits the daemon.

Exit status 77: skipped, because systemd-analyze is missing.
"""

import configparser
import os
import pathlib
import re
import shutil
import subprocess
import sys

import installed

EXPOSURE = 2.0


def analyze(*arguments, **environment):
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False,
                          env={**os.environ, "SYSTEMD_COLORS": "0", "LC_ALL": "C.UTF-8", **environment})


def seconds(text):
    assert re.fullmatch(r"\d+", text), f"{text} is not in seconds"
    return int(text)


def check_settings(unit, origamid):
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str
    parser.read(unit, encoding="utf-8")
    service = parser["Service"]
    assert service["Type"] == "notify" and service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert seconds(service["WatchdogSec"]) >= 10
    assert int(service["LimitNOFILE"]) >= 8192
    config = subprocess.run([origamid, "--print-config"], capture_output=True, text=True, check=True).stdout
    drain = re.search(r"^#drain-timeout = (\d+)$", config, re.MULTILINE)
    assert seconds(service["TimeoutStopSec"]) > (int(drain[1]) if drain else 10)


def main():
    if not shutil.which("systemd-analyze"):
        print("skipped: systemd-analyze is not installed", file=sys.stderr)
        return 77
    build = pathlib.Path(sys.argv[2])
    with installed.folder() as prefix:
        installed.install(build, prefix)
        unit = prefix / "lib/systemd/system/origamid.service"
        verified = analyze("verify", "--man=no", unit)
        assert verified.returncode == 0 and not verified.stderr.strip(), verified.stdout + verified.stderr
        judged = analyze("security", "--offline=true", f"--threshold={EXPOSURE * 10:.0f}", unit)
        exposure = re.search(r"Overall exposure level for origamid.service: ([\d.]+)", judged.stdout)
        assert judged.returncode == 0 and exposure, judged.stdout[-300:] + judged.stderr
        assert float(exposure[1]) <= EXPOSURE, exposure[0]
        check_settings(unit, prefix / "bin/origamid")
    print(f"unit: verified, exposure {exposure[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
