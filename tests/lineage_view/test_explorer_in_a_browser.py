"""The explorer's script in a real browser: by mouse, by keyboard, without the network."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import networkx
import pytest
from axe_playwright_python.sync_playwright import Axe
from lineage_story import (
    ANNOUNCED,
    BROKE,
    BUILD,
    BUILT,
    DEPLOY,
    EVENTS,
    GATE,
    RECEIVERS,
    TESTS,
    event,
    other,
    receiver,
)
from playwright.sync_api import expect

import epr_lineage
from epr_lineage import Kind, trace
from eprlab import history
from eprlab.lineage_view import compare, draw, explore
from eprlab.lineage_view.explorer import script

WHOLE = trace(EVENTS, RECEIVERS, [GATE], [ANNOUNCED])
SHOWN = len(WHOLE.without(Kind.GROUP).nodes)
HOSTILE = '</script><img src=x onerror="window.hurt=1">'
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def look(browser, tmp_path):
    """A function that opens outputs as a page and gives the page; it fails at the end for anything
    that the console reports, and for any request but that for the page itself."""
    opened = []

    def look(*outputs, script: bool = True, **options):
        parts = "".join(one if isinstance(one, str) else one._repr_html_() for one in outputs)
        file = tmp_path / "page.html"
        file.write_text(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><body>{parts}</body></html>',
            encoding="utf-8",
        )
        context = browser.new_context(offline=True, java_script_enabled=script, **options)
        page = context.new_page()
        said, asked = [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        opened.append((context, said, asked, file.as_uri()))
        if script:
            page.wait_for_function(
                "document.querySelectorAll('.plab-explorer:not([data-ready])').length === 0"
            )
        return page

    yield look
    for context, said, asked, address in opened:
        context.close()
        assert said == []
        assert [
            url for url in asked if url != address and not url.startswith(("blob:", "data:"))
        ] == []


def labels(page) -> list[str]:
    """The labels of the nodes that are shown."""
    return sorted(
        page.locator(".plab-canvas .plab-node").evaluate_all(
            "nodes => nodes.map(node => node.getAttribute('aria-label'))"
        )
    )


def status(page) -> str:
    return page.get_by_role("status").inner_text()


def shown(page) -> str:
    return page.locator(".plab-shown").inner_text()


def choose(page, label: str) -> None:
    page.get_by_role("button", name=re.compile(re.escape(label))).first.click()


def test_everything_is_shown_and_the_fallback_is_gone(look):
    page = look(explore(WHOLE, "tidetable"))
    assert len(labels(page)) == SHOWN
    assert page.locator(".plab-canvas .plab-edge").count() == len(WHOLE.without(Kind.GROUP).edges)
    assert page.locator(".plab-fallback").count() == 0
    assert shown(page) == f"{SHOWN} of {SHOWN} nodes shown."


def test_without_a_script_the_drawing_and_the_table_are_there(look):
    page = look(explore(WHOLE, "tidetable"), script=False)
    assert page.get_by_role("img", name="tidetable").is_visible()
    assert page.get_by_role("table").is_visible()


def test_choosing_traces_and_tells(look):
    page = look(explore(WHOLE, "tidetable", records=EVENTS))
    choose(page, "tidetable-deploy, ✓ deployed, event")
    assert status(page) == ("event tidetable-deploy, ✓ deployed. 5 led to it, it led to 2.")
    drawer = page.get_by_role("complementary", name="Details")
    assert "triggered this" in drawer.inner_text()
    assert "rule L7, declared" in drawer.inner_text()
    assert "evidence: E05" in drawer.inner_text()
    assert (
        '"cause"' in drawer.get_by_label("Payload").inner_text()
        or "epr" in drawer.get_by_label("Payload").inner_text()
    )
    drawer.get_by_role("button", name="Close details").click()
    assert drawer.is_hidden()


def test_search_counts_marks_and_goes_to_the_next(look):
    page = look(explore(WHOLE, "tidetable"))
    find = page.get_by_role("searchbox", name="Find nodes")
    find.fill("tests event")
    assert "2 found" in status(page)
    assert page.locator(".plab-hit").count() == 2
    find.press("Enter")
    first = status(page)
    find.press("Enter")
    assert status(page) != first
    assert "tidetable-unit-tests" in status(page)
    find.fill("no such thing")
    assert "0 found" in status(page)
    find.press("Escape")
    assert page.locator(".plab-hit").count() == 0


def test_kinds_can_be_switched_off_and_what_is_hidden_is_counted(look):
    page = look(explore(WHOLE, "tidetable"))
    page.get_by_role("checkbox", name="receiver (4)").uncheck()
    assert not [label for label in labels(page) if "receiver" in label]
    assert shown(page) == f"{SHOWN - 4} of {SHOWN} nodes shown; hidden: 4 of a kind switched off."
    page.get_by_role("searchbox").fill("receiver plab.scan")
    assert "0 found, 1 more hidden" in page.locator(".plab-bar").first.inner_text()


def test_depth_counts_hops_in_both_directions(look):
    page = look(explore(WHOLE, "tidetable", focus="event:E05", hops=1))
    assert "2 within" not in shown(page)
    near = labels(page)
    assert "tidetable-deploy, ✓ deployed, event, chosen" in near
    assert [label for label in near if label.endswith("1 before")]
    assert not [label for label in near if label.endswith("2 before")]
    page.get_by_label("Hops before").fill("3")
    far = labels(page)
    assert "tidetable-release-gate, open for tidetable 1.4.0, gate, 2 before" in far
    assert len([label for label in far if label.endswith("3 before")]) == 3
    assert "further away" in shown(page)
    page.get_by_role("button", name="Show everything").click()
    assert len(labels(page)) == SHOWN


def test_only_the_path_between_two_nodes(look):
    page = look(explore(WHOLE, "tidetable"))
    choose(page, "tidetable-scan, ✓ no findings, event")
    page.get_by_role("button", name="Path from here").click()
    assert "Now choose where it ends" in status(page)
    choose(page, "tidetable-deploy, ✓ deployed, event")
    page.get_by_role("button", name="Path to here").click()
    assert [label.split(",")[0] for label in labels(page)] == [
        "plab.gate.release", "tidetable-deploy", "tidetable-release-gate", "tidetable-scan"
    ]  # fmt: skip
    assert "the shortest has 3 hops" in status(page)


def test_nodes_that_nothing_joins_have_no_path(look):
    alone = receiver("R-ALONE", "gull-watch", "plab.gull")
    lineage = trace([BUILT, event(9, alone, unit=other(name="gull"))], [*RECEIVERS, alone])
    page = look(explore(lineage, "two stories"))
    choose(page, "tidetable 1.4.0")
    page.get_by_role("button", name="Path from here").click()
    choose(page, "gull 1.4.0")
    page.get_by_role("button", name="Path to here").click()
    assert "Nothing joins tidetable 1.4.0 and gull 1.4.0" in status(page)


def test_the_critical_path_goes_back_to_what_came_last(look):
    page = look(explore(WHOLE, "tidetable"))
    choose(page, "tidetable-deploy, ✓ deployed, event")
    page.get_by_role("button", name="Critical path to it").click()
    assert [label.split(",")[0] for label in labels(page)] == [
        "plab.gate.release", "tidetable-deploy", "tidetable-release-gate", "tidetable-scan"
    ]  # fmt: skip
    assert "2 events in 60.0 s by the registry's clock" in status(page)
    assert "the longest wait was for tidetable-deploy, 60.0 s" in status(page)


def test_the_slider_shows_what_was_known_and_how_the_gate_stood(look):
    page = look(explore(WHOLE, "tidetable"))
    slider = page.get_by_role("slider", name="As of")
    assert slider.get_attribute("aria-valuetext") == "now (everything)"
    slider.fill("1")  # the build and the failed tests
    assert "2026-11-24 08:02:00" in slider.get_attribute("aria-valuetext")
    known = labels(page)
    assert "tidetable-unit-tests, ✗ 1 of 12 tests failed, event" in known
    assert "tidetable-unit-tests, ✓ 12 tests passed, event" not in known
    assert "not yet recorded" in shown(page)
    page.get_by_text("Gates (1)").click()
    gates = page.get_by_role("region", name="Gates")
    stands = gates.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [row.cells[1].innerText, row.cells[2].innerText, row.cells[3].innerText])"
    )
    assert stands == [
        ["shut", "tidetable-build", "✓ passed"],
        ["shut", "tidetable-unit-tests", "✗ failed"],
        ["shut", "tidetable-scan", "○ never arrived"],
    ]
    slider.fill("2")
    assert "✓ passed" in gates.locator("tbody tr").nth(1).inner_text()
    gate = [label for label in labels(page) if ", gate" in label]
    assert gate == ["tidetable-release-gate, shut for tidetable 1.4.0, gate"]
    slider.press("End")
    assert len(labels(page)) == SHOWN
    assert "open" in gates.locator("tbody tr").first.inner_text()


def test_as_of_agrees_with_the_package_at_every_moment(look):
    index = epr_lineage.Index.of(history.records(history.tell(25)))
    lineage = epr_lineage.lineage_of(index).without(Kind.GROUP, Kind.GATE)
    page = look(explore(lineage, "history"))
    slider = page.get_by_role("slider", name="As of")
    moments = sorted(
        {one.recorded_at for one in (*lineage.nodes, *lineage.edges) if one.recorded_at}
    )
    assert slider.get_attribute("max") == str(len(moments) - 1)
    for number in (0, len(moments) // 3, len(moments) // 2, len(moments) - 2):
        slider.fill(str(number))
        known = epr_lineage.known_at(lineage, moments[number].replace(tzinfo=UTC))
        assert len(labels(page)) == len(known.nodes)
        assert page.locator(".plab-canvas .plab-edge").count() == len(known.edges)


def test_differences_are_marked_and_can_be_shown_alone(look):
    unit = other(version="1.5.0")
    later = [
        event(11, BUILD, unit=unit, description="wheel built"),
        event(12, TESTS, False, unit=unit, description="3 of 14 tests failed"),
        event(13, DEPLOY, unit=unit, description="deployed anyway"),
    ]
    page = look(compare(trace(EVENTS[:4], RECEIVERS, [GATE]), trace(later, RECEIVERS, [GATE])))
    marked = labels(page)
    assert "tidetable-scan, ✓ no findings, event, − removed" in marked
    assert "tidetable-deploy, ✓ deployed anyway, event, + added" in marked
    assert page.locator(".plab-note", has_text="≠ changed").count() >= 2
    choose(page, "tidetable-unit-tests, ✗ 3 of 14 tests failed")
    assert "✗ 1 of 12 tests failed" in page.get_by_role("complementary").inner_text()
    page.get_by_role("checkbox", name="only what differs").check()
    assert "without a difference" in shown(page) or len(labels(page)) == len(marked)
    page.get_by_text("Tables: the same data").click()
    assert "− removed" in page.get_by_role("region", name="Edges").inner_text()


def test_the_keyboard_does_everything(look):
    page = look(explore(WHOLE, "tidetable"))
    assert page.locator(".plab-canvas [tabindex='0']").count() == 1  # one tab stop

    def focused() -> str:
        return page.evaluate("document.activeElement.getAttribute('aria-label')")

    page.locator(".plab-canvas [tabindex='0']").focus()
    press = page.keyboard.press
    press("Home")
    first = focused()
    seen = {first}
    for _ in range(SHOWN - 1):
        press("ArrowDown")
        seen.add(focused())
    assert len(seen) == SHOWN  # every node can be reached
    assert page.locator(".plab-canvas [tabindex='0']").count() == 1
    press("Home")
    assert focused() == first
    press("ArrowRight")
    assert focused() != first
    press("ArrowLeft")
    press("End")
    assert "tidetable-deploy" in focused()
    press("Enter")
    assert "led to it" in status(page)
    press("c")
    assert "Critical path" in status(page)
    assert "tidetable-deploy" in focused()
    press("x")
    assert len(labels(page)) == SHOWN
    press("a")
    assert "Around tidetable-deploy" in status(page)
    press("x")
    press("s")
    press("Home")
    press("e")
    assert "way" in status(page) or "joins" in status(page)
    press("x")
    before = page.locator(".plab-canvas").get_attribute("viewBox")
    press("+")
    assert page.locator(".plab-canvas").get_attribute("viewBox") != before
    press("0")
    assert page.locator(".plab-canvas").get_attribute("viewBox") == before
    press("Escape")
    assert page.get_by_role("complementary", name="Details").is_hidden()
    press("/")
    assert focused() == "Find nodes"
    keys = page.get_by_text("Keys", exact=True)
    keys.click()
    for name in ("Tab", "Enter, Space", "Home End", "Escape"):
        assert page.locator(".plab-keys dt", has_text=name).first.is_visible()


def test_the_mouse_moves_and_zooms_without_taking_the_pages_wheel(look):
    page = look(explore(WHOLE, "tidetable"))
    canvas = page.locator(".plab-canvas")
    box, before = canvas.bounding_box(), canvas.get_attribute("viewBox")
    x, y = box["x"] + 5, box["y"] + 5
    page.mouse.move(x, y)
    page.mouse.wheel(0, 100)
    assert canvas.get_attribute("viewBox") == before
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    moved = canvas.get_attribute("viewBox")
    assert moved != before
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_function(
        f"document.querySelector('.plab-canvas').getAttribute('viewBox') !== {moved!r}"
    )
    page.get_by_role("button", name="Fit").click()
    assert canvas.get_attribute("viewBox") == before


def test_an_edge_tells_its_rule_and_its_evidence(look):
    page = look(explore(WHOLE, "tidetable"))
    line = page.locator(".plab-edge[data-rule=L7]")
    x, y = line.evaluate(
        "path => { const p = path.getPointAtLength(path.getTotalLength() / 2), m = path.getScreenCTM();"
        " return [p.x * m.a + m.e, p.y * m.d + m.f]; }"
    )
    page.mouse.click(x, y)
    assert "plab.gate.release triggered tidetable-deploy: rule L7, declared" in status(page)
    assert "E05" in page.get_by_role("complementary").inner_text()


def test_the_tables_sort_and_choose(look):
    page = look(explore(WHOLE, "tidetable"))
    page.get_by_text("Tables: the same data").click()
    nodes = page.get_by_role("region", name="Nodes")
    expect(nodes.locator("tbody tr")).to_have_count(SHOWN)  # filled once it is unfolded
    heading = nodes.get_by_role("button", name="recorded")
    heading.click()
    assert nodes.locator("th[aria-sort=ascending]").inner_text().startswith("recorded")
    heading.click()
    latest = nodes.locator("tbody tr").first
    assert "tidetable-deploy" in latest.inner_text()
    latest.get_by_role("button").click()
    assert "event tidetable-deploy" in status(page)
    edges = page.get_by_role("region", name="Edges")
    assert edges.locator("tbody tr").count() == len(WHOLE.without(Kind.GROUP).edges)


def saved(page, button: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return download.value.path().read_bytes()


def test_what_is_saved_is_what_is_shown_and_can_be_read(look):
    page = look(explore(WHOLE, "tidetable 1.4.0"))
    page.get_by_role("checkbox", name="receiver (4)").uncheck()
    expected = WHOLE.without(Kind.GROUP, Kind.RECEIVER)

    graph = networkx.read_graphml(io.BytesIO(saved(page, "GraphML")))
    assert set(graph) == {node.id for node in expected.nodes}
    assert graph.number_of_edges() == len(expected.edges)
    assert graph.nodes["event:E05"]["label"] == "tidetable-deploy"

    nodes = list(csv.DictReader(io.StringIO(saved(page, "CSV nodes").decode())))
    assert [row["id"] for row in nodes if row["id"] == "event:E02"] == ["event:E02"]
    assert len(nodes) == len(expected.nodes)
    edges = list(csv.DictReader(io.StringIO(saved(page, "CSV edges").decode())))
    assert {(row["source"], row["rule"], row["target"]) for row in edges} == {
        (edge.source, edge.rule, edge.target) for edge in expected.edges
    }

    picture = ET.fromstring(saved(page, "SVG"))
    assert len(picture.findall(f".//{SVG}g[@data-node]")) == len(expected.nodes)
    assert {"tidetable 1.4.0", "plab.gate.release"} <= {t.text for t in picture.iter(f"{SVG}text")}
    assert picture.find(f"{SVG}desc").text.startswith("tidetable 1.4.0: 5 events")

    image = saved(page, "PNG")
    assert image.startswith(b"\x89PNG")
    width = int.from_bytes(image[16:20], "big")
    assert width == round(2 * float(picture.get("width")))
    assert "Saved PNG" in status(page)


def test_hostile_text_is_text_on_the_page_and_in_every_file(look):
    unit = other(name=HOSTILE, version="=1+1")
    events = [
        event(n, BUILD, unit=unit, description=HOSTILE, payload={HOSTILE: HOSTILE}) for n in (1, 2)
    ]
    lineage = trace(events, [receiver("R-BUILD", "=HYPERLINK(1)", HOSTILE)])
    page = look(explore(lineage, HOSTILE, records=events))
    choose(page, "=HYPERLINK(1), ✓")
    assert HOSTILE in page.get_by_role("complementary").inner_text()
    page.get_by_text("Tables: the same data").click()
    page.get_by_role("searchbox").fill(HOSTILE)
    assert page.evaluate("window.hurt") is None
    assert page.locator("img").count() == 0
    ET.fromstring(saved(page, "SVG"))
    graph = networkx.read_graphml(io.BytesIO(saved(page, "GraphML")))
    assert any(
        HOSTILE in str(data["detail"]) for _, data in graph.nodes(data=True) if "detail" in data
    )
    rows = list(csv.reader(io.StringIO(saved(page, "CSV nodes").decode())))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]
    assert any(cell == "'=HYPERLINK(1)" for row in rows for cell in row)


def test_two_explorers_and_a_drawing_share_a_page(look):
    page = look(explore(WHOLE, "one"), draw(WHOLE, "a drawing"), explore(WHOLE, "two"))
    assert page.locator(".plab-explorer[data-ready]").count() == 2
    assert page.locator(".plab-explorer .plab-canvas").count() == 2
    one, two = page.locator(".plab-explorer").all()
    one.get_by_role("checkbox", name="event (5)").uncheck()
    assert "switched off" in one.locator(".plab-shown").inner_text()
    assert "switched off" not in two.locator(".plab-shown").inner_text()
    assert page.locator("figure.plab-lineage.plab-live").count() == 1


def test_as_a_widget_the_same_script_tells_and_takes_the_selection(look):
    widget = explore(WHOLE, "tidetable").widget()
    page = look('<div id="here"></div>')
    page.evaluate(
        """async ([source, css, data]) => {
          const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
          const { default: widget } = await import(address);
          const values = { document: data, selected: "", _css: css }, handlers = {};
          window.model = {
            get: (name) => values[name], saved: 0,
            set: (name, value) => { values[name] = value; },
            save_changes() { this.saved += 1; },
            on: (name, handler) => { handlers[name] = handler; }, off: (name) => { delete handlers[name]; },
            fromPython: (id) => { values.selected = id; handlers["change:selected"](); },
          };
          window.end = widget.render({ model, el: document.getElementById("here") });
        }""",
        [script(), widget._css, widget.document],
    )
    choose(page, "tidetable-deploy, ✓ deployed, event")
    assert page.evaluate("model.get('selected')") == "event:E05"
    assert page.evaluate("model.saved") == 1
    page.evaluate("model.fromPython('event:E02')")
    assert "1 of 12 tests failed" in status(page)
    assert page.evaluate("model.saved") in (1, 2)
    page.evaluate("model.fromPython('')")
    assert page.get_by_role("complementary", name="Details").is_hidden()
    page.evaluate("end()")
    picture = ET.fromstring(saved(page, "SVG"))
    assert ".plab-shape" in picture.find(f"{SVG}style").text
    assert "--plab-ink:#" in picture.get("style")


def test_on_a_phone_nothing_overflows_and_the_drawer_goes_below(look):
    page = look(explore(WHOLE, "tidetable", records=EVENTS), viewport={"width": 390, "height": 800})
    choose(page, "tidetable-deploy, ✓ deployed, event")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    canvas, drawer = (
        page.locator(".plab-canvas").bounding_box(),
        page.get_by_role("complementary").bounding_box(),
    )
    assert drawer["y"] >= canvas["y"] + canvas["height"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_accessibility_checker_finds_nothing(look, theme):
    page = look(
        f'<main><script>document.documentElement.dataset.theme = "{theme}"</script>'
        f"<style>body{{background:{'#fff' if theme == 'light' else '#121212'}}}</style><h1>t</h1><h2>u</h2>",
        explore(WHOLE, "tidetable", records=EVENTS),
        "</main>",
    )
    for summary in ("Gates (1)", "Tables: the same data", "Keys"):
        page.get_by_text(summary, exact=True).click()
    choose(page, "tidetable-scan, ✓ no findings, event")
    page.get_by_role("button", name="Around it").click()
    rules = {"target-size": {"enabled": True}}
    found = Axe().run(page, options={"rules": rules}).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []


def test_on_paper_there_are_no_tools(look):
    page = look(explore(WHOLE, "tidetable"))
    page.emulate_media(media="print")
    assert page.get_by_role("searchbox").is_hidden()
    assert page.locator(".plab-canvas").is_visible()
    assert page.locator(".plab-shown").is_visible()


def test_two_thousand_nodes_can_be_searched_focused_and_left(look):
    index = epr_lineage.Index.of(history.records(history.tell(1200)))
    lineage = epr_lineage.lineage_of(index)
    page = look(explore(lineage, "months"))
    total = len(lineage.without(Kind.GROUP).nodes)
    assert total > 2000
    assert f"{total - 2000} not in this page" in shown(page)
    assert page.locator(".plab-canvas.plab-far").count() == 1  # labels wait until they can be read
    page.get_by_role("searchbox").fill("event service.deployed production")
    page.get_by_role("searchbox").fill("deployed event")
    page.get_by_role("searchbox").press("Enter")
    assert page.locator(".plab-chosen").count() == 1
    page.get_by_role("button", name="Around it").click()
    assert len(labels(page)) < 200
    page.get_by_role("button", name="Show everything").click()
    assert "2000 of" in shown(page)


def test_the_moments_are_those_of_the_story(look):
    page = look(explore(trace([BUILT, BROKE], RECEIVERS), "tidetable"))
    page.get_by_role("slider").fill("0")
    assert f"As of {datetime(2026, 11, 24, 8, 1):%Y-%m-%d %H:%M}" in status(page)
