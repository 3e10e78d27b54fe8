"""What the registry can do, whoever asks: REST and GraphQL both call this one object.

Nothing here knows about HTTP. Refusals are raised as `epr_server.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from epr_server.records import Event, Group, NewEvent, NewGroup, NewReceiver, Page, Receiver

Where = Mapping[str, str | bool | None]


class Registry:
    """The application: create, get, switch and find receivers, events and groups."""

    async def create_receiver(self, fields: NewReceiver) -> str:
        """Check and store a receiver; its id. Raises `InvalidInput`, `TooLarge`, `Unavailable`."""
        raise NotImplementedError

    async def create_event(self, fields: NewEvent) -> str:
        """Check and store an event, judge its gates; its id, once all of it is committed.

        Raises `InvalidInput`, `TooLarge`, `Overloaded`, `Unavailable`.
        """
        raise NotImplementedError

    async def create_group(self, fields: NewGroup) -> str:
        """Check and store a group; its id. Raises `InvalidInput`, `Unavailable`."""
        raise NotImplementedError

    async def set_group_enabled(self, id: str, enabled: bool) -> str:
        """Switch a group on or off; its id. Raises `NotFound`, `Unavailable`."""
        raise NotImplementedError

    async def get_receiver(self, id: str) -> Receiver:
        """Raises `NotFound`, `Unavailable`."""
        raise NotImplementedError

    async def get_event(self, id: str) -> Event:
        """Raises `NotFound`, `Unavailable`."""
        raise NotImplementedError

    async def get_group(self, id: str) -> Group:
        """Raises `NotFound`, `Unavailable`."""
        raise NotImplementedError

    async def find_events(
        self,
        where: Where,
        *,
        limit: int | None = None,
        before: str | None = None,
        after: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        type: str | None = None,
        with_payload: bool = True,
    ) -> Page[Event]:
        """The events that match, oldest first.

        `where`: equality tests on id, name, version, release, platform_id, package, success,
        event_receiver_id; all must hold. ``None`` matches nothing for a text or a boolean, and is
        ignored for an id (contract 6.4). `type`: of the event's receiver. `since` is inclusive,
        `until` exclusive.

        At most `limit` records (the registry's cap where ``None``; never more than the cap, and
        payloads together never more than the registry's byte cap): the newest of them, or, with
        `after` an event id, the oldest of those younger than it; `before` an event id takes the
        newest of those older than it. Raises `InvalidInput` for an unknown id in `before` or
        `after` or a `limit` below 1, and `Unavailable`.
        """
        raise NotImplementedError

    async def find_receivers(
        self,
        where: Where,
        *,
        limit: int | None = None,
        before: str | None = None,
        after: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page[Receiver]:
        """As `find_events`; `where`: id, name, type, version."""
        raise NotImplementedError

    async def find_groups(
        self,
        where: Where,
        *,
        limit: int | None = None,
        before: str | None = None,
        after: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page[Group]:
        """As `find_events`; `where`: id, name, type, version."""
        raise NotImplementedError
