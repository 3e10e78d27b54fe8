"""Making a saved run differ from the one before only where something has changed.

Ids, times and digests are new in each run, and so are the names of widgets. Saved as they come they
would bury a changed output under hundreds of changed lines that mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from eprlab.book.normalising import Patterns, is_live, rewritten, seen

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def name_widgets(notebook: NotebookNode) -> None:
    """Numbers the widgets of a run in the order of their making, in place of random names."""
    saved = notebook.metadata.get("widgets", {}).get(WIDGET_STATE)
    if not saved:
        return
    named = {former: f"widget-{number:04}" for number, former in enumerate(saved.state, 1)}
    saved.state = NotebookNode(
        {named[former]: rewritten(model, named) for former, model in saved.state.items()}
    )
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            view = output.get("data", {}).get(WIDGET_VIEW)
            if view:
                view["model_id"] = named.get(view["model_id"], view["model_id"])


def settle(before: NotebookNode, after: NotebookNode, sanitize: Patterns) -> None:
    """Gives `after` what `before` showed, wherever the difference is one that every run makes.

    A cell that shows the same keeps its outputs, letter by letter. In the others, and in live cells,
    an id or a time that also stood in one of those is given its former text, so that what is shown
    together still fits together.
    """
    former_cells = {cell.id: cell for cell in before.cells}
    former: dict[str, str] = {}
    ambiguous: set[str] = set()
    changed = []
    for cell in after.cells:
        other = former_cells.get(cell.id)
        if other is None or seen(cell, sanitize) != seen(other, sanitize):
            changed.append(cell)
            continue
        for new, old in zip(_values(cell, sanitize), _values(other, sanitize), strict=False):
            if former.setdefault(new, old) != old:
                ambiguous.add(new)
        if is_live(cell):
            changed.append(cell)
        else:
            _keep(other, cell)
    known = {new: old for new, old in former.items() if new != old and new not in ambiguous}
    for cell in changed:
        if "outputs" in cell:
            cell.outputs = rewritten(cell.outputs, known)
    if "widgets" in after.metadata:
        after.metadata.widgets = rewritten(after.metadata.widgets, known)


def _keep(source: NotebookNode, target: NotebookNode) -> None:
    """The outputs of `source`, which show the same, but with the names that widgets have now."""
    if "outputs" not in source:
        return
    views = [output.get("data", {}).get(WIDGET_VIEW) for output in target.outputs]
    target.outputs = source.outputs
    for output, view in zip(target.outputs, views, strict=False):
        if view and "data" in output:
            output.data[WIDGET_VIEW] = view


def _values(cell: NotebookNode, sanitize: Patterns) -> Iterator[str]:
    """What differs by nature in a cell's outputs, in the order in which it stands there."""
    if is_live(cell):
        return
    every = re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in sanitize))
    for output in cell.get("outputs", []):
        for text in _texts(output):
            yield from (found[0] for found in every.finditer(text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from _texts(value[key])
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
