"""Two lineages as one: what is in both, and what was added, removed or changed.

Two releases share no event, so nodes are matched by the part they play: a receipt by its receiver
and by how many of that receiver came before it, an artifact by its name without its version, a gate
by its group. Each release's nodes and edges are then in the union exactly once.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from epr_lineage import Edge, Kind, Lineage, Node, State
from eprlab.lineage_view import words


class Mark(StrEnum):
    """What became of a node or an edge from the first lineage to the second."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """The union of two lineages. A node that is in both is shown as the second has it.

    `marks`: by node id, of every node. `edge_marks`: in the order of `lineage.edges`.
    `was`: how the first lineage had the nodes that changed.
    """

    lineage: Lineage
    marks: Mapping[str, Mark]
    edge_marks: tuple[Mark, ...]
    was: Mapping[str, Node]

    def count(self, mark: Mark) -> int:
        """How many nodes have this mark."""
        return sum(one == mark for one in self.marks.values())

    def __str__(self) -> str:
        return ", ".join(f"{self.count(mark)} {mark}" for mark in Mark) + " (nodes)"


def difference(before: Lineage, after: Lineage) -> Difference:
    """What differs between two lineages, by the part that each node plays."""
    old, new = _parts(before), _parts(after)
    marks, was, nodes = {}, {}, []
    for part, node in new.items():
        earlier = old.get(part)
        if earlier is None:
            marks[node.id] = Mark.ADDED
        elif _looks(earlier) != _looks(node):
            marks[node.id], was[node.id] = Mark.CHANGED, earlier
        else:
            marks[node.id] = Mark.SAME
        nodes.append(node)
    names = {node.id: new[part].id for part, node in old.items() if part in new}
    for part, node in old.items():
        if part not in new:
            # A node that is in both with another part (two names for it) keeps its id only once.
            kept = node if node.id not in marks else replace(node, key=f"{node.key} (before)")
            names[node.id] = kept.id
            marks[kept.id] = Mark.REMOVED
            nodes.append(kept)
    edges = {_said(edge): (edge, Mark.ADDED) for edge in after.edges}
    for edge in before.edges:
        renamed = replace(edge, source=names[edge.source], target=names[edge.target])
        both = edges.get(_said(renamed))
        edges[_said(renamed)] = (both[0], Mark.SAME) if both else (renamed, Mark.REMOVED)
    return Difference(
        Lineage(tuple(nodes), tuple(edge for edge, _ in edges.values())),
        marks,
        tuple(mark for _, mark in edges.values()),
        was,
    )


def _said(edge: Edge) -> tuple[str, ...]:
    return edge.source, edge.target, edge.relation, edge.rule


def _parts(lineage: Lineage) -> dict[Hashable, Node]:
    """Each node by the part it plays; of equal ones, in the order of their recording."""
    parts: dict[Hashable, Node] = {}
    counted: dict[Hashable, int] = {}
    for node in lineage.nodes:
        part = _part(node)
        counted[part] = counted.get(part, 0) + 1
        parts[part, counted[part]] = node
    return parts


def _part(node: Node) -> Hashable:
    match node.kind:
        case Kind.ARTIFACT | Kind.COMPONENT if node.key.startswith("pkg:"):
            return node.kind, node.key.partition("@")[0], "@" in node.key
        case Kind.ARTIFACT:
            name, *_, package = node.key.split("/")
            return node.kind, name, package
        case Kind.GATE:
            return node.kind, node.key.partition(" ")[0]
        case Kind.EVENT | Kind.RECEIVER | Kind.MESSAGE:
            return node.kind, node.label
        case Kind.RUN:
            return node.kind, node.detail
        case Kind.CHAIN | Kind.TRACE | Kind.ATTESTATION | Kind.CHANGE:
            return (node.kind,)
        case _:
            return node.kind, node.key


def _looks(node: Node) -> Hashable:
    """What makes two nodes of one part differ: what a reader sees, except ids and places."""
    match node.kind:
        case Kind.EVENT | Kind.GATE:
            # A gate names its artifact, which another node shows as changed.
            return node.state, node.detail if node.kind is Kind.EVENT else ""
        case Kind.ARTIFACT | Kind.COMPONENT | Kind.RECEIVER:
            return node.label, words.second_line(node) if node.kind is Kind.RECEIVER else ""
        case _:
            return node.state if node.state is State.UNKNOWN else ""
