"""Remembering what was done, so that a message delivered twice has one effect.

A broker delivers at least once: after a crash between the effect and the commit of the offset the
message comes again. A seen-store notes the message's identity (`Message.identity`: source, type,
id, completing event) under the handler's name.

Give one to the watcher, and it marks a message *after* the handler returned:

    epr.Watcher("deployer", seen=epr.SQLiteSeen("deployer.sqlite"))

That narrows the window to a crash between the effect and the mark; it cannot close it, because
the effect and the mark are two systems. To close it, put both into one transaction:

    seen = epr.SQLiteSeen("deployer.sqlite")

    @watcher.on(type="plab.gate.release")
    def deploy(message):
        with seen.once(message) as transaction:          # None: done already
            if transaction is not None:
                transaction.execute("insert into deployments values (?)", (message.nvrpp.version,))

Limits: only effects made through that transaction are covered, not a deployment started on the
way. A store belongs to one machine: members of a group on several machines each have their own,
and a partition that moves from one to another takes no marks along. `MemorySeen` forgets at the
end of the process, so it helps against a registry that announces twice, not against crashes.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator
from os import PathLike
from typing import Protocol

from ..messages import Message


class SeenStore(Protocol):
    """What a watcher needs of a seen-store; write your own for another database."""

    def seen(self, message: Message, by: str) -> bool:
        """Whether the handler named `by` has dealt with the message."""
        ...

    def mark(self, message: Message, by: str) -> None:
        """Notes that it has. Marking twice is no error."""
        ...


class MemorySeen:
    """The newest `capacity` marks, in memory."""

    def __init__(self, capacity: int = 100_000) -> None:
        self.capacity = capacity
        self._marks: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def seen(self, message: Message, by: str = "") -> bool:
        """Whether the handler named `by` has dealt with the message."""
        return (by, message.identity) in self._marks

    def mark(self, message: Message, by: str = "") -> None:
        """Notes that it has; the oldest mark is forgotten when there are too many."""
        with self._lock:
            self._marks[(by, message.identity)] = None
            while len(self._marks) > self.capacity:
                self._marks.popitem(last=False)


class SQLiteSeen:
    """Marks in an SQLite file, which may hold the handler's own tables too.

    `path`: the file, made if missing. May be used from several threads and processes.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._connection = sqlite3.connect(
            path, timeout=30, isolation_level=None, check_same_thread=False
        )
        self._lock = threading.RLock()
        with self._lock:
            self._connection.execute("pragma journal_mode = wal")
            self._connection.execute(
                "create table if not exists epr_seen ("
                " handler text not null, identity text not null,"
                " at text not null default current_timestamp,"
                " primary key (handler, identity)) without rowid"
            )

    def seen(self, message: Message, by: str = "") -> bool:
        """Whether the handler named `by` has dealt with the message."""
        with self._lock:
            query = "select 1 from epr_seen where handler = ? and identity = ?"
            return self._connection.execute(query, (by, message.identity)).fetchone() is not None

    def mark(self, message: Message, by: str = "") -> None:
        """Notes that it has."""
        with self._lock:
            self._connection.execute(
                "insert or ignore into epr_seen (handler, identity) values (?, ?)",
                (by, message.identity),
            )

    @contextlib.contextmanager
    def once(self, message: Message, by: str = "") -> Iterator[sqlite3.Connection | None]:
        """One transaction for the effect and the mark: both happen, or neither.

        Yields the connection to work with, or None if the message was dealt with before. An
        exception in the block rolls back both.
        """
        with self._lock:
            # Immediate: a second process waits here, then finds the mark.
            self._connection.execute("begin immediate")
            try:
                if self.seen(message, by):
                    yield None
                else:
                    yield self._connection
                    self.mark(message, by)
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()
