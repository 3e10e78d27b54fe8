"""How good the record is: what is missing, broken, doubled or goes round in circles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import networkx
import pandas

from epr_lineage.entry import Entry
from epr_lineage.flow import flow_of
from epr_lineage.index import Index
from epr_lineage.model import Kind
from epr_lineage.naming import links_of
from epr_lineage.questions.coverage import Coverage


class Flaw(StrEnum):
    """What can be wrong with the record of an event or of a chain."""

    UNREAD = "payload not read"
    DANGLING = "names an event that is not recorded"
    ORPHAN = "joined to no other event"
    BROKEN_CHAIN = "its chain is in pieces"
    NO_START = "its chain has no beginning"
    DOUBLED = "recorded more than once"
    CONFLICT = "two contents under one id"
    AHEAD = "recorded before it happened"


@dataclass(frozen=True, slots=True)
class Issue:
    """One flaw: of which event (its id) or chain, and what exactly."""

    flaw: Flaw
    where: str
    detail: str


@dataclass(frozen=True)
class Quality:
    """Q12. Everything that is wrong with the record, and how many of each.

    `pieces`: how many parts the flow falls into (one for each journey is good). `chains`: chains seen,
    `ended`: those that an END link closes. Coverage: events that nothing is wrong with.
    """

    issues: tuple[Issue, ...]
    counts: dict[Flaw, int]
    pieces: int
    chains: int
    ended: int
    coverage: Coverage

    @property
    def score(self) -> float:
        """Between 0 and 1: the share of events that nothing is wrong with."""
        return self.coverage.share

    @property
    def frame(self) -> pandas.DataFrame:
        """One row an issue."""
        return pandas.DataFrame(
            [(issue.flaw.value, issue.where, issue.detail) for issue in self.issues],
            columns=["flaw", "where", "detail"],
        )


@dataclass(frozen=True, slots=True)
class Loop:
    """Events that are their own cause, over one step or several; `receivers` names who took part."""

    events: tuple[Entry, ...]
    receivers: tuple[str, ...]


@dataclass(frozen=True)
class Loops:
    """Q13. What goes round in circles. Coverage: events that are in no loop."""

    loops: tuple[Loop, ...]
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a loop: how many events, who took part, and since when."""
        return pandas.DataFrame(
            [
                (len(loop.events), ", ".join(loop.receivers), loop.events[0].created_at)
                for loop in self.loops
            ],
            columns=["events", "receivers", "since"],
        )


