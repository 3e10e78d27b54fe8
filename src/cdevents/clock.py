"""Moments as RFC 3339 text and as `datetime`s."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .errors import InvalidEvent, Problem


def timestamp(at: datetime | str | None = None) -> str:
    """RFC 3339 text of a moment, of now by default. Text is taken as it is.

    Raises `InvalidEvent` for a `datetime` without a zone: it would be another moment elsewhere.
    """
    if isinstance(at, str):
        return at
    if at is None:
        at = datetime.now(UTC)
    if at.tzinfo is None:
        raise InvalidEvent(
            [Problem("context.timestamp", f"{at} has no zone", "give one: datetime.now(UTC)")]
        )
    return at.isoformat().removesuffix("+00:00") + ("Z" if not at.utcoffset() else "")


def moment(text: str) -> datetime:
    """The moment that an RFC 3339 text means, to the microsecond, in the zone it names.

    A leap second, which Python cannot say, is the second after it.
    """
    text = text.upper()
    if text[17:19] == "60":
        return datetime.fromisoformat(f"{text[:17]}59{text[19:]}") + timedelta(seconds=1)
    return datetime.fromisoformat(text)
