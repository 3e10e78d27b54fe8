"""When a notebook's saved outputs were made, against what, and how long it took.

`python -m eprlab.book refresh` writes this into the notebook's metadata; the site shows it as a line
on the page.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

if TYPE_CHECKING:
    from eprlab.stack.status import StackStatus

KEY = "eprlab"
"""Where in a notebook's metadata the record is."""


@dataclass(frozen=True)
class Record:
    """One run: its day (UTC, ISO 8601), its wall-clock seconds, and the versions by component."""

    executed: str
    seconds: int
    versions: Mapping[str, str]

    def __str__(self) -> str:
        against = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return f"Last executed on {self.executed}, against {against}; took {self.seconds} s."


def of_run(day: date, seconds: float, status: StackStatus) -> Record:
    """The record of a run that ended just now on the stack of this status."""
    versions = {"Python": platform.python_version()}
    versions |= {c.title: c.version for c in status if c.version}
    return Record(day.isoformat(), max(1, round(seconds)), versions)


def write(notebook: NotebookNode, record: Record) -> None:
    """Puts a record into a notebook's metadata."""
    notebook.metadata[KEY] = NotebookNode(asdict(record))


def read(metadata: Mapping[str, Any]) -> Record | None:
    """The record in a notebook's metadata, or None if it was never refreshed."""
    kept = metadata.get(KEY)
    return Record(kept["executed"], kept["seconds"], dict(kept["versions"])) if kept else None
