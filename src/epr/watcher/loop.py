"""The loop of a watcher: poll, match, handle, commit, and what to do when that fails."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum
from typing import Any

from kafka.errors import FencedInstanceIdError, KafkaError

from .. import causation
from ..errors import (
    EPRError,
    GiveUp,
    LoopSuspected,
    NotAnEnvelope,
    WatcherError,
    WatcherMisused,
)
from ..messages import Message
from ..printable import describe, printable
from ..retries import RetryPolicy
from .broker import Subscription
from .dead_letters import DeadLetterTopic
from .loop_guard import LoopGuard
from .matching import Route
from .seen import SeenStore
from .stats import Counters
from .worker import Worker

log = logging.getLogger("epr.watcher")


class Outcome(Enum):
    """What became of one message and one handler."""

    UNWANTED = "the handler's `where` said no"
    SETTLED = "handled, known already, or dead-lettered: the offset may be committed"
    UNSETTLED = "stopped or lost before it was settled: to be delivered again"


@dataclass
class Loop:
    """Everything one run of a watcher works with; `run` returns when `stop` is set."""

    subscription: Subscription
    routes: list[Route]
    worker: Worker
    dead_letters: DeadLetterTopic
    counters: Counters
    guard: LoopGuard
    retry: RetryPolicy
    stop: threading.Event
    idle_asked: threading.Event
    idle: threading.Event
    seen: SeenStore | None = None

    def run(self) -> None:
        """Consumes until `stop` is set; then finishes the handler at work, commits, leaves.

        Raises `BrokerUnavailable`, `WatcherMisused`, `WatcherError`.
        """
        try:
            self.subscription.open(self.stop)
            while not self.stop.is_set():
                record = self.subscription.next(timeout=0.25)
                if record is not None:
                    self._take(record)
                elif self.idle_asked.is_set() and self.subscription.caught_up():
                    self.idle_asked.clear()
                    self.idle.set()
                self.counters.wake()
        except FencedInstanceIdError:
            raise WatcherMisused(
                f"another member of group {self.subscription.group!r} has joined under the same "
                "instance name and taken its place; give each member a name of its own"
            ) from None
        except KafkaError as error:
            raise WatcherError(
                f"the broker's client library gave up: {describe(error)}; start it again"
            ) from error
        finally:
            self.subscription.close()
            self.dead_letters.close()
            self.worker.close()

    def _take(self, record: Any) -> None:
        self.counters.add(received=1)
        try:
            message = Message.from_record(record)
        except NotAnEnvelope as error:
            settled = self._dead_letter(record, error, "", 0, poison=1)
            self._finish(record, Outcome.SETTLED if settled else Outcome.UNSETTLED)
            return
        self._finish(record, self._settle_all(message, record))

    def _settle_all(self, message: Message, record: Any) -> Outcome:
        outcome = Outcome.UNWANTED
        for route in self.routes:
            if not route.match.fits(message):
                continue
            if outcome is Outcome.SETTLED and self._interrupted():
                return Outcome.UNSETTLED
            one = self._settle(route, message, record)
            if one is Outcome.UNSETTLED:
                return one
            outcome = one if outcome is Outcome.UNWANTED else outcome
        if outcome is Outcome.UNWANTED:
            self.counters.add(skipped=1)
        return outcome

    def _finish(self, record: Any, outcome: Outcome) -> None:
        if outcome is Outcome.UNSETTLED:
            self.subscription.put_back(record)
        elif not self.subscription.done(record, commit=outcome is Outcome.SETTLED):
            self.counters.add(lost=1)
            log.warning(
                "lost partition=%d offset=%d: it went to another member, which handles it again",
                record.partition, record.offset,
            )  # fmt: skip

    def _settle(self, route: Route, message: Message, record: Any) -> Outcome:
        where = (
            f"handler={route.name} type={printable(message.type, 100)} "
            f"id={printable(message.id, 40)} partition={record.partition} offset={record.offset}"
        )
        if self.seen is not None and self.seen.seen(message, route.name):
            self.counters.add(duplicates=1)
            log.info("duplicate %s", where)
            return Outcome.SETTLED
        if self.guard.stops(message):
            reason = LoopSuspected(
                f"{route.name} has been round {self.guard.hops(message)} times (max_hops="
                f"{self.guard.max_hops}); narrow its conditions or post to another receiver"
            )
            return self._give_up(record, reason, route, 0, loops=1)
        for attempt in range(1, self.retry.attempts + 1):
            started = time.monotonic()
            error, ran = self._attempt(route, message)
            seconds = time.monotonic() - started
            if error is None and not ran:
                return Outcome.UNWANTED
            if error is None:
                if self.seen is not None:
                    self.seen.mark(message, route.name)
                self.counters.add(handled=1)
                log.info("handled %s attempt=%d seconds=%.3f", where, attempt, seconds)
                return Outcome.SETTLED
            self.counters.failed(describe(error))
            log.warning(
                "failed %s attempt=%d/%d: %s", where, attempt, self.retry.attempts, describe(error)
            )
            log.debug("%s", "".join(traceback.format_exception(error)))
            if isinstance(error, GiveUp) or attempt == self.retry.attempts:
                return self._give_up(record, error, route, attempt)
            if not self._pause(self.retry.pause(attempt, error)):
                return Outcome.UNSETTLED
            self.counters.add(retried=1)
        raise AssertionError("unreachable: the last attempt returns")

    def _attempt(self, route: Route, message: Message) -> tuple[BaseException | None, bool]:
        """One call of the handler: its exception or None, and whether it wanted the message."""
        run = causation.Run(hops=self.guard.hops(message))
        future = self.worker.submit(route, message, run)
        self._await(future)
        self.guard.remember(run.posted, run.hops + 1)
        error = future.exception()
        return error, error is None and future.result()

    def _await(self, future: Future[Any]) -> None:
        while True:
            try:
                # Also when stopping: what was begun is finished and committed.
                future.exception(timeout=self.subscription.keep_alive_in)
                return
            except TimeoutError:
                if future.done():
                    return  # the handler's own TimeoutError
                self.subscription.keep_alive()

    def _pause(self, seconds: float) -> bool:
        """Waits; False if the wait was cut short by a stop or a lost partition."""
        until = time.monotonic() + seconds
        while not self._interrupted():
            if self.subscription.keep_alive_in == 0:
                self.subscription.keep_alive()
            left = until - time.monotonic()
            if left <= 0:
                return True
            self.stop.wait(min(left, self.subscription.keep_alive_in))
        return False

    def _interrupted(self) -> bool:
        return self.stop.is_set() or self.subscription.lost

    def _give_up(
        self, record: Any, error: BaseException, route: Route, attempts: int, **more: int
    ) -> Outcome:
        settled = self._dead_letter(record, error, route.name, attempts, **more)
        return Outcome.SETTLED if settled else Outcome.UNSETTLED

    def _dead_letter(
        self, record: Any, error: BaseException, handler: str, attempts: int, **more: int
    ) -> bool:
        """Sends the record to the dead letters, for as long as it takes; False if interrupted."""
        attempt = 0
        while True:
            attempt += 1
            try:
                self.dead_letters.send(
                    record, error, group=self.subscription.group, handler=handler, attempts=attempts
                )
            except (KafkaError, EPRError) as failure:
                log.error(
                    "dead letter not sent, topic=%s: %s; trying again",
                    self.dead_letters.topic, describe(failure),
                )  # fmt: skip
                if not self._pause(self.retry.pause(min(attempt, 10), None)):
                    return False
            else:
                self.counters.failed(describe(error))
                self.counters.add(dead_lettered=1, **more)
                log.error(
                    "dead-lettered topic=%s handler=%s partition=%d offset=%d attempts=%d: %s",
                    self.dead_letters.topic, handler, record.partition, record.offset, attempts,
                    describe(error),
                )  # fmt: skip
                return True
