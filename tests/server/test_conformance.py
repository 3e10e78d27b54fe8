"""The black-box suite of the wire contract, whole, strict and hostile, against a real registry."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = Path(__file__).parents[1] / "conformance"
CHECKS = 521  # how many the suite had when it was copied; it may only grow


@pytest.mark.timeout(900)
@pytest.mark.parametrize("workers", [1, 2])
def test_the_registry_passes_the_conformance_suite(start_registry, workers):
    server = start_registry(workers=workers)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "--no-header", "-p", "no:cacheprovider",
         "-c", str(SUITE / "pytest.ini"), "--rootdir", str(SUITE), str(SUITE)],
        env=os.environ | {
            "EPR_URL": server.url, "EPR_BROKERS": server.brokers, "EPR_TOPIC": server.topic,
            "EPR_STRICT": "1", "EPR_HOSTILE": "1",
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:] + server.tail()
    passed = int(re.search(r"(\d+) passed", run.stdout).group(1))
    assert passed >= CHECKS
    assert "skipped" not in run.stdout.splitlines()[-1]
