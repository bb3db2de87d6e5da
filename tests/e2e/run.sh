#!/usr/bin/env bash
# The browser test on a demo slide: run.sh BIN_DIR [MODULES_DIR [SCREENSHOT [BASE_PATH]]]
# BIN_DIR holds origami and origamid, MODULES_DIR a node_modules with playwright-core. Exit status 77: skipped.
set -euo pipefail

bin=$1
modules=${2:-.}
screenshot=${3:-browser.png}
base=${4:-/}
here=${0%/*}

skip() {
  echo "skipped: $1" >&2
  exit 77
}

fail() {
  echo "$1" >&2
  cat "$work/log" >&2
  exit 1
}

command -v node >/dev/null || skip "node is not installed"
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -n "$chromium" ] || skip "chromium is not installed"
[ -d "$modules/node_modules/playwright-core" ] || skip "playwright-core is not in $modules (build browser_test_modules)"

work=$(mktemp -d)
daemon=
finish() {
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" || true
  fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

mkdir "$work/slides"
"$bin/origami" demo --size 6000x5000 -o "$work/slides/demo.tif"
"$bin/origamid" --slides "$work/slides" --listen 127.0.0.1:0 --base-path "$base" 2>"$work/log" &
daemon=$!

url=
tries=0
while [ -z "$url" ]; do
  [ $tries -lt 150 ] && kill -0 "$daemon" 2>/dev/null || fail "origamid did not say its address:"
  sleep 0.2
  tries=$((tries + 1))
  url=$(sed -n 's,.*\(http://127\.0\.0\.1:[0-9][0-9]*/[^ ]*\).*,\1,p' "$work/log" | head -n 1)
done

node "$here/browser.mjs" --url "$url" --chromium "$chromium" --modules "$modules" --screenshot "$screenshot" ||
  fail "the browser test failed; origamid said:"
kill "$daemon"
wait "$daemon" || fail "origamid did not stop cleanly:"
daemon=
