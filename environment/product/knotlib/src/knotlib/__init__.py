"""Unit conversions for small boats: knots, nautical miles, and minutes as a clock shows them."""

from knotlib.conversions import clock, kilometres, metres_per_second
from knotlib.version import VERSION

__all__ = ["VERSION", "clock", "kilometres", "metres_per_second"]
