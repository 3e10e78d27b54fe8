"""What a rule may look at: some events and what belongs to them, and the index to look things up in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from epr.records import Group
from epr_lineage.clocks import in_order
from epr_lineage.entry import Announced, Entry
from epr_lineage.gate import Gate
from epr_lineage.index import Index
from epr_lineage.model import Confidence, Edge, Kind


@dataclass(frozen=True)
class World:
    """The events that edges are wanted for, oldest first, and the gates, groups and messages that
    these events have to do with."""

    index: Index
    events: tuple[Entry, ...]
    groups: tuple[Group, ...]
    gates: tuple[Gate, ...]
    messages: tuple[Announced, ...]

    @classmethod
    def of(cls, index: Index, events: Iterable[Entry] | None = None) -> World:
        """The world of some events, or of all."""
        chosen = tuple(index if events is None else in_order(events))
        units = dict.fromkeys(entry.nvrpp for entry in chosen)
        judged = [gate for unit in units for gate in index.gates(unit)]
        groups = {gate.group.id: gate.group for gate in judged}
        order = sorted(groups.values(), key=lambda group: (group.name, group.id))
        rank = {group.id: number for number, group in enumerate(order)}
        judged.sort(key=lambda gate: rank[gate.group.id])
        if events is None:
            messages = [index.messages[place] for place in sorted(index.messages)]
        else:
            ids = {entry.id for entry in chosen}
            about = [
                message
                for unit in units
                for gate in (None, *(gate.group.id for gate in judged if gate.unit == unit))
                for message in index.announced(gate, unit)
                if message.event_id in ids or gate is not None
            ]
            messages = sorted(about, key=lambda message: message.place)
        return cls(index, chosen, tuple(order), tuple(judged), tuple(messages))


def node_id(kind: Kind, *key: object) -> str:
    """The id of a node, from its kind and the parts of its key."""
    return f"{kind}:{' '.join(map(str, key))}"


def gate_id(gate: Gate) -> str:
    """The id of a gate's node."""
    return node_id(Kind.GATE, gate.group.id, gate.unit)


def edge(
    rule: str, relation: str, confidence: Confidence, source: str, target: str, *evidence: Entry
) -> Edge:
    """An edge with its evidence; its clocks are those of the evidence that was recorded last."""
    last = max(evidence, key=lambda entry: entry.created_at, default=None)
    return Edge(
        source,
        target,
        relation,
        rule,
        confidence,
        tuple(entry.id for entry in evidence),
        recorded_at=last.created_at if last else None,
        occurred_at=last.occurred_at if last else None,
    )