@dataclass(frozen=True)
class Duplicates:
    """Q21. `same_cdevent`: events that carry one CDEvents id. `same_content`: events of one receiver,
    unit, result and payload without an id of its own: a repetition and a doubled post look the same.

    Coverage: events that are there once.
    """

    same_cdevent: tuple[tuple[Entry, ...], ...]
    same_content: tuple[tuple[Entry, ...], ...]
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row an event that is there again, with the first one of its kind."""
        rows = [
            (why, again.id, same[0].id, again.created_at - same[0].created_at)
            for why, found in (
                ("same CDEvent", self.same_cdevent),
                ("same content", self.same_content),
            )
            for same in found
            for again in same[1:]
        ]
        return pandas.DataFrame(rows, columns=["why", "event", "first", "after"])


def quality(index: Index) -> Quality:
    """Q12. Orphans, broken chains, dangling links, and whatever could not be read."""
    graph = flow_of(index)
    chains = {node: index.touching(node) for node in index.named(Kind.CHAIN)}
    issues = [*_unread(index), *_dangling(index), *_orphans(index, graph), *_clocks(index)]
    issues += [*_chains(graph, chains), *_doubled(index)]
    flawed = {issue.where for issue in issues}
    counts = Counter(issue.flaw for issue in issues)
    return Quality(
        tuple(issues),
        {flaw: counts[flaw] for flaw in Flaw},
        networkx.number_weakly_connected_components(graph),
        len(chains),
        sum(any(_link(entry, "END") for entry in members) for members in chains.values()),
        Coverage.over(
            ((entry.id, entry.id not in flawed) for entry in index), "events are without a flaw"
        ),
    )


def loops(index: Index) -> Loops:
    """Q13. Watchers that feed themselves: the strongly connected parts of the flow."""
    graph = flow_of(index)
    found = [part for part in networkx.strongly_connected_components(graph) if len(part) > 1]
    found += [{entry.id} for entry in index if _own_cause(index, entry)]
    parts = sorted((_loop(index, part) for part in found), key=lambda loop: loop.events[0].id)
    round_ = {id for part in found for id in part}
    return Loops(
        tuple(parts),
        Coverage.over(
            ((entry.id, entry.id not in round_) for entry in index), "events are in no loop"
        ),
    )


def duplicates(index: Index) -> Duplicates:
    """Q21. What was recorded more than once? The registry has no key that would prevent it."""
    doubled = [
        tuple(of_source)
        for same in index.same_cdevent()
        for of_source in _by_source(same)
        if len(of_source) > 1
    ]
    by_content: defaultdict[bytes, list[Entry]] = defaultdict(list)
    for entry in index:
        if entry.occurrence is None and not entry.said.links:
            by_content[entry.digest].append(entry)
    equal = [tuple(same) for same in by_content.values() if len(same) > 1]
    again = {entry.id for same in (*doubled, *equal) for entry in same[1:]}
    return Duplicates(
        tuple(sorted(doubled, key=lambda same: same[0].id)),
        tuple(equal),
        Coverage.over(
            ((entry.id, entry.id not in again) for entry in index), "events are there once"
        ),
    )


def _unread(index: Index) -> Iterator[Issue]:
    for entry in index:
        for reason in entry.unread:
            yield Issue(Flaw.UNREAD, entry.id, reason)
    for id, contents in sorted(index.conflicts.items()):
        yield Issue(Flaw.CONFLICT, id, f"{len(contents)} contents have been seen under this id")


def _dangling(index: Index) -> Iterator[Issue]:
    for reference in index.dangling():
        missing = reference.effect if index.resolve(reference.cause) else reference.cause
        yield Issue(Flaw.DANGLING, reference.evidence, missing)


def _orphans(index: Index, graph: networkx.DiGraph) -> Iterator[Issue]:
    for id in networkx.isolates(graph):
        entry = index[id]
        if not entry.said.links:  # a link on its own is no happening
            yield Issue(Flaw.ORPHAN, id, entry.name or entry.description)


def _clocks(index: Index) -> Iterator[Issue]:
    for entry in index:
        if entry.occurred_at is not None and entry.occurred_at > entry.created_at:
            ahead = (entry.occurred_at - entry.created_at).total_seconds()
            yield Issue(Flaw.AHEAD, entry.id, f"the producer's clock is {ahead:.0f} s ahead")


def _chains(graph: networkx.DiGraph, chains: dict[str, list[Entry]]) -> Iterator[Issue]:
    for node, members in chains.items():
        ids = [entry.id for entry in members if not entry.said.links]
        if not ids:
            continue
        pieces = networkx.number_weakly_connected_components(graph.subgraph(ids))
        chain = node.partition(":")[2]
        if pieces > 1:
            yield Issue(Flaw.BROKEN_CHAIN, chain, f"{len(ids)} events in {pieces} pieces")
        first = members[0]
        begins = first.name.startswith("change.") or any(_link(e, "START") for e in members)
        if not begins:
            yield Issue(Flaw.NO_START, chain, f"its first event is {first.name or first.id}")


def _doubled(index: Index) -> Iterator[Issue]:
    found = duplicates(index)
    for same in (*found.same_cdevent, *found.same_content):
        for again in same[1:]:
            yield Issue(Flaw.DOUBLED, again.id, f"as {same[0].id} before")


def _link(entry: Entry, type: str) -> bool:
    return any(link.type == type for link in links_of(entry))


def _by_source(same: list[Entry]) -> list[list[Entry]]:
    """A CDEvents id is unique only together with its source."""
    sources: dict[str, list[Entry]] = {}
    for entry in same:
        sources.setdefault(entry.occurrence.source, []).append(entry)
    return list(sources.values())


def _own_cause(index: Index, entry: Entry) -> bool:
    return any(index.resolve(ref.cause) is entry for ref in index.stated_causes(entry))


def _loop(index: Index, ids: set[str]) -> Loop:
    events = tuple(sorted((index[id] for id in ids), key=lambda e: (e.created_at, e.id)))
    named = (index.receivers.get(entry.event_receiver_id) for entry in events)
    return Loop(
        events, tuple(dict.fromkeys(receiver.name for receiver in named if receiver))
    )  # fmt: skip
