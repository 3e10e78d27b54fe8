"""A notebook as somebody leaves it who has solved everything: for the tests, which run it."""

from __future__ import annotations

import copy
import re

from nbformat import NotebookNode

CHECK = re.compile(r"""^check\(\s*["']([\w-]+)["']\s*\)\s*$""", re.MULTILINE)
"""A check cell, and the exercise that it checks."""


def checked(notebook: NotebookNode) -> dict[str, int]:
    """The exercises that a notebook checks, each with the number of its last check cell."""
    return {
        exercise: number
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        for exercise in CHECK.findall(cell.source)
    }


def solved(notebook: NotebookNode) -> NotebookNode:
    """A copy without outputs in which every exercise's starter cell holds the solution.

    The starter is the code cell before the check. Raises `eprlab.exercises.errors.UnknownExercise`
    for a check of an exercise that has no definition.
    """
    copied = copy.deepcopy(notebook)
    for exercise, number in checked(copied).items():
        starter = next(c for c in reversed(copied.cells[:number]) if c.cell_type == "code")
        starter.source = _definition(exercise).solution
    for cell in copied.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copied


def _definition(exercise: str):
    from eprlab.exercises.catalogue import course

    return course().exercise(exercise)
