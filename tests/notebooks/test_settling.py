"""A notebook that is run again differs from the saved one only where something has changed."""

import copy
from datetime import date
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from eprlab.book import record, refreshing
from eprlab.book.normalising import LIVE, patterns, tidy
from eprlab.book.settling import WIDGET_STATE, WIDGET_VIEW, name_widgets, settle
from eprlab.stack.status import StackStatus

SANITIZE = patterns(Path(__file__).with_name("sanitize.cfg"))
OLD, NEW = "01M872VE69Y9J0PFKH2WYPQXQ8", "01M872SCSF79M3F58SN68S61F0"
LIVELY = [LIVE]


def cell(name, text, source="receipts", tags=()):
    made = new_code_cell(source, id=name, metadata={"tags": list(tags)} if tags else {})
    made.outputs = [new_output("execute_result", {"text/plain": text}, execution_count=1)]
    return made


def shown(notebook):
    return [c.outputs[0].data["text/plain"] for c in notebook.cells if c.cell_type == "code"]


def test_a_run_that_showed_the_same_is_the_former_one_letter_by_letter():
    before = new_notebook(cells=[cell("a", f"{OLD} at 2026-11-24T12:32:40Z")])
    after = new_notebook(cells=[cell("a", f"{NEW} at 2027-01-02T03:04:05Z")])
    settle(before, after, SANITIZE)
    assert after == before


def test_a_changed_cell_names_the_same_things_as_the_cells_that_did_not_change():
    before = new_notebook(cells=[cell("a", OLD), cell("b", f"passed {OLD}")])
    after = new_notebook(cells=[cell("a", NEW), cell("b", f"FAILED {NEW}")])
    settle(before, after, SANITIZE)
    assert shown(after) == [OLD, f"FAILED {OLD}"]


def test_what_live_cells_show_is_new_but_fits_to_the_rest():
    before = new_notebook(cells=[cell("a", OLD), cell("b", "in 1 ms", tags=LIVELY)])
    after = new_notebook(cells=[cell("a", NEW), cell("b", f"{NEW} in 2 ms", tags=LIVELY)])
    settle(before, after, SANITIZE)
    assert shown(after) == [OLD, f"{OLD} in 2 ms"]


def test_a_value_that_stands_for_two_former_ones_stays_as_it_is():
    before = new_notebook(
        cells=[cell("a", "2026-11-24T12:00:00Z 2026-11-24T12:00:01Z"), cell("b", "1")]
    )
    after = new_notebook(
        cells=[cell("a", "2027-01-02T03:04:05Z " * 2), cell("b", "2027-01-02T03:04:05Z")]
    )
    after.cells[0].outputs[0].data["text/plain"] = "2027-01-02T03:04:05Z 2027-01-02T03:04:05Z"
    settle(before, after, SANITIZE)
    assert shown(after) == ["2026-11-24T12:00:00Z 2026-11-24T12:00:01Z", "2027-01-02T03:04:05Z"]


def test_new_moved_and_removed_cells_are_matched_by_their_id():
    before = new_notebook(cells=[cell("gone", "1"), cell("a", OLD), cell("b", "2")])
    after = new_notebook(
        cells=[cell("b", "2"), new_markdown_cell("said", id="m"), cell("c", NEW), cell("a", NEW)]
    )
    settle(before, after, SANITIZE)
    assert shown(after) == ["2", OLD, OLD]


def with_widgets(*names):
    """A run that made one widget inside another, and showed the outer one."""
    inner, outer = names
    notebook = new_notebook(cells=[cell("a", "a panel")])
    notebook.cells[0].outputs[0].data[WIDGET_VIEW] = {"model_id": outer, "version_major": 2}
    notebook.metadata["widgets"] = {
        WIDGET_STATE: {
            "state": {
                inner: {"state": {"value": "●"}},
                outer: {"state": {"children": [f"IPY_MODEL_{inner}"]}},
            },
            "version_major": 2,
        }
    }
    return nbformat.from_dict(notebook)


def test_widgets_are_named_by_the_order_of_their_making():
    one, other = with_widgets("5f" * 16, "a0" * 16), with_widgets("e1" * 16, "07" * 16)
    name_widgets(one)
    name_widgets(other)
    assert one == other
    state = one.metadata.widgets[WIDGET_STATE].state
    view = one.cells[0].outputs[0].data[WIDGET_VIEW]
    assert state[view.model_id].state.children == ["IPY_MODEL_widget-0001"]
    assert "widget-0001" in state


def test_a_kept_output_shows_a_widget_that_the_new_run_has():
    before, after = with_widgets("5f" * 16, "a0" * 16), with_widgets("e1" * 16, "07" * 16)
    name_widgets(after)
    settle(before, after, SANITIZE)
    view = after.cells[0].outputs[0].data[WIDGET_VIEW]
    assert view.model_id in after.metadata.widgets[WIDGET_STATE].state


STATUS = StackStatus("embedded", (), None)


def test_the_same_shown_against_other_versions_is_worth_a_new_record():
    before = new_notebook(cells=[cell("a", OLD)])
    after = copy.deepcopy(before)
    made = record.of_run(date(2026, 11, 24), 9.6, STATUS)
    assert refreshing.differs(before, after, made, SANITIZE)
    record.write(before, made)
    assert not refreshing.differs(
        before, after, record.of_run(date(2027, 1, 2), 12, STATUS), SANITIZE
    )
    before.metadata.eprlab.versions["Python"] = "3.9.2"
    assert refreshing.differs(before, after, made, SANITIZE)


def test_a_record_reads_as_a_line():
    made = record.Record("2026-11-24", 14, {"Python": "3.11.7", "Apache Kafka": "4.1.1"})
    notebook = new_notebook()
    record.write(notebook, made)
    assert record.read(notebook.metadata) == made
    assert str(made) == (
        "Last executed on 2026-11-24, against Python 3.11.7, Apache Kafka 4.1.1; took 14 s."
    )
    assert record.read({}) is None


def test_running_and_saving_twice_gives_the_same_file(tmp_path):
    path = tmp_path / "harbour.ipynb"
    cells = [
        ("a", "import hashlib, os\nhashlib.sha256(os.urandom(8)).hexdigest()"),
        ("b", "import datetime\ndatetime.datetime.now().isoformat()"),
        ("c", "import ipywidgets\nipywidgets.IntSlider(description='boats')"),
        ("d", "print('one')\nprint('two')"),
    ]
    nbformat.write(new_notebook(cells=[new_code_cell(text, id=name) for name, text in cells]), path)

    saved = []
    for _ in range(2):
        before, after = nbformat.read(path, as_version=4), refreshing.run(path)
        tidy(after, {})
        name_widgets(after)
        settle(before, after, SANITIZE)
        nbformat.write(after, path)
        saved.append(path.read_text(encoding="utf-8"))
    assert saved[0] == saved[1]
    assert "widget-0001" in saved[0]
