"""The rules that draw edges. Each is one function; its docstring is what the edge means.

The numbers are those of the course's lineage model. Rules that need payloads of a known vocabulary
(CDEvents, SBOMs, attestations) come with the packages that know it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from epr.messages import Message
from epr.records import NVRPP, Event, Group, Receiver
from epr_lineage.clocks import in_order, occurred_at
from epr_lineage.gate import Gate, judge
from epr_lineage.model import Confidence, Edge, Kind


@dataclass(frozen=True)
class World:
    """Everything that the rules may look at, indexed once."""

    events: tuple[Event, ...]
    receivers: tuple[Receiver, ...]
    groups: tuple[Group, ...]
    messages: tuple[Message, ...]
    known_events: dict[str, Event] = field(init=False)
    by_unit: dict[NVRPP, list[Event]] = field(init=False)
    gates: tuple[Gate, ...] = field(init=False)

    def __post_init__(self) -> None:
        by_unit: dict[NVRPP, list[Event]] = defaultdict(list)
        for event in in_order(self.events):
            by_unit[event.nvrpp].append(event)
        object.__setattr__(self, "known_events", {event.id: event for event in self.events})
        object.__setattr__(self, "by_unit", dict(by_unit))
        object.__setattr__(self, "gates", tuple(_gates(self.groups, by_unit)))


def _gates(groups: Iterable[Group], by_unit: dict[NVRPP, list[Event]]) -> Iterator[Gate]:
    for group in groups:
        for unit, events in by_unit.items():
            if any(event.event_receiver_id in group.event_receiver_ids for event in events):
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
    last = max(evidence, key=lambda event: event.created_at, default=None)
    return Edge(
        source,
        target,
        relation,
        rule,
        confidence,
        tuple(event.id for event in evidence),
        recorded_at=last.created_at if last else None,
        occurred_at=occurred_at(last) if last else None,
    )


def validated_by(world: World) -> Iterator[Edge]:
    """The registry checked the event against this receiver's schema and stored it under it."""
    for event in in_order(world.events):
        yield _edge(
            "L1", "validated by", Confidence.DECLARED,
            node_id(Kind.EVENT, event.id), node_id(Kind.RECEIVER, event.event_receiver_id), event,
        )  # fmt: skip


def member_of(world: World) -> Iterator[Edge]:
    """The group waits for this receiver."""
    for group in world.groups:
        for receiver in dict.fromkeys(group.event_receiver_ids):
            yield _edge(
                "L2", "member of", Confidence.DECLARED,
                node_id(Kind.RECEIVER, receiver), node_id(Kind.GROUP, group.id),
            )  # fmt: skip


def about(world: World) -> Iterator[Edge]:
    """The event is a receipt for this artifact: its five identity columns say so."""
    for event in in_order(world.events):
        yield _edge(
            "L3", "about", Confidence.DECLARED,
            node_id(Kind.EVENT, event.id), node_id(Kind.ARTIFACT, event.nvrpp), event,
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


def announced_by(world: World) -> Iterator[Edge]:
    """The event, or the gate that it completed, was announced by this message on the topic."""
    known = world.known_events
    for message in world.messages:
        if message.event is not None and (event := known.get(message.event.id)):
            group_id = message.group.id if message.group else None
            source = _gate_or_event(world, group_id, event)
            yield _edge(
                "L6", "announced by", Confidence.REFERENCED, source, message_id(message), event
            )


def triggered(world: World) -> Iterator[Edge]:
    """The event says that this message (or gate, or event) made its producer act.

    Read from its payload: `causation` as `epr.caused_by` writes it, or `causationid`, which is
    CloudEvents' name for it (https://github.com/cloudevents/spec, extensions/correlation.md).
    """
    for event in in_order(world.events):
        for cause in causes(event):
            source = _cause(world, event, cause)
            if source and source != node_id(Kind.EVENT, event.id):
                yield _edge(
                    "L7", "triggered", Confidence.DECLARED,
                    source, node_id(Kind.EVENT, event.id), event,
                )  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """What an event's payload says it was caused by: an event's id, and a group's if it was a gate."""

    event_id: str | None
    group_id: str | None


def causes(event: Event) -> tuple[Cause, ...]:
    """The causes that an event states; what is not of the right shape is not one."""
    if not isinstance(event.payload, Mapping):
        return ()
    stamp, named = event.payload.get("causation"), event.payload.get("causationid")
    stated = [(item, None) for item in (named if isinstance(named, list) else [named])]
    if isinstance(stamp, Mapping):
        stated.append((stamp.get("cause"), stamp.get("gate")))
    texts = [tuple(part if isinstance(part, str) else None for part in pair) for pair in stated]
    return tuple(dict.fromkeys(Cause(*pair) for pair in texts if any(pair)))


def _cause(world: World, event: Event, cause: Cause) -> str | None:
    event_id, group_id = cause.event_id, cause.group_id
    if group_id is None and event_id in {gate.group.id for gate in world.gates}:
        event_id, group_id = None, event_id  # the id of a gate's message is its group's
    unit = world.known_events[event_id].nvrpp if event_id in world.known_events else event.nvrpp
    for message in world.messages:  # of a message that came twice, the first one
        of = message.group.id if message.group else None
        about = message.event
        if about and of == group_id and about.nvrpp == unit and event_id in (None, about.id):
            return message_id(message)
    # Nobody captured the message: then the gate or the event itself.
    for gate in world.gates:
        if gate.group.id == group_id and gate.unit == unit:
            return gate_id(gate)
    return node_id(Kind.EVENT, event_id) if event_id in world.known_events else None


def _gate_or_event(world: World, group_id: str | None, event: Event) -> str:
    for gate in world.gates:
        if gate.group.id == group_id and gate.unit == event.nvrpp:
            return gate_id(gate)
    return node_id(Kind.EVENT, event.id)


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
    "L6": announced_by,
    "L7": triggered,
    "L8": next_same_artifact,
}
"""Every rule by its number."""
