"""A time limit that ends a call which would never return by itself.

A check runs the learner's functions inside the learner's kernel, because they use what the notebook
has made: clients, lists, other functions. Another process could be killed, but it would not have those.
So the limit interrupts the running thread:

- by a timer signal (POSIX, in the main thread, where cells run): it ends loops, sleeps, and waits for
  a lock, a socket or a process;
- by an exception that CPython raises in a given thread: it ends loops, and what waits as soon as the
  wait is over. Alone on Windows and in other threads; after the signal where that is not enough.

Both ring again and again until the block is left, so that `except: pass` in a loop does not help.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

AGAIN = 0.02
"""Seconds between two rings."""
ROOM = 100
"""Frames that a ring adds to the recursion limit: code that has used up its stack could not hear it."""


@dataclass(frozen=True, eq=False)
class Limit:
    """One block's limit, in seconds."""

    seconds: float


class OutOfTime(BaseException):
    """A block took longer than its `limit`. Not an `Exception`: code that catches those must not stop it."""

    limit: Limit

    def __str__(self) -> str:
        return f"stopped after {self.limit.seconds:g} s"


@contextmanager
def time_limit(seconds: float) -> Iterator[Limit]:
    """Raises `OutOfTime` in the block if it has not ended after `seconds`.

    Limits may be nested. The error's `limit` is the one that this yields, or that of a block around it.
    """
    limit = Limit(seconds)
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        with _by_exception(limit, after=seconds + 10 * AGAIN), _by_signal(limit):
            yield limit
    else:
        with _by_exception(limit, after=seconds):
            yield limit


@contextmanager
def _by_signal(limit: Limit) -> Iterator[None]:
    over = False
    rung = _rung(limit)
    began = time.monotonic()

    def ring(number: int, frame: FrameType | None) -> None:
        if over:
            return
        if time.monotonic() - began >= limit.seconds:
            raise rung
        former(number, frame)  # the timer of a block around this one came first

    former = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, limit.seconds, AGAIN)
    if 0 < left < limit.seconds and callable(former):
        signal.setitimer(signal.ITIMER_REAL, left, AGAIN)
    try:
        try:
            yield
        finally:
            over = True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
        if left:
            remaining = max(left - (time.monotonic() - began), 0.001)
            signal.setitimer(signal.ITIMER_REAL, remaining, interval)


@contextmanager
def _by_exception(limit: Limit, after: float) -> Iterator[None]:
    thread = threading.get_ident()
    over = threading.Event()
    ringing = threading.Lock()
    rung = _rung(limit)
    depth = sys.getrecursionlimit()

    def watch() -> None:
        wait = after
        while not over.wait(wait):
            wait = AGAIN
            with ringing:
                if not over.is_set():
                    sys.setrecursionlimit(sys.getrecursionlimit() + ROOM)
                    _raise_in(thread, rung)

    threading.Thread(target=watch, name="eprlab-time-limit", daemon=True).start()
    try:
        try:
            yield
        finally:
            _end(thread, over, ringing)
    finally:
        _end(thread, over, ringing)  # a ring may have come between the block and the line above
        if sys.getrecursionlimit() != depth:
            sys.setrecursionlimit(depth)


def _end(thread: int, over: threading.Event, ringing: threading.Lock) -> None:
    """Stops the ringing, and takes back a ring that was not delivered."""
    while not over.is_set():
        try:
            with ringing:
                over.set()
                _raise_in(thread, None)
        except OutOfTime:  # delivered just now; the block is left already
            continue


def _rung(limit: Limit) -> type[OutOfTime]:
    """What CPython raises in another thread is a class. It has no `__init__` in Python: calling one
    would fail, and the ring be lost, where the learner's code has used up all of the stack."""
    return type("OutOfTime", (OutOfTime,), {"limit": limit})


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(error) if error else None
    )
