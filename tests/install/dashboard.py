# SPDX-License-Identifier: MIT
"""dashboard.py BIN_DIR BUILD_DIR SOURCE_DIR: the Grafana dashboard asks for what the daemon tells, and for nothing else.

Every metric, every label and every label's value that stands in a query of conf/grafana-dashboard.json must be in what
the daemon answers for /metrics, and every metric of the daemon's own must stand in a query. promtool, where it is installed, judges the queries themselves.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

FUNCTIONS = {"sum", "by", "rate", "histogram_quantile", "time", "le", "label_values"}
UNSEEN = {"origami_reader_info"}  # it changes with a setting only
FROM_PROMETHEUS = {"instance", "le"}  # labels that it adds, or that every histogram has
PANELS = ["Requests by code", "Hit ratio", "Stages, P50", "Stages, P95", "Stages, P99", "Queue depth", "Memory",
          "Refused and dropped", "Slides"]


def metrics_of(origamid):
    """The exposition of a daemon over an empty folder."""
    with tempfile.TemporaryDirectory(prefix="origami-dashboard-") as folder, \
            subprocess.Popen([origamid, "--slides", folder, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE,
                             text=True) as daemon:
        try:
            log = []
            for line in daemon.stderr:
                log.append(line)
                address = re.search(r"http://127\.0\.0\.1:\d+/", line)
                if address:
                    with urllib.request.urlopen(address[0] + "metrics", timeout=30) as answer:
                        return answer.read().decode()
            raise AssertionError("the daemon does not say where it listens:\n" + "".join(log))
        finally:
            daemon.terminate()
            daemon.communicate()


def read_samples(text):
    """{name: {label: {value, ...}}}"""
    samples = {}
    for name, labels in re.findall(r"^([a-z_]+)(?:\{(.*)\})? ", text, re.MULTILINE):
        known = samples.setdefault(name, {})
        for label, value in re.findall(r'(\w+)="([^"]*)"', labels):
            known.setdefault(label, set()).add(value)
    return samples


def queries_of(board):
    """(title of the panel, query), variables included"""
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']}", variable["query"]["query"]
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def missing_in(query, samples):
    """What the query names that is not in the exposition."""
    selectors = re.findall(r"([a-z_]+)\{(.*?)\}", query) or [(name, "") for name in re.findall(r"\((\w+),", query)]
    names = {name for name, _ in selectors}
    bare = re.sub(r"\{.*?\}|\[.*?\]", "", query)
    grouped = set(re.findall(r"\w+", " ".join(re.findall(r"by \((.*?)\)", bare))))
    names |= set(re.findall(r"[a-z_]{3,}", bare)) - FUNCTIONS - FROM_PROMETHEUS - grouped
    for name in sorted(names):
        if name not in samples:
            yield name
    for name, matchers in selectors:
        for label, value in re.findall(r'(\w+)="([^"]*)"', matchers):
            if value not in samples.get(name, {}).get(label, ()):
                yield f'{name}{{{label}="{value}"}}'
        for label in grouped - FROM_PROMETHEUS:
            if label not in samples.get(name, {}):
                yield f"{name}: label {label}"


def check_layout(board):
    titles = [panel["title"] for panel in board["panels"]]
    for title in PANELS:
        assert title in titles, f"no panel {title}"
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids), "two panels have one id"
    taken = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24 and not cells & taken, f"{panel['title']} lies over another panel"
        taken |= cells


def check_language(queries):
    """promtool reads each query as the expression of a recording rule."""
    promtool = shutil.which("promtool")
    if not promtool:
        return
    rules = [{"record": f"panel:{i}", "expr": query.replace("$__rate_interval", "5m").replace("$instance", ".*")}
             for i, query in enumerate(queries)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rules.json")
        pathlib.Path(path).write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}), encoding="utf-8")
        run = subprocess.run([promtool, "check", "rules", path], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


def main():
    binaries, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[3])
    board = json.loads((source / "conf/grafana-dashboard.json").read_text(encoding="utf-8"))
    check_layout(board)
    queries = list(queries_of(board))
    check_language([query for title, query in queries if not title.startswith("variable")])
    samples = read_samples(metrics_of(binaries / "origamid"))
    missing = [f"  {title}: {what}" for title, query in queries for what in missing_in(query, samples)]
    asked = " ".join(query for _, query in queries)
    forgotten = [name for name in sorted(samples) if name.startswith("origami_") and name not in UNSEEN
                 and not re.search(rf"{re.sub('_(bucket|sum|count)$', '', name)}[_{{]", asked)]
    if forgotten:
        print("conf/grafana-dashboard.json does not show:", *forgotten, sep="\n  ")
        return 1
    if missing:
        print("conf/grafana-dashboard.json asks for what /metrics does not have:", *missing, sep="\n")
        print("/metrics has:", *sorted(samples), sep="\n  ")
        return 1
    print(f"dashboard: {len(queries)} queries, all of them answered")
    return 0


if __name__ == "__main__":
    sys.exit(main())
