#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# smoke.sh FOLDER BENCH=ROWS …: runs each bench on tiny inputs; it has to end well and print at least that many rows, each
# a JSON object. What the figures are is nobody's business here.

set -euo pipefail
folder=$1
shift

for entry in "$@"; do
    bench=${entry%=*} rows=${entry#*=}
    if [ "$bench" = cold ] && ! command -v wrk >/dev/null; then
        echo "$bench: left out: no wrk"
        continue
    fi
    if [ "$bench" = encode ] && ! command -v vips >/dev/null; then
        echo "$bench: left out: no vips"
        continue
    fi
    if [[ $bench =~ ^(viewer|warm)$ ]] && ! command -v nginx >/dev/null && [ ! -x /usr/sbin/nginx ]; then
        echo "$bench: left out: no nginx"
        continue
    fi
    output=$("$folder/bench_$bench" --quick --json)
    printed=$(python3 -c 'import json, sys; print(len([json.loads(line) for line in sys.stdin]))' <<<"$output")
    echo "$bench: $printed rows"
    [ "$printed" -ge "$rows" ] || { echo "$bench: expected $rows rows"; exit 1; }
done
