"""What can go wrong on the way from source to wheel.

    ProductError
    ├── SourceMissing      the product's source tree is not where the course keeps it
    ├── ChangeDoesNotFit   a change's text is no longer in the file that it edits
    ├── BuildFailed        the build backend refused; its last lines are in the message
    ├── TestsDidNotRun     pytest ended before it could report on any test
    └── NotAWheel          the file to scan is not a readable wheel

A failing test is not an error here: it is a result (`TestRun.success` is false).
"""

from __future__ import annotations

from pathlib import Path


class ProductError(Exception):
    """Base class; catch it to catch everything this package raises."""


class SourceMissing(ProductError):
    """The product's source tree is not where the course keeps it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"the sample product is not at {folder}; run from a checkout of the course, "
            "installed with `make setup`"
        )
        self.folder = folder


class ChangeDoesNotFit(ProductError):
    """A change's `before` text is not in its file exactly once."""

    def __init__(self, change: str, path: str, found: int) -> None:
        super().__init__(
            f"change {change!r}: its text occurs {found} times in {path}, not once; "
            "mend the change in eprlab.product.changes so that it fits the source again"
        )
        self.change, self.path, self.found = change, path, found


class BuildFailed(ProductError):
    """The build backend refused."""

    def __init__(self, project: str, version: str, output: str) -> None:
        tail = "\n".join(output.strip().splitlines()[-12:])
        super().__init__(f"building {project} {version} failed; the backend's last lines:\n{tail}")
        self.project, self.version, self.output = project, version, output


class TestsDidNotRun(ProductError):
    """pytest ended without a report: a usage or collection problem, not a failing test."""

    __test__ = False  # its name looks like a test class to pytest

    def __init__(self, project: str, code: int, output: str) -> None:
        tail = "\n".join(output.strip().splitlines()[-12:])
        super().__init__(
            f"the tests of {project} did not run (pytest exit code {code}); its last lines:\n{tail}"
        )
        self.project, self.code, self.output = project, code, output


class NotAWheel(ProductError):
    """The file to scan is not a readable wheel."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} is not a wheel that can be scanned: {why}; build it again")
        self.path, self.why = path, why
