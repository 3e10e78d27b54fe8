"""What differs between two releases: their journeys side by side, and their bills of materials."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import pandas

from epr.records import NVRPP
from epr_lineage.build import lineage_of
from epr_lineage.entry import Entry
from epr_lineage.errors import NothingFound
from epr_lineage.flow import in_flow_order
from epr_lineage.index import Index
from epr_lineage.model import Kind, Lineage
from epr_lineage.questions.bills import BillDifference, bill_difference
from epr_lineage.questions.coverage import Coverage
from epr_lineage.questions.journey import journey
from epr_lineage.rules.identity import own_artifact


class Change(StrEnum):
    """How a part of the second release stands to the first."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two events in the same role. `what`: the words for what changed."""

    role: str
    before: Entry | None
    after: Entry | None
    change: Change
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Q10. Two releases, aligned by what each event does in its journey.

    `bills`: the difference of their bills of materials, None if one has none. `elapsed`: from first
    event to last, of each. `union`: both as one lineage; `changes`: by node id, for drawing.
    Coverage: how many of the events have a counterpart.
    """

    pairs: tuple[Pair, ...]
    bills: BillDifference | None
    elapsed: tuple[timedelta, timedelta]
    union: Lineage
    changes: dict[str, Change]
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a role."""
        return pandas.DataFrame(
            [
                (p.role, p.change.value, "; ".join(p.what),
                 p.before.id if p.before else "", p.after.id if p.after else "")
                for p in self.pairs
            ],
            columns=["role", "change", "what", "before", "after"],
        )  # fmt: skip


def compare(index: Index, before: str | NVRPP, after: str | NVRPP) -> Comparison:
    """Q10. What differs between two releases? Each as for `journey`; raises `NothingFound`."""
    journeys = [in_flow_order(index, journey(index, what)) for what in (before, after)]
    old, new = (_by_role(events) for events in journeys)
    pairs = [_pair(role, old.get(role), new.get(role)) for role in dict.fromkeys((*old, *new))]
    union = lineage_of(index, [*journeys[0], *journeys[1]])
    return Comparison(
        tuple(pairs),
        _bills(index, *journeys),
        tuple(_elapsed(events) for events in journeys),
        union,
        _changes(union, pairs),
        Coverage.over(
            ((p.role, p.change in (Change.SAME, Change.CHANGED)) for p in pairs),
            "steps are in both",
        ),
    )


def _by_role(events: list[Entry]) -> dict[str, Entry]:
    """Events by type, environment, and how many of that kind came before."""
    seen: Counter[str] = Counter()
    roles = {}
    for entry in events:
        place = entry.occurrence.mentioned(Kind.ENVIRONMENT) if entry.occurrence else None
        role = entry.name or f"receiver {entry.event_receiver_id}"
        role += f" in {place.id}" if place else ""
        seen[role] += 1
        roles[role if seen[role] == 1 else f"{role}, {seen[role]}"] = entry
    return roles


def _pair(role: str, before: Entry | None, after: Entry | None) -> Pair:
    if before is None or after is None:
        return Pair(role, before, after, Change.REMOVED if after is None else Change.ADDED)
    what = []
    if before.failed != after.failed:
        what.append(f"{_result(before)} → {_result(after)}")
    if before.occurrence and after.occurrence:
        sources = before.occurrence.source, after.occurrence.source
        if sources[0] != sources[1]:
            what.append(f"by {sources[0]} → {sources[1]}")
        if before.occurrence.actors != after.occurrence.actors:
            who = (", ".join(e.occurrence.actors) or "nobody" for e in (before, after))
            what.append(f"acted: {' → '.join(who)}")
    return Pair(role, before, after, Change.CHANGED if what else Change.SAME, tuple(what))


def _result(entry: Entry) -> str:
    return "failed" if entry.failed else "passed"


def _changes(union: Lineage, pairs: list[Pair]) -> dict[str, Change]:
    changes = {}
    for pair in pairs:
        for entry, alone in ((pair.before, Change.REMOVED), (pair.after, Change.ADDED)):
            if entry is not None:
                both = pair.before is not None and pair.after is not None
                changes[entry.node] = pair.change if both else alone
    return {node.id: changes[node.id] for node in union.nodes if node.id in changes}


def _bills(index: Index, before: list[Entry], after: list[Entry]) -> BillDifference | None:
    keys = [
        next((own for entry in events if (own := own_artifact(entry))), str(events[0].nvrpp))
        for events in (before, after)
    ]
    try:
        return bill_difference(index, *keys)
    except NothingFound:
        return None


def _elapsed(events: list[Entry]) -> timedelta:
    moments = [entry.when for entry in events]
    return max(moments) - min(moments)
