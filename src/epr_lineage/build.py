"""From records, or from an index of them, to a lineage of nodes and edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from epr.messages import Message
from epr.records import NVRPP, Event, Group, Receiver
from epr_lineage.clocks import in_order
from epr_lineage.entry import Announced, Entry
from epr_lineage.index import Index
from epr_lineage.model import Edge, Kind, Lineage, Node, State
from epr_lineage.payloads import purls
from epr_lineage.rules import RULES, World, gate_id

_SHORT = 12  # characters of a digest or a random id that tell two of them apart on a page


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
    return lineage_of(Index.of(receivers, groups, events, messages))


def lineage_of(index: Index, events: Iterable[Entry] | None = None) -> Lineage:
    """The lineage of some of an index's events, or of all: every edge that a rule finds for them.

    The far end of an edge is drawn too, be it an event that was not asked for.
    """
    world = World.of(index, events)
    edges = _merged(edge for rules in RULES.values() for rule in rules for edge in rule(world))
    used = {end for edge in edges for end in (edge.source, edge.target)}
    used.update(event.node for event in world.events)
    return Lineage(tuple(_nodes(world, used)), edges)


def around(index: Index, node_id: str, hops: int = 2, limit: int = 200) -> tuple[Lineage, int]:
    """What is within `hops` edges of a node, and how many nodes of that are left out.

    At most about `limit` nodes are given, the nearest ones; a node that more events than that name
    (a busy receiver) is shown, but not followed, and its events count as left out.
    Works on an index of any size, because only the neighbourhood is drawn.
    """
    reached, frontier = {node_id}, [node_id]
    kept: dict[Edge, None] = {}
    nodes: dict[str, Node] = {}
    hidden = 0
    for _ in range(hops):
        events: dict[str, Entry] = {}
        for node in frontier:
            near = _events_near(index, node)
            if len(near) > limit:
                hidden += len(near)
                continue
            events |= {entry.id: entry for entry in near}
        part = lineage_of(index, events.values())
        nodes |= {node.id: node for node in part.nodes}
        inside, following = set(frontier), []
        for edge in part.edges:
            if not inside & {edge.source, edge.target}:
                continue
            ends = [end for end in (edge.source, edge.target) if end not in reached]
            if len(reached) + len(ends) > limit:
                hidden += len(ends)
                continue
            kept[edge] = None
            reached.update(ends)
            following += ends
        frontier = following
    if node_id not in nodes:
        nodes |= {node.id: node for node in _nodes(World.of(index, ()), {node_id})}
    order = [node for node in nodes.values() if node.id in reached]
    return Lineage(tuple(order), _merged(kept)), hidden


def _events_near(index: Index, node_id: str) -> list[Entry]:
    """The events whose rules draw the edges at a node."""
    kind, _, key = node_id.partition(":")
    if kind == Kind.EVENT:
        event = index.get(key)
        if event is None:
            return [found for ref in index.naming(key) if (found := index.resolve(ref.evidence))]
        near = {event.id, *index.causes(event), *index.effects(event)}
        near |= {e.id for e in (index.before(event), index.after(event)) if e}
        near |= {ref.evidence for ref in index.stated_effects(event)}
        near |= {ref.evidence for ref in index.stated_causes(event)}
        return [entry for id in sorted(near) if (entry := index.get(id))]
    if kind == Kind.GATE:
        group_id, _, unit = key.partition(" ")
        found = index.unit_called(unit)
        after = index.caused_by_gate(group_id, found) if found else []
        return [*(index.of_unit(found) if found else ()), *after]
    if kind == Kind.MESSAGE:
        topic, partition, offset = key.rsplit("/", 2)
        message = index.messages.get((topic, int(partition), int(offset)))
        event = index.get(message.event_id) if message else None
        if event is None:
            return []
        return [*_events_near(index, event.node), *_caused_by_announcement(index, message)]
    if kind == Kind.GROUP and key in index.groups:
        members = index.groups[key].event_receiver_ids
        return [e for member in members for e in index.touching(f"{Kind.RECEIVER}:{member}")]
    return index.touching(node_id)


def _caused_by_announcement(index: Index, message: Announced) -> list[Entry]:
    if message.group_id is None:
        return []
    return index.caused_by_gate(message.group_id, message.nvrpp)


def _merged(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Edges that say the same become one with the evidence of all; it was known since the first."""
    merged: dict[tuple[str, ...], list[Edge]] = {}
    for edge in edges:
        key = edge.source, edge.target, edge.relation, edge.rule, edge.confidence
        merged.setdefault(key, []).append(edge)
    return tuple(same[0] if len(same) == 1 else _one(same) for same in merged.values())


def _one(same: list[Edge]) -> Edge:
    dated = [edge for edge in same if edge.recorded_at is not None]
    first = min(dated, key=lambda edge: edge.recorded_at, default=same[0])
    evidence = dict.fromkeys(id for edge in same for id in edge.evidence)
    return replace(first, evidence=tuple(evidence))


