"""What a learner may do with a notebook, done with each: on a stack of its own, two notebooks at a time.

A journey has three legs, one after the other on the same stack:

1. alone on a fresh stack, with Python and nothing else on the PATH, nothing solved;
2. again on what the first run left, with whatever tools this machine has;
3. with every exercise solved, where a check that does not pass raises.

In the first two every output is compared with the committed one, but for those that are tagged live.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat

from eprlab.book import refreshing, solving

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SANITIZE = Path(__file__).with_name("sanitize.cfg")
ALONE, AGAIN, SOLVED = "alone, without tools", "again", "solved"


@dataclass(frozen=True)
class Leg:
    """One run of all cells under nbval: how many passed, whether none failed, and what was said."""

    passed: int
    succeeded: bool
    report: str
    seconds: float


@dataclass(frozen=True)
class Journey:
    """A notebook's legs by name. `logs`: where the reports and the stack's logs are kept."""

    notebook: Path
    legs: Mapping[str, Leg]
    logs: Path


def begin(logs: Path) -> dict[Path, Future[Journey]]:
    """Starts all journeys; as many at a time as there are processors, but never more than two."""
    # Three processes of a stack and a kernel take about half a gigabyte.
    pool = ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1))
    return {notebook: pool.submit(_travel, notebook, logs) for notebook in NOTEBOOKS}


def _travel(notebook: Path, logs: Path) -> Journey:
    kept = logs / notebook.stem
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="eprlab-", ignore_cleanup_errors=True) as home:
        Path(home).chmod(0o755)  # PostgreSQL runs as another user if this one is root
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("EPR_", "EPRLAB_", "PYTEST"))
        }
        environment |= {
            "EPRLAB_HOME": home,
            "EPRLAB_BACKEND": "embedded",
            "EPRLAB_LEARNER": refreshing.LEARNER,
        }
        # The folder of this Python alone: no git, no docker, no shell tools.
        bare = environment | {"PATH": str(Path(sys.executable).parent)}
        solved = Path(home) / f"{notebook.stem}-solved.ipynb"
        nbformat.write(solving.solved(nbformat.read(notebook, as_version=4)), solved)
        try:
            legs = {
                ALONE: _run(notebook, bare, kept / "alone.log"),
                AGAIN: _run(notebook, environment, kept / "again.log"),
                SOLVED: _run(
                    solved, environment | {"EPRLAB_STRICT": "1"}, kept / "solved.log", lax=True
                ),
            }
        finally:
            subprocess.run(
                [sys.executable, "-c", "from eprlab import stack; stack.down()"],
                env=environment,
                check=True,
                capture_output=True,
            )
            shutil.copytree(Path(home) / "logs", kept / "stack", dirs_exist_ok=True)
    return Journey(notebook, legs, kept)


def _run(notebook: Path, environment: Mapping[str, str], log: Path, lax: bool = False) -> Leg:
    began = time.monotonic()
    compared = ["--nbval-lax"] if lax else ["--nbval", "--nbval-sanitize-with", str(SANITIZE)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rfE", *compared, "--nbval-current-env",
         "--nbval-cell-timeout", "120", "-c", "/dev/null", "--rootdir", str(notebook.parent),
         "-p", "no:cacheprovider", "-p", "no:asyncio", str(notebook)],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    log.write_text(done.stdout, encoding="utf-8")
    passed = re.search(r"(\d+) passed", done.stdout)
    return Leg(
        int(passed[1]) if passed else 0,
        done.returncode == 0,
        done.stdout,
        time.monotonic() - began,
    )
