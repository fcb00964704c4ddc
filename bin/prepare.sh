# Sourced by bin/serve and bin/test: makes .venv beside the project and installs the pinned requirements.
# Needs python3 (>= 3.11) with venv; does nothing when the pins have not changed since the last run.

fail() {
    printf 'concord: %s\n' "$1" >&2
    exit 1
}

find_python() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] || continue
        command -v "$candidate" >/dev/null 2>&1 || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# prepare FILE: .venv holds exactly what FILE pins (and what it includes).
prepare() {
    python=$(find_python) || fail "Python 3.11 or newer is needed; found $(python3 --version 2>&1 || echo none). Set PYTHON=/path/to/python3.11."
    stamp=.venv/.installed-$1
    if [ ! -x .venv/bin/python ]; then
        printf 'Making .venv ...\n'
        # Without ensurepip a half-made .venv is left behind, which the next run would take for a whole one.
        "$python" -m venv .venv >/dev/null || {
            rm -rf .venv
            fail "could not make .venv; on Debian and Ubuntu: apt-get install python3-venv"
        }
    fi
    if ! cat requirements.txt "$1" | cmp -s - "$stamp"; then
        printf 'Installing %s ...\n' "$1"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$1" ||
            fail "pip could not install $1; the lines above say why. Mend it and run the command again."
        cat requirements.txt "$1" >"$stamp"
    fi
}
