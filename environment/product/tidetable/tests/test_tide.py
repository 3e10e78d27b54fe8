from tidetable.tide import TIDE_MINUTES, crossing_minutes, current


def test_the_tide_returns_after_twelve_hours_and_twenty_five_minutes():
    assert abs(current(100) - current(100 + TIDE_MINUTES)) < 1e-9


def test_a_stream_that_helps_one_way_hinders_the_other():
    flood = TIDE_MINUTES // 4
    assert crossing_minutes(5.2, flood, outbound=True) == 25
    assert crossing_minutes(5.2, flood, outbound=False) == 33
