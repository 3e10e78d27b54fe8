"""Where each node goes: columns from left to right, by Graphviz' `dot` or, if many, by `columns`.

Layout happens here, in Python, and only coordinates are shipped: the picture is the same in
JupyterLab, in the published page and on the next run, and needs no script to be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import pygraphviz

from epr_lineage import Edge, Lineage
from eprlab.lineage_view.columns import columns

WIDTH, HEIGHT = 170, 44  # of every node, in SVG user units (pixels at natural size)
MARGIN = 14
POINTS_PER_INCH = 72

# These relations point back to where something came from, or to what it belongs to. Drawn from
# right to left they let time run from left to right.
BACKWARD = frozenset({
    "validated by", "about", "waits for", "triggered by", "caused by", "used", "performed by",
    "approved by", "signed by", "subject", "mentions", "in", "starts", "ends", "traced by", "attests",
})  # fmt: skip
ROUTED = 300, 600
"""Up to so many nodes and edges, edges are led around the nodes; above it that takes too long."""
COLUMN, ROW = 270, 60  # from centre to centre, where they are not


@dataclass(frozen=True)
class Layout:
    """Where everything goes, in SVG user units: the centre of each node by its id, the path of each
    edge in the order of `Lineage.edges` (as SVG path data), and the whole's size.

    `routed`: the paths go around nodes, and are not just curves from side to side.
    """

    centres: dict[str, tuple[int, int]]
    paths: tuple[str, ...]
    width: int
    height: int
    routed: bool = True


def place(lineage: Lineage) -> Layout:
    """Lays the lineage out. The same lineage gives the same layout."""
    if not lineage.nodes:
        return Layout({}, (), WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)
    if len(lineage.nodes) > ROUTED[0] or len(lineage.edges) > ROUTED[1]:
        return _in_columns(lineage)
    names = {node.id: f"n{number}" for number, node in enumerate(lineage.nodes)}
    graph = pygraphviz.AGraph(strict=False, directed=True)
    graph.graph_attr.update(rankdir="LR", ranksep="0.5", nodesep="0.2", splines="true")
    graph.node_attr.update(
        shape="box",
        fixedsize="true",
        width=str(WIDTH / POINTS_PER_INCH),
        height=str(HEIGHT / POINTS_PER_INCH),
        label="",
    )
    graph.add_nodes_from(names.values())
    stacks = _stacks(lineage)
    neighbours = {pair for stack in stacks for pair in pairwise(stack)}
    for number, edge in enumerate(lineage.edges):
        ends = [names[edge.source], names[edge.target]]
        graph.add_edge(
            *(reversed(ends) if edge.relation in BACKWARD else ends),
            key=f"e{number}",
            dir="back" if edge.relation in BACKWARD else "forward",
            # An edge inside a column makes dot keep its order: earlier events above later ones.
            # Elsewhere, order in time alone moves nothing.
            constraint="true"
            if (edge.source, edge.target) in neighbours or edge.rule != "L8"
            else "false",
            weight="4" if (edge.source, edge.target) in neighbours else "1",
        )
    for stack in stacks:
        graph.add_subgraph([names[node] for node in stack], rank="same")
    graph.layout(prog="dot")
    return _read(graph, names, len(lineage.edges))


def _in_columns(lineage: Lineage) -> Layout:
    arcs = [
        (edge.target, edge.source) if edge.relation in BACKWARD else (edge.source, edge.target)
        for edge in lineage.edges
        if edge.rule != "L8"
    ]
    stacks = columns([node.id for node in lineage.nodes], arcs)
    tallest = max(len(stack) for stack in stacks)
    centres = {
        node: (
            MARGIN + WIDTH // 2 + number * COLUMN,
            MARGIN + HEIGHT // 2 + round((row + (tallest - len(stack)) / 2) * ROW),
        )
        for number, stack in enumerate(stacks)
        for row, node in enumerate(stack)
    }
    return Layout(
        {node.id: centres[node.id] for node in lineage.nodes},
        tuple(_curve(edge, centres) for edge in lineage.edges),
        2 * MARGIN + WIDTH + (len(stacks) - 1) * COLUMN,
        2 * MARGIN + HEIGHT + (tallest - 1) * ROW,
        routed=False,
    )


def _curve(edge: Edge, centres: dict[str, tuple[int, int]]) -> str:
    """From side to side of two nodes; `canvas.js` draws the same."""
    (x, y), (u, v) = centres[edge.source], centres[edge.target]
    side = WIDTH // 2
    if x == u:
        return f"M{x + side} {y}C{x + side + 40} {y} {u + side + 40} {v} {u + side} {v}"
    way = 1 if u > x else -1
    x, u = x + way * side, u - way * side
    bend = round((u - x) / 2)
    return f"M{x} {y}C{x + bend} {y} {u - bend} {v} {u} {v}"


def _stacks(lineage: Lineage) -> list[list[str]]:
    """Receipts for one artifact that nothing else caused stand above each other, oldest first."""
    caused = {edge.target for edge in lineage.edges if edge.rule in ("L7", "L9")}
    caused |= {e.source for e in lineage.edges if e.relation in ("triggered by", "caused by")}
    stacks: dict[str, list[str]] = {}
    for edge in lineage.edges:
        if edge.relation == "about" and edge.source not in caused:
            stacks.setdefault(edge.target, []).append(edge.source)
    return [stack for stack in stacks.values() if len(stack) > 1]


def _read(graph: pygraphviz.AGraph, names: dict[str, str], edges: int) -> Layout:
    """Graphviz counts upwards and in fractions; SVG counts downwards, and whole units are enough."""
    left, bottom, right, top = (float(part) for part in graph.graph_attr["bb"].split(","))

    def point(pair: str) -> tuple[int, int]:
        x, y = pair.split(",")
        return round(float(x) - left + MARGIN), round(top - float(y) + MARGIN)

    lines = {edge.name: edge.attr["pos"] for edge in graph.edges_iter(keys=False)}
    return Layout(
        {node: point(graph.get_node(name).attr["pos"]) for node, name in names.items()},
        tuple(_path(lines[f"e{number}"], point) for number in range(edges)),
        round(right - left) + 2 * MARGIN,
        round(top - bottom) + 2 * MARGIN,
    )


def _path(line: str, point: Callable[[str], tuple[int, int]]) -> str:
    """Graphviz' `[s,x,y ][e,x,y ]p c c p c c p …` as SVG path data from source to target."""
    parts = line.split()
    tips = {part[0]: part[2:] for part in parts if part[1] == "," and part[0] in "se"}
    curve = [point(part) for part in parts if part[0] not in "se"]
    # A backward edge has its arrow at Graphviz' start: turn it, so that ours points at the target.
    tip = point(tips["s"] if "s" in tips else tips["e"])
    if "s" in tips:
        curve.reverse()
    (x, y), *rest = curve
    bends = "".join(f"C{a} {b} {c} {d} {e} {f}" for (a, b), (c, d), (e, f) in _triples(rest))
    return f"M{x} {y}{bends}L{tip[0]} {tip[1]}"


def _triples(points: list[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], ...]]:
    """The points three by three: two controls and an end for each curve."""
    return zip(points[::3], points[1::3], points[2::3], strict=True)
