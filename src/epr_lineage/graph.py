"""Questions about a lineage, answered by networkx."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

import networkx

from epr_lineage.model import Edge, Lineage

MERE_ORDER = ("L8",)
"""Rules whose edges are about time only. Earlier is not because."""

SAME_AS = "same as"
AGAINST = frozenset({
    "triggered by", "caused by", "described by", "contains", "depends on", "used", "performed by",
    "approved by", "signed by",
})  # fmt: skip
"""Relations whose edges are read from the later to the earlier, or from the whole to its part."""


def to_networkx(lineage: Lineage) -> networkx.MultiDiGraph:
    """The lineage as a directed graph: node ids, and every field of node and edge as attributes.

    Two events can be joined by two rules (one caused the other and came right before it), so it is
    a multigraph; the rule's number is the edge's key (with the relation, if one rule says two things).
    """
    graph = networkx.MultiDiGraph()
    for node in lineage.nodes:
        graph.add_node(node.id, **asdict(node))
    for edge in lineage.edges:
        attributes = asdict(edge)
        graph.add_edge(
            attributes.pop("source"), attributes.pop("target"), key=_key(graph, edge), **attributes
        )
    return graph


def _key(graph: networkx.MultiDiGraph, edge: Edge) -> str:
    taken = graph.has_edge(edge.source, edge.target, edge.rule)
    return f"{edge.rule} {edge.relation}" if taken else edge.rule


def upstream(lineage: Lineage, node_id: str, ignore: Collection[str] = MERE_ORDER) -> set[str]:
    """Ids of everything that led to this node, or that it is made of. Raises `UnknownNode`.

    Edges of the rules in `ignore` are not followed; by default those that say only what came next.
    """
    return networkx.ancestors(influence(lineage, ignore), lineage[node_id].id)


def downstream(lineage: Lineage, node_id: str, ignore: Collection[str] = MERE_ORDER) -> set[str]:
    """Ids of everything that this node led to, or is part of; as `upstream`."""
    return networkx.descendants(influence(lineage, ignore), lineage[node_id].id)


def influence(lineage: Lineage, ignore: Collection[str] = MERE_ORDER) -> networkx.DiGraph:
    """The lineage as what influenced what: each edge turned so that it points from the earlier or
    the part to the later or the whole. The node ids only."""
    graph = networkx.DiGraph()
    graph.add_nodes_from(node.id for node in lineage.nodes)
    for edge in lineage.edges:
        if edge.rule in ignore:
            continue
        if edge.relation not in AGAINST:
            graph.add_edge(edge.source, edge.target)
        if edge.relation in AGAINST or edge.relation == SAME_AS:
            graph.add_edge(edge.target, edge.source)
    return graph


def neighbourhood(lineage: Lineage, node_id: str, hops: int = 2) -> Lineage:
    """The part within `hops` edges of a node, in either direction. Raises `UnknownNode`."""
    near = networkx.single_source_shortest_path_length(
        to_networkx(lineage).to_undirected(as_view=True), lineage[node_id].id, cutoff=hops
    )
    return lineage.keep(set(near))


def known_at(lineage: Lineage, moment: datetime) -> Lineage:
    """The nodes and edges that the registry had recorded by `moment`.

    Gates keep the state that they have in `lineage`; to judge one as of then, use `gate.judge`.
    """
    edges = tuple(e for e in lineage.edges if e.recorded_at is None or e.recorded_at <= moment)
    nodes = {n.id for n in lineage.nodes if n.recorded_at is None or n.recorded_at <= moment}
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    kept = {n.id for n in lineage.nodes if n.id in nodes and (n.recorded_at or n.id in ends)}
    return Lineage(
        tuple(n for n in lineage.nodes if n.id in kept),
        tuple(e for e in edges if {e.source, e.target} <= kept),
    )
