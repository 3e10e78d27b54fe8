"""The seeded past: plausible, valid, labelled, the same each time."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest

import cdevents
from epr.records import Event, Group, Receiver
from epr_lineage import Index, questions
from eprlab import history
from eprlab.history.catalogue import GATES, SERVICES
from eprlab.history.chance import ODDS, Odds
from eprlab.history.telling import END

RECORDS = tuple(history.records(history.tell(2_000)))
EVENTS = [record for record in RECORDS if isinstance(record, Event)]
INDEX = Index.of(RECORDS)


@pytest.mark.parametrize("count", [0, 1, 100, 1_000])
def test_it_has_as_many_events_as_were_asked_for(count):
    assert sum(1 for _ in history.tell(count)) == count


def test_the_same_seed_tells_the_same_and_another_another():
    assert tuple(history.records(history.tell(2_000))) == RECORDS
    assert list(history.records(history.tell(50, seed=1))) != list(
        history.records(history.tell(50, seed=2))
    )


def test_every_event_is_labelled_as_seeded():
    assert all(event.description.startswith("seeded: ") for event in EVENTS)
    said = [event.payload.get("customData", event.payload)["seeded"] for event in EVENTS]
    assert set(said) == {2026}


def test_every_payload_is_a_valid_cdevent_but_for_those_of_the_nightly_script():
    plain = [event for event in EVENTS if not cdevents.is_valid(event.payload)]
    assert {event.event_receiver_id for event in plain} <= {
        record.id
        for record in RECORDS
        if isinstance(record, Receiver) and record.name == "plab-nightly"
    }
    assert not [entry.unread for entry in INDEX if entry.unread]


def test_events_are_recorded_in_order_after_they_happened_and_before_the_course_begins():
    recorded = [event.created_at for event in EVENTS]
    assert recorded == sorted(recorded)
    assert [event.id for event in EVENTS] == sorted(event.id for event in EVENTS)
    assert all(
        entry.occurred_at is None or entry.occurred_at <= entry.created_at for entry in INDEX
    )
    assert min(recorded) > END - timedelta(days=90)
    assert END - timedelta(days=14) < max(recorded) < END


def test_receivers_come_first_and_each_event_has_one():
    kinds = [type(record) for record in RECORDS]
    assert kinds.index(Event) == kinds.count(Receiver) + kinds.count(Group)
    assert {event.event_receiver_id for event in EVENTS} <= set(INDEX.receivers)
    assert {group.name for group in INDEX.groups.values()} == set(GATES)


def test_all_services_are_in_it_tidetable_most():
    names = Counter(event.name for event in EVENTS)
    assert set(names) == {service.name for service in SERVICES}
    assert names.most_common(1)[0][0] == "tidetable"


def test_things_go_wrong_about_as_often_as_the_odds_say():
    index = Index.of(history.records(history.tell(8_000)))
    rate = questions.change_failure_rate(index)
    assert rate.rate == pytest.approx(ODDS.incident, abs=0.04)
    unbroken = questions.lead_time(index).coverage
    assert 1 - ODDS.by_hand - 0.08 < unbroken.share < 1
    flaws = questions.quality(index)
    assert flaws.counts[questions.Flaw.DANGLING] > 0
    assert flaws.counts[questions.Flaw.DOUBLED] > 0
    assert flaws.score > 0.9
    assert questions.loops(index).loops == ()


def test_without_bad_luck_nothing_is_wrong():
    calm = Odds(**dict.fromkeys(ODDS.__dataclass_fields__, 0.0))
    index = Index.of(history.records(history.tell(1_500, odds=calm)))
    assert questions.quality(index).issues == ()
    assert questions.lead_time(index).coverage.complete
    assert questions.change_failure_rate(index).rate == 0
    assert questions.releases_with(index, "pkg:pypi/knotlib").coverage.complete


def test_a_release_that_is_over_followed_the_process_or_shows_why_not():
    calm = replace(ODDS, lost_link=0.0, by_hand=0.0, nightly=0.0, tests_fail=0.0, scan_fails=0.0)
    index = Index.of(history.records(history.tell(1_500, odds=calm)))
    for deployment in questions.deployments(index, "production"):
        if deployment.forward:
            assert questions.follows_process(index, deployment.event.said.chain).ok


def test_knotlib_0_3_1_was_shipped_and_then_replaced():
    bad = questions.releases_with(INDEX, "pkg:pypi/knotlib", "<0.3.2").releases
    good = questions.releases_with(INDEX, "pkg:pypi/knotlib", ">=0.3.2").releases
    assert any(release.component.endswith("@0.3.1") for release in bad)
    assert good
    assert max(r.bill.created_at for r in bad) < max(r.bill.created_at for r in good)


def test_deployments_came_through_their_gate():
    staged = [d.event for d in questions.deployments(INDEX, "staging") if d.forward]
    assert sum(bool(entry.said.causes) for entry in staged) > 0.9 * len(staged)
    for entry in staged:
        for cause in entry.said.causes:
            assert INDEX.gate(cause.group_id, entry.nvrpp, as_of=entry.created_at) is not None


def test_it_is_told_as_it_is_asked_for():
    assert len(list(islice(history.tell(10**9), 10))) == 10
