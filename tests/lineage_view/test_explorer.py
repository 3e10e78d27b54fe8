"""What the explorer puts into a page: its data, its fallback, differences and boards."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from lineage_story import (
    ANNOUNCED,
    BROKE,
    BUILD,
    BUILT,
    DEPLOY,
    EVENTS,
    GATE,
    RECEIVERS,
    SCANNED,
    TESTS,
    WHEEL,
    event,
    group,
    message,
    other,
    receiver,
)

import epr_lineage
from epr_lineage import Kind, Lineage, State, UnknownNode, around, trace
from eprlab import history
from eprlab.lineage_view import Mark, compare, difference, draw, explore
from eprlab.lineage_view.boards import boards
from eprlab.lineage_view.columns import columns
from eprlab.lineage_view.document import PAYLOAD
from eprlab.lineage_view.layout import HEIGHT, WIDTH, place
from eprlab.lineage_view.text import visible

WHOLE = trace(EVENTS, RECEIVERS, [GATE], [ANNOUNCED])
UNIT = other(version="1.5.0", release="2026.11.2")
NEXT = [
    event(11, BUILD, unit=UNIT, description="wheel built"),
    event(12, TESTS, False, unit=UNIT, description="3 of 14 tests failed"),
    event(13, DEPLOY, unit=UNIT, description="deployed anyway"),
]
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    '"><img src=x onerror=alert(1)>',
    "</title></svg><iframe src=//evil.example>",
    "]]><!--",
    "\u2028\u2029",
    "\u202eright to left\u2069 \u200b\ufeff\u0007\ud83d \U000e0041",
    "__proto__",
]


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


def data_of(html: str) -> dict:
    (found,) = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found)


def test_the_page_holds_every_node_and_edge_and_how_influence_runs():
    data = data_of(explore(WHOLE, "tidetable 1.4.0")._repr_html_())
    shown = WHOLE.without(Kind.GROUP)
    assert [f"{n['kind']}:{n['key']}" for n in data["nodes"]] == [n.id for n in shown.nodes]
    assert len(data["edges"]) == len(shown.edges)
    flows = {edge["relation"]: edge["flow"] for edge in data["edges"]}
    assert flows["followed by"] == 0
    assert flows["satisfies"] == flows["triggered"] == 1
    assert all(edge["evidence"] for edge in data["edges"] if edge["rule"] != "L2")


def test_influence_in_the_page_is_that_of_the_package():
    index = epr_lineage.Index.of(history.records(history.tell(40)))
    lineage = epr_lineage.lineage_of(index)
    data = explore(lineage, hide=()).document
    arcs = set()
    for edge in data["edges"]:
        a, b = edge["ends"]
        arcs |= {(a, b)} if edge["flow"] in (1, 2) else set()
        arcs |= {(b, a)} if edge["flow"] in (-1, 2) else set()
    numbers = {node.id: n for n, node in enumerate(lineage.nodes)}
    expected = epr_lineage.graph.influence(lineage)
    assert arcs == {(numbers[a], numbers[b]) for a, b in expected.edges}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text_in_data_and_fallback(text):
    unit = WHEEL._replace(name=text, version=text, package=text)
    gate = group("G-GATE", text, ("R-BUILD", "R-MISSING"), type=text)
    events = [
        event(n, "R-BUILD", n == 1, unit=unit, description=text, payload={text: [text]})
        for n in (1, 2)
    ]
    lineage = trace(events, [receiver("R-BUILD", text, text)], [gate], [message(1, events[1])])
    calm = explore(WHOLE, "calm", records=EVENTS)._repr_html_()
    for page in (
        explore(lineage, text, records=events)._repr_html_(),
        compare(WHOLE, lineage, text, records=events)._repr_html_(),
    ):
        assert page.count("<script") == page.count("</script") == calm.count("<script")
        elements = Elements(page).elements
        assert {tag for tag, _ in elements} <= {tag for tag, _ in Elements(calm).elements}
        assert not [a for _, attributes in elements for a in attributes if a.startswith("on")]
        assert visible(page) == page
        data = data_of(page)
        assert visible(text) in data["title"]
        assert any(visible(text) in node["label"] for node in data["nodes"])


def test_payloads_are_text_and_cut_where_they_are_long():
    long = replace(BUILT, payload={"log": "x" * (PAYLOAD + 1000)})
    data = explore(WHOLE, records=[long, SCANNED]).document
    number = next(n for n, node in enumerate(data["nodes"]) if node["key"] == BUILT.id)
    record = data["records"][str(number)]
    assert len(record["payload"]) == PAYLOAD
    assert record["cut"] > 1000
    assert ["description", "wheel built"] in record["fields"]
    assert len(data["records"]) == 2


def test_all_payloads_together_have_a_limit(monkeypatch):
    monkeypatch.setattr("eprlab.lineage_view.document.PAYLOADS", 100)
    records = [replace(one, payload={"log": "y" * 90}) for one in EVENTS]
    said = explore(WHOLE, records=records).document["records"].values()
    assert sum(len(record["payload"]) for record in said) == 100
    assert sum(record["cut"] for record in said) > 300


def test_without_a_script_there_is_the_drawing_and_its_table():
    page = explore(WHOLE, "tidetable")._repr_html_()
    fallback = re.search(r'<div class="plab-fallback">(.*?)</div><script', page, re.DOTALL)[1]
    drawn = re.search(r"<svg class=\"plab-drawing\".*?</svg>", fallback, re.DOTALL)[0]
    assert drawn == draw(WHOLE, "tidetable").svg
    assert "<table>" in fallback
    assert "is open, satisfied by" in fallback


def test_the_same_records_make_the_same_page():
    again = trace(EVENTS[::-1], RECEIVERS[::-1], [GATE], [ANNOUNCED])
    one, two = (explore(x, "t", records=EVENTS)._repr_html_() for x in (WHOLE, again))
    assert one == two


def test_a_focus_that_is_not_there_is_refused():
    with pytest.raises(UnknownNode):
        explore(WHOLE, focus="event:E99")
    data = explore(WHOLE, focus="event:E05", hops=1).document
    assert data["nodes"][data["focus"]]["key"] == "E05"


def test_what_is_left_out_is_counted():
    index = epr_lineage.Index.of(RECEIVERS, [GATE], EVENTS)
    part, hidden = around(index, "event:E03", hops=3, limit=5)
    assert hidden > 0
    explorer = explore(part, hidden=hidden)
    assert explorer.document["hidden"] == hidden
    assert f"{hidden} more nodes are not here" in repr(explorer)


def test_of_a_long_history_the_newest_part_hangs_together(monkeypatch):
    monkeypatch.setattr("eprlab.lineage_view.explorer.LIMIT", 300)
    index = epr_lineage.Index.of(history.records(history.tell(400)))
    explorer = explore(epr_lineage.lineage_of(index))
    assert len(explorer.lineage.nodes) == 300
    assert explorer.hidden > 0
    oldest = min(n.recorded_at for n in explorer.lineage.nodes if n.recorded_at)
    joined = {end for edge in explorer.lineage.edges for end in (edge.source, edge.target)}
    alone = [n for n in explorer.lineage.nodes if n.id not in joined]
    assert len(alone) < 15
    assert all(e.created_at <= oldest or f"event:{e.id}" in explorer.lineage for e in index)


# ---------------------------------------------------------------------------- many nodes


def test_many_nodes_stand_in_columns_without_overlap():
    index = epr_lineage.Index.of(history.records(history.tell(700)))
    lineage = epr_lineage.lineage_of(index)
    layout = place(lineage)
    assert len(lineage.nodes) > 1000
    assert not layout.routed
    assert len(set(layout.centres.values())) == len(lineage.nodes)
    for x, y in layout.centres.values():
        assert WIDTH / 2 <= x <= layout.width - WIDTH / 2
        assert HEIGHT / 2 <= y <= layout.height - HEIGHT / 2
    assert place(lineage) == layout


def test_columns_follow_the_arcs_and_survive_circles():
    arcs = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "c"), ("d", "d")]
    layers = columns(["a", "b", "c", "d", "x"], arcs)
    at = {node: n for n, layer in enumerate(layers) for node in layer}
    assert at["a"] < at["b"] < at["c"]
    assert at["x"] == at["c"] - 1
    assert set(at) == set("abcdx")
    assert columns([], []) == []


# ----------------------------------------------------------------------------- differences


def test_two_releases_are_matched_by_the_part_that_each_node_plays():
    before = trace(EVENTS[:4], RECEIVERS, [GATE])
    found = difference(before, trace(NEXT, RECEIVERS, [GATE]))
    marks = {(n.kind.value, n.label, n.state.value): found.marks[n.id] for n in found.lineage.nodes}
    assert marks["event", "tidetable-build", "success"] is Mark.SAME
    assert marks["event", "tidetable-unit-tests", "failure"] is Mark.CHANGED
    assert marks["event", "tidetable-unit-tests", "success"] is Mark.REMOVED
    assert marks["event", "tidetable-scan", "success"] is Mark.REMOVED
    assert marks["event", "tidetable-deploy", "success"] is Mark.ADDED
    assert marks["artifact", "tidetable 1.5.0", ""] is Mark.CHANGED
    assert marks["gate", "tidetable-release-gate", "shut"] is Mark.CHANGED
    assert found.was["event:E12"].key == BROKE.id
    assert "1 added" not in str(found) or found.count(Mark.ADDED) == 1


def test_a_lineage_does_not_differ_from_itself():
    found = difference(WHOLE, WHOLE)
    assert found.lineage == WHOLE
    assert set(found.marks.values()) == set(found.edge_marks) == {Mark.SAME}


def test_the_union_has_every_edge_of_both_once():
    before, after = trace(EVENTS, RECEIVERS, [GATE], [ANNOUNCED]), trace(NEXT, RECEIVERS, [GATE])
    found = difference(before, after)
    count = {mark: found.edge_marks.count(mark) for mark in Mark}
    assert count[Mark.SAME] + count[Mark.REMOVED] == len(before.edges)
    assert count[Mark.SAME] + count[Mark.ADDED] == len(after.edges)
    ids = [node.id for node in found.lineage.nodes]
    assert len(ids) == len(set(ids)) == len(found.marks)
    assert all({e.source, e.target} <= set(ids) for e in found.lineage.edges)


def test_nothing_and_something_differ_in_everything():
    empty = Lineage((), ())
    assert set(difference(empty, WHOLE).marks.values()) == {Mark.ADDED}
    assert set(difference(WHOLE, empty).marks.values()) == {Mark.REMOVED}
    assert "0 more" not in repr(compare(empty, empty))


def test_a_difference_is_said_in_words_and_not_by_colour_alone():
    data = compare(trace(EVENTS[:4], RECEIVERS, [GATE]), trace(NEXT, RECEIVERS, [GATE])).document
    notes = {node.get("mark"): node.get("note") for node in data["nodes"]}
    assert notes == {None: None, "added": "+ added", "removed": "− removed", "changed": "≠ changed"}
    changed = next(n for n in data["nodes"] if n.get("was") and n["kind"] == "event")
    assert changed["was"] == "event tidetable-unit-tests (✗ 1 of 12 tests failed)"


# ------------------------------------------------------------------------------------ gates


def test_a_board_shows_each_receiver_with_its_receipts_in_order():
    (board,) = boards(WHOLE)
    assert board.whole
    standing = {
        row.receiver.label: (row.standing, [r.key for r in row.receipts]) for row in board.rows
    }
    assert standing == {
        "tidetable-build": (State.SUCCESS, ["E01"]),
        "tidetable-unit-tests": (State.SUCCESS, ["E02", "E03"]),
        "tidetable-scan": (State.SUCCESS, ["E04"]),
    }


def test_a_board_of_a_part_says_that_it_is_not_whole():
    part = WHOLE.keep({n.id for n in WHOLE.nodes if n.id != "event:E04"})
    (board,) = boards(part)
    assert board.gate.state is State.OPEN
    assert not board.whole


def test_a_board_without_the_group_goes_by_the_gates_own_edges():
    (board,) = boards(trace([BUILT, BROKE], RECEIVERS, [GATE]).without(Kind.GROUP))
    assert {row.receiver.label: row.standing for row in board.rows} == {
        "tidetable-build": State.SUCCESS,
        "tidetable-unit-tests": State.FAILURE,
        "tidetable-scan": State.NONE,
    }


# ----------------------------------------------------------------------------------- widget


def test_the_widget_carries_the_explorer_beside_itself_and_knows_its_nodes():
    widget = explore(WHOLE, "tidetable").widget()
    data, _ = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"] == explore(WHOLE, "tidetable")._repr_html_()
    assert json.loads(widget.document)["title"] == "tidetable"
    widget.selected = "event:E05"
    with pytest.raises(UnknownNode):
        widget.selected = "event:E99"
    assert widget.selected == "event:E05"


def test_an_empty_lineage_can_be_explored():
    explorer = explore(Lineage((), ()))
    data = data_of(explorer._repr_html_())
    assert (data["nodes"], data["edges"], data["gates"]) == ([], [], [])
    ET.fromstring(draw(Lineage((), ())).standalone)
