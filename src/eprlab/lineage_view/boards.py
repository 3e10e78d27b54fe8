"""Gates as boards: which receiver of a gate has passed, failed, or has nothing yet.

Read from the lineage alone, with the receipts of every receiver in their order, so that the script
can say how a gate stood at any moment without asking anybody.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from epr_lineage import Kind, Lineage, Node, State


@dataclass(frozen=True)
class Row:
    """One receiver of a gate, and its receipts for the gate's artifact, oldest first."""

    receiver: Node
    receipts: tuple[Node, ...]

    @property
    def standing(self) -> State:
        """As its latest receipt; `none` if it has none."""
        return self.receipts[-1].state if self.receipts else State.NONE


@dataclass(frozen=True)
class Board:
    """A gate and its receivers. `whole`: this lineage has all that the gate's state rests on.

    Where it is not whole (a part of a lineage, say a neighbourhood), the rows may lack receipts, and
    the gate's own state is right.
    """

    gate: Node
    rows: tuple[Row, ...]
    whole: bool


def boards(lineage: Lineage) -> list[Board]:
    """One board for each gate of the lineage, in its order."""
    members: dict[str, list[str]] = defaultdict(list)
    receiver_of: dict[str, str] = {}
    about: dict[str, list[str]] = defaultdict(list)
    hints: dict[str, list[str]] = defaultdict(list)
    for edge in lineage.edges:
        if edge.rule == "L1":
            receiver_of[edge.source] = edge.target
    for edge in lineage.edges:
        if edge.rule == "L2":
            members[edge.target].append(edge.source)
        elif edge.relation == "about":
            about[edge.target].append(edge.source)
        elif edge.rule == "L4" and edge.source in receiver_of:
            hints[edge.target].append(receiver_of[edge.source])
        elif edge.rule == "L5":
            hints[edge.source].append(edge.target)
    made = []
    for gate in lineage.of_kind(Kind.GATE):
        group, _, unit = gate.key.partition(" ")
        known = members.get(f"{Kind.GROUP}:{group}") or hints[gate.id]
        receipts: dict[str, list[Node]] = defaultdict(list)
        for event in about[f"{Kind.ARTIFACT}:{unit}"]:
            receipts[receiver_of.get(event, "")].append(lineage[event])
        rows = tuple(
            Row(lineage[id], tuple(sorted(receipts[id], key=_recorded)))
            for id in dict.fromkeys(known)
        )
        opened = bool(rows) and all(row.standing is State.SUCCESS for row in rows)
        whole = bool(rows) and opened == (gate.state is State.OPEN)
        made.append(Board(gate, rows, whole))
    return made


def _recorded(event: Node) -> tuple[float, str]:
    return event.recorded_at.timestamp() if event.recorded_at else 0.0, event.key
