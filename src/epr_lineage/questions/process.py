"""Was the expected process followed, and where did it stop? Against a template of steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import networkx
import pandas

from epr.records import NVRPP
from epr_lineage.entry import Entry
from epr_lineage.flow import flow_of, in_flow_order
from epr_lineage.index import Index
from epr_lineage.model import Kind
from epr_lineage.questions.coverage import Coverage
from epr_lineage.questions.journey import journey


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a template. `types`: CDEvents types, any of which is the step. `environment`: where,
    None for anywhere. `after`: names of the steps that have to come first."""

    name: str
    types: tuple[str, ...]
    environment: str | None = None
    after: tuple[str, ...] = ()

    def is_done_by(self, entry: Entry) -> bool:
        """Whether the event is this step, successful or not."""
        if entry.occurrence is None or entry.name not in self.types:
            return False
        place = entry.occurrence.mentioned(Kind.ENVIRONMENT)
        return self.environment is None or (place is not None and place.id == self.environment)


LIVE = ("service.deployed", "service.upgraded")
DELIVERY = (
    Step("merged", ("change.merged",)),
    Step("built", ("build.finished",), after=("merged",)),
    Step("tested", ("testsuiterun.finished",), after=("built",)),
    Step("packaged", ("artifact.packaged",), after=("tested",)),
    Step("signed", ("artifact.signed",), after=("packaged",)),
    Step("published", ("artifact.published",), after=("signed",)),
    Step("in staging", LIVE, "staging", after=("published",)),
    Step("in production", LIVE, "production", after=("signed", "in staging")),
)
"""How the ferry line ships: signed before deployed, staging before production."""


class Found(StrEnum):
    """How a step of the template was found."""

    DONE = "done"
    FAILED = "failed"
    MISSING = "missing"
    TOO_EARLY = "too early"


@dataclass(frozen=True, slots=True)
class Checked:
    """A step, the event that did it (its first success, else its last failure), and what is wrong.

    `proven`: the earlier steps from which links lead here; `by_clock`: those that only came earlier.
    """

    step: Step
    found: Found
    event: Entry | None
    proven: tuple[str, ...] = ()
    by_clock: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


@dataclass(frozen=True)
class Followed:
    """Q11. Whether a journey followed a template. Coverage: how many orders are proven by links."""

    steps: tuple[Checked, ...]
    coverage: Coverage

    @property
    def ok(self) -> bool:
        """Whether every step was done, each after those that it has to follow."""
        return all(checked.found is Found.DONE for checked in self.steps)

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a step."""
        return pandas.DataFrame(
            [
                (c.step.name, c.found.value, c.event.when if c.event else None,
                 ", ".join(c.proven), ", ".join(c.by_clock), ", ".join(c.late),
                 c.event.id if c.event else "")
                for c in self.steps
            ],
            columns=["step", "found", "when", "linked after", "later by clock only", "came before", "event"],
        )  # fmt: skip


@dataclass(frozen=True)
class Broke:
    """Q9. Where a journey broke. `first`: its first failure, causes before effects; None if none.

    `standing`: failures that nothing of the same kind has made good since. `stopped_before`: the steps
    of the template that could have come next and did not. Coverage: steps that were done.
    """

    first: Entry | None
    standing: tuple[Entry, ...]
    stopped_before: tuple[str, ...]
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a failure that stands."""
        return pandas.DataFrame(
            [(e.when, e.name, e.description, e.id) for e in self.standing],
            columns=["when", "type", "description", "event"],
        )


def follows_process(
    index: Index, what: str | NVRPP, template: Iterable[Step] = DELIVERY
) -> Followed:
    """Q11. Is the expected process followed? `what`: as for `journey`; raises `NothingFound`.

    An order is proven if links lead from the earlier event to the later one. If only the clocks say
    so, it is followed and not proven: clocks can be set.
    """
    checked = tuple(_check(index, journey(index, what), tuple(template)))
    orders = [
        (f"{name} → {c.step.name}", name in c.proven)
        for c in checked
        if c.event is not None
        for name in (*c.proven, *c.by_clock, *c.late)
    ]
    return Followed(checked, Coverage.over(orders, "orders are proven by links"))


def where_it_broke(index: Index, what: str | NVRPP, template: Iterable[Step] = DELIVERY) -> Broke:
    """Q9. Where did it break? `what`: as for `journey`; raises `NothingFound`."""
    events = in_flow_order(index, journey(index, what))
    failures = [entry for entry in events if entry.failed]
    newest = {_role(entry): entry for entry in sorted(events, key=lambda e: (e.when, e.id))}
    standing = [entry for entry in failures if newest[_role(entry)] is entry]
    checked = list(_check(index, events, tuple(template)))
    done = {c.step.name for c in checked if c.found in (Found.DONE, Found.TOO_EARLY)}
    stopped = [
        c.step.name for c in checked if c.step.name not in done and set(c.step.after) <= done
    ]
    return Broke(
        failures[0] if failures else None,
        tuple(standing),
        tuple(stopped),
        Coverage.over(((c.step.name, c.step.name in done) for c in checked), "steps were done"),
    )


def _role(entry: Entry) -> tuple[str, ...]:
    """What an event speaks of, so that a later one of the same role supersedes it.

    A run that is tried again has another id, so of runs the suite or task counts, which is what the
    receiver's type and the environment tell.
    """
    occurrence = entry.occurrence
    if occurrence is None:
        return (entry.event_receiver_id, str(entry.nvrpp))
    place = occurrence.mentioned(Kind.ENVIRONMENT)
    subject = "" if occurrence.subject.kind is Kind.RUN else occurrence.subject.node
    return (entry.name, subject, place.key if place else "", str(entry.nvrpp))


def _check(index: Index, events: list[Entry], template: tuple[Step, ...]) -> Iterator[Checked]:
    by_name = {step.name: step for step in template}
    graph = flow_of(index, events)
    done: dict[str, Entry] = {}
    failed: dict[str, Entry] = {}
    for entry in sorted(events, key=lambda e: (e.when, e.id)):
        for step in by_name.values():
            if step.is_done_by(entry):
                if entry.failed:
                    failed[step.name] = entry
                else:
                    done.setdefault(step.name, entry)
    for step in by_name.values():
        event = done.get(step.name)
        if event is None:
            found = Found.FAILED if step.name in failed else Found.MISSING
            yield Checked(step, found, failed.get(step.name))
            continue
        proven, by_clock, late = [], [], []
        for name in step.after:
            earlier = done.get(name)
            if earlier is not None and networkx.has_path(graph, earlier.id, event.id):
                proven.append(name)
            elif earlier is not None and earlier.when <= event.when:
                by_clock.append(name)
            else:
                late.append(name)
        found = Found.TOO_EARLY if late else Found.DONE
        yield Checked(step, found, event, tuple(proven), tuple(by_clock), tuple(late))
