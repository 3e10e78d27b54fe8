"""JSON text to Python values, exactly.

A receipt may carry numbers that a float cannot hold (a digest written as an integer, a price),
and the database keeps them exactly, so they are read exactly here too: integers of any size stay
``int``, and a number too large for a float becomes a ``Decimal``.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import orjson

from epr_server.json_schema.exceptions import NotUsableJson

# Python refuses to read longer integers (sys.set_int_max_str_digits), for good reasons.
MAX_DIGITS = 4300

_fast = msgspec.json.Decoder()


def parse(text: bytes) -> Any:
    """Read one JSON value.

    Raises:
        NotUsableJson: not JSON, a lone surrogate, U+0000, more than about 1,000 levels of nesting,
            or a number of more than 4,300 digits.
    """
    try:
        value = _fast.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = _parse_again(text)
    if b"\\u0000" in text and any("\0" in string for string in _strings(value)):
        raise NotUsableJson("it contains the character U+0000, which cannot be stored; remove it")
    return value


def nesting(value: Any) -> int:
    """How many levels of objects and lists ``value`` has: 0 for a plain value, 1 for ``{}``."""
    levels = 0
    level = [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        levels += 1
        level = [
            child for item in level for child in (item.values() if isinstance(item, dict) else item)
        ]
    return levels


def value_count(value: Any) -> int:
    """How many values ``value`` holds, itself and those inside its insides included."""
    count = 0
    stack = [value]
    while stack:
        item = stack.pop()
        count += 1
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return count


def _parse_again(text: bytes) -> Any:
    """The rare cases: a very large number, or text that is refused with a reason."""
    try:
        return _exact.decode(text)
    except RecursionError:
        raise NotUsableJson("it is nested too deeply; flatten it") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if isinstance(error.__cause__, NotUsableJson):
            raise error.__cause__ from None
        reason = str(error)
    if "out of range" in reason:
        raise NotUsableJson(f"a number has more than {MAX_DIGITS:,} digits; send it as text")
    try:
        # The same text through a second parser, whose messages name the line and the column.
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    raise NotUsableJson(f"it is not JSON: {reason}")


def _exact_number(text: str) -> float | Decimal:
    exact = Decimal(text)
    if abs(exact.adjusted()) > MAX_DIGITS:
        raise NotUsableJson(f"a number has more than {MAX_DIGITS:,} digits; send it as text")
    nearest = float(exact)
    return exact if nearest in (float("inf"), float("-inf")) else nearest


_exact = msgspec.json.Decoder(float_hook=_exact_number)


def _strings(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            stack.extend(item)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
