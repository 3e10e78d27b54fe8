"""Every notebook, run in every way that a learner may run it; see `journeys`."""

import re

import nbformat
import pytest

from tests.notebooks.journeys import AGAIN, ALONE, NOTEBOOKS, ROOT, SOLVED

LIVE = "nbval-ignore-output"
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(notebook):
    return [c for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code"]


def assert_leg(journey, leg):
    """Every code cell was run and passed; if not, the end of what was said is shown."""
    taken = journey.legs[leg]
    what = f"{journey.notebook.name}, {leg} ({taken.seconds:.0f} s); all of it, with the stack's logs, is in {journey.logs}"
    assert taken.succeeded, f"{what}\n{taken.report[-6000:]}"
    assert taken.passed == len(code_cells(journey.notebook)), f"{what}\n{taken.report[-2000:]}"


# The first test to ask waits for all legs of a notebook, and for the notebooks before it.
@pytest.mark.timeout(900)
@each_notebook
def test_alone_on_a_fresh_stack_without_any_tool_it_shows_what_is_committed(notebook, journey):
    assert_leg(journey(notebook), ALONE)


@pytest.mark.timeout(900)
@each_notebook
def test_run_again_on_what_the_first_run_left_it_shows_the_same(notebook, journey):
    assert_leg(journey(notebook), AGAIN)


@pytest.mark.timeout(900)
@each_notebook
def test_with_every_exercise_solved_every_check_passes(notebook, journey):
    assert_leg(journey(notebook), SOLVED)


@each_notebook
def test_every_cell_was_run_in_order_without_an_error(notebook):
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"]


@each_notebook
def test_most_cells_are_compared(notebook):
    cells = code_cells(notebook)
    live = [cell for cell in cells if LIVE in cell.metadata.get("tags", [])]
    assert len(live) <= len(cells) / 3


@each_notebook
def test_a_widget_has_its_state_and_a_picture_for_the_page(notebook):
    document = nbformat.read(notebook, as_version=4)
    widgets = document.metadata.get("widgets", {})
    state = widgets.get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    for cell in code_cells(notebook):
        for output in cell.outputs:
            view = output.get("data", {}).get("application/vnd.jupyter.widget-view+json")
            if view:
                assert view["model_id"] in state
                assert "text/html" in output.data


@each_notebook
def test_nothing_of_the_machine_it_ran_on_is_committed(notebook):
    text = notebook.read_text(encoding="utf-8")
    for trace in (str(ROOT), "/tmp/", "/home/", "/root/", '"execution":'):
        assert trace not in text
    addresses = set(re.findall(r"127\.0\.0\.1:(\d+)", text))
    assert addresses <= {"8042", "19092", "5432", "8080"}


@each_notebook
def test_cells_fit_on_a_projector(notebook):
    for cell in code_cells(notebook):
        lines = cell.source.splitlines()
        assert len(lines) <= 40, cell.source
        assert max(map(len, lines)) <= 100, cell.source
