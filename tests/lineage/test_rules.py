import random

import pytest
from lineage_story import (
    ANNOUNCED,
    BROKE,
    BUILD,
    BUILT,
    EVENTS,
    FIXED,
    GATE,
    RECEIVERS,
    SCANNED,
    TESTS,
    WHEEL,
    event,
    group,
    message,
    other,
)

import epr
from epr_lineage import Confidence, Kind, State, trace
from epr_lineage.rules import RULES

GATE_NODE = f"gate:G-GATE {WHEEL}"
MESSAGE_NODE = "message:epr.dev.events/0/7"
WHOLE = trace(EVENTS, RECEIVERS, [GATE], [ANNOUNCED])


def edges(lineage, rule):
    return {(edge.source, edge.target) for edge in lineage.edges if edge.rule == rule}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("L1", {("event:E01", "receiver:R-BUILD"), ("event:E02", "receiver:R-TESTS"),
                ("event:E03", "receiver:R-TESTS"), ("event:E04", "receiver:R-SCAN"),
                ("event:E05", "receiver:R-DEPLOY")}),
        ("L2", {(f"receiver:{member}", "group:G-GATE") for member in GATE.event_receiver_ids}),
        ("L3", {(f"event:{one.id}", f"artifact:{WHEEL}") for one in EVENTS}),
        ("L4", {(f"event:{one.id}", GATE_NODE) for one in (BUILT, FIXED, SCANNED)}),
        ("L5", set()),
        ("L6", {(GATE_NODE, MESSAGE_NODE)}),
        ("L7", {(MESSAGE_NODE, "event:E05")}),
        ("L8", {("event:E01", "event:E02"), ("event:E02", "event:E03"),
                ("event:E03", "event:E04"), ("event:E04", "event:E05")}),
    ],
)  # fmt: skip
def test_each_rule_draws_its_edges_and_no_others(rule, expected):
    assert edges(WHOLE, rule) == expected


def test_every_rule_says_what_its_edge_means():
    assert all(rule.__doc__ for rules in RULES.values() for rule in rules)
    assert list(RULES) == [f"L{number}" for number in range(1, 19)]


def test_a_shut_gate_waits_for_what_failed_and_for_what_never_came():
    lineage = trace([BUILT, BROKE], RECEIVERS, [GATE])
    assert edges(lineage, "L5") == {(GATE_NODE, "receiver:R-TESTS"), (GATE_NODE, "receiver:R-SCAN")}
    assert lineage[GATE_NODE].state is State.SHUT
    assert WHOLE[GATE_NODE].state is State.OPEN


def test_every_edge_about_an_event_rests_on_evidence_that_exists():
    known = {one.id for one in EVENTS}
    for edge in WHOLE.edges:
        assert set(edge.evidence) <= known
        assert edge.evidence or edge.rule == "L2"
        assert edge.confidence in Confidence
    waits = [e for e in trace([BROKE], RECEIVERS, [GATE]).edges if e.rule == "L5"]
    assert {e.target: e.evidence for e in waits}["receiver:R-TESTS"] == (BROKE.id,)


def test_the_result_does_not_depend_on_the_order_of_the_records():
    shuffled = list(EVENTS)
    random.Random(7).shuffle(shuffled)
    assert trace(shuffled, RECEIVERS[::-1], [GATE], [ANNOUNCED]) == WHOLE
    assert trace([*EVENTS, *EVENTS], RECEIVERS, [GATE], [ANNOUNCED, ANNOUNCED]) == WHOLE


def test_units_that_differ_in_one_part_share_no_gate_and_no_chain():
    elsewhere = event(6, BUILD, unit=other(platform_id="linux-arm64"))
    lineage = trace([*EVENTS, elsewhere], RECEIVERS, [GATE])
    assert len(lineage.of_kind(Kind.ARTIFACT)) == len(lineage.of_kind(Kind.GATE)) == 2
    assert not any("event:E06" in edge for edge in edges(lineage, "L8"))


def test_a_receiver_that_was_not_given_is_shown_as_unknown():
    lineage = trace([BUILT])
    assert lineage["receiver:R-BUILD"].state is State.UNKNOWN
    assert lineage["event:E01"].label == "unknown receiver"


def test_groups_that_the_events_do_not_touch_are_left_out():
    lineage = trace([BUILT], RECEIVERS, [group("G-X", "another line", ("R-ELSEWHERE",))])
    assert not lineage.of_kind(Kind.GROUP)


def test_an_event_can_name_another_event_as_its_cause():
    retried = event(8, TESTS, payload={"causationid": [BROKE.id, "E-NEVER-SEEN"]})
    lineage = trace([BROKE, retried], RECEIVERS)
    assert edges(lineage, "L7") == {("event:E02", "event:E08")}


def test_of_a_message_that_came_twice_the_first_one_is_the_cause():
    elsewhere = event(6, BUILD, unit=other(release="2026.11.2"))
    messages = [message(3, elsewhere, GATE), message(9, SCANNED, GATE), message(11, SCANNED, GATE)]
    lineage = trace([*EVENTS, elsewhere], RECEIVERS, [GATE], messages)
    assert edges(lineage, "L7") == {("message:epr.dev.events/0/9", "event:E05")}


def test_a_cause_is_found_even_if_nobody_captured_the_message():
    by_gate = trace(EVENTS, RECEIVERS, [GATE])
    assert edges(by_gate, "L7") == {(GATE_NODE, "event:E05")}
    stamp = epr.caused_by(message(1, BUILT), {})
    by_event = trace([BUILT, event(2, TESTS, payload=stamp)], RECEIVERS, [GATE])
    assert edges(by_event, "L7") == {("event:E01", "event:E02")}


def test_a_message_about_an_event_belongs_to_the_event_and_one_about_a_gate_to_the_gate():
    both = trace(EVENTS, RECEIVERS, [GATE], [message(6, SCANNED), ANNOUNCED])
    assert edges(both, "L6") == {
        ("event:E04", "message:epr.dev.events/0/6"), (GATE_NODE, MESSAGE_NODE),
    }  # fmt: skip


def test_cloudevents_causationid_of_a_gates_message_is_its_groups_id():
    deployed = event(5, "R-DEPLOY", payload={"causationid": GATE.id})
    story = [*EVENTS[:4], deployed]
    assert edges(trace(story, RECEIVERS, [GATE]), "L7") == {(GATE_NODE, "event:E05")}
    seen = trace(story, RECEIVERS, [GATE], [message(6, SCANNED), ANNOUNCED])
    assert edges(seen, "L7") == {(MESSAGE_NODE, "event:E05")}


def test_an_event_is_not_its_own_cause():
    assert edges(trace([event(1, BUILD, payload={"causationid": "E01"})]), "L7") == set()


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "text",
        5,
        {"causationid": 7},
        {"causationid": [1]},
        {"causation": []},
        {"causation": {"cause": {}}},
    ],
)
def test_payloads_of_any_shape_are_borne(payload):
    assert edges(trace([event(1, BUILD, payload=payload)]), "L7") == set()
