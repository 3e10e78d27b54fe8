"""Where the time of a journey went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

import networkx
import pandas

from epr.records import NVRPP
from epr_lineage.entry import Entry
from epr_lineage.flow import flow_of, in_flow_order
from epr_lineage.index import Index
from epr_lineage.model import Kind
from epr_lineage.questions.coverage import Coverage
from epr_lineage.questions.journey import journey


class Spent(StrEnum):
    """What the time between two events was spent on."""

    WORKING = "working"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one event of the critical path to the next. `time` is negative where clocks disagree."""

    begin: Entry
    end: Entry
    spent: Spent
    time: timedelta


@dataclass(frozen=True)
class TimeSpent:
    """Q8. The critical path of a journey, and what its time went into.

    Coverage: how many runs have both a start and an end, without which work looks like waiting.
    """

    path: tuple[Entry, ...]
    stretches: tuple[Stretch, ...]
    coverage: Coverage

    @property
    def total(self) -> timedelta:
        """From its first event to its last."""
        return self._sum()

    @property
    def working(self) -> timedelta:
        """Between the start and the end of a run."""
        return self._sum(Spent.WORKING)

    @property
    def waiting(self) -> timedelta:
        """Everything else."""
        return self._sum(Spent.WAITING)

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a stretch."""
        return pandas.DataFrame(
            [
                (s.begin.name, s.end.name, s.spent.value, s.time, s.begin.id, s.end.id)
                for s in self.stretches
            ],
            columns=["from", "to", "spent", "time", "from event", "to event"],
        )

    def _sum(self, spent: Spent | None = None) -> timedelta:
        parts = (s.time for s in self.stretches if spent in (None, s.spent))
        return sum(parts, start=timedelta())


def where_time_went(index: Index, what: str | NVRPP) -> TimeSpent:
    """Q8. Where did the time go? `what`: as for `journey`; raises `NothingFound`.

    The critical path is the way back from the last event over whatever finished last before each:
    that is what it really waited for. (Every way between two events takes the same time in all, so a
    longest path by duration would not tell them apart.) Between the start and the end of one run
    there was work, otherwise waiting; a queued run waits.
    """
    events = in_flow_order(index, journey(index, what))
    graph = flow_of(index, events)
    place = {entry.id: number for number, entry in enumerate(events)}
    here = max(_of_the_largest(graph, events), key=lambda e: (e.when, place[e.id]))
    path = [here]
    while before := [index[id] for id in graph.predecessors(here.id) if place[id] < place[here.id]]:
        here = max(before, key=lambda e: (e.when, place[e.id]))
        path.append(here)
    path.reverse()
    stretches = [Stretch(a, b, _spent(a, b), b.when - a.when) for a, b in pairwise(path)]
    return TimeSpent(tuple(path), tuple(stretches), _paired(events))


def _of_the_largest(graph: networkx.DiGraph, events: list[Entry]) -> list[Entry]:
    """The events of the largest connected part: a stray one must not be the end of the journey."""
    largest = max(
        networkx.weakly_connected_components(graph), key=lambda part: (len(part), min(part))
    )
    return [entry for entry in events if entry.id in largest]


def _spent(begin: Entry, end: Entry) -> Spent:
    a, b = begin.occurrence, end.occurrence
    if a is None or b is None or a.subject.node != b.subject.node:
        return Spent.WAITING
    same_run = a.name.endswith(".started") and b.name.endswith(".finished")
    return Spent.WORKING if same_run else Spent.WAITING


def _paired(events: list[Entry]) -> Coverage:
    seen: dict[str, set[str]] = {}
    for entry in events:
        if entry.occurrence and entry.occurrence.subject.kind is Kind.RUN:
            predicate = entry.name.partition(".")[2]
            seen.setdefault(entry.occurrence.subject.node, set()).add(predicate)
    return Coverage.over(
        ((run, {"started", "finished"} <= said) for run, said in sorted(seen.items())),
        "runs have both a start and an end",
    )
