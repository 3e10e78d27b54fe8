from dataclasses import replace

import pytest
from lineage_story import (
    BROKE,
    BUILD,
    BUILT,
    FIXED,
    GATE,
    MORNING,
    RECEIVERS,
    SCANNED,
    WHEEL,
    event,
    group,
    other,
)

from epr_lineage import Standing, Switched, announcements, judge, why_shut

A, B, P, Q = "R-A", "R-B", "R-P", "R-Q"
AB = group("G-AB", "a and b", (A, B))

# The histories of the EPR wire contract, section 11, by the number they have there: the steps, and
# for each announcement the group and the number of the event that it follows. Number 15 (two events
# at one moment) is a matter for the registry: a history has an order.
HISTORIES = {
    "1 one of two passed": ([AB, event(1, A)], []),
    "2 both passed": ([AB, event(1, A), event(2, B)], [("G-AB", 2)]),
    "3 each later success announces again": (
        [AB, event(1, A), event(2, B), event(3, B), event(4, A)],
        [("G-AB", 2), ("G-AB", 3), ("G-AB", 4)],
    ),
    "4 a later failure shuts it silently": (
        [AB, event(1, A), event(2, B), event(3, A, False)],
        [("G-AB", 2)],
    ),
    "5 a success elsewhere does not outweigh the failure": (
        [AB, event(1, A), event(2, B), event(3, A, False), event(4, B)],
        [("G-AB", 2)],
    ),
    "6 recovery opens it": (
        [AB, event(1, A), event(2, B), event(3, A, False), event(4, B), event(5, A)],
        [("G-AB", 2), ("G-AB", 5)],
    ),
    "7 version differs": ([AB, event(1, A, unit=other(version="2")), event(2, B)], []),
    "7 release differs": ([AB, event(1, A, unit=other(release="2")), event(2, B)], []),
    "7 platform differs": ([AB, event(1, A, unit=other(platform_id="x")), event(2, B)], []),
    "7 package differs": ([AB, event(1, A, unit=other(package="sdist")), event(2, B)], []),
    "7 name differs": ([AB, event(1, A, unit=other(name="harbourmap")), event(2, B)], []),
    "8 switched off": ([AB, event(1, A), Switched("G-AB", False), event(2, B)], []),
    "9 switching on announces nothing by itself": (
        [AB, event(1, A), Switched("G-AB", False), event(2, B), Switched("G-AB", True)],
        [],
    ),
    "9 the next success after switching on does": (
        [
            AB,
            event(1, A),
            Switched("G-AB", False),
            event(2, B),
            Switched("G-AB", True),
            event(3, A),
        ],
        [("G-AB", 3)],
    ),
    "10 passed before the group existed": ([event(1, A), event(2, B), AB], []),
    "10 the next success announces it": (
        [event(1, A), event(2, B), AB, event(3, B)],
        [("G-AB", 3)],
    ),
    "11 a member listed twice counts once": (
        [group("G", "twice", (A, A, B)), event(1, A), event(2, B)],
        [("G", 2)],
    ),
    "12 a receiver in two complete groups": (
        [AB, group("G-A", "a", (A,)), event(1, B), event(2, A)],
        [("G-AB", 2), ("G-A", 2)],
    ),
    "13 a larger group does not hold back a smaller one": (
        [group("G-P", "p", (P,)), group("G-PQ", "p, q", (P, Q)), event(1, P)],
        [("G-P", 1)],
    ),
    "14 nor does one that is switched off": (
        [
            group("G-P", "p", (P,)),
            group("G-PQ", "p, q", (P, Q), enabled=False),
            event(1, P),
        ],
        [("G-P", 1)],
    ),
}


@pytest.mark.parametrize(("history", "expected"), HISTORIES.values(), ids=HISTORIES)
def test_announcements_follow_the_contract(history, expected):
    found = [(a.group.id, int(a.event.id[1:])) for a in announcements(history)]
    assert found == expected


@pytest.mark.parametrize(
    ("events", "standings"),
    [
        ([], ["never arrived", "never arrived", "never arrived"]),
        ([BUILT], ["passed", "never arrived", "never arrived"]),
        ([BUILT, BROKE], ["passed", "failed", "never arrived"]),
        ([BUILT, BROKE, FIXED], ["passed", "passed", "never arrived"]),
        ([SCANNED, FIXED, BROKE, BUILT], ["passed", "passed", "passed"]),
        ([event(9, BUILD, unit=other(release="2026.11.2"))], ["never arrived"] * 3),
    ],
)
def test_a_gate_stands_where_the_latest_events_put_it(events, standings):
    gate = judge(GATE, events, WHEEL)
    assert [member.standing for member in gate.members] == standings
    assert gate.open == (set(standings) == {"passed"})


def test_a_gate_can_be_judged_as_it_stood_at_an_earlier_moment():
    everything = [BUILT, BROKE, FIXED, SCANNED]
    before_the_fix = judge(GATE, everything, WHEEL, as_of=BROKE.created_at)
    assert [m.standing for m in before_the_fix.members] == [
        Standing.PASSED,
        Standing.FAILED,
        Standing.MISSING,
    ]
    assert not judge(GATE, everything, WHEEL, as_of=MORNING).members[0].event
    assert judge(GATE, everything, WHEEL, as_of=SCANNED.created_at).open


def test_of_two_events_in_one_moment_the_later_id_counts():
    passed, failed = event(1, BUILD), event(2, BUILD, False)
    twin = judge(GATE, [failed, event(1, BUILD)], WHEEL)
    assert twin.members[0].event == failed
    assert judge(GATE, [passed], WHEEL).members[0].standing is Standing.PASSED


def test_the_reasons_name_the_receiver_and_what_it_said():
    reasons = why_shut(judge(GATE, [BUILT, BROKE], WHEEL), RECEIVERS)
    assert reasons == [
        "the latest event of tidetable-unit-tests failed: 1 of 12 tests failed",
        "tidetable-scan has no event for tidetable/1.4.0/2026.11.1/py3-none-any/wheel",
    ]


def test_an_open_gate_has_no_reasons_unless_it_is_switched_off():
    everything = [BUILT, FIXED, SCANNED]
    assert why_shut(judge(GATE, everything, WHEEL)) == []
    assert why_shut(judge(replace(GATE, enabled=False), everything, WHEEL)) == [
        "the group tidetable-release-gate is switched off, so it announces nothing"
    ]
