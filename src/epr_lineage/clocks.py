"""The two clocks of an event: when the registry recorded it, and when its producer says it happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from epr.records import Event


class Recorded(Protocol):
    """Whatever the registry recorded under an id at a moment."""

    @property
    def id(self) -> str: ...

    @property
    def created_at(self) -> datetime: ...


R = TypeVar("R", bound=Recorded)


def in_order(events: Iterable[R]) -> list[R]:
    """Events as the registry recorded them, oldest first; of one moment, by id."""
    return sorted(events, key=lambda event: (event.created_at, event.id))


def occurred_at(event: Event) -> datetime | None:
    """The producer's clock, or None if the payload states no time.

    A CDEvent's `context.timestamp`; of a structured CloudEvent its data's, or its own `time`.
    A time without an offset is none: nobody can tell when that was.
    """
    payload = event.payload
    if not isinstance(payload, Mapping):
        return None
    data = payload.get("data") if payload.get("specversion") == "1.0" else None
    return _stated(data) or _stated(payload) or _moment(payload.get("time") if data else None)


def _stated(document: object) -> datetime | None:
    context = document.get("context") if isinstance(document, Mapping) else None
    return _moment(context.get("timestamp")) if isinstance(context, Mapping) else None


def _moment(stated: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(stated) if isinstance(stated, str) else None
    except ValueError:
        return None
    return when if when and when.tzinfo else None
