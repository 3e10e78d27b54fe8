"""The conversions. A nautical mile is 1852 metres exactly."""

from __future__ import annotations

METRES_PER_MILE = 1852
MINUTES_PER_DAY = 24 * 60


def kilometres(miles: float) -> float:
    """Nautical miles to kilometres."""
    return miles * METRES_PER_MILE / 1000


def metres_per_second(knots: float) -> float:
    """Knots to metres per second."""
    return knots * METRES_PER_MILE / 3600


def clock(minutes: int) -> str:
    """Minutes since midnight as a clock shows them: 490 is 08:10, and so is 490 + 24 hours."""
    rest = minutes % MINUTES_PER_DAY
    return f"{rest // 60:02}:{rest % 60:02}"
