"""Pictures of the book that are outputs of its notebooks, kept as files for pages that run nothing."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

from eprlab.lineage_view import standalone

PICTURES = {"book/images/release-lineage.svg": "notebooks/02-event-provenance-registry.ipynb"}
"""Each picture, and the notebook whose last lineage drawing it is; both relative to the checkout."""

DRAWING = re.compile(r'<svg class="plab-drawing".*?</svg>', re.DOTALL)


def last_drawing(notebook: Path) -> str:
    """The last lineage drawing among a notebook's outputs, as an SVG document.

    Raises LookupError if there is none.
    """
    drawings = [
        drawing
        for cell in nbformat.read(notebook, as_version=4).cells
        for output in cell.get("outputs", [])
        for drawing in DRAWING.findall(output.get("data", {}).get("text/html", ""))
    ]
    if not drawings:
        raise LookupError(
            f"{notebook} shows no lineage drawing; run `python -m eprlab.book refresh`"
        )
    return standalone(drawings[-1])


def save(root: Path) -> None:
    """Writes every picture anew from the committed notebooks under `root`."""
    for picture, notebook in PICTURES.items():
        (root / picture).write_text(last_drawing(root / notebook) + "\n", encoding="utf-8")
