"""Storing events: requests that arrive together are committed together.

A request puts its event in a queue and waits. A few flushers, each with a connection of its own,
take all that is waiting and store it with one statement in one transaction. While one batch is being
committed the next one gathers, so batches grow with the load by themselves. A request is answered
after its batch is committed, never before.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg

from epr_server import metrics
from epr_server.database import HOPELESS, LOST, Database, reason
from epr_server.errors import InvalidInput, Overloaded, RegistryError, Unavailable

log = logging.getLogger(__name__)

FLUSHERS = 2
"""One batch is committed while the next is being sent; a third would find nothing to do, because the
log's lock lets one batch through at a time."""
MAX_BATCH_BYTES = 16 * 1024 * 1024
_QUIET_TURNS = 2  # of the event loop: in one a request is read, in the next its handler runs
PATIENCE = 5.0
"""Seconds a request waits for a database that went away before it is answered 503."""

_RECORD = "SELECT * FROM epr_record_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
# The plans of epr_record_events are made once per connection: planning anew for each batch costs more
# than storing it. They are made while the tables may still be empty, when the planner would choose to
# read them whole, and must stay good when they have grown.
_PLANNER = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}
# Classes of SQLSTATE: data exception, integrity constraint, program limit exceeded.
_VALUES_AT_FAULT = ("22", "23", "54")


class EventRow(NamedTuple):
    """An event ready to be stored: the arguments of `epr_record_events`, in its order."""

    id: str
    name: str
    version: str
    release: str
    platform_id: str
    package: str
    description: str
    payload: str
    payload_bytes: int
    success: bool
    event_receiver_id: str
    unit: bytes


class Committed(NamedTuple):
    """A batch of events that was stored just now, at consecutive positions of the log."""

    last_seq: int
    began: datetime
    """The first event was stored a microsecond later, the second two, and so on."""
    rows: list[EventRow]
    completed: int
    """How many groups they completed."""


class _Waiting(NamedTuple):
    row: EventRow
    stored: asyncio.Future[None]


class Ingest:
    """The queue and its flushers.

    `committed` is called after each commit, with what is known of it. `publishes_here` tells whether
    this process publishes messages itself; if not, the one that does is woken through the database.
    """

    def __init__(
        self,
        database: Database,
        *,
        queue_events: int,
        queue_bytes: int,
        batch_events: int,
        committed: Callable[[Committed | None], None],
        publishes_here: Callable[[], bool],
    ) -> None:
        self._database = database
        self._queue_events = queue_events
        self._queue_bytes = queue_bytes
        self._waiting_bytes = 0  # payloads of events that are not yet answered
        self._batch_events = batch_events
        self._committed = committed
        self._publishes_here = publishes_here
        self._queue: deque[_Waiting] = deque()
        self._idle: list[asyncio.Future[None]] = []
        self._flushers: list[asyncio.Task[None]] = []
        self.under_way = 0  # events taken in and not yet answered
        self._most_under_way = 0  # lately

    def start(self) -> None:
        self._flushers = [asyncio.create_task(self._flush()) for _ in range(FLUSHERS)]

    async def stop(self) -> None:
        """Stores what is still waiting, then stops."""
        while self._queue or len(self._idle) < len(self._flushers):
            if all(flusher.done() for flusher in self._flushers):
                break
            await asyncio.sleep(0.01)
        for flusher in self._flushers:
            flusher.cancel()
        await asyncio.gather(*self._flushers, return_exceptions=True)

    async def record(self, row: EventRow) -> None:
        """Returns once the event is committed. Raises `Overloaded`, `Unavailable`, `InvalidInput`."""
        if len(self._queue) >= self._queue_events or self._waiting_bytes > self._queue_bytes:
            raise Overloaded(len(self._queue))
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(row, stored))
        self.under_way += 1
        self._waiting_bytes += row.payload_bytes
        if self._idle:
            self._idle.pop().set_result(None)
        try:
            await stored
        finally:
            self.under_way -= 1
            self._waiting_bytes -= row.payload_bytes

    async def _flush(self) -> None:
        connection = _Connection(self._database)
        loop = asyncio.get_running_loop()
        try:
            while True:
                while not self._queue:
                    idle: asyncio.Future[None] = loop.create_future()
                    self._idle.append(idle)
                    await idle
                await self._gather()
                batch = self._take()
                try:
                    await self._store(connection, batch)
                except Exception:  # a flusher must outlive whatever happens to one batch
                    log.exception("a batch of %d events failed", len(batch))
                    _refuse(batch, Unavailable("the event could not be stored", maybe_stored=True))
        finally:
            await connection.close()

    async def _gather(self) -> None:
        """Lets requests that have arrived already reach the queue.

        The answers to one batch make their senders send again at nearly the same moment; without
        this pause the first of them would be stored alone and the others wait for it. Half of those
        that are under way at a time is enough: then one half is read while the other is stored.
        """
        self._most_under_way = max(self.under_way, self._most_under_way - 1)
        enough = min(self._most_under_way // 2, self._batch_events)
        quiet, seen = 0, len(self._queue)
        while seen < enough and quiet < _QUIET_TURNS:
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._queue) == seen else 0
            seen = len(self._queue)

    def _take(self) -> list[_Waiting]:
        queue, batch, size = self._queue, [], 0
        while queue and len(batch) < self._batch_events and size < MAX_BATCH_BYTES:
            waiting = queue.popleft()
            if waiting.stored.done():  # the client is gone, and nothing is stored yet
                continue
            batch.append(waiting)
            size += waiting.row.payload_bytes
        metrics.events_under_way.set(self.under_way)
        return batch

    async def _store(self, connection: _Connection, batch: Sequence[_Waiting]) -> None:
        if not batch:
            return
        began = time.perf_counter()
        rows = [waiting.row for waiting in batch]
        try:
            committed = await connection.record(rows, wake=not self._publishes_here())
        except InvalidInput as refusal:
            if len(batch) == 1:
                _refuse(batch, refusal)
                return
            # One of them is at fault; the others must not suffer for it.
            for waiting in batch:
                await self._store(connection, [waiting])
            return
        except Unavailable as error:
            _refuse(batch, error)
            return
        self._committed(committed)
        for waiting in batch:
            if not waiting.stored.done():
                waiting.stored.set_result(None)
        passed = sum(waiting.row.success for waiting in batch)
        metrics.events_created.labels("true").inc(passed)
        metrics.events_created.labels("false").inc(len(batch) - passed)
        if committed is not None:
            metrics.groups_completed.inc(committed.completed)
        metrics.batch_events.observe(len(batch))
        metrics.batch_seconds.observe(time.perf_counter() - began)


