"""What the registry keeps: receivers, events and groups, and what a client hands in to make one.

Everything here is frozen. ``New…`` is a request as it was sent (contract sections 3 to 5): a text
that is missing or ``null`` is ``None``, and the registry decides whether that is allowed. JSON
documents (payloads, schemas) travel as bytes, exactly as they were sent apart from white space, so
that a number or the order of keys is never changed on the way through.
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

import msgspec

__all__ = [
    "Event",
    "Group",
    "NewEvent",
    "NewGroup",
    "NewReceiver",
    "Page",
    "Receiver",
]

Record = TypeVar("Record", "Receiver", "Event", "Group")


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of action; its schema says what the payload of its events may look like."""

    id: str
    name: str
    type: str
    version: str
    description: str
    schema: bytes
    """JSON text, compact UTF-8."""
    fingerprint: str
    """Lower-case hex; see `epr_server.identity.fingerprint`."""
    created_at: datetime


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A record that an action happened for one unit (name, version, release, platform, package)."""

    id: str
    name: str
    version: str
    release: str
    platform_id: str
    package: str
    description: str
    payload: bytes
    """JSON text, compact UTF-8; ``b"null"`` where a search was asked to leave payloads out."""
    success: bool
    created_at: datetime
    event_receiver_id: str


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A set of receivers; announced for a unit when the newest event on each of them passed."""

    id: str
    name: str
    type: str
    version: str
    description: str
    enabled: bool
    event_receiver_ids: tuple[str, ...]
    """In the order they were given, repetitions included."""
    created_at: datetime
    updated_at: datetime


class NewReceiver(msgspec.Struct, frozen=True, kw_only=True):
    """What a client sends to make a receiver. An empty ``schema`` means: the key was missing."""

    name: str | None = None
    type: str | None = None
    version: str | None = None
    description: str | None = None
    schema: msgspec.Raw = msgspec.Raw()


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What a client sends to record an event. An empty ``payload`` means: the key was missing."""

    name: str | None = None
    version: str | None = None
    release: str | None = None
    platform_id: str | None = None
    package: str | None = None
    description: str | None = None
    payload: msgspec.Raw = msgspec.Raw()
    success: bool | None = None
    event_receiver_id: str | None = None


class NewGroup(msgspec.Struct, frozen=True, kw_only=True):
    """What a client sends to make a group."""

    name: str | None = None
    type: str | None = None
    version: str | None = None
    description: str | None = None
    enabled: bool | None = None
    event_receiver_ids: list[str | None] | None = None


class Page(NamedTuple, Generic[Record]):
    """The outcome of a search."""

    items: list[Record]
    """Oldest first."""
    truncated: bool
    """More records matched than were returned."""