def _nodes(world: World, used: set[str]) -> Iterator[Node]:
    """The nodes that are used: what is known first, in a fixed order, then what is only named."""
    left = set(used)
    for node in _recorded(world, used):
        if node.id in left:
            left.discard(node.id)
            yield node
    kinds = {kind: number for number, kind in enumerate(Kind)}
    named = sorted(left, key=lambda id: (kinds[Kind(id.partition(":")[0])], id))
    missing = []
    for id in named:
        node = _named(world.index, id)
        if node.state is State.UNKNOWN:
            missing.append(node)
        else:
            yield node
    yield from missing


def _recorded(world: World, used: set[str]) -> Iterator[Node]:
    index = world.index
    for unit in dict.fromkeys(event.nvrpp for event in world.events):
        yield _artifact(unit)
    receivers = sorted(
        (index.receivers[id] for id in tuple(index.receivers) if f"{Kind.RECEIVER}:{id}" in used),
        key=lambda receiver: (receiver.name, receiver.id),
    )
    for receiver in receivers:
        yield Node(Kind.RECEIVER, receiver.id, receiver.name, f"{receiver.type} {receiver.version}")
    events = {event.id: event for event in world.events}
    for id in used:
        if id.startswith("event:") and (event := index.get(id.removeprefix("event:"))):
            events[event.id] = event
    for event in in_order(events.values()):
        yield _event(index, event)
    for group in world.groups:
        yield Node(Kind.GROUP, group.id, group.name, group.type)
    for gate in world.gates:
        state = State.OPEN if gate.open else State.SHUT
        key = gate_id(gate).removeprefix(f"{Kind.GATE}:")
        detail = f"{gate.unit.name} {gate.unit.version}"
        yield Node(Kind.GATE, key, gate.group.name, detail, state)
    for message in world.messages:
        yield _message(message)


def _artifact(unit: NVRPP) -> Node:
    return Node(
        Kind.ARTIFACT, str(unit), f"{unit.name} {unit.version}", f"{unit.release} · {unit.package}"
    )  # fmt: skip


def _event(index: Index, event: Entry) -> Node:
    receiver = index.receivers.get(event.event_receiver_id)
    return Node(
        Kind.EVENT,
        event.id,
        receiver.name if receiver else "unknown receiver",
        event.description,
        State.FAILURE if event.failed else State.SUCCESS,
        event.created_at,
        event.occurred_at,
    )


def _message(message: Announced) -> Node:
    return Node(
        Kind.MESSAGE,
        message.node.removeprefix(f"{Kind.MESSAGE}:"),
        message.type or "(no type)",
        f"partition {message.partition}, offset {message.offset}",
    )


def _named(index: Index, id: str) -> Node:
    """A node that no record stands for: what its key says about it."""
    name, _, key = id.partition(":")
    kind = Kind(name)
    if kind in (Kind.EVENT, Kind.RECEIVER, Kind.GROUP, Kind.GATE, Kind.MESSAGE):
        return _looked_up(index, kind, key) or Node(
            kind, key, f"unknown {kind}", key, State.UNKNOWN
        )
    if kind in (Kind.ARTIFACT, Kind.COMPONENT):
        unit = index.unit_called(key) if kind is Kind.ARTIFACT else None
        if unit is not None:
            return _artifact(unit)
        purl = purls.parse(key)
        if purl is None and key.startswith("sha256:"):
            return Node(kind, key, f"unknown {kind}", key, State.UNKNOWN)
        return Node(kind, key, f"{purl.name} {purl.version}".strip() if purl else key, key)
    if kind in (Kind.RUN, Kind.RESOURCE):
        type, *source, thing = key.split(" ")
        return Node(kind, key, thing, " ".join((type, *source)))
    if kind is Kind.PLACE:
        service, _, environment = key.partition(" @ ")
        return Node(kind, key, f"{service.split()[-1]} in {environment.split()[-1]}", key)
    if kind in (Kind.CHAIN, Kind.TRACE, Kind.ATTESTATION, Kind.KEY):
        return Node(kind, key, f"{kind} {key.removeprefix('sha256:')[:_SHORT]}", key)
    source, _, thing = key.rpartition(" ")
    return Node(kind, key, thing, source)


def _looked_up(index: Index, kind: Kind, key: str) -> Node | None:
    if kind is Kind.MESSAGE:
        topic, partition, offset = key.rsplit("/", 2)
        message = index.messages.get((topic, int(partition), int(offset)))
        return _message(message) if message else None
    if kind is Kind.GATE:
        group_id, _, name = key.partition(" ")
        unit = index.unit_called(name)
        gate = index.gate(group_id, unit) if unit else None
        if gate is not None:
            state = State.OPEN if gate.open else State.SHUT
            return Node(kind, key, gate.group.name, f"{unit.name} {unit.version}", state)
    return None