def _refuse(batch: Sequence[_Waiting], error: RegistryError) -> None:
    for waiting in batch:
        if not waiting.stored.done():
            waiting.stored.set_exception(error)


class _Connection:
    """One flusher's connection, opened again whenever it was lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: asyncpg.Connection | None = None
        self._statement: asyncpg.PreparedStatement | None = None

    async def record(self, rows: list[EventRow], *, wake: bool) -> Committed | None:
        """Stores the events; what is known of the commit.

        If the connection is lost it is not known whether they were committed. They are then sent
        once more: they carry their ids, so the database says "exists already" if they were; then
        the result is ``None``.
        Raises `InvalidInput` if the database refuses them, `Unavailable`.
        """
        columns = tuple(zip(*rows, strict=True))
        deadline = time.monotonic() + PATIENCE
        maybe_committed = False
        while True:
            try:
                statement = self._statement or await self._open()
            except (*LOST, *HOPELESS) as error:
                problem = error
            else:
                try:
                    stored = await statement.fetchrow(*columns, wake)
                    return Committed(stored["last_seq"], stored["began"], rows, stored["completed"])
                except asyncpg.UniqueViolationError as error:
                    if maybe_committed:
                        return None
                    raise InvalidInput(f"the event cannot be stored: {error}") from error
                except (
                    asyncpg.QueryCanceledError
                ) as error:  # rolled back, and slow again if repeated
                    raise Unavailable(reason(error)) from error
                except LOST as error:
                    problem, maybe_committed = error, True
                except asyncpg.ForeignKeyViolationError as error:
                    raise InvalidInput("receiver for event does not exist") from error
                except (asyncpg.PostgresError, asyncpg.DataError, ValueError) as error:
                    if getattr(error, "sqlstate", "22")[:2] in _VALUES_AT_FAULT:
                        raise InvalidInput(f"the event cannot be stored: {error}") from error
                    raise Unavailable(reason(error)) from error
            await self.close()
            if time.monotonic() >= deadline:
                doubt = (
                    "; it is not certain whether the event was stored" if maybe_committed else ""
                )
                raise Unavailable(reason(problem) + doubt) from problem
            await asyncio.sleep(0.1)

    async def _open(self) -> asyncpg.PreparedStatement:
        self._connection = await self._database.connect(**_PLANNER)
        self._statement = await self._connection.prepare(_RECORD)
        return self._statement

    async def close(self) -> None:
        connection, self._connection, self._statement = self._connection, None, None
        if connection is not None:
            connection.terminate()
