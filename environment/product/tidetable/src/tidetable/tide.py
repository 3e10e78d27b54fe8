"""How fast a boat gets across: its own speed, and the tide with it or against it."""

from __future__ import annotations

import math

BOAT_KNOTS = 11.0
TIDE_KNOTS = 1.5
TIDE_MINUTES = 745  # from one high water to the next: 12 hours 25 minutes


def current(minute: int) -> float:
    """The tidal stream in knots; positive helps a boat that leaves the harbour."""
    return TIDE_KNOTS * math.sin(2 * math.pi * minute / TIDE_MINUTES)


def crossing_minutes(miles: float, minute: int, outbound: bool) -> int:
    """How long a boat that leaves at `minute` takes for `miles` nautical miles."""
    stream = current(minute) if outbound else -current(minute)
    return round(miles / (BOAT_KNOTS + stream) * 60)
