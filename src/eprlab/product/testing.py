"""Running the product's own tests, and what came of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from eprlab.product import source
from eprlab.product.changes import Change
from eprlab.product.errors import TestsDidNotRun


@dataclass(frozen=True)
class Failure:
    """One failing test: its name, and the first line of why."""

    test: str
    why: str


@dataclass(frozen=True)
class TestRun:
    """What a test run found; `seconds` is how long it took."""

    __test__ = False  # its name looks like a test class to pytest

    passed: int
    failures: tuple[Failure, ...]
    seconds: float

    @property
    def failed(self) -> int:
        return len(self.failures)

    @property
    def success(self) -> bool:
        """Whether tests ran and none failed."""
        return self.passed > 0 and not self.failures


def run_tests(
    version: str, *changes: Change, project: str = "tidetable", knotlib: str = "0.3.2"
) -> TestRun:
    """Runs the tests of `project` as `version` with pytest, in a process of its own.

    `knotlib` is the version of our library that the tests see. Failing tests are a result, not an
    error; `TestsDidNotRun` is raised if pytest could not report on any test.
    """
    started = time.perf_counter()
    with source.copy(project, version, *changes) as tree, source.copy("knotlib", knotlib) as shelf:
        report = tree / "report.xml"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--color=no", f"--junitxml={report}",
             "-p", "no:cacheprovider", "-c", tree / "pyproject.toml", tree / "tests"],
            cwd=tree,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(tree / "src"), str(shelf / "src")]),
                "PYTHONDONTWRITEBYTECODE": "1",
                # The course's own pytest plugins and options are no part of the product.
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "PYTEST_ADDOPTS": "",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        if done.returncode not in (0, 1) or not report.exists():
            raise TestsDidNotRun(project, done.returncode, done.stdout)
        passed, failures = _read(report)
    return TestRun(passed, failures, time.perf_counter() - started)


def _read(report: Path) -> tuple[int, tuple[Failure, ...]]:
    passed, failures = 0, []
    # The report was written a moment ago by our own pytest, so its XML is not hostile.
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
        broken = [case.find("failure"), case.find("error")]
        for problem in broken:
            if problem is not None:
                why = problem.get("message", "").splitlines()
                failures.append(Failure(case.get("name", "?"), why[0] if why else "no message"))
        passed += all(problem is None for problem in (*broken, case.find("skipped")))
    return passed, tuple(failures)
