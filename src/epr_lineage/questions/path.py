"""How something got to where it is, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import networkx
import pandas

from epr_lineage.build import lineage_of
from epr_lineage.entry import Entry
from epr_lineage.errors import NothingFound
from epr_lineage.flow import ancestors, descendants, flow_of, in_flow_order
from epr_lineage.index import Index
from epr_lineage.model import Kind, Lineage
from epr_lineage.payloads import purls
from epr_lineage.questions.coverage import Coverage
from epr_lineage.questions.deployments import deployments
from epr_lineage.questions.journey import Origin, event_called, origin
from epr_lineage.rules.identity import own_artifact


@dataclass(frozen=True, slots=True)
class Gap:
    """Where the way back is lost: the event that names something (or, None, nothing) before it."""

    event: Entry
    names: str | None


@dataclass(frozen=True)
class Path:
    """Q1. The way to an event. `steps`: every event that led to it, causes first, it itself last.

    `main`: the shortest way from the change that was merged, empty if no unbroken one exists; then
    `origin` may still name the change, and how that is known. `gaps`: where links are missing.
    Coverage: of how many links on the way the other end is recorded.
    """

    target: Entry
    steps: tuple[Entry, ...]
    main: tuple[Entry, ...]
    origin: Origin
    gaps: tuple[Gap, ...]
    coverage: Coverage
    _index: Index = field(repr=False, compare=False)

    @property
    def lineage(self) -> Lineage:
        """The way as a lineage to be drawn: the steps and how they are joined."""
        return _joined(self._index, self.steps)

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a step, in order."""
        return _events_frame(self.steps)


@dataclass(frozen=True)
class Consequences:
    """Q2. What an event led to: `events`, causes first. `by_kind`: how many of each type.

    Coverage: how many of the events in the same chain are reached by links.
    """

    start: Entry
    events: tuple[Entry, ...]
    by_kind: dict[str, int]
    coverage: Coverage
    _index: Index = field(repr=False, compare=False)

    @property
    def lineage(self) -> Lineage:
        """It and its consequences as a lineage to be drawn."""
        return _joined(self._index, (self.start, *self.events))

    @property
    def frame(self) -> pandas.DataFrame:
        """One row an event, in order."""
        return _events_frame(self.events)


def how_it_got_here(index: Index, what: str, environment: str | None = "production") -> Path:
    """Q1. How did this get to production? `what`: an event's id, or an artifact's purl or key.

    Of an artifact the last deployment to `environment` is taken. Raises `NothingFound`.
    """
    target = index.resolve(what) or _deployed(index, what, environment)
    before = ancestors(index, target)
    steps = in_flow_order(index, [*before, target])
    stated = [
        (ref, index.resolve(ref.cause)) for step in steps for ref in index.stated_causes(step)
    ]
    stated = [(ref, found or index.groups.get(ref.cause)) for ref, found in stated]
    gaps = [Gap(index[ref.evidence], ref.cause) for ref, found in stated if not found]
    named = {gap.event.id for gap in gaps}
    for step in steps:
        begins = step.name.startswith("change.") or step.name == ""
        if not index.causes(step) and step.id not in named and not begins:
            gaps.append(Gap(step, None))
    where = origin(index, target)
    main: list[str] = []
    if where.unbroken:
        main = _main(flow_of(index, steps), where.change.id, target.id)
    return Path(
        target,
        tuple(steps),
        tuple(index[id] for id in main),
        where,
        tuple(gaps),
        Coverage.over(
            ((ref.cause, found is not None) for ref, found in stated),
            "links on the way lead to a recorded event",
        ),
        index,
    )


def what_came_of(index: Index, event_id: str) -> Consequences:
    """Q2. What did this change (or any event) lead to? Raises `NothingFound`."""
    start = event_called(index, event_id)
    after = in_flow_order(index, descendants(index, start))
    reached = {entry.id for entry in after} | {entry.id for entry in ancestors(index, start)}
    chain = start.said.chain
    members = index.touching(f"{Kind.CHAIN}:{chain}") if chain else []
    return Consequences(
        start,
        tuple(after),
        dict(Counter(entry.name or "(no CDEvent)" for entry in after).most_common()),
        Coverage.over(
            ((m.id, m.id in reached) for m in members if m.id != start.id),
            "other events of its chain are linked to it",
        ),
        index,
    )


def _main(graph: networkx.DiGraph, begin: str, end: str) -> list[str]:
    """The shortest way by links; a gate or a stated cause is followed only where no link leads."""
    linked = networkx.DiGraph()
    linked.add_edges_from(pair for *pair, rules in graph.edges(data="rules") if "L9" in rules)
    if begin in linked and end in linked and networkx.has_path(linked, begin, end):
        return networkx.shortest_path(linked, begin, end)
    return networkx.shortest_path(graph, begin, end)


def _deployed(index: Index, what: str, environment: str | None) -> Entry:
    purl = purls.parse(what)
    unit = index.unit_called(what)
    keys = {purl.full if purl else what}
    if unit is not None:
        keys |= {own for entry in index.of_unit(unit) if (own := own_artifact(entry))}
    found = [d for d in deployments(index, environment) if d.artifact in keys]
    if not found:
        where = f" in {environment}" if environment else ""
        raise NothingFound(
            what, f"it is no event's id, and nothing says that it was deployed{where}"
        )
    return found[-1].event


def _joined(index: Index, events: tuple[Entry, ...]) -> Lineage:
    whole = lineage_of(index, events)
    wanted = {entry.node for entry in events}
    return whole.keep(
        wanted | {node.id for node in whole.nodes if node.kind in (Kind.GATE, Kind.MESSAGE)}
    )  # fmt: skip


def _events_frame(events: tuple[Entry, ...]) -> pandas.DataFrame:
    return pandas.DataFrame(
        [
            (e.when, e.name, e.occurrence.subject.id if e.occurrence else str(e.nvrpp),
             "failed" if e.failed else "passed", e.description, e.id)
            for e in events
        ],
        columns=["when", "type", "subject", "result", "description", "event"],
    )  # fmt: skip
