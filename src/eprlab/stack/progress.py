"""How a long operation says what it is doing.

The stack calls a `Report` once when a step begins and once when it is done. In a terminal the steps
are lines that fill in; in a notebook and in a log they are plain lines, written when a step is done.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol


class Report(Protocol):
    """What the stack tells about its work."""

    def step(self, name: str, doing: str) -> AbstractContextManager[None]:
        """One step of the named component; entering begins it, leaving ends it."""

    def note(self, text: str) -> None:
        """Something worth knowing, such as a port that moved."""


class Silent:
    """Says nothing."""

    def step(self, name: str, doing: str) -> AbstractContextManager[None]:
        return nullcontext()

    def note(self, text: str) -> None:
        return None


class Plain:
    """One line for each step, when it is done; for notebooks and logs."""

    def __init__(self) -> None:
        self._writing = threading.Lock()

    @contextmanager
    def step(self, name: str, doing: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._write(f"✓ {name}: {doing} ({time.perf_counter() - began:.1f} s)")

    def note(self, text: str) -> None:
        self._write(f"· {text}")

    def _write(self, line: str) -> None:
        with self._writing:
            sys.stderr.write(line + "\n") if not _in_notebook() else print(line, flush=True)


class Terminal(AbstractContextManager["Terminal"]):
    """A line with a spinner for each step that is under way, kept with its time when it is done."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._lines = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )

    def __enter__(self) -> Terminal:
        self._lines.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.stop()

    @contextmanager
    def step(self, name: str, doing: str) -> Iterator[None]:
        task = self._lines.add_task(f"{name}: {doing}", total=1)
        yield
        self._lines.update(task, completed=1)

    def note(self, text: str) -> None:
        self._lines.console.print(f"· {text}", markup=False)


@contextmanager
def suited() -> Iterator[Report]:
    """The report for where this program runs: a terminal, or anything else."""
    if sys.stderr.isatty() and not _in_notebook():
        with Terminal() as terminal:
            yield terminal
    else:
        yield Plain()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ == "ZMQInteractiveShell"
