"""The upstream SDK's `Config`: what `epr.create.create` and `epr.search.search` run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .models import Event, EventReceiver, EventReceiverGroup


@dataclass
class Config:
    """A registry's address and token, the objects to create or search by, the fields to return.

    `url=None` means EPR_URL, then http://localhost:8042. The token is sent as a bearer token
    (upstream never sent it). Empty field lists mean the usual fields.
    """

    url: str | None
    token: str | None
    debug: bool = False

    events: list[Event] = field(default_factory=list)
    event_receivers: list[EventReceiver] = field(default_factory=list)
    event_receiver_groups: list[EventReceiverGroup] = field(default_factory=list)

    event_fields: list[str] | None = field(default_factory=list)
    event_receiver_fields: list[str] | None = field(default_factory=list)
    event_receiver_group_fields: list[str] | None = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """All fields, models as dicts."""
        return asdict(self)
