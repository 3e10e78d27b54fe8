"""Solved copies of notebooks."""

from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from eprlab.book import solving


@pytest.fixture
def notebook():
    starter = new_code_cell("def boats():\n    ...", execution_count=1)
    starter.outputs = [new_output("stream", text="not yet")]
    return new_notebook(
        cells=[
            new_code_cell("from eprlab.exercises import check"),
            new_markdown_cell('Complete it, then check("boats").'),
            starter,
            new_markdown_cell("Ready?"),
            new_code_cell('check("boats")'),
        ]
    )


def test_the_starter_before_a_check_becomes_the_solution(notebook, monkeypatch):
    monkeypatch.setattr(solving, "_definition", lambda id: SimpleNamespace(solution=f"{id} = 3"))
    solved = solving.solved(notebook)
    assert [cell.source for cell in solved.cells if cell.cell_type == "code"] == [
        "from eprlab.exercises import check",
        "boats = 3",
        'check("boats")',
    ]
    assert not any(cell.get("outputs") for cell in solved.cells)
    assert "..." in notebook.cells[2].source


def test_the_exercises_of_a_notebook_are_those_that_it_checks(notebook):
    assert solving.checked(notebook) == {"boats": 4}
