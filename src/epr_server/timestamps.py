"""Points in time as text (contract section 8): RFC 3339 in UTC, up to six fractional digits."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

_encode = msgspec.json.Encoder().encode


def rfc3339(moment: datetime) -> str:
    """``2026-11-24T12:32:40.22Z``: trailing zeros of the fraction are dropped, UTC always.

    `moment` must be aware (asyncpg returns aware UTC datetimes).
    """
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    text = _encode(moment)[1:-1].decode()  # a tenth of the time that isoformat takes
    if text.endswith("0Z") and moment.microsecond:
        text = text[:-1].rstrip("0") + "Z"
    return text


def rfc3339_seconds(moment: datetime) -> str:
    """The same in whole seconds, as the ``release`` of some messages has it (contract section 10)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:-6] + "Z"
