"""What the whole stack costs: cold and warm start, memory, and the way from a clone to a first cell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Start:
    """Seconds of `eprlab up` on an empty folder, on existing data, and when all runs already."""

    cold: float
    again: float
    joined: float
    resident: dict[str, int]  # bytes by component


def _eprlab(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("eprlab"), *words],
        env={**os.environ, "EPRLAB_HOME": str(home), "EPRLAB_BACKEND": "embedded"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip


def _seconds(home: Path, *words: str) -> float:
    began = time.perf_counter()
    _eprlab(home, *words)
    return time.perf_counter() - began


def measure_start() -> Start:
    """Starts a stack of its own, twice, and asks what it holds."""
    home = Path(tempfile.mkdtemp(prefix="plab-bench-"))
    home.chmod(0o755)
    try:
        cold = _seconds(home, "up")
        status = json.loads(_eprlab(home, "status", "--json").stdout)
        joined = _seconds(home, "up")
        _eprlab(home, "down")
        again = _seconds(home, "up")
    finally:
        _eprlab(home, "reset", "--yes")
        shutil.rmtree(home, ignore_errors=True)
    resident = {part["name"]: part["memory"] for part in status["components"]}
    return Start(cold, again, joined, resident)


def measure_clone() -> tuple[float, float]:
    """Seconds of `git clone` and `make setup`, and from there to the answer of a notebook's first cell.

    Package caches are as warm as this machine's are. The first cell is `stack.up()`.
    """
    folder = Path(tempfile.mkdtemp(prefix="plab-clone-"))
    folder.chmod(0o755)
    clone = folder / "provenance-lab"
    try:
        began = time.perf_counter()
        subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(clone)], check=True)
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("VIRTUAL_ENV", "EPRLAB_"))
        }
        subprocess.run(["make", "--quiet", "setup"], cwd=clone, env=clean, check=True)
        set_up = time.perf_counter() - began
        cell = "from eprlab import stack; stack.up()"
        subprocess.run([".venv/bin/python", "-c", cell], cwd=clone, env=clean, check=True,
                       capture_output=True)  # fmt: skip
        first_cell = time.perf_counter() - began
        subprocess.run([".venv/bin/eprlab", "reset", "--yes"], cwd=clone, env=clean, check=True,
                       capture_output=True)  # fmt: skip
        return set_up, first_cell
    finally:
        shutil.rmtree(folder, ignore_errors=True)
