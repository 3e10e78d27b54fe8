"""The messages a registry announces on its topic, as frozen values.

The envelope is the contract's (section 10): "CloudEvents-like" JSON with twelve keys. Reading is
strict about types and lenient about the rest: unknown keys are ignored, absent texts are empty,
so a newer or an older registry can be read. Whatever else is on the topic raises `NotAnEnvelope`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from .errors import NotAnEnvelope, UnexpectedAnswer
from .records import NVRPP, Event, Group, Receiver

Kind = Literal["event", "completion", "receiver", "group"]


@dataclass(frozen=True, slots=True)
class Message:
    """One announcement.

    `kind` says what happened: an `event` was stored, a `completion` (a gate opened: its group's
    receivers have all passed for the unit), a `receiver` or a `group` was created or changed.

    `event`: the event, of a completion the one that completed it; else None.
    `receiver`: the event's receiver, or the new one; `group`: of completions and new groups.
    `type`: of an event its receiver's type, of a completion its group's type.
    `raw`: the record's value, byte for byte. `timestamp`: when the broker got it.
    """

    id: str
    type: str
    source: str
    success: bool
    nvrpp: NVRPP
    event: Event | None = field(repr=False)
    receiver: Receiver | None = field(repr=False)
    group: Group | None = field(repr=False)
    raw: bytes = field(repr=False)
    topic: str = ""
    partition: int = -1
    offset: int = -1
    key: bytes | None = field(default=None, repr=False)
    timestamp: datetime | None = field(default=None, repr=False)
    headers: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The unit's name (of a new receiver or group: its name)."""
        return self.nvrpp.name

    @property
    def kind(self) -> Kind:
        """What happened."""
        if self.group is not None:
            return "completion" if self.event is not None else "group"
        return "event" if self.event is not None else "receiver"

    @property
    def payload(self) -> Any:
        """The event's payload, or None if there is no event."""
        return self.event.payload if self.event is not None else None

    @property
    def identity(self) -> str:
        """The same for every delivery of this announcement, different for every other one.

        Source and id are not enough: a group's completions all carry the group's id (contract
        section 10), so the type and the completing event's id are part of it.
        """
        event = self.event.id if self.event is not None else ""
        return "\n".join((self.source, self.type, self.id, event))

    @classmethod
    def parse(cls, raw: bytes | None, **origin: Any) -> Message:
        """Reads a record's value. `origin`: topic, partition, offset, key, timestamp, headers.

        Raises `NotAnEnvelope`.
        """
        if raw is None:
            raise NotAnEnvelope("the record has no value")
        try:
            envelope = json.loads(raw, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise NotAnEnvelope(f"not JSON: {error}"[:200]) from None
        if not isinstance(envelope, dict):
            raise NotAnEnvelope(f"{type(envelope).__name__}, not an object")
        data = envelope.get("data")
        if not isinstance(data, dict):
            raise NotAnEnvelope("'data' is not an object")
        try:
            event = _only(data, "events", Event.from_json)
            receiver = _only(data, "event_receivers", Receiver.from_json)
            group = _only(data, "event_receiver_groups", Group.from_json)
        except UnexpectedAnswer as error:
            raise NotAnEnvelope(str(error)) from None
        if event is None and receiver is None and group is None:
            raise NotAnEnvelope("'data' is empty")
        if receiver is None and event is not None:
            receiver = event.receiver
        return cls(
            id=_text(envelope, "id", required=True),
            type=_text(envelope, "type", required=True),
            source=_text(envelope, "source"),
            success=_flag(envelope, "success"),
            nvrpp=NVRPP(*(_text(envelope, key) for key in NVRPP._fields)),
            event=event,
            receiver=receiver,
            group=group,
            raw=raw,
            **origin,
        )

    @classmethod
    def from_record(cls, record: Any) -> Message:
        """Reads a kafka-python `ConsumerRecord`. Raises `NotAnEnvelope`."""
        return cls.parse(
            record.value,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=record.key,
            timestamp=moment(record.timestamp),
            headers=tuple(record.headers or ()),
        )


def moment(milliseconds: int | None) -> datetime | None:
    """A record's timestamp as a time in UTC; None if it has none or one out of range."""
    try:
        return (
            datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds is not None else None
        )
    except (ValueError, OverflowError, OSError):
        return None


def _only(data: Mapping[str, Any], key: str, read: Any) -> Any:
    values = data.get(key)
    if values is None or values == []:
        return None
    if not isinstance(values, list):
        raise NotAnEnvelope(f"'data.{key}' is not a list")
    return read(values[0])


def _text(envelope: Mapping[str, Any], key: str, *, required: bool = False) -> str:
    value = envelope.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise NotAnEnvelope(f"{key!r} is not text" if key in envelope else f"{key!r} is missing")
    return value


def _flag(envelope: Mapping[str, Any], key: str) -> bool:
    value = envelope.get(key, False)
    if not isinstance(value, bool):
        raise NotAnEnvelope(f"{key!r} is not a boolean")
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
