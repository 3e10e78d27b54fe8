"""Puts an exercise's hints and its solution below its check, folded: in a page there is no `hint()`.

They come from the exercise's definition, as in the notebook.
"""

from __future__ import annotations

import re
from html import escape

from docutils import nodes
from sphinx.application import Sphinx

from eprlab.exercises.catalogue import course
from eprlab.exercises.definition import Exercise

NAMES = ("a nudge", "a pointer", "nearly there")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", add_help)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def add_help(app: Sphinx, doctree: nodes.document) -> None:
    for cell in list(doctree.findall(nodes.container)):
        ours = (cell.get("cell_metadata") or {}).get("eprlab", {})
        if ours.get("part") == "check":
            exercise = course().exercise(ours["exercise"])
            cell.parent.insert(cell.parent.index(cell) + 1, list(_help(exercise)))


def _help(exercise: Exercise):
    for number, (name, hint) in enumerate(zip(NAMES, exercise.hints, strict=True), 1):
        yield _folded(f"Hint {number} of 3: {name}", nodes.raw("", _prose(hint), format="html"))
    solution = nodes.literal_block(exercise.solution, exercise.solution, language="python")
    why = nodes.raw("", _prose(exercise.after), format="html")
    yield _folded("A solution", why, solution)


def _folded(summary: str, *body: nodes.Node) -> nodes.container:
    """`<details>`: opened and closed by the browser itself, with the keyboard too."""
    folded = nodes.container("", is_div=True, classes=["plab-help"])
    folded += nodes.raw("", f"<details><summary>{escape(summary)}</summary>", format="html")
    folded += list(body)
    folded += nodes.raw("", "</details>", format="html")
    return folded


def _prose(text: str) -> str:
    """A paragraph in which `backticks` become code."""
    coded = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return f"<p>{coded}</p>"
