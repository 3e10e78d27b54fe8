"""The messages on the topic: envelope, keys, exact order (contract section 10)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from epr_server.identity import unit_key
from epr_server.records import Event, Group, Receiver
from epr_server.representations import event_json, group_json, receiver_json
from epr_server.timestamps import rfc3339_seconds

RECEIVER_CREATED = "epr.event.receiver.created"
GROUP_CREATED = "epr.event.receiver.group.created"
GROUP_MODIFIED = "epr.event.receiver.group.modified"
REGISTRY_PLATFORM = "event-provenance-registry"

_encode = msgspec.json.Encoder().encode


class Message(NamedTuple):
    """A record for the topic. Records with equal keys stay in order."""

    key: bytes
    value: bytes


class _Data(msgspec.Struct, gc=False):
    events: list[msgspec.Raw] | None = None
    event_receivers: list[msgspec.Raw] | None = None
    event_receiver_groups: list[msgspec.Raw] | None = None


class _Envelope(msgspec.Struct, gc=False):
    success: bool
    id: str
    specversion: str
    type: str
    source: str
    api_version: str
    name: str
    version: str
    release: str
    platform_id: str
    package: str
    data: _Data


def _of_event(event: Event, success: bool, id: str, type: str, data: _Data) -> Message:
    envelope = _Envelope(
        success, id, "1.0", type, "epr", "v1", event.name, event.version, event.release,
        event.platform_id, event.package, data,
    )  # fmt: skip
    key = unit_key(event.name, event.version, event.release, event.platform_id, event.package)
    return Message(key.hex().encode(), _encode(envelope))


def _of_registry(
    record: Receiver | Group, type: str, package: str, now: datetime, data: _Data
) -> Message:
    envelope = _Envelope(
        True, record.id, "1.0", type, "epr", "v1", record.name, record.version,
        rfc3339_seconds(now), REGISTRY_PLATFORM, package, data,
    )  # fmt: skip
    return Message(record.id.encode(), _encode(envelope))


def receiver_created(receiver: Receiver, now: datetime) -> Message:
    data = _Data(event_receivers=[msgspec.Raw(receiver_json(receiver))])
    return _of_registry(receiver, RECEIVER_CREATED, "event.receiver", now, data)


def group_changed(group: Group, created: bool, now: datetime) -> Message:
    """`group` as it was right after the change: its creation, or a switch on or off."""
    data = _Data(event_receiver_groups=[msgspec.Raw(group_json(group))])
    type = GROUP_CREATED if created else GROUP_MODIFIED
    return _of_registry(group, type, "event.receiver.group", now, data)


def event_created(event: Event, receiver_type: str, receiver: bytes) -> Message:
    """`receiver` is the receiver's `receiver_json`; the message's type is the receiver's."""
    data = _Data(
        events=[msgspec.Raw(event_json(event, receiver))], event_receivers=[msgspec.Raw(receiver)]
    )
    return _of_event(event, event.success, event.id, receiver_type, data)


def group_complete(event: Event, receiver: bytes, group: Group) -> Message:
    """The gate is open for the event's unit. Keyed like the event, so it follows it on the topic."""
    data = _Data(
        events=[msgspec.Raw(event_json(event, receiver))],
        event_receiver_groups=[msgspec.Raw(group_json(group))],
    )
    return _of_event(event, True, group.id, group.type, data)
