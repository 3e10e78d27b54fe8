from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from eprlab.book.normalising import LIVE, patterns, shows_the_same, tidy

SANITIZE = patterns(Path(__file__).with_name("sanitize.cfg"))


def notebook(*outputs, tags=()):
    cell = new_code_cell("client.events.latest(wheel)", outputs=list(outputs))
    cell.metadata["tags"] = list(tags)
    return new_notebook(cells=[cell])


def shown(text):
    return new_output("execute_result", {"text/plain": text}, execution_count=1)


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("01M872VE69Y9J0PFKH2WYPQXQ8", "01M872SCSF79M3F58SN68S61F0"),
        ("f" * 64, "0123456789abcdef" * 4),
        ("2026-11-24T12:32:40.388991Z", "2027-01-02 03:04:05"),
        ("tidetable/1.4.0/2026.11.3/py3-none-any", "tidetable/1.4.0/2027.1.12/py3-none-any"),
        ("partition 2, offset 41", "partition 0, offset 7"),
        ("http://127.0.0.1:8042", "http://127.0.0.1:8052"),
        ("epr-watcher-bb48c4d0fca6", "epr-watcher-367de59ecb2c"),
        ("<style>.plab{color:red}\n</style><p>", "<style>.plab{color:blue}</style><p>"),
        ("<function ship at 0x7fdc857b1580>", "<function ship at 0x7fdc855bf560>"),
    ],
)
def test_what_differs_by_nature_is_no_difference(one, other):
    assert shows_the_same(notebook(shown(one)), notebook(shown(other)), SANITIZE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("passed", "failed"),
        ("1.4.0", "1.4.1"),
        ("11 passed, 1 failed", "12 passed, 0 failed"),
        ("deadbeef", "deadbeee"),
    ],
)
def test_anything_else_is_a_difference(one, other):
    assert not shows_the_same(notebook(shown(one)), notebook(shown(other)), SANITIZE)


def test_a_changed_cell_or_a_missing_output_is_a_difference():
    assert not shows_the_same(notebook(shown("1")), notebook(), SANITIZE)
    changed = notebook(shown("1"))
    changed.cells[0].source += "  # now with a comment"
    assert not shows_the_same(notebook(shown("1")), changed, SANITIZE)


def test_live_cells_are_not_compared():
    assert shows_the_same(notebook(shown("1"), tags=[LIVE]), notebook(tags=[LIVE]), SANITIZE)
    assert not shows_the_same(notebook(tags=[LIVE]), notebook(), SANITIZE)


def test_a_run_is_tidied_of_its_machine():
    run = notebook(
        printed("· port 5432 is taken by postgres (process 19568); PostgreSQL uses 5442\n"),
        printed("✓ PostgreSQL\n"),
        printed("careful\n", name="stderr"),
        shown("http://127.0.0.1:8052 in /tmp/eprlab-x1"),
    )
    run.cells[0].metadata["execution"] = {"iopub.execute_input": "2026-11-24T15:00:00Z"}
    run.metadata["widgets"] = {"state": {"m1": {"value": "<b>127.0.0.1:8052</b>"}}}
    tidy(run, {"127.0.0.1:8052": "127.0.0.1:8042", "/tmp/eprlab-x1": ".lab"})
    cell = run.cells[0]
    assert "execution" not in cell.metadata
    assert [output.get("text") for output in cell.outputs[:2]] == ["✓ PostgreSQL\n", "careful\n"]
    assert cell.outputs[2].data["text/plain"] == "http://127.0.0.1:8042 in .lab"
    assert run.metadata.widgets.state.m1.value == "<b>127.0.0.1:8042</b>"
    nbformat.validate(run)
