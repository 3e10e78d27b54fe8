"""What the registry can do, whoever asks: REST and GraphQL both call this one object.

Nothing here knows about HTTP. Refusals are raised as `epr_server.errors`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import asyncpg

from epr_server import metrics, search
from epr_server.database import Database
from epr_server.errors import InvalidInput, NotFound, TooLarge
from epr_server.identity import fingerprint, new_id, unit_key
from epr_server.ingest import EventRow, Ingest
from epr_server.json_schema import SchemaRefused, compile_schema
from epr_server.json_text import compact
from epr_server.receivers import KnownReceiver, Receivers, receiver_from
from epr_server.records import Event, Group, NewEvent, NewGroup, NewReceiver, Page, Receiver
from epr_server.relay import Relay
from epr_server.search import Query, Where, Window
from epr_server.settings import Settings
from epr_server.text_fields import problems_of

Record = TypeVar("Record", Receiver, Event, Group)

_NO_MATCH = "event payload did not match event receiver schema"
_MOST_MEMBERS = 1000

_EVENT = """
    SELECT id, name, version, release, platform_id, package, description, payload, success,
           created_at, event_receiver_id
    FROM events WHERE id = $1
"""
_GROUP = f"SELECT {search.GROUP_COLUMNS} FROM event_receiver_groups t WHERE t.id = $1"  # noqa: S608


def event_from(row: asyncpg.Record) -> Event:
    """A row that begins with the columns of `_EVENT`, in its order."""
    (
        id, name, version, release, platform_id, package, description, payload, success,
        created_at, event_receiver_id, *_,
    ) = row  # fmt: skip
    return Event(
        id=id,
        name=name,
        version=version,
        release=release,
        platform_id=platform_id,
        package=package,
        description=description,
        payload=payload.encode(),
        success=success,
        created_at=created_at,
        event_receiver_id=event_receiver_id,
    )


def group_from(row: asyncpg.Record) -> Group:
    """A row with `search.GROUP_COLUMNS`."""
    return Group(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        version=row["version"],
        description=row["description"],
        enabled=row["enabled"],
        event_receiver_ids=tuple(row["event_receiver_ids"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


class Registry:
    """The application: create, get, switch and find receivers, events and groups."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        receivers: Receivers,
        ingest: Ingest,
        relay: Relay,
    ) -> None:
        self._settings = settings
        self._database = database
        self._receivers = receivers
        self._ingest = ingest
        self._relay = relay

    @property
    def search_limit(self) -> int:
        """How many records one search returns at most."""
        return self._settings.search_limit

    @property
    def events_under_way(self) -> int:
        """How many events this process has taken in and not yet answered."""
        return self._ingest.under_way

    async def create_receiver(self, fields: NewReceiver) -> str:
        """Check and store a receiver; its id. Raises `InvalidInput`, `TooLarge`, `Unavailable`."""
        problems = problems_of(
            (
                ("name", fields.name),
                ("type", fields.type),
                ("version", fields.version),
                ("description", fields.description),
            )
        )
        schema = b""
        if len(fields.schema) == 0:
            problems.append("schema is required")
        elif len(fields.schema) > self._settings.max_schema_bytes:
            raise TooLarge("schema", self._settings.max_schema_bytes)
        else:
            try:
                schema = compact(fields.schema, "schema")
                # Not on the event loop: a large schema takes a tenth of a second.
                await asyncio.to_thread(compile_schema, schema)
            except InvalidInput as refusal:
                problems.extend(f"failed to parse schema: {why}" for why in refusal.problems)
            except SchemaRefused as refusal:
                problems.append(f"failed to parse schema: {refusal}")
        if problems:
            raise InvalidInput(problems)
        name, type, version, description = _texts(
            fields.name, fields.type, fields.version, fields.description
        )
        id = new_id()
        await self._write(
            "SELECT epr_record_receiver($1, $2, $3, $4, $5, $6, $7, $8)",
            id, name, type, version, description, schema.decode(),
            fingerprint(type, description, name, version),
        )  # fmt: skip
        metrics.receivers_created.inc()
        return id

    async def create_event(self, fields: NewEvent) -> str:
        """Check and store an event, judge its gates; its id, once all of it is committed.

        Raises `InvalidInput`, `Overloaded`, `Unavailable`.
        """
        problems = problems_of(
            (
                ("name", fields.name),
                ("version", fields.version),
                ("release", fields.release),
                ("platform id", fields.platform_id),
                ("package", fields.package),
                ("description", fields.description),
                ("event receiver id", fields.event_receiver_id),
            )
        )
        if problems:
            raise InvalidInput(problems)
        name, version, release, platform_id, package, description, receiver_id = _texts(
            fields.name, fields.version, fields.release, fields.platform_id, fields.package,
            fields.description, fields.event_receiver_id,
        )  # fmt: skip
        receiver = self._receivers.at_hand(receiver_id) or await self._receivers.get(receiver_id)
        if receiver is None:
            raise InvalidInput("receiver for event does not exist")
        if len(fields.payload) == 0:
            raise InvalidInput("payload is required")
        payload = compact(fields.payload, "payload")
        if violations := receiver.schema.violations(payload):
            raise InvalidInput([_NO_MATCH, *violations])
        id = new_id()
        await self._ingest.record(
            EventRow(
                id,
                name,
                version,
                release,
                platform_id,
                package,
                description,
                payload.decode(),
                len(payload),
                bool(fields.success),
                receiver_id,
                unit_key(name, version, release, platform_id, package),
            )
        )
        return id

    async def create_group(self, fields: NewGroup) -> str:
        """Check and store a group; its id. Raises `InvalidInput`, `Unavailable`."""
        problems = problems_of(
            (
                ("name", fields.name),
                ("type", fields.type),
                ("version", fields.version),
                ("description", fields.description),
            )
        )
        members = fields.event_receiver_ids or []
        if not members:
            problems.append("need at least one event receiver id")
        elif any(not member or member.isspace() for member in members):
            problems.append("event receiver ids cannot be blank")
        elif len(members) > _MOST_MEMBERS:
            problems.append(f"a group cannot have more than {_MOST_MEMBERS} event receiver ids")
        if problems:
            raise InvalidInput(problems)
        for member in members:
            if member is not None and not (member.isascii() and "\0" not in member):
                raise InvalidInput(_no_member(member))
        id = new_id()
        missing = await self._write(
            "SELECT epr_record_group($1, $2, $3, $4, $5, $6, $7, $8)",
            id, fields.name, fields.type, fields.version, fields.description,
            bool(fields.enabled), members,
        )  # fmt: skip
        if missing is not None:
            raise InvalidInput(_no_member(missing))
        metrics.groups_created.inc()
        return id

    async def set_group_enabled(self, id: str, enabled: bool) -> str:
        """Switch a group on or off; its id. Raises `NotFound`, `Unavailable`."""
        if "\0" in id or not await self._write("SELECT epr_switch_group($1, $2, $3)", id, enabled):
            raise NotFound("eventReceiverGroup", id)
        return id

    async def get_receiver(self, id: str) -> Receiver:
        """Raises `NotFound`, `Unavailable`."""
        return (await self.known_receiver(id)).record

    async def known_receiver(self, id: str) -> KnownReceiver:
        """A receiver with its JSON. Raises `NotFound`, `Unavailable`."""
        if (found := await self._receivers.get(id)) is None:
            raise NotFound("eventReceiver", id)
        return found

    async def get_event(self, id: str) -> Event:
        """Raises `NotFound`, `Unavailable`."""
        row = None if "\0" in id else await self._database.fetchrow(_EVENT, id)
        if row is None:
            raise NotFound("event", id)
        return event_from(row)

    async def get_group(self, id: str) -> Group:
        """Raises `NotFound`, `Unavailable`."""
        row = None if "\0" in id else await self._database.fetchrow(_GROUP, id)
        if row is None:
            raise NotFound("eventReceiverGroup", id)
        return group_from(row)

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
        newest of those older than it. An unknown id in `before` or `after` matches nothing.
        Raises `InvalidInput` for a `limit` below 1, and `Unavailable`.
        """
        query = search.events(
            where,
            Window(limit, before, after, since, until),
            type=type,
            with_payload=with_payload,
            cap=self._settings.search_limit,
            cap_bytes=self._settings.search_bytes,
        )
        return await self._find("events", query, event_from)

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
        query = search.receivers(
            where, Window(limit, before, after, since, until), cap=self._settings.search_limit
        )
        return await self._find("event_receivers", query, receiver_from)

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
        query = search.groups(
            where, Window(limit, before, after, since, until), cap=self._settings.search_limit
        )
        return await self._find("event_receiver_groups", query, group_from)

    async def _find(
        self, kind: str, query: Query | None, record_from: Callable[[asyncpg.Record], Record]
    ) -> Page[Record]:
        metrics.queries_total.labels(kind).inc()
        if query is None:
            return Page([], False)
        began = time.perf_counter()
        rows = await self._database.fetch(query.statement, *query.values)
        metrics.search_duration.labels(kind).observe(time.perf_counter() - began)
        items = [record_from(row) for row in rows[: query.size]]
        matched = rows[0]["matched"] if rows else 0
        if not query.forward:
            items.reverse()
        return Page(items, matched > len(items))

    async def _write(self, statement: str, *values: Any) -> Any:
        """A short write; the last argument of `statement` is `wake`.

        It is repeated if the connection is lost. If the first try was committed after all, the
        database then says that the (random) id exists: it is stored, which is all that was wanted.
        """
        wake = not self._relay.leading
        try:
            result = await self._database.run(lambda c: c.fetchval(statement, *values, wake))
        except asyncpg.UniqueViolationError:
            result = None
        self._relay.wake()
        return result


def _texts(*texts: str | None) -> list[str]:
    """The same texts, known to be there since `problems_of` found nothing."""
    return [text for text in texts if text is not None]


def _no_member(id: str) -> str:
    return f"event receiver with id {id} does not exist; create it before the group"
