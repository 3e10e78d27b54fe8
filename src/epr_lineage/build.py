"""From records to lineage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from epr.messages import Message
from epr.records import Event, Group, Receiver
from epr_lineage.clocks import in_order
from epr_lineage.model import Edge, Kind, Lineage, Node, State
from epr_lineage.rules import RULES, World, gate_id, message_id


def trace(
    events: Iterable[Event],
    receivers: Iterable[Receiver] = (),
    groups: Iterable[Group] = (),
    messages: Iterable[Message] = (),
) -> Lineage:
    """The lineage of these records, by every rule of `epr_lineage.rules`.

    Pure: the same records in any order give an equal result. What is referred to but was not given
    becomes a node whose state is `unknown`, so that a gap is seen and not hidden. Groups that none
    of the events touch are left out.
    """
    unique = {event.id: event for event in events}
    touched = {event.event_receiver_id for event in unique.values()}
    kinds = {receiver.id: receiver for receiver in receivers}
    gates = {group.id: group for group in groups}
    places = {(message.topic, message.partition, message.offset): message for message in messages}
    world = World(
        events=tuple(in_order(list(unique.values()))),
        receivers=tuple(sorted(kinds.values(), key=lambda receiver: (receiver.name, receiver.id))),
        groups=tuple(
            sorted(
                (group for group in gates.values() if touched & set(group.event_receiver_ids)),
                key=lambda group: (group.name, group.id),
            )
        ),
        messages=tuple(places[place] for place in sorted(places)),
    )
    edges = tuple(edge for rule in RULES.values() for edge in rule(world))
    used = {end for edge in edges for end in (edge.source, edge.target)}
    nodes = {node.id: node for node in _nodes(world) if node.id in used or node.kind is Kind.EVENT}
    for missing in sorted(used - nodes.keys()):
        nodes[missing] = _unknown(missing)
    return Lineage(tuple(nodes.values()), _distinct(edges))


def _nodes(world: World) -> Iterator[Node]:
    names = {receiver.id: receiver.name for receiver in world.receivers}
    for unit in world.by_unit:
        yield Node(
            Kind.ARTIFACT,
            str(unit),
            f"{unit.name} {unit.version}",
            f"{unit.release} · {unit.package}",
        )
    for receiver in world.receivers:
        yield Node(Kind.RECEIVER, receiver.id, receiver.name, f"{receiver.type} {receiver.version}")
    for event in world.events:
        yield Node(
            Kind.EVENT,
            event.id,
            names.get(event.event_receiver_id, "unknown receiver"),
            event.description,
            State.SUCCESS if event.success else State.FAILURE,
            event.created_at,
        )
    for group in world.groups:
        yield Node(Kind.GROUP, group.id, group.name, group.type)
    for gate in world.gates:
        state = State.OPEN if gate.open else State.SHUT
        key = gate_id(gate).removeprefix(f"{Kind.GATE}:")
        detail = f"{gate.unit.name} {gate.unit.version}"
        yield Node(Kind.GATE, key, gate.group.name, detail, state)
    for message in world.messages:
        key = message_id(message).removeprefix(f"{Kind.MESSAGE}:")
        yield Node(
            Kind.MESSAGE,
            key,
            message.type or "(no type)",
            f"partition {message.partition}, offset {message.offset}",
        )


def _unknown(id_: str) -> Node:
    kind, _, key = id_.partition(":")
    return Node(Kind(kind), key, f"unknown {kind}", key, State.UNKNOWN)


def _distinct(edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
    return tuple(dict.fromkeys(edges))
