"""Records as JSON, the same over REST and in messages (contract sections 3 to 5 and 10)."""

from __future__ import annotations

import msgspec

from epr_server.records import Event, Group, Receiver
from epr_server.timestamps import rfc3339

_encode = msgspec.json.Encoder().encode


class _Receiver(msgspec.Struct, gc=False):
    id: str
    name: str
    type: str
    version: str
    description: str
    schema: msgspec.Raw
    fingerprint: str
    created_at: str


class _Event(msgspec.Struct, gc=False):
    id: str
    name: str
    version: str
    release: str
    platform_id: str
    package: str
    description: str
    payload: msgspec.Raw
    success: bool
    created_at: str
    event_receiver_id: str
    EventReceiver: msgspec.Raw


class _Group(msgspec.Struct, gc=False):
    id: str
    name: str
    type: str
    version: str
    description: str
    enabled: bool
    event_receiver_ids: tuple[str, ...]
    created_at: str
    updated_at: str


def receiver_json(receiver: Receiver) -> bytes:
    """A receiver as GET /api/v1/receivers/{id} shows it."""
    return _encode(
        _Receiver(
            receiver.id,
            receiver.name,
            receiver.type,
            receiver.version,
            receiver.description,
            msgspec.Raw(receiver.schema),
            receiver.fingerprint,
            rfc3339(receiver.created_at),
        )
    )


def event_json(event: Event, receiver: bytes) -> bytes:
    """An event as GET /api/v1/events/{id} shows it; `receiver` is its receiver's `receiver_json`."""
    return _encode(
        _Event(
            event.id,
            event.name,
            event.version,
            event.release,
            event.platform_id,
            event.package,
            event.description,
            msgspec.Raw(event.payload),
            event.success,
            rfc3339(event.created_at),
            event.event_receiver_id,
            msgspec.Raw(receiver),
        )
    )


def group_json(group: Group) -> bytes:
    """A group as GET /api/v1/groups/{id} shows it."""
    return _encode(
        _Group(
            group.id,
            group.name,
            group.type,
            group.version,
            group.description,
            group.enabled,
            group.event_receiver_ids,
            rfc3339(group.created_at),
            rfc3339(group.updated_at),
        )
    )
