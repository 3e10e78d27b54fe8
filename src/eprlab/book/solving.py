"""A notebook as somebody leaves it who has solved everything: for the tests, which run it."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from nbformat import NotebookNode

from eprlab.exercises.catalogue import Course, course

KEY = "eprlab"
"""Where in a cell's metadata its exercise is named; see `eprlab.exercises.cells`."""


def starters(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """The exercises of a notebook in order, each with the cell that a learner completes."""
    for cell in notebook.cells:
        ours = cell.metadata.get(KEY, {})
        if ours.get("part") == "starter":
            yield ours["exercise"], cell


def solved(notebook: NotebookNode, definitions: Course | None = None) -> NotebookNode:
    """A copy without outputs in which every starter cell holds the solution.

    Raises `eprlab.exercises.errors.UnknownExercise` for an exercise that has no definition.
    """
    copied = copy.deepcopy(notebook)
    definitions = definitions or course()
    for exercise, cell in starters(copied):
        cell.source = definitions.exercise(exercise).solution
    for cell in copied.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copied
