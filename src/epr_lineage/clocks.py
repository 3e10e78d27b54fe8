"""The two clocks of an event: when the registry recorded it, and when its producer says it happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from epr.records import Event


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events as the registry recorded them, oldest first; of one moment, by id."""
    return sorted(events, key=lambda event: (event.created_at, event.id))


def occurred_at(event: Event) -> datetime | None:
    """The producer's clock: a CDEvent's `context.timestamp`, or None if the payload states no time.

    A time without an offset is none: nobody can tell when that was.
    """
    context = event.payload.get("context") if isinstance(event.payload, Mapping) else None
    stated = context.get("timestamp") if isinstance(context, Mapping) else None
    try:
        when = datetime.fromisoformat(stated) if isinstance(stated, str) else None
    except ValueError:
        return None
    return when if when and when.tzinfo else None
