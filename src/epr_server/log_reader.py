"""Reads the registry's log as messages: a part at a time, in the order of commits.

An entry is an event (with the groups it completed), a receiver, or a change of a group. Parts are
bounded in number and size, so that a long outage of the broker is worked off in bounded memory.

Events that this process has just stored itself need not be read back: it is told of them. Positions
have no gaps that hide something, so an event whose position is the very next one is the next entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

import asyncpg
import msgspec

from epr_server import messages
from epr_server.ingest import Committed, EventRow
from epr_server.messages import Message
from epr_server.receivers import KnownReceiver, Receivers
from epr_server.records import Event, Group

PART_ENTRIES = 500
PART_BYTES = 16 * 1024 * 1024
"""Payload bytes read at once; a single larger event is read alone."""
PART_RECEIVERS = 20  # their schemas may be large
_MOST_GROUPS = 1000
_MOST_REMEMBERED = 4 * PART_ENTRIES

# As columns of one statement, so that all are of one snapshot: everything up to the greatest of them
# is committed, and will be seen by the statements that come after.
HEADS = """
    (SELECT max(seq) FROM events) AS events,
    (SELECT max(seq) FROM event_receivers) AS receivers,
    (SELECT max(seq) FROM event_receiver_group_changes) AS changes,
    (SELECT max(event_seq) FROM event_receiver_group_completions) AS completions
"""
_EVENTS = """
    SELECT * FROM (
        SELECT seq, id, name, version, release, platform_id, package, description, payload, success,
               created_at, event_receiver_id,
               sum(payload_bytes) OVER (ORDER BY seq) - payload_bytes AS bytes_before
        FROM events WHERE seq > $1 AND seq <= $2
        ORDER BY seq LIMIT $3
    ) page
    WHERE bytes_before < $4 ORDER BY seq
"""
_RECEIVERS = """
    SELECT seq, id FROM event_receivers WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3
"""
_CHANGES = """
    SELECT seq, group_id, enabled, changed_at, first FROM event_receiver_group_changes
    WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3
"""
_COMPLETIONS = """
    SELECT event_seq, group_id, group_updated_at FROM event_receiver_group_completions
    WHERE event_seq > $1 AND event_seq <= $2 ORDER BY event_seq, group_id
"""
_GROUPS = """
    SELECT g.id, g.name, g.type, g.version, g.description, g.created_at,
           ARRAY(SELECT m.event_receiver_id FROM event_receiver_group_members m
                 WHERE m.group_id = g.id ORDER BY m.position) AS event_receiver_ids
    FROM event_receiver_groups g WHERE g.id = ANY ($1)
