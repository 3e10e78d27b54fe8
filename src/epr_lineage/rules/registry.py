"""Rules that need nothing but the registry's own records and the messages of its topic."""

from __future__ import annotations

from collections.abc import Iterator

from epr.records import NVRPP
from epr_lineage.entry import Entry
from epr_lineage.index import Index
from epr_lineage.model import Confidence, Edge, Kind
from epr_lineage.payloads import Cause
from epr_lineage.rules.world import World, edge, gate_id, node_id


def validated_by(world: World) -> Iterator[Edge]:
    """The registry checked the event against this receiver's schema and stored it under it."""
    for event in world.events:
        yield edge(
            "L1", "validated by", Confidence.DECLARED,
            event.node, node_id(Kind.RECEIVER, event.event_receiver_id), event,
        )  # fmt: skip


def member_of(world: World) -> Iterator[Edge]:
    """The group waits for this receiver."""
    for group in world.groups:
        for receiver in dict.fromkeys(group.event_receiver_ids):
            yield edge(
                "L2", "member of", Confidence.DECLARED,
                node_id(Kind.RECEIVER, receiver), node_id(Kind.GROUP, group.id),
            )  # fmt: skip


def about(world: World) -> Iterator[Edge]:
    """The event is a receipt for this artifact: its five identity columns say so."""
    for event in world.events:
        yield edge(
            "L3", "about", Confidence.DECLARED,
            event.node, node_id(Kind.ARTIFACT, event.nvrpp), event,
        )  # fmt: skip


def satisfies(world: World) -> Iterator[Edge]:
    """The event is the latest one on a receiver of the gate, and it passed."""
    for gate in world.gates:
        for member in gate.members:
            if member.event and member.event.success:
                yield edge(
                    "L4", "satisfies", Confidence.INFERRED,
                    node_id(Kind.EVENT, member.event.id), gate_id(gate), member.event,
                )  # fmt: skip


def waits_for(world: World) -> Iterator[Edge]:
    """The gate is shut because this receiver has no event for the artifact, or its latest failed."""
    for gate in world.gates:
        for member in gate.waits_for:
            yield edge(
                "L5", "waits for", Confidence.INFERRED,
                gate_id(gate), node_id(Kind.RECEIVER, member.receiver_id),
                *([member.event] if member.event else []),
            )  # fmt: skip


def announced_by(world: World) -> Iterator[Edge]:
    """The event, or the gate that it completed, was announced by this message on the topic."""
    for message in world.messages:
        if event := world.index.get(message.event_id):
            of = message.group_id
            gate = of is not None and world.index.gate(of, event.nvrpp) is not None
            source = node_id(Kind.GATE, of, event.nvrpp) if gate else event.node
            yield edge("L6", "announced by", Confidence.REFERENCED, source, message.node, event)


def triggered(world: World) -> Iterator[Edge]:
    """The event says that this message (or gate, or event) made its producer act."""
    for event in world.events:
        for cause in event.said.causes:
            source = _cause(world.index, event, cause)
            if source and source != event.node:
                yield edge(
                    "L7", "triggered", Confidence.DECLARED, source, event.node, event
                )  # fmt: skip


def _cause(index: Index, event: Entry, cause: Cause) -> str | None:
    group_id, completing = index.gate_of(cause)
    if group_id is None and completing is None:
        return None
    unit: NVRPP = completing.nvrpp if completing else event.nvrpp
    for message in index.announced(group_id, unit):  # of a message that came twice, the first one
        if completing is None or completing.id == message.event_id:
            return message.node
    # Nobody captured the message: then the gate or the event itself.
    if group_id is not None and index.gate(group_id, unit) is not None:
        return node_id(Kind.GATE, group_id, unit)
    return completing.node if completing else None


def next_same_artifact(world: World) -> Iterator[Edge]:
    """The next receipt for the same artifact. Order in time only: it says nothing about cause."""
    for event in world.events:
        if (earlier := world.index.before(event)) is not None:
            yield edge(
                "L8", "followed by", Confidence.INFERRED, earlier.node, event.node, earlier, event
            )  # fmt: skip
