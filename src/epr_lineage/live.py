"""Keeping an index current: from the topic as things happen, from the registry for what was before."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from epr.client import Client
from epr.messages import Message
from epr.watcher import Watcher
from epr.watcher.broker import Start
from epr_lineage.index import Index

OVERLAP = timedelta(seconds=30)
"""How far a resumed back-fill goes back: events that were being stored at the same moment may
become visible in another order than that of their times."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """What one back-fill did: events read, and how many of them the index did not have."""

    read: int
    added: int


class Feed:
    """Feeds an index. Everything may arrive twice, early or late: the index does not mind.

        with Feed(client).running() as feed:
            feed.index

    `start()` first listens, then reads what the registry has, so nothing falls in between. After a
    pause (`stop()`, later `start()`), both go on where they had come to.
    `start`: where on the topic to begin the first time; "earliest" captures the messages that are
    still there, which the registry itself does not keep. `brokers`, `topic`: as for `epr.Watcher`.
    """

    def __init__(
        self,
        client: Client,
        index: Index | None = None,
        *,
        start: Start = "latest",
        brokers: str | None = None,
        topic: str | None = None,
    ) -> None:
        self.index = index if index is not None else Index()
        self._client = client
        self._connection = {"brokers": brokers, "topic": topic}
        self._start: Start = start
        self._watcher: Watcher | None = None
        self._reached: datetime | None = None
        self._arrived = threading.Condition()

    def start(self, progress: Callable[[int], None] | None = None) -> Backfill:
        """Listens from now on, in a thread of its own, and reads what was before.

        Raises what `epr.Watcher.start` and the client raise. If reading is cut short, the next
        `backfill()` goes on from there.
        """
        if self._watcher is None:
            # It only looks: messages that have been round many times are to be seen as well.
            watcher = Watcher(None, start=self._start, max_hops=10**6, **self._connection)
            watcher.on()(self._take)
            watcher.start()
            self._watcher = watcher
        return self.backfill(progress)

    def stop(self) -> None:
        """Stops listening. The index stays as it is."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.stop()

    @contextlib.contextmanager
    def running(self, progress: Callable[[int], None] | None = None) -> Iterator[Feed]:
        """`start()` now and `stop()` at the end of the block."""
        try:
            self.start(progress)
            yield self
        finally:
            self.stop()

    def backfill(
        self, progress: Callable[[int], None] | None = None, *, everything: bool = False
    ) -> Backfill:
        """Reads what the registry has, page by page, from where the last one had come to.

        With `everything` from the beginning: that finds and fills any gap. `progress` is told how
        many events have been read, now and then. Raises what the client raises.
        """
        since = None if everything or self._reached is None else self._reached - OVERLAP
        self.index.add(*self._client.receivers.find(), *self._client.groups.find())
        read = added = 0
        for event in self._client.events.find(since=since):
            added += self.index.add(event)
            read += 1
            if self._reached is None or event.created_at > self._reached:
                self._reached = event.created_at
            if progress is not None and read % 1_000 == 0:
                progress(read)
        if progress is not None:
            progress(read)
        return Backfill(read, added)

    def wait_until(self, condition: Callable[[Index], bool], timeout: float = 30.0) -> bool:
        """Waits for messages until something holds of the index; whether it did in `timeout` seconds."""
        with self._arrived:
            return self._arrived.wait_for(lambda: condition(self.index), timeout)

    def _take(self, message: Message) -> None:
        self.index.add(message)
        if message.timestamp is not None:
            # A resumed feed begins at the last message's time: that one comes again, and none is missed.
            self._start = message.timestamp
        with self._arrived:
            self._arrived.notify_all()
