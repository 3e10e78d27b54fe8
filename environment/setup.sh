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
# uv installs the locked packages several times faster than pip, and compiles their bytecode.
[ -x "$venv/bin/uv" ] || "$venv/bin/python" -m pip install --quiet "uv==$(cat environment/uv-version)"
"$venv/bin/uv" pip sync --quiet --compile-bytecode --require-hashes --python "$venv/bin/python" requirements.txt
"$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation --python "$venv/bin/python" -e .
# The broker's jars are fetched here, once, so that starting it never needs the network.
"$venv/bin/python" -m eprlab.stack.fetch
