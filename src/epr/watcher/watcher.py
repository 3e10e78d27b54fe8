"""`Watcher`: a microservice that reacts to what a registry announces."""

from __future__ import annotations

import contextlib
import contextvars
import logging
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FrameType
from typing import Any

from .. import addresses, causation
from ..errors import WaitTimedOut, WatcherMisused
from ..messages import Kind, Message
from ..records import Group, Receiver
from ..retries import RetryPolicy
from .broker import Start, Subscription, throwaway_group
from .dead_letters import DeadLetterTopic, topic_for
from .loop import Loop
from .loop_guard import LoopGuard
from .matching import Handler, Match, Route, named, texts
from .seen import SeenStore
from .stats import Counters, Stats
from .worker import Worker

log = logging.getLogger("epr.watcher")


class Watcher:
    """Calls handlers with the messages they asked for: at least once each, in order per partition.

    The offset of a message is committed after its handlers have returned, never before, and never
    beyond a message that was not handled. A handler that raises is tried again with growing pauses;
    then the message goes to `<topic>.dead-letter` and the next one is taken. What is not a message
    at all goes there at once. Handlers may be `async def`. They run one at a time.

    `group`: the consumer group; members of one share the work, and it remembers where it left off.
    A new group starts at the oldest message. None: a group of its own, for looking only.
    `brokers`, `topic`: default EPR_BROKERS (`localhost:9092`) and EPR_TOPIC (`epr.dev.events`).
    `start`: where to begin instead of where the group left off, at each start of this watcher:
    "earliest", "latest", a time, or offsets by partition number. That is how to replay.
    `retry`: tries and pauses for handlers. `seen`: a seen-store, see `epr.watcher.seen`.
    `max_hops`: how often a message may go round through this watcher's own handlers.
    `dead_letter_topic`: another name for it.
    `session_timeout`: seconds after which the group takes a silent member for dead (a crashed one
    is noticed after this time; the broker's minimum is usually 6).
    `max_poll_interval`: seconds after which it takes a member for stuck; longer handlers are kept
    alive, see `epr.watcher.broker`.
    `instance`: a fixed name for this member; if it crashes and is started again with the same name
    within the session time-out it takes its place back at once.
    `kafka`: further kafka-python connection settings, such as `security_protocol`.
    """

    def __init__(
        self,
        group: str | None = None,
        *,
        brokers: str | None = None,
        topic: str | None = None,
        start: Start | None = None,
        retry: RetryPolicy | None = None,
        seen: SeenStore | None = None,
        max_hops: int = 5,
        dead_letter_topic: str | None = None,
        session_timeout: float = 10.0,
        max_poll_interval: float = 300.0,
        instance: str | None = None,
        kafka: Mapping[str, Any] | None = None,
    ) -> None:
        self.group = group or throwaway_group()
        self.brokers = addresses.brokers(brokers)
        self.topic = addresses.topic(topic)
        self.dead_letter_topic = dead_letter_topic or topic_for(self.topic)
        self.retry = retry or RetryPolicy(attempts=4, first=0.5, longest=30.0)
        self._place = {
            "start": start,
            "session_timeout": session_timeout,
            "max_poll_interval": max_poll_interval,
            "instance": instance,
            "options": kafka,
        }
        self._seen = seen
        self._guard = LoopGuard(max_hops)
        self._routes: list[Route] = []
        self._counters = Counters()
        self._stop = threading.Event()
        self._idle_asked = threading.Event()
        self._idle = threading.Event()
        self._ready: threading.Event | None = None
        self._thread: threading.Thread | None = None
        self._running = False
        self._error: BaseException | None = None

    # ----------------------------------------------------------------------------------- handlers
    def on(
        self,
        type: str | Iterable[str] | None = None,
        *,
        receiver: Receiver | str | None = None,
        group: Group | str | None = None,
        name: str | Iterable[str] | None = None,
        success: bool | None = None,
        kind: Kind | None = None,
        where: Callable[[Message], bool] | None = None,
    ) -> Callable[[Handler], Handler]:
        """A decorator: the function is called with every message that meets all conditions given.

        `type`: one or several, `*` and `?` are wildcards; an event's is its receiver's type, a
        completion's its group's. `receiver`, `group`: a record, a name or an id. `name`: the
        unit's. `success`: of the event. `kind`: "event", "completion", "receiver" or "group".
        `where`: a function of the message. The function itself is returned unchanged. Defining it
        again replaces it, so that a notebook cell may be run twice; several `on` above one function
        each give it messages.

            @watcher.on(type="plab.build", success=True)
            def scan(message: epr.Message): ...
        """
        if callable(type):
            raise WatcherMisused("@watcher.on needs parentheses: write @watcher.on()")
        match = Match(
            texts(type), texts(name), named(receiver), named(group), success, kind, where
        )  # fmt: skip

        def register(handler: Handler) -> Handler:
            self._routes = [r for r in self._routes if not _is_redefined(r.handler, handler)]
            self._routes.append(Route(getattr(handler, "__name__", repr(handler)), match, handler))
            return handler

        return register

    # ------------------------------------------------------------------------------------ running
    def run(self) -> None:
        """Watches until SIGINT (Ctrl-C), SIGTERM or `stop()`; for scripts.

        On the first signal the handler at work is finished, its offset committed and the group
        left. A second Ctrl-C does not wait: the message at work will be delivered again.
        Raises `BrokerUnavailable`.
        """
        loop = self._begin()
        with self._signals():
            self._work(loop)
        if self._error is not None:
            raise self._error

    def start(self, timeout: float = 30.0) -> Watcher:
        """Watches in a background thread; for notebooks. Returns once the group is joined.

        What handlers print appears in the cell that called this. Raises `BrokerUnavailable`, or
        `WaitTimedOut` if the group could not be joined in time (is the topic there?).
        """
        loop = self._begin()
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._work, loop), name=f"{self.group} watcher", daemon=True
        )
        self._thread.start()
        self._counters.wait(lambda _: self._ready.is_set() or not self._running, timeout)
        if self._error is not None:
            self.stop()
        if not self._ready.is_set():
            self._stop.set()
            raise WaitTimedOut(
                f"group {self.group!r} not joined within {timeout:g} s; "
                f"check that topic {self.topic!r} exists (a running registry makes it)"
            )
        return self

    def stop(self, timeout: float = 30.0) -> None:
        """Ends the watching: finishes the handler at work, commits, leaves the group.

        Called by a handler, it only asks: the watcher ends after that handler. Raises what ended
        the background thread, if it did not end well, and `WaitTimedOut` if a handler does not
        finish in time (it goes on; nothing after it is taken).
        """
        self._stop.set()
        if causation.current.get() is not None:
            return
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)
            if thread.is_alive():
                self._thread = thread
                raise WaitTimedOut(f"a handler has not finished within {timeout:g} s")
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    @contextlib.contextmanager
    def background(self, timeout: float = 30.0) -> Iterator[Watcher]:
        """`start()` now and `stop()` at the end of the block."""
        self.start(timeout)
        try:
            yield self
        finally:
            self.stop()

    # ------------------------------------------------------------------------------------ looking
    @property
    def stats(self) -> Stats:
        """What has been done since this watcher was made."""
        return self._counters.now

    @property
    def running(self) -> bool:
        """Whether it watches now."""
        return self._running

    def wait_for(self, handled: int, timeout: float = 30.0) -> Stats:
        """Waits until so many handler calls have succeeded since this watcher was made.

        Raises `WaitTimedOut`, which says what happened instead, or what ended the watcher.
        """
        met = self._counters.wait(lambda s: s.handled >= handled or not self._running, timeout)
        stats = self.stats
        if stats.handled >= handled:
            return stats
        if self._error is not None:
            raise self._error
        why = f"; {stats.dead_lettered} dead-lettered" if stats.dead_lettered else ""
        why += f"; last error: {stats.last_error}" if stats.last_error else ""
        ended = "the watcher is not running" if met else f"waited {timeout:g} s"
        raise WaitTimedOut(
            f"{stats.handled} of {handled} handled, {stats.received} received, "
            f"{stats.skipped} unwanted{why} ({ended})"
        )

    def wait_until_idle(self, timeout: float = 30.0) -> Stats:
        """Waits until everything that is on this member's partitions now has been dealt with."""
        self._idle.clear()
        self._idle_asked.set()
        self._counters.wait(lambda _: self._idle.is_set() or not self._running, timeout)
        if self._error is not None:
            raise self._error
        if not self._idle.is_set():
            raise WaitTimedOut(f"not idle after {timeout:g} s, {self.stats.received} received")
        return self.stats

    def __repr__(self) -> str:
        state = "running" if self._running else "stopped"
        return f"<epr.Watcher {self.group!r} on {self.topic!r} {state}>"

    # ------------------------------------------------------------------------------------- inside
    def _begin(self) -> Loop:
        if self._running:
            raise WatcherMisused(f"{self!r} is running already; stop() it first")
        if not self._routes:
            raise WatcherMisused("it has no handler; decorate a function with @watcher.on(...)")
        subscription = Subscription(self.brokers, self.topic, self.group, **self._place)
        connection = {"bootstrap_servers": self.brokers, **(self._place["options"] or {})}
        for event in (self._stop, self._idle, self._idle_asked):
            event.clear()
        self._ready = subscription.ready
        self._error = None
        self._running = True
        return Loop(
            subscription=subscription,
            routes=self._routes,
            worker=Worker(self.group),
            dead_letters=DeadLetterTopic(connection, self.dead_letter_topic),
            counters=self._counters,
            guard=self._guard,
            retry=self.retry,
            stop=self._stop,
            idle_asked=self._idle_asked,
            idle=self._idle,
            seen=self._seen,
        )

    def _work(self, loop: Loop) -> None:
        log.info("watching topic=%s group=%s", self.topic, self.group)
        try:
            loop.run()
        except Exception as error:
            self._error = error
        finally:
            self._running = False
            self._counters.wake()
            log.info("stopped topic=%s group=%s", self.topic, self.group)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM ask for a stop; a second SIGINT interrupts."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def ask(signum: int, frame: FrameType | None) -> None:
            if self._stop.is_set() and signum == signal.SIGINT:
                raise KeyboardInterrupt
            log.info("stopping on %s", signal.Signals(signum).name)
            self._stop.set()

        before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)


def _is_redefined(former: Handler, latter: Handler) -> bool:
    """Whether both are the same function of a module, defined twice. Lambdas never are."""

    def place(handler: Handler) -> tuple[Any, ...]:
        return getattr(handler, "__module__", None), getattr(handler, "__qualname__", None)

    return former is not latter and place(former) == place(latter) and "<" not in str(place(latter))