"""


class Heads(NamedTuple):
    """The last position of each kind of entry; 0 where there is none."""

    events: int
    receivers: int
    changes: int
    completions: int

    @property
    def last(self) -> int:
        return max(self.events, self.receivers, self.changes)


def heads_from(row: asyncpg.Record) -> Heads:
    """A row with the columns of `HEADS`."""
    return Heads(
        row["events"] or 0, row["receivers"] or 0, row["changes"] or 0, row["completions"] or 0
    )


class Part(NamedTuple):
    """Some consecutive entries of the log."""

    end: int
    """The position after them."""
    messages: Iterator[Message]
    """Made one at a time, as they are asked for."""
    newest: datetime | None
    """When the last event of the part was stored."""


class _Remembered(NamedTuple):
    row: EventRow
    created_at: datetime
    completes: bool
    """It, or another one of its batch, completed a group."""


class LogReader:
    """Turns positions into messages. Receivers and groups are immutable enough to be kept at hand."""

    def __init__(self, receivers: Receivers) -> None:
        self._receivers = receivers
        self._groups: dict[str, Group] = {}
        self._remembered: dict[int, _Remembered] = {}
        self._remembered_bytes = 0

    def remember(self, batch: Committed) -> None:
        """These events can be read without asking the database."""
        self._remembered_bytes += sum(row.payload_bytes for row in batch.rows)
        if len(self._remembered) > _MOST_REMEMBERED or self._remembered_bytes > PART_BYTES:
            self.forget()  # reading is behind: what piles up is in the database anyway
            return
        first, completes = batch.last_seq - len(batch.rows) + 1, batch.completed > 0
        for number, row in enumerate(batch.rows):
            created_at = batch.began + timedelta(microseconds=number + 1)
            self._remembered[first + number] = _Remembered(row, created_at, completes)

    def forget(self) -> None:
        self._remembered.clear()
        self._remembered_bytes = 0

    async def at_hand(self, connection: asyncpg.Connection, start: int) -> Part | None:
        """The entries right after position `start` that are remembered; ``None`` if there are none."""
        found: list[_Remembered] = []
        while len(found) < PART_ENTRIES:
            entry = self._remembered.pop(start + len(found) + 1, None)
            if entry is None:
                break
            found.append(entry)
        if not found:
            self.forget()  # whatever is left lies behind `start`, or beyond a gap
            return None
        end = start + len(found)
        self._remembered_bytes -= sum(entry.row.payload_bytes for entry in found)
        completions: dict[int, list[asyncpg.Record]] = {}
        if any(entry.completes for entry in found):
            completions = await self._completions(connection, start, end)
        made = []
        for seq, (row, created_at, _) in enumerate(found, start + 1):
            event = Event(
                id=row.id,
                name=row.name,
                version=row.version,
                release=row.release,
                platform_id=row.platform_id,
                package=row.package,
                description=row.description,
                payload=row.payload.encode(),
                success=row.success,
                created_at=created_at,
                event_receiver_id=row.event_receiver_id,
            )
            receiver = await self._receiver(row.event_receiver_id)
            made.append(self._event(event, receiver, completions.get(seq, ())))
        return Part(end, chain.from_iterable(made), found[-1].created_at)

    async def heads(self, connection: asyncpg.Connection) -> Heads:
        return heads_from(await connection.fetchrow(f"SELECT {HEADS}"))

    async def read(self, connection: asyncpg.Connection, start: int, heads: Heads) -> Part:
        """The entries after position `start`, as many as fit in a part."""
        end = heads.last
        events: list[asyncpg.Record] = []
        others: list[asyncpg.Record] = []
        if heads.events > start:
            events = await connection.fetch(_EVENTS, start, end, PART_ENTRIES, PART_BYTES)
            # A full page, by number or by bytes, has left some out: they are for the next part.
            if events and events[-1]["seq"] < heads.events:
                end = events[-1]["seq"]
        if heads.receivers > start:
            rows = await connection.fetch(_RECEIVERS, start, end, PART_RECEIVERS)
            if len(rows) == PART_RECEIVERS:
                end = rows[-1]["seq"]
            others += rows
        if heads.changes > start:
            rows = await connection.fetch(_CHANGES, start, end, PART_ENTRIES)
            if len(rows) == PART_ENTRIES:
                end = rows[-1]["seq"]
            others += rows
            await self._learn_groups(connection, rows)
        completions: dict[int, list[asyncpg.Record]] = {}
        if events and heads.completions > start:
            completions = await self._completions(connection, start, end)

        now = datetime.now(UTC)
        entries = []
        for row in events:
            seq, event = _event_from(row)
            receiver = await self._receiver(event.event_receiver_id)
            entries.append((seq, self._event(event, receiver, completions.get(seq, ()))))
        for row in others:
            if "changed_at" in row:
                entries.append((row["seq"], self._change(row, now)))
            else:
                receiver = (await self._receiver(row["id"])).record
                entries.append((row["seq"], iter([messages.receiver_created(receiver, now)])))
        if others:
            entries.sort(key=lambda entry: entry[0])
        return Part(
            end,
            (message for seq, made in entries if seq <= end for message in made),
            events[-1]["created_at"] if events else None,
        )

    async def _receiver(self, id: str) -> KnownReceiver:
        found = self._receivers.at_hand(id) or await self._receivers.get(id)
        if found is None:
            raise LookupError(f"receiver {id} is gone from the database")
        return found

    async def _completions(
        self, connection: asyncpg.Connection, start: int, end: int
    ) -> dict[int, list[asyncpg.Record]]:
        """By the position of the event."""
        found: dict[int, list[asyncpg.Record]] = {}
        rows = await connection.fetch(_COMPLETIONS, start, end)
        for row in rows:
            found.setdefault(row["event_seq"], []).append(row)
        await self._learn_groups(connection, rows)
        return found

    async def _learn_groups(
        self, connection: asyncpg.Connection, rows: Iterable[asyncpg.Record]
    ) -> None:
        wanted = {row["group_id"] for row in rows}
        if len(self._groups) > _MOST_GROUPS:
            self._groups.clear()
        if missing := wanted - self._groups.keys():
            for row in await connection.fetch(_GROUPS, list(missing)):
                self._groups[row["id"]] = Group(
                    id=row["id"],
                    name=row["name"],
                    type=row["type"],
                    version=row["version"],
                    description=row["description"],
                    enabled=True,
                    event_receiver_ids=tuple(row["event_receiver_ids"]),
                    created_at=row["created_at"],
                    updated_at=row["created_at"],
                )

    def _event(
        self, event: Event, receiver: KnownReceiver, completions: Iterable[asyncpg.Record]
    ) -> Iterator[Message]:
        """The event's message, then those of the groups it completed."""
        yield messages.event_created(event, receiver.type, receiver.json)
        for completion in completions:
            group = self._group(completion["group_id"], True, completion["group_updated_at"])
            yield messages.group_complete(event, receiver.json, group)

    def _change(self, row: asyncpg.Record, now: datetime) -> Iterator[Message]:
        group = self._group(row["group_id"], row["enabled"], row["changed_at"])
        yield messages.group_changed(group, row["first"], now)

    def _group(self, id: str, enabled: bool, updated_at: datetime) -> Group:
        """The group as it was at that moment; the rest of it never changes."""
        return msgspec.structs.replace(self._groups[id], enabled=enabled, updated_at=updated_at)


def _event_from(row: asyncpg.Record) -> tuple[int, Event]:
    """Position and event of a row of `_EVENTS`."""
    (
        seq, id, name, version, release, platform_id, package, description, payload, success,
        created_at, event_receiver_id, _,
    ) = row  # fmt: skip
    return seq, Event(
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
