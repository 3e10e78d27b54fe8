"""Questions about a lineage, answered by networkx."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

import networkx

from epr_lineage.model import Lineage

MERE_ORDER = ("L8",)
"""Rules whose edges are about time only. Earlier is not because."""


def to_networkx(lineage: Lineage) -> networkx.MultiDiGraph:
    """The lineage as a directed graph: node ids, and every field of node and edge as attributes.

    Two events can be joined by two rules (one caused the other and came right before it), so it is
    a multigraph; the rule's number is the edge's key.
    """
    graph = networkx.MultiDiGraph()
    for node in lineage.nodes:
        graph.add_node(node.id, **asdict(node))
    for edge in lineage.edges:
        attributes = asdict(edge)
        graph.add_edge(
            attributes.pop("source"), attributes.pop("target"), key=edge.rule, **attributes
        )
    return graph


def upstream(lineage: Lineage, node_id: str, ignore: Collection[str] = MERE_ORDER) -> set[str]:
    """Ids of everything from which a path leads to this node. Raises `UnknownNode`.

    Edges of the rules in `ignore` are not followed; by default those that say only what came next.
    """
    return networkx.ancestors(_followed(lineage, ignore), lineage[node_id].id)


def downstream(lineage: Lineage, node_id: str, ignore: Collection[str] = MERE_ORDER) -> set[str]:
    """Ids of everything to which a path leads from this node; as `upstream`."""
    return networkx.descendants(_followed(lineage, ignore), lineage[node_id].id)


def _followed(lineage: Lineage, ignore: Collection[str]) -> networkx.MultiDiGraph:
    edges = tuple(edge for edge in lineage.edges if edge.rule not in ignore)
    return to_networkx(Lineage(lineage.nodes, edges))


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
