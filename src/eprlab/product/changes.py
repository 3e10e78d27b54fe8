"""Edits that a lesson makes to a copy of the product, so that something really is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eprlab.product.errors import ChangeDoesNotFit


@dataclass(frozen=True)
class Change:
    """One edit in one place: `before` is replaced by `after` in the file at `path`."""

    name: str
    path: str
    before: str
    after: str

    def apply(self, tree: Path) -> None:
        """Edits the copy at `tree`. Raises `ChangeDoesNotFit` unless `before` is there once."""
        file = tree / self.path
        source = file.read_text(encoding="utf-8")
        if (found := source.count(self.before)) != 1:
            raise ChangeDoesNotFit(self.name, self.path, found)
        file.write_text(source.replace(self.before, self.after), encoding="utf-8")


LAST_BOAT_FORGOTTEN = Change(
    name="last-boat-forgotten",
    path="src/tidetable/timetable.py",
    before="return Departure(route.departures[0], tomorrow=True)",
    after="return Departure(route.departures[-1], tomorrow=False)",
)
"""tidetable 1.4.0 as first written: after the last boat it offers a boat that has gone."""

NIGHT_CARRIED_OVER = Change(
    name="night-carried-over",
    path="src/knotlib/conversions.py",
    before="rest = minutes % MINUTES_PER_DAY",
    after="days, rest = divmod(minutes, MINUTES_PER_DAY)\n    rest += days * 60",
)
"""knotlib before 0.3.2 (our own advisory PLAB-2026-0001): past midnight, an hour late."""

BY_VERSION = {("knotlib", "0.3.1"): (NIGHT_CARRIED_OVER,)}
"""Changes that belong to a released version; the source in the repo is the newest one."""
