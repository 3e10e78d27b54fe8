"""From the log to the topic: every committed entry becomes its messages, at least once, in order.

The log's `seq` is the order of commits, so the relay is a reader with a position, like a consumer
with an offset: read what lies beyond the position, publish, wait until the broker has confirmed all
of it, move the position. If the process dies in between, the next one publishes that part again.

Of all processes over one database only one publishes: the one whose connection holds an advisory
lock. When it dies PostgreSQL lets go of the lock and another process takes over.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import asyncpg

from epr_server import messages, metrics
from epr_server.database import HOPELESS, LOST, Database, reason
from epr_server.messages import Message
from epr_server.publisher import Publisher, PublishError
from epr_server.receivers import KnownReceiver, Receivers
from epr_server.records import Event, Group

log = logging.getLogger(__name__)

_LOCK = 0x45_50_52_02
_CHANNEL = "epr_log"
BATCH_ENTRIES = 500
BATCH_BYTES = 16 * 1024 * 1024
"""Payload bytes read at once; a single larger event is read alone."""
POLL_SECONDS = 1.0
"""A wake-up that got lost costs at most this; a follower looks this often whether it should lead."""
_RETRY_SECONDS = 1.0
PACE_SECONDS = 0.005
"""Under load entries gather this long before they are published, a few dozen at a time. The first
one after a pause goes out at once."""

_HEADS = """
    SELECT (SELECT max(seq) FROM events) AS events,
           (SELECT max(seq) FROM event_receivers) AS receivers,
           (SELECT max(seq) FROM event_receiver_group_changes) AS changes
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
_COMPLETIONS = """
    SELECT c.event_seq, c.group_updated_at, g.id, g.name, g.type, g.version, g.description,
           g.created_at, m.members
    FROM event_receiver_group_completions c
    JOIN event_receiver_groups g ON g.id = c.group_id
    CROSS JOIN LATERAL (
        SELECT array_agg(event_receiver_id ORDER BY position) AS members
        FROM event_receiver_group_members WHERE group_id = g.id
    ) m
    WHERE c.event_seq > $1 AND c.event_seq <= $2
    ORDER BY c.event_seq, g.seq
"""
_RECEIVERS = (
    "SELECT seq, id FROM event_receivers WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3"
)
_BATCH_RECEIVERS = 20  # their schemas may be large
_CHANGES = """
    SELECT c.seq, c.enabled, c.changed_at, c.first, g.id, g.name, g.type, g.version, g.description,
           g.created_at, m.members
    FROM event_receiver_group_changes c
    JOIN event_receiver_groups g ON g.id = c.group_id
    CROSS JOIN LATERAL (
        SELECT array_agg(event_receiver_id ORDER BY position) AS members
        FROM event_receiver_group_members WHERE group_id = g.id
    ) m
    WHERE c.seq > $1 AND c.seq <= $2
    ORDER BY c.seq LIMIT $3
"""


