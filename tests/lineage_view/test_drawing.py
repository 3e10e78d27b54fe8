import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from lineage_story import (
    ANNOUNCED,
    BROKE,
    BUILT,
    EVENTS,
    GATE,
    RECEIVERS,
    WHEEL,
    event,
    group,
    message,
    receiver,
)

import epr
from epr_lineage import Kind, Lineage, trace
from eprlab.lineage_view import draw
from eprlab.lineage_view.layout import HEIGHT, WIDTH, place
from eprlab.lineage_view.shapes import outline

WHOLE = trace(EVENTS, RECEIVERS, [GATE], [ANNOUNCED])
SVG = "{http://www.w3.org/2000/svg}"


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text that a reader sees."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.text, self._in = [], "", []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._in.append(tag)

    def handle_endtag(self, tag):
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"script", "style"} & set(self._in):
            self.text += data


def parsed(figure):
    return ET.fromstring(figure.standalone)


def test_the_drawing_is_well_formed_and_shows_every_node_and_edge():
    figure = draw(WHOLE, "tidetable 1.4.0")
    root = parsed(figure)
    shown = WHOLE.without(Kind.GROUP)
    assert len(root.findall(f".//{SVG}g[@data-node]")) == len(shown.nodes)
    assert len(root.findall(f".//{SVG}path[@data-edge]")) == len(shown.edges)
    labels = [text.text for text in root.iter(f"{SVG}text")]
    assert {"tidetable 1.4.0", "tidetable-release-gate", "plab.gate.release"} <= set(labels)
    assert "✗ 1 of 12 tests failed" in labels


def test_it_says_in_words_what_it_shows():
    root = parsed(draw(WHOLE, "How tidetable got through"))
    assert root.get("role") == "img"
    named = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    title, text = (named[part] for part in root.get("aria-labelledby").split())
    assert title == "How tidetable got through"
    assert "5 events about tidetable 1.4.0, 1 of them failed." in text
    assert "is open, satisfied by tidetable-build, tidetable-unit-tests and tidetable-scan" in text
    shut = repr(draw(trace([BUILT, BROKE], RECEIVERS, [GATE])))
    assert "is shut and waits for tidetable-unit-tests and tidetable-scan" in shut


def test_every_edge_names_its_rule_and_its_evidence():
    for path in parsed(draw(WHOLE)).iterfind(f".//{SVG}path[@data-edge]"):
        said = path.find(f"{SVG}title").text
        assert re.search(r"\(rule L\d, (declared|referenced|inferred): .*evidence: E0\d", said)


def test_the_same_records_draw_the_same_text():
    again = trace(EVENTS[::-1], RECEIVERS[::-1], [GATE], [ANNOUNCED])
    assert draw(again, "t")._repr_html_() == draw(WHOLE, "t")._repr_html_()


def test_only_ids_differ_between_two_runs_of_the_same_story():
    """Ids have a fixed length and are in no coordinate, so a saved output can be compared."""
    rename = {one.id: f"Z{number}" for number, one in enumerate(EVENTS)}
    renamed = [replace(one, id=rename[one.id]) for one in EVENTS]
    announced = message(7, renamed[3], GATE)
    renamed[4] = replace(renamed[4], payload=epr.caused_by(announced, {}))
    second = draw(trace(renamed, RECEIVERS, [GATE], [announced]))._repr_html_()
    first = draw(WHOLE)._repr_html_()
    for old, new in rename.items():
        first = first.replace(old, new)
    assert first == second


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></svg><iframe src=//evil.example>",
    "]]><!--",
    "&lt;b&gt; & 'quotes' \"both\"",
    "javascript:alert(1)",
    "x" * 5000,
    "\u202eright to left\u2069 and \ufeff, \u0007, \ud83d",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_from_outside_stays_text(text):
    unit = WHEEL._replace(name=text, version=text, release=text, package=text)
    gate = group("G-GATE", text, ("R-BUILD", "R-MISSING"), type=text)
    events = [event(n, "R-BUILD", n == 1, unit=unit, description=text) for n in (1, 2)]
    build = receiver("R-BUILD", text, text)
    lineage = trace(events, [build], [gate], [message(1, events[1], type=text)])
    figure = draw(lineage, title=text)
    safe, calm = Elements(figure._repr_html_()), Elements(draw(WHOLE)._repr_html_())
    assert {tag for tag, _ in safe.elements} <= {tag for tag, _ in calm.elements}
    attributes = {name for _, attrs in safe.elements for name in attrs}
    assert attributes <= {name for _, attrs in calm.elements for name in attrs}
    assert sum(tag == "script" for tag, _ in safe.elements) == 1
    parsed(figure)


def test_boxes_do_not_overlap_and_stay_inside():
    layout = place(WHOLE.without(Kind.GROUP))
    centres = list(layout.centres.values())
    for number, (x, y) in enumerate(centres):
        assert WIDTH / 2 <= x <= layout.width - WIDTH / 2
        assert HEIGHT / 2 <= y <= layout.height - HEIGHT / 2
        for u, v in centres[number + 1 :]:
            assert abs(x - u) >= WIDTH or abs(y - v) >= HEIGHT


def test_time_runs_down_the_column_of_receipts_and_on_to_the_right():
    at = place(WHOLE.without(Kind.GROUP)).centres
    column = [at[f"event:E0{n}"] for n in (1, 2, 3, 4)]
    assert len({x for x, _ in column}) == 1
    assert [y for _, y in column] == sorted(y for _, y in column)
    gate = at[f"gate:G-GATE {WHEEL}"]
    message, deployed = at["message:epr.dev.events/0/7"], at["event:E05"]
    assert column[0][0] < gate[0] < message[0] < deployed[0]


def test_each_kind_has_a_shape_of_its_own():
    assert len({outline(kind, 100, 40) for kind in Kind}) == len(Kind)


def test_the_legend_explains_what_is_drawn_and_nothing_else():
    page = Elements(draw(trace([BUILT]))._repr_html_()).text
    assert "declared" in page
    assert "gate" not in page


def test_the_table_has_a_row_for_each_edge():
    page = Elements(draw(WHOLE)._repr_html_())
    rows = sum(tag == "tr" for tag, _ in page.elements)
    assert rows == len(WHOLE.without(Kind.GROUP).edges) + 1
    assert sum(attrs.get("scope") == "col" for tag, attrs in page.elements if tag == "th") == 6


def test_of_a_long_history_the_newest_is_drawn_and_the_rest_counted():
    lineage = trace([event(n, "R-BUILD") for n in range(300)], RECEIVERS)
    figure = draw(lineage)
    assert len(figure.lineage.nodes) == 200
    assert figure.hidden == 102
    assert "102 more nodes are not drawn" in Elements(figure._repr_html_()).text
    assert "event:E299" in figure.lineage
    assert "event:E10" not in figure.lineage


def test_an_empty_lineage_is_a_picture_of_nothing():
    assert "0 events about nothing" in repr(draw(Lineage((), ())))
    parsed(draw(Lineage((), ())))
