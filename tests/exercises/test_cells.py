"""The notebooks' cells are what the definitions say, and can be written anew at any time."""

import shutil
import subprocess
import sys
from dataclasses import replace

import nbformat
import pytest
from nbformat import v4

from eprlab.exercises import catalogue, cells
from eprlab.exercises.errors import CellsDrifted

SESSIONS = catalogue.course().sessions
each_session = pytest.mark.parametrize("session", SESSIONS, ids=lambda s: s.folder.name)


def opened(session):
    return nbformat.read(session.notebook, as_version=4)


def ours(notebook):
    return [cell for cell in notebook.cells if cells.KEY in cell.metadata]


@each_session
def test_no_cell_has_drifted_from_its_definition(session):
    assert list(cells.problems(opened(session), session)) == []


@each_session
def test_writing_again_changes_nothing_and_keeps_outputs(session):
    notebook = opened(session)
    before = nbformat.writes(notebook)
    cells.write(notebook, session)
    assert nbformat.writes(notebook) == before


@each_session
def test_cells_can_be_taken_out_and_written_back(session):
    notebook = opened(session)
    wanted = [(cell.id, cell.source) for cell in notebook.cells]
    notebook.cells = [cell for cell in notebook.cells if cells.KEY not in cell.metadata]
    assert list(cells.problems(notebook, session))
    cells.write(notebook, session)
    nbformat.validate(notebook)
    assert [(cell.id, cell.source) for cell in notebook.cells] == wanted


@each_session
@pytest.mark.parametrize("part", ["task", "starter", "check"])
def test_a_cell_that_was_edited_by_hand_is_noticed(session, part):
    notebook = opened(session)
    cell = next(c for c in ours(notebook) if c.metadata[cells.KEY]["part"] == part)
    cell.source += "\n# solved it"
    assert any(
        f"the {part} cell differs" in problem for problem in cells.problems(notebook, session)
    )


@each_session
def test_a_cell_that_was_moved_or_lost_or_is_nobodys_is_noticed(session):
    moved, lost, strange = opened(session), opened(session), opened(session)
    moved.cells.insert(0, moved.cells.pop(moved.cells.index(ours(moved)[-1])))
    lost.cells.remove(ours(lost)[-1])
    mark = {"exercise": "sail-away", "part": "starter"}
    strange.cells.append(v4.new_code_cell("", metadata={cells.KEY: mark}))
    assert any("order" in problem for problem in cells.problems(moved, session))
    assert any("no check cell" in problem for problem in cells.problems(lost, session))
    assert any("sail-away" in problem for problem in cells.problems(strange, session))


def test_a_section_that_is_not_there_is_named():
    session = SESSIONS[-1]
    part = catalogue.Part(minutes=1, section="Low tide")
    with pytest.raises(CellsDrifted, match="Low tide"):
        cells.write(opened(session), replace(session, parts=(part, *session.parts)))


def test_an_output_goes_with_its_code():
    session = SESSIONS[-1]
    notebook = opened(session)
    starter = next(c for c in ours(notebook) if c.metadata[cells.KEY]["part"] == "check")
    starter.outputs = [v4.new_output("stream", text="a boat")]
    before = starter.source
    cells.write(notebook, session)
    [after] = [cell for cell in ours(notebook) if cell.source == before]
    assert after.outputs[0].text == "a boat"


def test_the_command_writes_what_differs_and_nothing_else(tmp_path):
    root = catalogue.homes.checkout()
    for folder in ("exercises", "notebooks"):
        shutil.copytree(root / folder, tmp_path / folder)
    course = catalogue.course(tmp_path / "exercises")
    session = course.sessions[-1]
    wanted = [cell.source for cell in opened(session).cells]
    first = course.sessions[0].notebook.read_bytes()
    notebook = opened(session)
    ours(notebook)[2].source = "changed"
    nbformat.write(notebook, session.notebook)
    command = f"""
from pathlib import Path
from eprlab.exercises import catalogue
every = catalogue.course(Path({str(tmp_path / "exercises")!r}))
catalogue.course = lambda: every
from eprlab.cli import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", command, "exercises", "write"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert f"written    {session.notebook.name}" in said
    assert f"unchanged  {course.sessions[0].notebook.name}" in said
    assert [cell.source for cell in opened(session).cells] == wanted
    assert course.sessions[0].notebook.read_bytes() == first
