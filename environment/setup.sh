#!/bin/sh
# Prepares the virtual environment. Called by `make setup`; safe to run again.
set -eu
venv=$1
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Provenance Lab needs Python 3.11 or newer; $("$python" --version) is what '$python' starts." >&2
    echo "Install a newer one, or say where it is: make setup PYTHON=/path/to/python3.12" >&2
    exit 1
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"

# uv installs the locked packages several times faster than pip, and compiles their bytecode. pip asks
# the network even for what it has, so the wheel is kept where a later set-up finds it without.
uv_version=$(cat environment/uv-version)
kept=${XDG_CACHE_HOME:-$HOME/.cache}/provenance-lab/wheels
pip() { "$venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
if [ ! -x "$venv/bin/uv" ] && ! pip install --no-index --find-links "$kept" "uv==$uv_version" 2>/dev/null; then
    if mkdir -p "$kept" 2>/dev/null && [ -w "$kept" ]; then
        pip download --no-deps --dest "$kept" "uv==$uv_version"
        pip install --no-index --find-links "$kept" "uv==$uv_version"
    else
        pip install "uv==$uv_version"
    fi
fi

# First from uv's cache alone: nothing is asked of the network that is here already.
install() {
    "$venv/bin/uv" pip sync --quiet --compile-bytecode --require-hashes "$@" \
        --python "$venv/bin/python" requirements.txt
}
install --offline 2>/dev/null || install
"$venv/bin/uv" pip install --quiet --offline --no-deps --no-build-isolation --python "$venv/bin/python" -e .
# The broker's jars are fetched here, once, so that starting it never needs the network.
"$venv/bin/python" -m eprlab.stack.fetch
