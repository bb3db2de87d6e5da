# SPDX-License-Identifier: MIT
# Words and steps that setup, run and test share. Sourced from the repository's root.

say() {
    if [ -t 2 ]; then
        printf '\033[1m==>\033[0m %s\n' "$*" >&2
    else
        printf '==> %s\n' "$*" >&2
    fi
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The comment at the top of the script, from its third line on, is its help.
show_help() { sed -n '3,/^$/s/^# \{0,1\}//p' "$0"; }

# build PRESET [TARGET …]: configures if need be; ninja itself notices when CMake has to run again.
build() {
    local preset=$1 targets=()
    shift
    [ $# -eq 0 ] || targets=(--target "$@")
    [ "build/$preset/build.ninja" -nt CMakePresets.json ] || cmake --preset "$preset" || return
    cmake --build --preset "$preset" "${targets[@]}"
}
