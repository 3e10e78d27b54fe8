"""The gate board, the composer and the progress bar, against a real registry."""

from __future__ import annotations

import uuid

import pytest

import epr
from epr_lineage import Standing
from eprlab import views
from eprlab.views.errors import BadAnswer
from eprlab.views.form import LEFT_OUT, form
from eprlab.views.progress import Bar
from tests.views.conftest import HOSTILE, WHEEL, wait_until


def test_the_gate_board_follows_what_is_posted(client, make_receiver):
    build, scan = make_receiver("tidetable-build"), make_receiver("tidetable-scan")
    gate = client.groups.create(
        name=f"tidetable-gate-{uuid.uuid4().hex[:6]}", type="plab.gate", receivers=[build, scan]
    )
    with views.GateBoard(gate.name, client=client, interval=0.05) as board:
        wait_until(lambda: board.looks)
        assert board.gates == {}
        client.events.create(build, WHEEL, success=True, description=HOSTILE)
        wait_until(lambda: WHEEL in board.gates)
        assert [m.standing for m in board.gates[WHEEL].members] == [
            Standing.PASSED,
            Standing.MISSING,
        ]
        assert f"shut: waits for {scan.name}" in board.snapshot()
        client.events.create(scan, WHEEL, success=False, description="1 finding")
        wait_until(lambda: "✗ failed · 1 finding" in board.snapshot())
        client.events.create(scan, WHEEL, success=True, description="no findings")
        wait_until(lambda: board.gates[WHEEL].open)
    assert "open for 1 of 1 units" in board.snapshot()
    assert "<script" not in board.snapshot()


def test_a_gate_board_waits_for_a_gate_that_is_not_there_yet(client, make_receiver):
    name = f"tidetable-later-{uuid.uuid4().hex[:6]}"
    with views.GateBoard(name, client=client, interval=0.05) as board:
        wait_until(lambda: board.problem)
        assert "there is no group named" in board.snapshot()
        client.groups.create(name=name, type="plab.gate", receivers=[make_receiver()])
        wait_until(lambda: not board.problem)