class Relay:
    """The reader of the log. `leading` while this process is the one that publishes."""

    def __init__(self, database: Database, receivers: Receivers, publisher: Publisher) -> None:
        self._database = database
        self._receivers = receivers
        self._publisher = publisher
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._position = 0
        self._head = 0
        self._prepared = False
        self.leading = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    def wake(self, *_: object) -> None:
        """Something was committed. Takes any arguments, to serve as a listener."""
        self._news.set()

    async def stop(self, patience: float) -> None:
        """Publishes what is committed for at most `patience` seconds, then lets go."""
        if self._task is None:
            return
        deadline = time.monotonic() + patience
        while self.leading and time.monotonic() < deadline:
            if not self._news.is_set() and self._position >= self._head:
                break
            await asyncio.sleep(0.02)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        told = ""
        while True:
            try:
                await self._database.started.wait()
                # A position lost in a crash of the database costs a repetition, never a message.
                connection = await self._database.connect(synchronous_commit="off")
                try:
                    await self._lead(connection)
                finally:
                    self.leading = False
                    metrics.relay_leader.set(0)
                    await self._publisher.reset()
                    connection.terminate()
            except PublishError as error:
                problem = f"{error}; messages wait and will be published in order"
            except (*LOST, *HOPELESS, asyncpg.PostgresError) as error:
                problem = reason(error)
            except Exception:  # whatever it was, messages must go on
                log.exception("publishing failed; starting over")
                problem = ""
            metrics.publish_failures.inc()
            if problem and problem != told:
                log.warning("publishing interrupted: %s", problem)
            told = problem
            await asyncio.sleep(_RETRY_SECONDS)

    async def _lead(self, connection: asyncpg.Connection) -> None:
        leader = "SELECT pg_try_advisory_lock($1)"
        # Polled: whoever holds the lock is another process, and it says nothing when it dies.
        while not await connection.fetchval(leader, _LOCK):  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)
        await connection.add_listener(_CHANNEL, self.wake)
        self._position = await connection.fetchval("SELECT seq FROM epr_relay")
        if not self._prepared:
            await self._publisher.prepare_topic()
            self._prepared = True
        self.leading = True
        metrics.relay_leader.set(1)
        log.info("publishing from position %d", self._position)
        self._news.set()
        loop = asyncio.get_running_loop()
        while True:
            if not self._news.is_set():
                try:
                    await asyncio.wait_for(self._news.wait(), POLL_SECONDS)
                except TimeoutError:
                    metrics.relay_lag_seconds.set(0)
            began = loop.time()
            self._news.clear()
            while await self._publish_some(connection):
                await asyncio.sleep(began + PACE_SECONDS - loop.time())
                began = loop.time()

    async def _publish_some(self, connection: asyncpg.Connection) -> bool:
        """Publishes the next part of the log; whether there was one."""
        heads = await connection.fetchrow(_HEADS)
        # One statement, one snapshot: all up to the head is committed and will be seen below.
        self._head = max((head for head in heads if head is not None), default=0)
        metrics.relay_behind.set(max(0, self._head - self._position))
        if self._head <= self._position:
            return False
        end, batch = await self._read(connection, heads)
        try:
            published = await self._publisher.publish(batch)
        except PublishError:
            self._prepared = False  # perhaps the topic was removed
            raise
        moved = await connection.fetchval(
            "UPDATE epr_relay SET seq = $1 WHERE seq = $2 RETURNING seq", end, self._position
        )
        if moved is None:
            raise PublishError("the position in the log was moved by somebody else")
        self._position = end
        metrics.messages_published.inc(published)
        metrics.relay_behind.set(max(0, self._head - end))
        return True

    async def _read(
        self, connection: asyncpg.Connection, heads: asyncpg.Record
    ) -> tuple[int, Iterator[Message]]:
        """The next entries as messages, and the position after them."""
        start, end = self._position, self._head
        events: list[asyncpg.Record] = []
        entries: list[tuple[int, Iterator[Message]]] = []
        if (heads["events"] or 0) > start:
            events = await connection.fetch(_EVENTS, start, end, BATCH_ENTRIES, BATCH_BYTES)
            # A full page, by count or by bytes, may have left some out: they are for next time.
            if events and events[-1]["seq"] < heads["events"]:
                end = events[-1]["seq"]
        others: list[tuple[int, asyncpg.Record]] = []
        if (heads["receivers"] or 0) > start:
            rows = await connection.fetch(_RECEIVERS, start, end, _BATCH_RECEIVERS)
            end = _last(rows, _BATCH_RECEIVERS, end)
            others += [(row["seq"], row) for row in rows]
        if (heads["changes"] or 0) > start:
            rows = await connection.fetch(_CHANGES, start, end, BATCH_ENTRIES)
            end = _last(rows, BATCH_ENTRIES, end)
            others += [(row["seq"], row) for row in rows]
        completions: dict[int, list[asyncpg.Record]] = {}
        if events:
            for row in await connection.fetch(_COMPLETIONS, start, end):
                completions.setdefault(row["event_seq"], []).append(row)
        now = datetime.now(UTC)
        for row in events:
            receiver = await self._receiver(row["event_receiver_id"])
            entries.append((row["seq"], _event_messages(row, receiver, completions)))
        for seq, row in others:
            if "changed_at" in row:
                entries.append((seq, _change_messages(row, now)))
            else:
                receiver = await self._receiver(row["id"])
                entries.append((seq, iter((messages.receiver_created(receiver.record, now),))))
        if others:
            entries.sort(key=lambda entry: entry[0])
        if events:
            metrics.relay_lag_seconds.set((now - events[-1]["created_at"]).total_seconds())
        return end, (m for seq, made in entries if seq <= end for m in made)

    async def _receiver(self, id: str) -> KnownReceiver:
        found = self._receivers.at_hand(id) or await self._receivers.get(id)
        if found is None:
            raise PublishError(f"receiver {id} is gone from the database")
        return found


def _last(rows: list[asyncpg.Record], limit: int, end: int) -> int:
    """Where the batch ends: at the last row if the page is full, else where it would have ended."""
    return min(end, rows[-1]["seq"]) if len(rows) == limit else end


def _event_messages(
    row: asyncpg.Record, receiver: KnownReceiver, completions: dict[int, list[asyncpg.Record]]
) -> Iterator[Message]:
    """The event's message, then those of the groups it completed."""
    (
        seq, id, name, version, release, platform_id, package, description, payload, success,
        created_at, event_receiver_id, *_,
    ) = row  # fmt: skip
    event = Event(
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
    yield messages.event_created(event, receiver.type, receiver.json)
    for completion in completions.get(seq, ()):
        group = _group(completion, enabled=True, updated_at=completion["group_updated_at"])
        yield messages.group_complete(event, receiver.json, group)


def _change_messages(row: asyncpg.Record, now: datetime) -> Iterator[Message]:
    group = _group(row, enabled=row["enabled"], updated_at=row["changed_at"])
    yield messages.group_changed(group, row["first"], now)


def _group(row: asyncpg.Record, *, enabled: bool, updated_at: datetime) -> Group:
    return Group(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        version=row["version"],
        description=row["description"],
        enabled=enabled,
        event_receiver_ids=tuple(row["members"]),
        created_at=row["created_at"],
        updated_at=updated_at,
    )
