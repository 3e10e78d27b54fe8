"""What was known at one moment, and what has been learned since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pandas

from epr_lineage.build import lineage_of
from epr_lineage.entry import Entry
from epr_lineage.index import Index
from epr_lineage.model import Edge, Lineage
from epr_lineage.questions.coverage import Coverage


@dataclass(frozen=True)
class Learned:
    """Q15. What the registry learned between two moments of its own clock.

    `added`, `revised`: edges that are there only now, and edges that were there only then (a gate that
    stood otherwise, a link whose other end was not known). `then`, `now`: the lineages compared.
    Coverage: how many of the new events happened in that time too; the others are late reports.
    """

    events: tuple[Entry, ...]
    added: tuple[Edge, ...]
    revised: tuple[Edge, ...]
    then: Lineage
    now: Lineage
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row an edge that differs."""
        return pandas.DataFrame(
            [
                (word, edge.source, edge.relation, edge.target, edge.rule)
                for word, edges in (("learned", self.added), ("revised", self.revised))
                for edge in edges
            ],
            columns=["what", "from", "relation", "to", "rule"],
        )


def what_changed(index: Index, then: datetime, now: datetime) -> Learned:
    """Q15. What was known at `then`, and what had been learned by `now`?

    Compared are the units that something was recorded about in between, and the events that refer to
    these: nothing else can differ.
    """
    before, after = index.as_of(then), index.as_of(now)
    new = [entry for entry in after if entry.created_at > then]
    units = {entry.nvrpp for entry in new}
    concerned = {entry.id: entry for unit in units for entry in after.of_unit(unit)}
    for entry in new:
        concerned |= {id: after[id] for id in after.effects(entry)}
    old = lineage_of(before, (entry for id, entry in concerned.items() if id in before))
    current = lineage_of(after, concerned.values())
    keys = {_key(edge) for edge in old.edges}, {_key(edge) for edge in current.edges}
    return Learned(
        tuple(new),
        tuple(edge for edge in current.edges if _key(edge) not in keys[0]),
        tuple(edge for edge in old.edges if _key(edge) not in keys[1]),
        old,
        current,
        Coverage.over(_in_time(new, then), "of the new events happened in that time"),
    )


def _key(edge: Edge) -> tuple[str, ...]:
    return edge.source, edge.relation, edge.target, edge.rule


def _in_time(events: Iterable[Entry], then: datetime) -> Iterable[tuple[str, bool]]:
    return ((entry.id, entry.when >= then) for entry in events)
