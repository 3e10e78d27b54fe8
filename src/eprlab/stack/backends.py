"""Which of the two backends drives the stack: processes or containers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from eprlab.stack.compose import Compose, engine_problem
from eprlab.stack.embedded.backend import Embedded
from eprlab.stack.errors import BackendUnavailable
from eprlab.stack.progress import Report
from eprlab.stack.state import StateFile
from eprlab.stack.status import Addresses, ComponentStatus, Condition


class Backend(Protocol):
    """What a backend can do; `eprlab.stack.control` calls it with the home's lock held."""

    name: str
    state: StateFile

    def up(self, report: Report) -> None: ...
    def down(self, report: Report) -> None: ...
    def restart(self, name: str, report: Report) -> None: ...
    def reset(self, report: Report) -> None: ...
    def status(self) -> tuple[ComponentStatus, ...]: ...
    def addresses(self) -> Addresses: ...
    def log(self, name: str, lines: int) -> str: ...
    def follow(self, name: str) -> Iterator[str]: ...


KINDS: dict[str, Callable[[Path], Backend]] = {"embedded": Embedded, "compose": Compose}


def choose(home: Path, wanted: str | None) -> Backend:
    """The backend to start: the wanted one, `EPRLAB_BACKEND`, the one in use, or the one that works.

    Raises BackendUnavailable when the wanted one is unknown, does not work here, or the other one
    runs at the moment.
    """
    wanted = wanted or os.environ.get("EPRLAB_BACKEND") or None
    if wanted is not None and wanted not in KINDS:
        raise BackendUnavailable(
            f"There is no backend {wanted!r}.", f"Choose one of: {', '.join(sorted(KINDS))}"
        )
    used = StateFile(home).read().get("backend")
    if wanted is None:
        wanted = used if used in KINDS else "embedded" if engine_problem() else "compose"
    elif used in KINDS and used != wanted and _runs(KINDS[used](home)):
        raise BackendUnavailable(
            f"The stack runs on the {used} backend; {wanted} would take its place.",
            f"Stop it first: eprlab down && eprlab up --backend {wanted}",
        )
    if wanted == "compose" and (problem := engine_problem()):
        raise BackendUnavailable(
            f"The compose backend does not work here: {problem}",
            "Start the container engine, or do without: eprlab up --backend embedded",
        )
    return KINDS[wanted](home)


def current(home: Path) -> Backend:
    """The backend in use, or the one that would be used; never fails."""
    used = StateFile(home).read().get("backend")
    return KINDS.get(str(used), Embedded)(home)


def _runs(backend: Backend) -> bool:
    return any(c.condition is not Condition.STOPPED for c in backend.status())
