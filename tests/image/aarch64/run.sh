#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# test_kernels for 64-bit ARM under an emulator, NEON against the specification: run.sh SOURCE_DIR [SANITIZERS]
# Exit status 77: skipped.
set -euo pipefail

source=$1
sanitizers=${2:-}
compiler=aarch64-linux-gnu-gcc
emulator=qemu-aarch64

skip() {
    echo "skipped: $1" >&2
    exit 77
}

command -v "$compiler" >/dev/null || skip "$compiler is not installed"
command -v "$emulator" >/dev/null || skip "$emulator is not installed"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c17 -D_GNU_SOURCE -DOG_WITH_NEON -O3 -g -Wall -Wextra -Wconversion -Wno-sign-conversion -Werror)
start=("$emulator")
if [ -z "$sanitizers" ]; then
    flags+=(-static)
else
    flags+=("-fsanitize=$sanitizers" -fno-sanitize-recover=all)
    start+=(-L /usr/aarch64-linux-gnu)
    # Whatever else was asked for: under the emulator leaks cannot be looked for, and false stacks never end.
    export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0
fi

echo 'int main(void) { return 0; }' >"$work/nothing.c"
"$compiler" "${flags[@]}" -o "$work/nothing" "$work/nothing.c" || skip "$compiler cannot build a program (libc6-dev-arm64-cross?)"
timeout 30 "${start[@]}" "$work/nothing" || skip "$emulator cannot run a program made with ${flags[*]}"

kernels=$source/src/image
"$compiler" "${flags[@]}" -I "$source/include" -I "$source/tests/image/aarch64" -I "$source/tests" -o "$work/test_kernels" \
    "$source/src/base/status.c" "$source/src/base/prediction.c" "$kernels/kernels.c" "$kernels/kernels_scalar.c" "$kernels/kernels_neon.c" "$kernels/dct.c" "$source/tests/image/test_kernels.c"
"${start[@]}" "$work/test_kernels" | tee "$work/said"
grep -q '^neon$' "$work/said"
