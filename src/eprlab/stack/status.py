"""What the stack says about itself: typed results that read well in a cell, a terminal and as JSON."""

from __future__ import annotations

import html
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Condition(StrEnum):
    """How a component is. Shown as a light and a word, so that colour is never the only sign."""

    HEALTHY = "healthy"
    UNHEALTHY = "not answering"
    STOPPED = "stopped"

    @property
    def light(self) -> str:
        """● for a process that runs and answers, ◐ for one that runs only, ○ for none."""
        return {"healthy": "●", "not answering": "◐", "stopped": "○"}[self.value]


@dataclass(frozen=True)
class ComponentStatus:
    """One component: `memory` is in bytes; `pid` and `memory` are None where nobody can tell."""

    name: str
    title: str
    condition: Condition
    version: str
    address: str
    pid: int | None = None
    memory: int | None = None

    @property
    def is_healthy(self) -> bool:
        return self.condition is Condition.HEALTHY


@dataclass(frozen=True)
class Addresses:
    """Where clients find the stack; the four EPR_* variables."""

    url: str
    brokers: str
    topic: str
    db: str

    def as_environment(self) -> dict[str, str]:
        """The variables by name."""
        return {
            "EPR_URL": self.url,
            "EPR_BROKERS": self.brokers,
            "EPR_TOPIC": self.topic,
            "EPR_DB": self.db,
        }

    def export(self) -> str:
        """A line for a shell: `eval "$(eprlab env)"`."""
        pairs = self.as_environment().items()
        return "export " + " ".join(f"{name}={shlex.quote(value)}" for name, value in pairs)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' {_LEFT}><code>{name}</code></th>"
            f"<td {_LEFT}><code>{html.escape(value)}</code></td></tr>"
            for name, value in self.as_environment().items()
        )
        return f"<table><caption>Addresses of the stack</caption><tbody>{rows}</tbody></table>"


@dataclass(frozen=True)
class StackStatus:
    """The whole stack at one moment."""

    backend: str | None
    components: tuple[ComponentStatus, ...]
    addresses: Addresses

    @property
    def is_healthy(self) -> bool:
        """Whether every component runs and answers."""
        return bool(self.components) and all(c.is_healthy for c in self.components)

    @property
    def is_running(self) -> bool:
        """Whether any component runs."""
        return any(c.condition is not Condition.STOPPED for c in self.components)

    def __iter__(self) -> Iterator[ComponentStatus]:
        return iter(self.components)

    def __getitem__(self, name: str) -> ComponentStatus:
        return next(c for c in self.components if c.name == name)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "backend": self.backend,
            "healthy": self.is_healthy,
            "components": [asdict(c) | {"condition": str(c.condition)} for c in self.components],
            "environment": self.addresses.as_environment(),
        }

    def rows(self) -> list[tuple[str, ...]]:
        """The table's cells, under `COLUMNS`."""
        return [
            (
                f"{c.condition.light} {c.condition}",
                c.title,
                c.version,
                c.address,
                str(c.pid or "–"),
                f"{c.memory / 2**20:.0f} MB" if c.memory else "–",
            )
            for c in self.components
        ]

    def __str__(self) -> str:
        table = [COLUMNS, *self.rows()]
        widths = [max(len(row[i]) for row in table) for i in range(len(COLUMNS))]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in table
        ]
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th scope='col' {_LEFT}>{name}</th>" for name in COLUMNS)
        body = "".join(
            "<tr>" + "".join(f"<td {_LEFT}>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows()
        )
        caption = f"The stack ({html.escape(self.backend or 'not started')})"
        return (
            f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )


# Notebooks align cells to the right unless they are told otherwise.
_LEFT = "style='text-align:left'"
COLUMNS = ("State", "Component", "Version", "Address", "Process", "Memory")


class Log(str):
    """The last lines of a log. In a cell it is shown as text, whatever it contains."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self)}</pre>"

    def __repr__(self) -> str:
        return str(self)
