"""Solved copies of notebooks."""

from types import SimpleNamespace

from nbformat.v4 import new_code_cell, new_notebook, new_output

from eprlab.book import solving


def part(source, part):
    return new_code_cell(source, metadata={"eprlab": {"exercise": "boats", "part": part}})


def test_the_starter_becomes_the_solution_and_nothing_is_left_of_the_run():
    starter = part("def boats():\n    ...", "starter")
    starter.outputs = [new_output("stream", text="not yet")]
    notebook = new_notebook(
        cells=[new_code_cell("import epr"), starter, part('check("boats")', "check")]
    )
    boats = SimpleNamespace(exercise=lambda id: SimpleNamespace(solution=f"{id} = 3"))

    solved = solving.solved(notebook, boats)

    assert [cell.source for cell in solved.cells] == ["import epr", "boats = 3", 'check("boats")']
    assert not any(cell.outputs for cell in solved.cells)
    assert "..." in notebook.cells[1].source


def test_the_exercises_of_a_notebook_are_those_with_a_starter():
    starter = part("boats = ...", "starter")
    notebook = new_notebook(cells=[starter, part('check("boats")', "check")])
    assert list(solving.starters(notebook)) == [("boats", starter)]
