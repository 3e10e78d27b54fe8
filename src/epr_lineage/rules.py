"""The rules that draw edges. Each is one function; its docstring is what the edge means.

The numbers are those of the course's lineage model. Rules that need payloads of a known vocabulary
(CDEvents, SBOMs, attestations) come with the packages that know it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from epr_lineage.gate import Gate, judge
from epr_lineage.model import Confidence, Edge, Kind
from epr_lineage.records import Event, Group, Message, Receiver, Unit, in_order


@dataclass(frozen=True)
class World:
    """Everything that the rules may look at, indexed once."""

    events: tuple[Event, ...]
    receivers: tuple[Receiver, ...]
    groups: tuple[Group, ...]
    messages: tuple[Message, ...]
    by_unit: dict[Unit, list[Event]] = field(init=False)
    gates: tuple[Gate, ...] = field(init=False)

    def __post_init__(self) -> None:
        by_unit: dict[Unit, list[Event]] = defaultdict(list)
        for event in in_order(self.events):
            by_unit[event.unit].append(event)
        object.__setattr__(self, "by_unit", dict(by_unit))
        object.__setattr__(self, "gates", tuple(_gates(self.groups, by_unit)))

    @property
    def known_events(self) -> dict[str, Event]:
        return {event.id: event for event in self.events}


def _gates(groups: Iterable[Group], by_unit: dict[Unit, list[Event]]) -> Iterator[Gate]:
    for group in groups:
        for unit, events in by_unit.items():
            if any(event.receiver_id in group.receiver_ids for event in events):
                yield judge(group, events, unit)


def node_id(kind: Kind, *key: object) -> str:
    """The id of a node, from its kind and the parts of its key."""
    return f"{kind}:{' '.join(map(str, key))}"


def gate_id(gate: Gate) -> str:
    return node_id(Kind.GATE, gate.group.id, gate.unit)


def message_id(message: Message) -> str:
    return node_id(Kind.MESSAGE, f"{message.topic}/{message.partition}/{message.offset}")


def _edge(
    rule: str, relation: str, confidence: Confidence, source: str, target: str, *evidence: Event
) -> Edge:
    last = max(evidence, key=lambda event: event.recorded_at, default=None)
    return Edge(
        source,
        target,
        relation,
        rule,
        confidence,
        tuple(event.id for event in evidence),
        recorded_at=last.recorded_at if last else None,
        occurred_at=last.occurred_at if last else None,
    )


def validated_by(world: World) -> Iterator[Edge]:
    """The registry checked the event against this receiver's schema and stored it under it."""
    for event in in_order(world.events):
        yield _edge(
            "L1", "validated by", Confidence.DECLARED,
            node_id(Kind.EVENT, event.id), node_id(Kind.RECEIVER, event.receiver_id), event,
        )  # fmt: skip


def member_of(world: World) -> Iterator[Edge]:
    """The group waits for this receiver."""
    for group in world.groups:
        for receiver in group.receiver_ids:
            yield _edge(
                "L2", "member of", Confidence.DECLARED,
                node_id(Kind.RECEIVER, receiver), node_id(Kind.GROUP, group.id),
            )  # fmt: skip


def about(world: World) -> Iterator[Edge]:
    """The event is a receipt for this artifact: its five identity columns say so."""
    for event in in_order(world.events):
        yield _edge(
            "L3", "about", Confidence.DECLARED,
            node_id(Kind.EVENT, event.id), node_id(Kind.ARTIFACT, event.unit), event,
        )  # fmt: skip


def satisfies(world: World) -> Iterator[Edge]:
    """The event is the latest one on a receiver of the gate, and it passed."""
    for gate in world.gates:
        for member in gate.members:
            if member.event and member.event.success:
                yield _edge(
                    "L4", "satisfies", Confidence.INFERRED,
                    node_id(Kind.EVENT, member.event.id), gate_id(gate), member.event,
                )  # fmt: skip


def waits_for(world: World) -> Iterator[Edge]:
    """The gate is shut because this receiver has no event for the artifact, or its latest failed."""
    for gate in world.gates:
        for member in gate.waits_for:
            yield _edge(
                "L5", "waits for", Confidence.INFERRED,
                gate_id(gate), node_id(Kind.RECEIVER, member.receiver_id),
                *([member.event] if member.event else []),
            )  # fmt: skip


def emitted(world: World) -> Iterator[Edge]:
    """The event, or the gate that it completed, was announced by this message on the topic."""
    known = world.known_events
    gates = {(gate.group.id, gate.unit): gate for gate in world.gates}
    for message in world.messages:
        event = known.get(message.event_id)
        if event is None:
            continue
        gate = gates.get((message.group_id, event.unit)) if message.group_id else None
        source = gate_id(gate) if gate else node_id(Kind.EVENT, event.id)
        yield _edge("L6", "announced by", Confidence.REFERENCED, source, message_id(message), event)


def triggered(world: World) -> Iterator[Edge]:
    """The event says, in its `causationid`, that this message or event made its producer act."""
    messages: dict[str, list[Message]] = defaultdict(list)
    for message in world.messages:
        messages[message.id].append(message)
    known = world.known_events
    for event in in_order(world.events):
        for cause in event.causes:
            for source in _causes(cause, event, messages, known):
                yield _edge(
                    "L7", "triggered", Confidence.DECLARED,
                    source, node_id(Kind.EVENT, event.id), event,
                )  # fmt: skip


def _causes(
    cause: str, event: Event, messages: dict[str, list[Message]], known: dict[str, Event]
) -> list[str]:
    # A group's messages can share one id (the group's): only those about the same unit count,
    # and the first of them is what a watcher that acts once would have acted on.
    same_unit = [
        message
        for message in messages.get(cause, ())
        if message.event_id in known and known[message.event_id].unit == event.unit
    ]
    if same_unit:
        return [message_id(min(same_unit, key=lambda message: (message.partition, message.offset)))]
    return [node_id(Kind.EVENT, cause)] if cause in known and cause != event.id else []


def next_same_artifact(world: World) -> Iterator[Edge]:
    """The next receipt for the same artifact. Order in time only: it says nothing about cause."""
    for events in world.by_unit.values():
        for earlier, later in pairwise(events):
            yield _edge(
                "L8", "followed by", Confidence.INFERRED,
                node_id(Kind.EVENT, earlier.id), node_id(Kind.EVENT, later.id), earlier, later,
            )  # fmt: skip


Rule = Callable[[World], Iterator[Edge]]

RULES: dict[str, Rule] = {
    "L1": validated_by,
    "L2": member_of,
    "L3": about,
    "L4": satisfies,
    "L5": waits_for,
    "L6": emitted,
    "L7": triggered,
    "L8": next_same_artifact,
}
"""Every rule by its number."""
