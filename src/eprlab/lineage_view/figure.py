"""A drawing with its legend, its table and its script, as one notebook output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from epr_lineage import Kind, Lineage
from eprlab.lineage_view import svg, table, words
from eprlab.lineage_view.layout import Layout, place
from eprlab.lineage_view.text import escape

LIMIT = 200  # nodes; above it no layered drawing can be read as a whole


@dataclass(frozen=True)
class Figure:
    """A lineage to look at. In a notebook it draws itself; `svg` is the drawing alone.

    `hidden` is how many nodes of the lineage are left out of the drawing.
    """

    lineage: Lineage
    title: str
    hidden: int = 0

    @property
    def svg(self) -> str:
        """The drawing alone, as an SVG element without style (see `standalone` for a file)."""
        return svg.draw(self.lineage, place(self.lineage), self.title)[0]

    @property
    def standalone(self) -> str:
        """The drawing as an SVG document with its style, to be saved to a file."""
        return standalone(self.svg)

    def _repr_html_(self) -> str:
        drawing, _ = static(self.lineage, self.title, self.hidden)
        return (
            f'<style>{style()}</style>{drawing}<script type="module">{_read("lineage.js")}</script>'
        )

    def __repr__(self) -> str:
        return f"{self.title}: {words.describe(self.lineage)}"


def draw(
    lineage: Lineage, title: str = "Lineage", hide: tuple[Kind, ...] = (Kind.GROUP,)
) -> Figure:
    """Makes a figure of a lineage.

    Nodes of the kinds in `hide` are left out (groups by default: a gate carries its group's name).
    Of more than 200 nodes only the newest are drawn, and the caption says how many are not; use
    `epr_lineage.neighbourhood` to ask for less.
    """
    wanted = lineage.without(*hide)
    shown = newest(wanted, LIMIT)
    return Figure(shown, title, hidden=len(wanted.nodes) - len(shown.nodes))


def newest(lineage: Lineage, limit: int) -> Lineage:
    """The part with the `limit` newest nodes. A node without a time is as new as its newest edge,
    or new if it has none: what is only known from old events goes with them."""
    if len(lineage.nodes) <= limit:
        return lineage
    times = {node.id: node.recorded_at for node in lineage.nodes}
    latest: dict[str, datetime] = {}
    for edge in lineage.edges:
        for end in (edge.source, edge.target):
            if edge.recorded_at and (end not in latest or latest[end] < edge.recorded_at):
                latest[end] = edge.recorded_at

    def age(node: str) -> float:
        time = times[node] or latest.get(node)
        return time.timestamp() if time else float("inf")

    return lineage.keep(set(sorted(times, key=age)[-limit:]))


def static(
    lineage: Lineage, title: str, hidden: int = 0, layout: Layout | None = None
) -> tuple[str, str]:
    """What needs no script: drawing, legend, caption and table as an HTML figure, and its id."""
    drawing, name = svg.draw(lineage, layout or place(lineage), title)
    key = svg.legend(
        {node.kind for node in lineage.nodes},
        {node.state for node in lineage.nodes},
        {edge.confidence for edge in lineage.edges},
    )
    more = f" {hidden} more nodes are not drawn." if hidden else ""
    return (
        f'<figure class="plab-lineage" id="{name}">'
        f'<div class="plab-scroll" role="region" aria-label="{escape(title)}, drawing" '
        f'tabindex="0">{drawing}</div>{key}'
        f"<figcaption>{escape(words.describe(lineage) + more)}</figcaption>"
        f"{table.draw(lineage, f'{name}-table')}</figure>"
    ), name


def style() -> str:
    """The drawing's style sheet."""
    return _read("lineage.css")


def standalone(drawing: str) -> str:
    """An SVG document of a drawing taken from a page: with its style, and with dark colours where
    the reader's system asks for them."""
    rules = style()
    dark = re.search(r"\[data-theme=dark\][^{]*\{([^}]*)\}", rules)
    rules += (
        f"@media (prefers-color-scheme:dark){{.plab-drawing:root{{{dark[1]}}}}}" if dark else ""
    )
    document = drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return document.replace("<defs>", f"<defs><style>{rules}</style>", 1)


@cache
def _read(name: str) -> str:
    return (files("eprlab.lineage_view") / name).read_text(encoding="utf-8")
