#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# docs.sh BENCH_SIZE: measures, and writes what docs/FIDELITY.md shows: its tables, docs/pictures. What was measured stays beside the bench.

set -euo pipefail
bench=$1
figures=$bench.json

mkdir -p docs/pictures
"$bench" --json --pictures docs/pictures >"$figures"
bench/plot.py "$figures" -o docs/pictures
bench/fidelity.py "$figures" docs/FIDELITY.md
