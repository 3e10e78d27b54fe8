"""The same data as a table: what the drawing shows, for sorting by eye and for screen readers."""

from __future__ import annotations

from epr_lineage import Lineage
from eprlab.lineage_view import words
from eprlab.lineage_view.text import escape

HEADINGS = ("from", "relation", "to", "rule", "known because", "evidence")


def draw(lineage: Lineage, name: str) -> str:
    """An HTML table of every edge; `name` becomes its id."""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(cell)}</td>"
            for cell in (
                words.name(lineage[edge.source]),
                edge.relation,
                words.name(lineage[edge.target]),
                edge.rule,
                words.CONFIDENCE[edge.confidence],
                " ".join(edge.evidence),
            )
        )
        + "</tr>"
        for edge in lineage.edges
    )
    return (
        f'<div class="plab-table" id="{name}" role="region" aria-label="Lineage as a table" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
