"""Running every notebook on a stack of its own, and saving what it showed."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from eprlab import stack
from eprlab.book import normalising, record, settling
from eprlab.book.record import Record
from eprlab.stack import home as homes

CELL_SECONDS = 120
LEARNER = "heron-3f2a"
"""Who runs the course for the saved outputs; a name made up anew would make a difference each time."""
DEFAULTS = {
    "registry": "127.0.0.1:8042",
    "broker": "127.0.0.1:19092",
    "postgres": "127.0.0.1:5432",
}
"""Where the stack answers for a reader who has nothing else on these ports."""


@dataclass(frozen=True)
class Refreshed:
    """A notebook that ran; `changed` says whether it showed anything new and was written."""

    path: Path
    changed: bool


def all_notebooks() -> list[Path]:
    """The sessions, in their order."""
    return sorted((homes.checkout() / "notebooks").glob("*.ipynb"))


def refresh(paths: Iterable[Path], always: bool = False) -> Iterator[Refreshed]:
    """Runs each notebook on one fresh stack and writes it if it showed anything new.

    The first one finds nothing running and starts the stack, as a learner's first cell does. A
    notebook that shows the same as before, against the same versions, is left as it is; `always`
    writes it all the same. Raises `nbclient.exceptions.CellExecutionError` for a cell that fails.
    """
    sanitize = normalising.patterns(homes.checkout() / "tests" / "notebooks" / "sanitize.cfg")
    with fresh_home() as home:
        for path in paths:
            before = nbformat.read(path, as_version=4)
            began = time.monotonic()
            after = run(path)
            made = record.of_run(datetime.now(UTC).date(), time.monotonic() - began, stack.status())
            normalising.tidy(after, {**_addresses(), home: ".lab"})
            changed = always or differs(before, after, made, sanitize)
            if changed:
                settling.name_widgets(after)
                settling.settle(before, after, sanitize)
                record.write(after, made)
                nbformat.write(after, path)
            yield Refreshed(path, changed)


def run(path: Path) -> NotebookNode:
    """A notebook as it is after running all its cells in a new kernel; the file stays as it is."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return notebook


def differs(
    before: NotebookNode, after: NotebookNode, made: Record, sanitize: normalising.Patterns
) -> bool:
    """Whether a run showed anything new, or was the first against these versions."""
    former = record.read(before.metadata)
    same_versions = former is not None and former.versions == made.versions
    return not (same_versions and normalising.shows_the_same(before, after, sanitize))


@contextmanager
def fresh_home() -> Iterator[str]:
    """A folder for a stack that is thrown away, stack and all."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="eprlab-", ignore_cleanup_errors=True) as home:
        Path(home).chmod(0o755)  # PostgreSQL runs as another user if this one is root
        os.environ |= {
            "EPRLAB_HOME": home,
            "EPRLAB_BACKEND": "embedded",
            "EPRLAB_LEARNER": LEARNER,
        }
        try:
            yield home
        finally:
            stack.down()
            os.environ.clear()
            os.environ.update(before)


def _addresses() -> dict[str, str]:
    """What to write in place of this run's addresses: those of a machine where nothing is taken."""
    return {
        component.address.rpartition("@")[2].rpartition("//")[2].partition("/")[0]: usual
        for component in stack.status().components
        if (usual := DEFAULTS.get(component.name))
    }
