"""Every notebook, run as it is and compared with what is committed, on a stack of its own."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LIVE = "nbval-ignore-output"


def run(notebook, environment):
    """Runs a notebook under nbval and returns (how many cells passed, what pytest said)."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rfE", "--nbval", "--nbval-current-env",
         "--nbval-sanitize-with", str(Path(__file__).with_name("sanitize.cfg")),
         "--nbval-cell-timeout", "120", "-c", "/dev/null", "--rootdir", str(ROOT),
         "-p", "no:cacheprovider", "-p", "no:asyncio", str(notebook)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )  # fmt: skip
    passed = re.search(r"(\d+) passed", done.stdout)
    assert done.returncode == 0, f"{notebook.name}:\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    return int(passed[1]) if passed else 0


def code_cells(notebook):
    return [c for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("time", ["on a fresh stack", "again, on what the first run left"])
def test_the_notebook_shows_what_is_committed(notebook, time, lab):
    assert run(notebook, lab) == len(code_cells(notebook))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_was_run_in_order_without_an_error(notebook):
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_most_cells_are_compared(notebook):
    cells = code_cells(notebook)
    live = [cell for cell in cells if LIVE in cell.metadata.get("tags", [])]
    assert len(live) <= len(cells) / 4


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
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


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_of_the_machine_it_ran_on_is_committed(notebook):
    text = notebook.read_text(encoding="utf-8")
    for trace in (str(ROOT), "/tmp/", "/home/", "/root/", '"execution":'):
        assert trace not in text
    addresses = set(re.findall(r"127\.0\.0\.1:(\d+)", text))
    assert addresses <= {"8042", "19092", "5432", "8080"}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_fit_on_a_projector(notebook):
    for cell in code_cells(notebook):
        lines = cell.source.splitlines()
        assert len(lines) <= 40, cell.source
        assert max(map(len, lines)) <= 100, cell.source
