"""The drawing: inline SVG, complete without a script. All text from outside is escaped."""

from __future__ import annotations

import hashlib

from epr_lineage import Confidence, Edge, Kind, Lineage, Node, State
from eprlab.lineage_view import words
from eprlab.lineage_view.layout import HEIGHT, WIDTH, Layout
from eprlab.lineage_view.shapes import outline
from eprlab.lineage_view.text import escape, visible

LETTERS = 23  # that fit into a node's line; the rest is in its tooltip and in the table
STROKES = {
    Confidence.DECLARED: "plab-declared",
    Confidence.REFERENCED: "plab-referenced",
    Confidence.INFERRED: "plab-inferred",
}


def draw(lineage: Lineage, layout: Layout, title: str) -> tuple[str, str]:
    """The SVG element, and the id that it and its parts are named by.

    The id depends only on what is drawn, so the same drawing is the same text on every run.
    """
    index = {node.id: number for number, node in enumerate(lineage.nodes)}
    nodes = "".join(_node(node, index[node.id], layout.centres[node.id]) for node in lineage.nodes)
    name = "plab-" + hashlib.sha256(_structure(lineage, layout, title).encode()).hexdigest()[:8]
    edges = "".join(
        _edge(lineage, edge, path, index, name)
        for edge, path in zip(lineage.edges, layout.paths, strict=True)
    )
    size = f'viewBox="0 0 {layout.width} {layout.height}" width="{layout.width}"'
    return (
        f'<svg class="plab-drawing" {size} role="img" aria-labelledby="{name}-title {name}-text">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-text">{escape(words.describe(lineage))}</desc>'
        f'<defs><marker id="{name}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        f'markerHeight="7" orient="auto-start-reverse"><path class="plab-tip" d="M0 0L8 4L0 8Z"/>'
        f"</marker></defs>"
        f'<g class="plab-edges">{edges}</g>'
        f'<g class="plab-nodes">{nodes}</g></svg>'
    ), name


def _structure(lineage: Lineage, layout: Layout, title: str) -> str:
    drawn = [(n.kind, n.label, n.state, layout.centres[n.id]) for n in lineage.nodes]
    return ascii((title, drawn))


def _node(node: Node, number: int, centre: tuple[int, int]) -> str:
    state = node.state or "plain"
    return (
        f'<g class="plab-node plab-{node.kind} plab-is-{state}" data-node="{number}" '
        f'transform="translate({centre[0]} {centre[1]})">'
        f"<title>{escape(words.about(node))}</title>{outline(node.kind, WIDTH, HEIGHT)}"
        f'<text class="plab-label" y="-6">{escape(_short(node.label))}</text>'
        f'<text class="plab-detail" y="11">{escape(_short(words.second_line(node), 4))}</text></g>'
    )


def _edge(lineage: Lineage, edge: Edge, path: str, index: dict[str, int], name: str) -> str:
    return (
        f'<path class="plab-edge {STROKES[edge.confidence]}" marker-end="url(#{name}-tip)" '
        f'data-edge="{index[edge.source]} {index[edge.target]}" data-rule="{edge.rule}" d="{path}">'
        f"<title>{escape(words.relation(lineage, edge))}</title></path>"
    )


def _short(text: str, more: int = 0) -> str:
    limit = LETTERS + more
    text = visible(text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def legend(kinds: set[Kind], states: set[State], confidences: set[Confidence]) -> str:
    """What the shapes, marks and lines mean: only those that the drawing has."""
    items = [
        f'<li><svg class="plab-key plab-{kind}" viewBox="-14 -9 28 18" width="28" height="18" '
        f'aria-hidden="true">{outline(kind, 25, 16)}</svg>{kind}</li>'
        for kind in Kind
        if kind in kinds
    ]
    items += [
        f'<li><svg class="plab-key" viewBox="0 0 28 18" width="28" height="18" aria-hidden="true">'
        f'<path class="plab-edge {STROKES[confidence]}" d="M1 9H27"/></svg>{confidence}</li>'
        for confidence in Confidence
        if confidence in confidences
    ]
    marks = {State.SUCCESS: "✓ passed", State.FAILURE: "✗ failed", State.UNKNOWN: "? unknown"}
    items += [f"<li>{mark}</li>" for state, mark in marks.items() if state in states]
    return f'<ul class="plab-legend" aria-label="Legend">{"".join(items)}</ul>'
