"""The cells of an exercise in its session's notebook: written from the definition, never by hand.

    task      Markdown: title, minutes, goal
    starter   code: what the learner completes
    check     code: check("…")

Each carries its exercise in its metadata, `{"eprlab": {"exercise": …, "part": …}}`. `session.yaml` says
after which section they stand. `problems` finds every difference; `write` puts it right, and keeps the
saved outputs of cells whose code stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode, v4

from eprlab.exercises.catalogue import Session
from eprlab.exercises.definition import Exercise
from eprlab.exercises.errors import CellsDrifted

KEY = "eprlab"
IMPORTS = """from eprlab.exercises import (
    check,
    form,
    hint,
    progress,
    record,
    reset,
    solution,
)"""


def cells_of(exercise: Exercise) -> list[NotebookNode]:
    """The three cells, without outputs."""
    return [
        _cell(v4.new_markdown_cell, exercise.id, "task", task(exercise)),
        _cell(v4.new_code_cell, exercise.id, "starter", exercise.starter),
        _cell(v4.new_code_cell, exercise.id, "check", exercise.check_cell),
    ]


def task(exercise: Exercise) -> str:
    """The Markdown above the starter cell."""
    return (
        f"### Exercise: {exercise.title}\n\n"
        f"*{exercise.minutes} minutes.* {_unwrapped(exercise.goal)}\n\n"
        f'Stuck? `hint("{exercise.id}")` in a cell of its own. From the start again? `reset("{exercise.id}")`.'
    )


def write(notebook: NotebookNode, session: Session) -> None:
    """Puts the session's exercises into the notebook, in place. Raises `CellsDrifted` if a section that
    `session.yaml` names is not there."""
    outputs = {
        cell.source: cell for cell in notebook.cells if cell.cell_type == "code" and _is_ours(cell)
    }
    cells = [cell for cell in notebook.cells if not _is_ours(cell)]
    # From the back, so that places found earlier stay where they are.
    for place, exercises in reversed(_places(cells, session)):
        new = [cell for exercise in exercises for cell in cells_of(exercise)]
        cells[place:place] = [_with_output(cell, outputs) for cell in new]
    first = next((n for n, cell in enumerate(cells) if _is_ours(cell)), None)
    if first is not None:
        imports = _cell(v4.new_code_cell, "", "imports", IMPORTS)
        cells.insert(first, _with_output(imports, outputs))
    notebook.cells = cells


def problems(notebook: NotebookNode, session: Session) -> Iterator[str]:
    """Every difference between the notebook's cells and the definitions."""
    expected = v4.new_notebook(cells=list(notebook.cells))
    try:
        write(expected, session)
    except CellsDrifted as drifted:
        yield from drifted.problems
        return
    there = [_told(cell) for cell in notebook.cells if _is_ours(cell)]
    wanted = [_told(cell) for cell in expected.cells if _is_ours(cell)]
    for exercise, part, source in wanted:
        found = [told for told in there if told[:2] == (exercise, part)]
        if not found:
            yield f"{exercise or 'the imports'}: no {part} cell"
        elif found[0][2] != source:
            yield f"{exercise or 'the imports'}: the {part} cell differs from the definition"
    for exercise, part, _ in there:
        if (exercise, part) not in {told[:2] for told in wanted}:
            yield f"{exercise}: a {part} cell for an exercise that session.yaml does not list"
    if [_told(cell) for cell in notebook.cells] != [_told(cell) for cell in expected.cells]:
        yield "exercises do not stand in the order and at the places of session.yaml"


def headings(notebook: NotebookNode, level: int | None = None) -> list[str]:
    """The notebook's headings, in order; of one level, or all."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and not _is_ours(cell):
            for line in cell.source.splitlines():
                marks, _, text = line.partition(" ")
                if marks and set(marks) == {"#"} and level in (None, len(marks)):
                    found.append(text.strip())
    return found


def _places(cells: list[NotebookNode], session: Session) -> list[tuple[int, list[Exercise]]]:
    """Where each run of exercises goes: the number of the cell that begins the next section."""
    starts = {}
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            starts[cell.source.splitlines()[0][3:].strip()] = number
    ends = [*sorted(starts.values()), len(cells)]
    exercises = iter(session.exercises)
    places: list[tuple[int, list[Exercise]]] = []
    place = None
    for part in session.parts:
        if part.section:
            if part.section not in starts:
                raise CellsDrifted(session.notebook, [f"no section is headed {part.section!r}"])
            place = next(end for end in ends if end > starts[part.section])
        elif place is None:
            raise CellsDrifted(session.notebook, [f"{part.exercise} stands before any section"])
        elif places and places[-1][0] == place:
            places[-1][1].append(next(exercises))
        else:
            places.append((place, [next(exercises)]))
    return places


def _cell(new: Any, exercise: str, part: str, source: str) -> NotebookNode:
    cell = new(source=source, metadata={KEY: {"exercise": exercise, "part": part}})
    cell.id = f"x-{exercise}-{part}" if exercise else f"x-{part}"
    return cell


def _with_output(cell: NotebookNode, known: dict[str, NotebookNode]) -> NotebookNode:
    before = known.get(cell.source)
    if cell.cell_type == "code" and before is not None:
        cell.outputs, cell.execution_count = before.outputs, before.execution_count
    return cell


def _is_ours(cell: NotebookNode) -> bool:
    return KEY in cell.metadata


def _told(cell: NotebookNode) -> tuple[str, str, str]:
    ours = cell.metadata.get(KEY, {})
    return ours.get("exercise", ""), ours.get("part", ""), cell.source


def _unwrapped(text: str) -> str:
    """Paragraphs as single lines: a definition is wrapped for its author, a notebook wraps by itself."""
    blocks = []
    for block in text.strip().split("\n\n"):
        items = block.replace("\n  ", " ") if block.startswith("- ") else " ".join(block.split())
        blocks.append(items)
    return "\n\n".join(blocks)
