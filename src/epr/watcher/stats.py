"""Counters of one watcher, and waiting for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Stats:
    """What a watcher has done since it was made; a snapshot.

    `received`: records read. `skipped`: messages that no handler wanted. `handled`: handler calls
    that returned (two handlers on one message count twice). `retried`: calls made again after an
    exception. `dead_lettered`: given up and sent to the dead-letter topic; of these `poison` were
    no messages at all and `loops` were stopped by the loop guard. `duplicates`: left out because
    the seen-store knew them. `lost`: handled or under way when the partition went to another
    member, which will do them again. `last_error`: the newest exception of a handler, as text.
    """

    received: int = 0
    skipped: int = 0
    handled: int = 0
    retried: int = 0
    dead_lettered: int = 0
    poison: int = 0
    loops: int = 0
    duplicates: int = 0
    lost: int = 0
    last_error: str = ""


class Counters:
    """Stats that several threads may change and wait for."""

    def __init__(self) -> None:
        self._now = Stats()
        self._changed = threading.Condition()

    @property
    def now(self) -> Stats:
        """The present snapshot."""
        return self._now

    def add(self, **amounts: int) -> None:
        """Raises counters by the amounts."""
        with self._changed:
            counts = {key: getattr(self._now, key) + n for key, n in amounts.items()}
            self._now = replace(self._now, **counts)
            self._changed.notify_all()

    def failed(self, error: str) -> None:
        """Notes the newest exception."""
        with self._changed:
            self._now = replace(self._now, last_error=error)
            self._changed.notify_all()

    def wake(self) -> None:
        """Lets the waiting ones look again."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, until: Callable[[Stats], bool], timeout: float) -> bool:
        """Waits until the condition holds; False if it does not within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: until(self._now), timeout)
