"""Which boat is next from a given quay. Times are minutes since midnight, local time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


class UnknownQuay(LookupError):
    """The line does not call at that quay."""


@dataclass(frozen=True)
class Route:
    """All departures of a day from one quay, earliest first."""

    origin: str
    destination: str
    departures: tuple[int, ...]


@dataclass(frozen=True)
class Timetable:
    """A day of the ferry line; every day is alike."""

    timezone: str
    miles: float
    routes: dict[str, Route]

    def route(self, quay: str) -> Route:
        try:
            return self.routes[quay]
        except KeyError:
            known = ", ".join(sorted(self.routes))
            raise UnknownQuay(f"no boat leaves from {quay!r}; quays: {known}") from None


@dataclass(frozen=True)
class Departure:
    """One boat: when it leaves, and whether that is tomorrow."""

    minute: int
    tomorrow: bool


def next_departure(route: Route, minute: int) -> Departure:
    """The first boat at or after `minute`; after the last boat, the first of tomorrow."""
    for departure in route.departures:
        if departure >= minute:
            return Departure(departure, tomorrow=False)
    return Departure(route.departures[0], tomorrow=True)


def minute_of(clock: str) -> int:
    """`"08:10"` is minute 490."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


@cache
def load() -> Timetable:
    """The timetable that ships with this version."""
    document = yaml.safe_load((files("tidetable") / "sailings.yaml").read_text(encoding="utf-8"))
    routes = {
        quay: Route(quay, entry["to"], tuple(sorted(map(minute_of, entry["departures"]))))
        for quay, entry in document["routes"].items()
    }
    return Timetable(document["timezone"], document["miles"], routes)
