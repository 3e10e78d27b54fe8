import pytest
from tidetable.timetable import Departure, UnknownQuay, load, minute_of, next_departure

HARBOUR = load().route("harbour")


@pytest.mark.parametrize(
    ("now", "departs"),
    [("00:05", "06:20"), ("06:20", "06:20"), ("06:21", "08:10"), ("22:39", "22:40")],
)
def test_the_next_boat_is_the_first_one_not_yet_gone(now, departs):
    assert next_departure(HARBOUR, minute_of(now)) == Departure(minute_of(departs), tomorrow=False)


def test_after_the_last_boat_the_first_of_tomorrow_is_offered():
    assert next_departure(HARBOUR, minute_of("22:41")) == Departure(
        minute_of("06:20"), tomorrow=True
    )


def test_a_quay_without_boats_is_named_in_the_error():
    with pytest.raises(UnknownQuay, match=r"'lighthouse'.*harbour, island"):
        load().route("lighthouse")
