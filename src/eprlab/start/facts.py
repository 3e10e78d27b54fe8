"""The facts of the course that may change, as `facts.yaml` beside this module has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from eprlab.stack import home as homes


@dataclass(frozen=True)
class Session:
    """One session: `notebook` is its file's name without `.ipynb`."""

    number: int
    title: str
    minutes: int
    notebook: str

    @property
    def path(self) -> Path:
        """The notebook's file, which need not be there yet."""
        return homes.checkout() / "notebooks" / f"{self.notebook}.ipynb"


@dataclass(frozen=True)
class Way:
    """A way through the course: which sessions, and the minutes if they are not the sessions' sum."""

    name: str
    sessions: tuple[Session, ...]
    minutes: int
    gives: str


@dataclass(frozen=True)
class Port:
    """A port that the lab would like to have, and whether containers, processes or both use it."""

    port: int
    name: str
    used_for: str
    backend: str


@dataclass(frozen=True)
class Package:
    """A package that the lessons lean on."""

    name: str
    used_for: str


@dataclass(frozen=True)
class Facts:
    """All of them. `python` is the oldest version that will do."""

    sessions: tuple[Session, ...]
    ways: tuple[Way, ...]
    ports: tuple[Port, ...]
    packages: tuple[Package, ...]
    python: str


@cache
def facts() -> Facts:
    """Reads the file. Raises KeyError or TypeError if it is not as this module expects."""
    told = yaml.safe_load((files("eprlab.start") / "facts.yaml").read_text(encoding="utf-8"))
    sessions = {each["number"]: Session(**each) for each in told["sessions"]}
    return Facts(
        sessions=tuple(sessions.values()),
        ways=tuple(_way(name, each, sessions) for name, each in told["paths"].items()),
        ports=tuple(Port(**each) for each in told["ports"]),
        packages=tuple(Package(**each) for each in told["packages"]),
        python=told["python"],
    )


def _way(name: str, told: Mapping, sessions: Mapping[int, Session]) -> Way:
    taken = tuple(sessions[number] for number in told["sessions"])
    minutes = told.get("minutes", sum(session.minutes for session in taken))
    return Way(name, taken, minutes, told["gives"])