SCAN = {
    "type": "object",
    "required": ["tool", "findings", "clean"],
    "additionalProperties": False,
    "properties": {
        "tool": {"enum": ["gull", "tern"]},
        "findings": {"type": "integer", "minimum": 0, "description": "how many <b>findings</b>"},
        "clean": {"type": "boolean"},
        "score": {"type": "number"},
        "where": {"type": "array", "items": {"type": "string"}},
        "by": {"type": "object", "required": ["host"], "properties": {
            "host": {"type": "string"}, "port": {"$ref": "#/definitions/port"}}},
        "more": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "definitions": {"port": {"type": "integer"}},
}  # fmt: skip


def test_the_composer_posts_what_its_form_holds(client, make_receiver):
    receiver = make_receiver("tidetable-scan", SCAN)
    composer = views.EventComposer(receiver, WHEEL, client=client)
    payload = {"tool": "tern", "findings": 0, "clean": True, "where": ["a.py", "b.py"]}
    payload |= {"by": {"host": "quay", "port": 22}, "more": None, "score": 0.5}
    composer.fill(payload, description="no findings")

    assert composer.payload == payload
    assert composer.check() == []
    event = composer.post()

    assert event.payload == client.events.get(event.id).payload == payload
    assert (event.nvrpp, event.description) == (WHEEL, "no findings")
    assert composer.posted == [event]
    assert f"stored as {event.id}" in composer.snapshot()


def test_what_is_not_filled_in_is_left_out(client, make_receiver):
    composer = views.EventComposer(make_receiver(schema=SCAN), WHEEL, client=client)
    composer.fill({"tool": "gull", "findings": 2, "clean": False})
    assert composer.payload == {"tool": "gull", "findings": 2, "clean": False}


def test_the_composer_shows_the_refusal_and_stores_nothing(client, make_receiver):
    receiver = make_receiver("tidetable-scan", SCAN)
    composer = views.EventComposer(receiver, WHEEL, client=client)
    composer.fill({"tool": "gull", "findings": -1, "clean": True})

    assert "payload.findings: -1 is less than the minimum of 0" in composer.check()
    assert composer.post() is None
    assert "refused by the registry" in composer.answer
    assert composer.problems
    assert list(client.events.find(receiver=receiver)) == []
    assert all(problem[:20] in composer.snapshot() for problem in composer.problems)


def test_a_number_that_is_none_is_not_sent(client, make_receiver):
    composer = views.EventComposer(make_receiver(schema=SCAN), WHEEL, client=client)
    composer.fill({"tool": "gull", "clean": True})
    with pytest.raises(BadAnswer, match="a number is needed"):
        _ = composer.payload
    assert composer.post() is None
    assert composer.problems == ["payload.findings: a number is needed"]


def test_the_composer_takes_a_receivers_id_and_misses_parts_of_the_unit(client, make_receiver):
    composer = views.EventComposer(make_receiver().id, client=client)
    assert "unit: name is empty" in composer.check()
    assert composer.post() is None


def test_hostile_schemas_and_values_stay_text(client, make_receiver):
    schema = {
        "type": "object",
        "properties": {HOSTILE: {"enum": [HOSTILE, "x"], "description": HOSTILE}},
    }
    composer = views.EventComposer(
        make_receiver(schema=schema), WHEEL._replace(name=HOSTILE), client=client
    )
    composer.fill({HOSTILE: HOSTILE})
    composer.post()
    data, _ = composer._repr_mimebundle_()
    for text in (data["text/html"], composer._shown.value):
        assert "<script" not in text
        assert "\u202e" not in text
    assert not any(getattr(w, "description_allow_html", False) for w in _all(composer))


def _all(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _all(child)


FORMS = {
    "anything goes": (True, {"a": [1]}),
    "no schema at all": ({}, [1, "two"]),
    "a text": ({"type": "string"}, "tide"),
    "several types": ({"type": ["string", "null"]}, None),
    "a constant": ({"const": {"x": 1}}, {"x": 1}),
    "one and true are two choices": ({"enum": [1, True, "1"]}, True),
    "open objects": ({"type": "object", "properties": {"a": {}}}, {"a": 1, "b": [2]}),
    "a list of objects": ({"type": "array", "items": {"type": "object"}}, [{"a": 1}]),
    "a local reference": ({"$ref": "#/definitions/n", "definitions": {"n": {"type": "integer"}}}, 7),
    "a reference to itself": ({"$ref": "#"}, {"a": 1}),
    "a reference elsewhere": ({"$ref": "https://schemas.example/x.json"}, 1),
    "objects in objects": (
        {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "object", "properties": {"c": {"type": "number"}}}}}}},
        {"a": {"b": {"c": 1.5}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_every_schema_has_a_form_that_gives_back_what_it_was_given(name):
    schema, value = FORMS[name]
    made = form(schema)
    made.fill(value)
    assert made.read() == value
    assert type(made.read()) is type(value)


def test_defaults_are_filled_in():
    schema = {"type": "object", "properties": {
        "tool": {"enum": ["gull", "tern"], "default": "tern"}, "n": {"type": "integer", "default": 3}}}  # fmt: skip
    assert form(schema).read() == {"tool": "tern", "n": 3}


def test_an_optional_object_without_anything_in_it_is_left_out():
    inner = {"type": "object", "properties": {"host": {"type": "string"}}}
    assert form({"type": "object", "properties": {"by": inner}}).read() == {}


def test_a_form_says_which_value_it_has_no_place_for():
    closed = {"type": "object", "properties": {}, "additionalProperties": False}
    with pytest.raises(BadAnswer, match="knows no extra"):
        form(closed).fill({"extra": 1})
    with pytest.raises(BadAnswer, match="none of the choices"):
        form({"enum": ["a"]}).fill("b")
    assert form({"type": "string", "enum": []}).read() is not LEFT_OUT


@pytest.fixture
def bars(monkeypatch):
    shown = []
    monkeypatch.setattr(Bar, "present", lambda bar: shown.append(bar))
    return shown


def test_progress_gives_the_same_items_and_counts_them(bars):
    assert list(views.progress(["a", "b", "c"], "Posting")) == ["a", "b", "c"]
    (bar,) = bars
    assert bar.said().startswith("Posting: 3 of 3, done")
    assert "Posting: 3 of 3, done" in bar._repr_mimebundle_()[0]["text/html"]


def test_progress_says_when_the_work_failed_or_was_left(bars):
    def work():
        yield 1
        raise ValueError("no boat")

    with pytest.raises(ValueError, match="no boat"):
        list(views.progress(work(), HOSTILE, total=5))
    for _ in views.progress(iter(range(5))):
        break
    failed, left = bars
    assert "1 of 5, failed: ValueError" in failed.said()
    assert "<script" not in failed.snapshot()
    assert "stopped" in left.said()


def test_posting_with_a_bar_stores_each_event(client, make_receiver, bars):
    receiver = make_receiver()
    for number in views.progress(range(5), "Posting"):
        client.events.post(receiver, WHEEL._replace(release=f"2026.11.{number}"), success=True)
    assert len(list(client.events.find(receiver=receiver))) == 5


def test_the_public_names_are_there():
    assert set(views.__all__) <= set(dir(views))
    assert all(getattr(views, name).__doc__ for name in views.__all__)
    assert epr.Client.__doc__
