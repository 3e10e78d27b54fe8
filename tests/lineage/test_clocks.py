from datetime import UTC, datetime

import pytest
from lineage_story import BUILD, event

from epr_lineage.clocks import in_order, occurred_at


def test_the_producers_clock_is_read_from_a_cdevents_context():
    stated = {"context": {"timestamp": "2026-11-24T12:32:00Z"}}
    assert occurred_at(event(1, BUILD, payload=stated)) == datetime(
        2026, 11, 24, 12, 32, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "payload",
    [None, 1, [], {"context": 1}, {"context": {"timestamp": "noon"}}, {"context": {"timestamp": 12}},
     {"context": {"timestamp": "2026-11-24T12:32:00"}}],
)  # fmt: skip
def test_without_a_stated_time_there_is_no_second_clock(payload):
    assert occurred_at(event(1, BUILD, payload=payload)) is None


def test_events_of_one_moment_are_in_the_order_of_their_ids():
    first, second, third = event(1, BUILD), event(2, BUILD), event(3, BUILD)
    assert in_order([third, first, second]) == [first, second, third]
