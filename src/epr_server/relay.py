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
from datetime import UTC, datetime

import asyncpg

from epr_server import metrics
from epr_server.database import HOPELESS, LOST, Database, reason
from epr_server.ingest import Committed
from epr_server.log_reader import HEADS, Heads, LogReader, Part, heads_from
from epr_server.publisher import Publisher, PublishError
from epr_server.receivers import Receivers

log = logging.getLogger(__name__)

_LOCK = 0x45_50_52_02
_CHANNEL = "epr_log"
POLL_SECONDS = 1.0
"""A wake-up that got lost costs at most this; a follower looks this often whether it should lead."""
_RETRY_SECONDS = 1.0
PACE_SECONDS = 0.008
"""Under load entries gather this long before they are published, a few dozen at a time. The first
one after a pause goes out at once."""

# Moves the position and tells what has been committed meanwhile, in one round trip.
_MOVE = f"UPDATE epr_relay SET seq = $1 WHERE seq = $2 RETURNING {HEADS}"  # noqa: S608


class Relay:
    """The reader of the log. `leading` while this process is the one that publishes."""

    def __init__(self, database: Database, receivers: Receivers, publisher: Publisher) -> None:
        self._database = database
        self._reader = LogReader(receivers)
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

    def committed(self, batch: Committed | None) -> None:
        """This process has committed these events."""
        if batch is not None and self.leading:
            self._reader.remember(batch)
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
                    self._reader.forget()
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
            self._news.clear()
            began = loop.time()
            heads = None
            while (part := await self._next(connection, heads)) is not None:
                heads = await self._publish(connection, part)
                await asyncio.sleep(began + PACE_SECONDS - loop.time())
                began = loop.time()

    async def _next(self, connection: asyncpg.Connection, heads: Heads | None) -> Part | None:
        """The next part of the log, if there is one. `heads`: if they are known already."""
        if (part := await self._reader.at_hand(connection, self._position)) is not None:
            return part
        heads = heads or await self._reader.heads(connection)
        self._head = heads.last
        metrics.relay_behind.set(max(0, self._head - self._position))
        if self._head <= self._position:
            return None
        return await self._reader.read(connection, self._position, heads)

    async def _publish(self, connection: asyncpg.Connection, part: Part) -> Heads:
        """Publishes a part of the log and moves the position behind it; where the log ends now."""
        if part.newest is not None:
            lag = datetime.now(UTC) - part.newest
            metrics.relay_lag_seconds.set(lag.total_seconds())
        try:
            published = await self._publisher.publish(part.messages)
        except PublishError:
            self._prepared = False  # perhaps the topic was removed
            raise
        moved = await connection.fetchrow(_MOVE, part.end, self._position)
        if moved is None:
            raise PublishError("the position in the log was moved by somebody else")
        self._position = part.end
        metrics.messages_published.inc(published)
        heads = heads_from(moved)
        self._head = heads.last
        metrics.relay_behind.set(max(0, self._head - self._position))
        return heads
