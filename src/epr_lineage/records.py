"""The records that lineage is built from: events, receivers, groups and captured messages.

They are parsed once, here, from the JSON that the registry and its topic carry
(shapes: REST and GraphQL `data`, and the `data` lists of a message). Everything behind this module
works on these frozen classes and trusts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from epr_lineage.errors import NotARecord


@dataclass(frozen=True, order=True)
class Unit:
    """What an event is about: name, version, release, platform and package, compared exactly."""

    name: str
    version: str
    release: str
    platform_id: str
    package: str

    def __str__(self) -> str:
        return " / ".join((self.name, self.version, self.release, self.platform_id, self.package))

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Unit:
        """The unit in an event's or a message's JSON. Raises `NotARecord`."""
        return cls(*(_text(body, part, "an event") for part in cls.__match_args__))


@dataclass(frozen=True)
class Event:
    """A receipt: something happened to a unit, and it succeeded or failed.

    Two clocks: `recorded_at` is when the registry stored it; `occurred_at` is when the producer
    says that it happened (a CDEvent's `context.timestamp`), or None if it does not say.
    """

    id: str
    unit: Unit
    receiver_id: str
    success: bool
    recorded_at: datetime
    occurred_at: datetime | None = None
    description: str = ""
    payload: Any = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Event:
        """An event's JSON. Raises `NotARecord`."""
        payload = body.get("payload")
        return cls(
            id=_text(body, "id", "an event"),
            unit=Unit.of(body),
            receiver_id=_text(body, "event_receiver_id", "an event"),
            success=body.get("success") is True,
            recorded_at=_time(body, "created_at", "an event"),
            occurred_at=_occurred(payload),
            description=str(body.get("description") or ""),
            payload=payload,
        )

    @property
    def causes(self) -> tuple[str, ...]:
        """Ids of the messages or events that this one says it was caused by.

        Read from a `causationid` in the payload: CloudEvents' name for it
        (https://github.com/cloudevents/spec, extensions/correlation.md), a text or a list of texts.
        """
        if not isinstance(self.payload, Mapping):
            return ()
        named = self.payload.get("causationid")
        named = [named] if isinstance(named, str) else named
        return (
            tuple(cause for cause in named if isinstance(cause, str))
            if isinstance(named, list)
            else ()
        )


@dataclass(frozen=True)
class Receiver:
    """A kind of receipt."""

    id: str
    name: str
    type: str
    version: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Receiver:
        """A receiver's JSON. Raises `NotARecord`."""
        return cls(*(_text(body, part, "a receiver") for part in cls.__match_args__))


@dataclass(frozen=True)
class Group:
    """Receivers that have to pass together for one unit."""

    id: str
    name: str
    type: str
    receiver_ids: tuple[str, ...]
    enabled: bool = True

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Group:
        """A group's JSON. Raises `NotARecord`. A member listed twice counts once."""
        members = body.get("event_receiver_ids")
        if not isinstance(members, list) or not all(isinstance(item, str) for item in members):
            raise NotARecord("a group", "event_receiver_ids is not a list of texts")
        return cls(
            id=_text(body, "id", "a group"),
            name=_text(body, "name", "a group"),
            type=str(body.get("type") or ""),
            receiver_ids=tuple(dict.fromkeys(members)),
            enabled=body.get("enabled") is not False,
        )


@dataclass(frozen=True)
class Message:
    """A message as it was found on the topic: where it lay, and what it announced.

    `event_id` is the event it carries; `group_id` is set if it announces that a group is complete.
    """

    topic: str
    partition: int
    offset: int
    id: str
    type: str
    event_id: str
    group_id: str | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any], topic: str, partition: int, offset: int) -> Message | None:
        """A message's JSON and its place; None if it announces no event (a new receiver or group)."""
        data = body.get("data")
        lists = data if isinstance(data, Mapping) else {}
        events, groups = lists.get("events"), lists.get("event_receiver_groups")
        if not events:
            return None
        return cls(
            topic=topic,
            partition=partition,
            offset=offset,
            id=_text(body, "id", "a message"),
            type=str(body.get("type") or ""),
            event_id=_text(events[0], "id", "a message"),
            group_id=_text(groups[0], "id", "a message") if groups else None,
        )


def in_order(events: tuple[Event, ...] | list[Event]) -> list[Event]:
    """Events as the registry recorded them, oldest first."""
    return sorted(events, key=lambda event: (event.recorded_at, event.id))


def _text(body: Mapping[str, Any], key: str, noun: str) -> str:
    value = body.get(key) if isinstance(body, Mapping) else None
    if not isinstance(value, str):
        raise NotARecord(noun, f"{key} is {'missing' if value is None else 'not a text'}")
    return value


def _time(body: Mapping[str, Any], key: str, noun: str) -> datetime:
    value = body.get(key)
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(_text(body, key, noun))
    except ValueError as wrong:
        raise NotARecord(noun, f"{key} is not a time ({wrong})") from wrong


def _occurred(payload: Any) -> datetime | None:
    context = payload.get("context") if isinstance(payload, Mapping) else None
    stated = context.get("timestamp") if isinstance(context, Mapping) else None
    if not isinstance(stated, str):
        return None
    try:
        when = datetime.fromisoformat(stated)
    except ValueError:
        return None
    return when if when.tzinfo else None
