import knotlib
import pytest


def test_a_nautical_mile_is_1852_metres():
    assert knotlib.kilometres(1) == 1.852
    assert knotlib.metres_per_second(1) == pytest.approx(0.514444, abs=1e-6)


@pytest.mark.parametrize(("minutes", "shown"), [(0, "00:00"), (490, "08:10"), (1439, "23:59")])
def test_minutes_are_shown_as_a_clock_shows_them(minutes, shown):
    assert knotlib.clock(minutes) == shown


def test_the_clock_starts_again_at_midnight():
    assert knotlib.clock(24 * 60 + 10) == "00:10"
