"""What the index keeps of one event, and of one message: little, and never the payload."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from epr.messages import Message
from epr.records import NVRPP, Event
from epr_lineage import payloads
from epr_lineage.clocks import occurred_at
from epr_lineage.model import Kind
from epr_lineage.payloads import Occurrence, Said
from epr_lineage.payloads.text import canonical

FAILED_OUTCOMES = frozenset({"failure", "fail", "error", "cancel"})


@dataclass(frozen=True, slots=True)
class Entry:
    """An event without its payload: the registry's columns, and what the payload said.

    `digest` is over the payload's JSON with sorted keys (16 bytes), to find the same one again.
    `unread`: a reason for each part of the payload that could not be read.
    """

    id: str
    nvrpp: NVRPP
    event_receiver_id: str
    success: bool
    description: str
    created_at: datetime
    occurred_at: datetime | None
    digest: bytes
    said: Said
    unread: tuple[str, ...]

    @classmethod
    def of(cls, event: Event, content: bytes | None = None) -> Entry:
        """Reads an event (`content`: its digest, if known). Never fails because of its payload."""
        said, unread = payloads.read(event.payload)
        return cls(
            id=event.id,
            nvrpp=_unit(event.nvrpp),
            event_receiver_id=sys.intern(event.event_receiver_id),
            success=event.success,
            description=sys.intern(event.description),
            created_at=event.created_at,
            occurred_at=occurred_at(event),
            digest=content or digest(event),
            said=said,
            unread=unread,
        )

    @property
    def node(self) -> str:
        """The id of its node."""
        return f"{Kind.EVENT}:{self.id}"

    @property
    def occurrence(self) -> Occurrence | None:
        """What its CDEvent says, if it carries one."""
        return self.said.occurrence

    @property
    def name(self) -> str:
        """Its CDEvents type, such as `build.finished`; "" if it carries none."""
        return self.said.occurrence.name if self.said.occurrence else ""

    @property
    def failed(self) -> bool:
        """Whether the receipt or the outcome in it says that something failed."""
        outcome = self.said.occurrence.outcome if self.said.occurrence else ""
        return not self.success or outcome in FAILED_OUTCOMES

    @property
    def when(self) -> datetime:
        """When it happened, or, if nobody says, when it was recorded."""
        return self.occurred_at or self.created_at


@dataclass(frozen=True, slots=True)
class Announced:
    """A message without its bytes: where it stands on the topic, and what it announces.

    `group_id` is that of the gate it announces, None if it announces the event itself.
    """

    topic: str
    partition: int
    offset: int
    type: str
    event_id: str
    nvrpp: NVRPP
    group_id: str | None
    timestamp: datetime | None

    @classmethod
    def of(cls, message: Message) -> Announced | None:
        """Reads a message; None if it announces neither an event nor a gate."""
        if message.event is None:
            return None
        return cls(
            message.topic, message.partition, message.offset, sys.intern(message.type),
            message.event.id, _unit(message.event.nvrpp),
            message.group.id if message.group else None, message.timestamp,
        )  # fmt: skip

    @property
    def place(self) -> tuple[str, int, int]:
        """Topic, partition, offset: no two messages have the same."""
        return self.topic, self.partition, self.offset

    @property
    def node(self) -> str:
        """The id of its node."""
        return f"{Kind.MESSAGE}:{self.topic}/{self.partition}/{self.offset}"


@lru_cache(maxsize=65_536)
def _unit(unit: NVRPP) -> NVRPP:
    """The same object for equal units."""
    return NVRPP(*map(sys.intern, unit))


def digest(event: Event) -> bytes:
    """16 bytes that are the same for the same content of an event."""
    columns = (*event.nvrpp, event.event_receiver_id, event.success, event.payload)
    return hashlib.blake2b(canonical(columns), digest_size=16).digest()
