"""The broker as the watcher needs it: one record at a time, with the guarantees kept in one place.

kafka-python 3 sends heartbeats from a thread of its own, but a group is joined, left and
rebalanced only inside `poll()`. The watcher polls between records, never while one is handled, and
commits each handled record's offset before the next is taken. So when a rebalance takes partitions
away there is nothing under way and nothing uncommitted; records already fetched for them are
dropped, and no offset is ever committed beyond a record that was not handled.

The exception is a handler that takes longer than a third of `max_poll_interval`: then `keep_alive`
polls with every partition paused, so that the broker does not take the member for dead. If the
partition goes to another member in such a poll, the record in hand is `lost`: its offset is not
committed, and the other member handles it again.

Offsets of records that no handler wanted are committed with the next one that was handled, or
once a second.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import (
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    KafkaError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata

from ..errors import BrokerUnavailable

log = logging.getLogger("epr.watcher")

# kafka-python reports every reconnection as an error. Without this, Python prints them to stderr
# in programs that never set up logging; where logging is set up they appear as they should.
logging.getLogger("kafka").addHandler(logging.NullHandler())

Start = Literal["earliest", "latest"] | datetime | Mapping[int, int]

# Records taken from the client library at a time: enough to pass unwanted ones quickly.
_BATCH = 200
# Seconds between polls while records of a batch are waiting, so that others need not wait for it.
_TEND_EVERY = 0.5

_NOT_OURS = (CommitFailedError, IllegalGenerationError, UnknownMemberIdError)


class Subscription:
    """A place in a consumer group. Used by one thread."""

    def __init__(
        self,
        brokers: list[str],
        topic: str,
        group: str,
        *,
        start: Start | None = None,
        session_timeout: float = 10.0,
        max_poll_interval: float = 300.0,
        instance: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.brokers = brokers
        self.topic = topic
        self.group = group
        self.ready = threading.Event()
        self._poll_every = max_poll_interval / 3
        self._polled_at = 0.0
        self._patience = 2 * session_timeout + 5
        self._check_every = session_timeout if instance else float("inf")
        self._checked_at = time.monotonic()
        self._start = start
        self._started: set[TopicPartition] = set()
        self._pending: dict[TopicPartition, int] = {}
        self._commit_due = 0.0
        self._commit_failed = False
        self._waiting: deque[Any] = deque()
        self._in_hand: TopicPartition | None = None
        self._lost = False
        self._rebalances = _Rebalances()
        self._consumer: KafkaConsumer | None = None
        self._connection = {"bootstrap_servers": brokers, **(options or {})}
        self._membership = {
            "group_id": group,
            "group_instance_id": instance,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "session_timeout_ms": round(session_timeout * 1000),
            "heartbeat_interval_ms": round(session_timeout * 1000 / 4),
            "max_poll_interval_ms": round(max_poll_interval * 1000),
            "metadata_max_age_ms": 60_000,  # how soon new partitions of the topic are noticed
            "fetch_max_bytes": 8 * 1024 * 1024,  # what is fetched ahead is held in memory
        }

    def open(self, stop: threading.Event, timeout: float = 30.0) -> None:
        """Joins the group. Waits for the topic: the registry makes it, with room for big messages.

        (To subscribe first would have the broker make it with its own default limits.)
        Raises `BrokerUnavailable` if no broker answers within `timeout` seconds.
        """
        wait_for_topic(self._connection, self.topic, stop, timeout)
        if stop.is_set():
            return
        self._consumer = KafkaConsumer(**self._connection, **self._membership)
        self._consumer.subscribe([self.topic], listener=self._rebalances)
        # A member that joins before it knows the topic's partitions is assigned none of them.
        while not self._consumer.partitions_for_topic(self.topic) and not stop.wait(0.1):
            pass

    def next(self, timeout: float) -> Any | None:
        """The next record, or None if there is none within `timeout` seconds.

        Raises `FencedInstanceIdError` once another member has taken this one's instance name.
        """
        self._in_hand, self._lost = None, False
        if time.monotonic() >= self._commit_due:
            self._commit()
        self._join_again_if_stuck()
        if not self._waiting:
            self._poll(timeout)
        elif self._rebalances.under_way:
            self.keep_alive(timeout)
        elif time.monotonic() >= self._polled_at + _TEND_EVERY:
            self.keep_alive()
        # While a rebalance is under way nobody can say whose the waiting records will be.
        if not self._waiting or self._rebalances.under_way:
            return None
        record = self._waiting.popleft()
        self._in_hand = TopicPartition(record.topic, record.partition)
        return record

    @property
    def keep_alive_in(self) -> float:
        """Seconds until `keep_alive` is due."""
        return max(0.0, self._polled_at + self._poll_every - time.monotonic())

    def keep_alive(self, timeout: float = 0.0) -> None:
        """Takes part in the group, but takes no records: one is in hand, or some are waiting."""
        self._consumer.pause(*self._consumer.assignment())
        polled = self._consumer.poll(timeout_ms=round(timeout * 1000), max_records=1)
        self._polled_at = time.monotonic()
        # A rebalance in this poll may have brought partitions that were not paused.
        for partition, records in polled.items():
            self._consumer.seek(partition, records[0].offset)
        gone = self._after_rebalance()
        self._lost |= self._in_hand in gone

    @property
    def lost(self) -> bool:
        """Whether the partition of the record in hand has gone to another member."""
        return self._lost

    def done(self, record: Any, *, commit: bool) -> bool:
        """The record is dealt with. Commits now, or soon. False if it was lost meanwhile."""
        if self._lost:
            return False
        self._pending[self._in_hand] = record.offset + 1
        return not commit or self._commit()

    def put_back(self, record: Any) -> None:
        """The record is not dealt with: it will be delivered again, here or elsewhere."""
        self._drop_waiting({self._in_hand})
        if self._in_hand in self._consumer.assignment():
            self._consumer.seek(self._in_hand, record.offset)

    def caught_up(self) -> bool:
        """Whether everything on the assigned partitions has been read, as of now."""
        assigned = self._consumer.assignment()
        ends = self._consumer.end_offsets(list(assigned))
        return all(self._consumer.position(p) >= end for p, end in ends.items())

    def close(self) -> None:
        """Commits what is due and leaves the group, so that others need not wait for a time-out."""
        if self._consumer is None:
            return
        self._commit()
        self._consumer.close(autocommit=False, timeout_ms=5000)
        self._consumer = None

    def _poll(self, timeout: float) -> None:
        if paused := self._consumer.paused():
            self._consumer.resume(*paused)
        self._check_instance()
        polled = self._consumer.poll(timeout_ms=round(timeout * 1000), max_records=_BATCH)
        self._polled_at = time.monotonic()
        self._after_rebalance()
        moved = self._go_to_start()
        for partition, records in polled.items():
            if partition not in moved:  # else read before its start was found: read again
                self._waiting.extend(records)

    def _drop_waiting(self, partitions: set[TopicPartition]) -> None:
        """Forgets fetched records of these partitions; fetches them again where still assigned."""
        firsts: dict[TopicPartition, int] = {}
        for record in self._waiting:
            partition = TopicPartition(record.topic, record.partition)
            if partition in partitions:
                firsts.setdefault(partition, record.offset)
        if firsts:
            kept = (r for r in self._waiting if (r.topic, r.partition) not in firsts)
            self._waiting = deque(kept)
        for partition in firsts.keys() & self._consumer.assignment():
            self._consumer.seek(partition, firsts[partition])

    def _commit(self) -> bool:
        self._commit_due = time.monotonic() + 1.0
        # During a rebalance the broker takes no offsets; those of kept partitions follow after it.
        if not self._pending or self._rebalances.under_way:
            return True
        offsets = {p: OffsetAndMetadata(o, "", -1) for p, o in self._pending.items()}
        try:
            self._consumer.commit(offsets, timeout_ms=5000)
        except FencedInstanceIdError:
            self._pending.clear()
            raise
        except _NOT_OURS as error:
            log.warning(
                "offsets not committed, another member has the partitions: %s", type(error).__name__
            )
            self._pending.clear()
            return False
        except KafkaError as error:
            # Kept for the next time: the partitions are still ours. Said once, not every second.
            level = logging.DEBUG if self._commit_failed else logging.WARNING
            log.log(level, "offsets not committed yet, trying on: %s", type(error).__name__)
            self._commit_failed = True
            return True
        self._pending.clear()
        self._commit_failed = False
        return True

    def _join_again_if_stuck(self) -> None:
        """Leaves the group and joins again when a rebalance has taken partitions and not ended.

        In kafka-python 3.0.12 a `poll` that times out while a rebalance caused by new partitions
        of the topic is under way loses its end: the member sits in the group without partitions.
        """
        since = self._rebalances.under_way_since
        if since is None or time.monotonic() - since < self._patience:
            return
        log.warning("rebalance not finished in %g s, joining again", self._patience)
        self._consumer.unsubscribe()
        self._waiting.clear()  # fetched again from what is committed
        self._rebalances.under_way_since = None
        self._consumer.subscribe([self.topic], listener=self._rebalances)

    def _check_instance(self) -> None:
        """Finds out whether another member has taken this one's instance name.

        kafka-python 3.0.12 says nothing then and goes on fetching. The broker says it on a commit,
        so now and then one is made that changes nothing: nothing is waiting, so the position is
        just behind the last record that was dealt with.
        """
        if time.monotonic() < self._checked_at + self._check_every:
            return
        self._checked_at = time.monotonic()
        for partition in list(self._consumer.assignment())[:1]:
            self._pending.setdefault(partition, self._consumer.position(partition))
            self._commit()

    def _after_rebalance(self) -> set[TopicPartition]:
        """Forgets what belongs to partitions that are gone; returns these."""
        if not self._rebalances.happened():
            return set()
        assigned = self._consumer.assignment()
        waiting = {TopicPartition(record.topic, record.partition) for record in self._waiting}
        held = self._pending.keys() | waiting | {self._in_hand}
        gone = held - assigned | self._rebalances.taken_lost()
        for partition in gone:
            self._pending.pop(partition, None)
        self._drop_waiting(gone)
        log.info(
            "assigned group=%s partitions=%s", self.group, sorted(p.partition for p in assigned)
        )
        if self._start is None and self._rebalances.seen:
            self.ready.set()
        return gone

    def _go_to_start(self) -> set[TopicPartition]:
        """Moves partitions seen for the first time to the asked-for start; returns these."""
        if self._start is None:
            return set()
        fresh = self._consumer.assignment() - self._started
        for partition, offset in offsets_of(self._consumer, fresh, self._start).items():
            self._consumer.seek(partition, offset)
        self._started |= fresh
        if self._rebalances.seen:
            self.ready.set()
        return fresh


class _Rebalances(ConsumerRebalanceListener):
    """Notes what kafka-python's own thread reports, for the polling thread to act on."""

    def __init__(self) -> None:
        self.seen = False
        self.under_way_since: float | None = None
        self._happened = False
        self._lost: set[TopicPartition] = set()

    def on_partitions_assigned(self, assigned: Any) -> None:
        self.seen = self._happened = True
        self.under_way_since = None

    def on_partitions_revoked(self, revoked: Any) -> None:
        self._happened = True
        self.under_way_since = time.monotonic()

    def on_partitions_lost(self, lost: Any) -> None:
        self._happened = True
        self._lost |= set(lost)

    @property
    def under_way(self) -> bool:
        """Whether partitions were taken and the new ones are not known yet."""
        return self.under_way_since is not None

    def happened(self) -> bool:
        happened, self._happened = self._happened, False
        return happened

    def taken_lost(self) -> set[TopicPartition]:
        lost, self._lost = self._lost, set()
        return lost


def offsets_of(
    consumer: KafkaConsumer, partitions: set[TopicPartition], start: Start
) -> dict[TopicPartition, int]:
    """Where each partition begins under `start`: an end, a time, or offsets by partition number."""
    if not partitions:
        return {}
    if start == "earliest":
        return consumer.beginning_offsets(list(partitions))
    ends = consumer.end_offsets(list(partitions))
    if start == "latest":
        return ends
    if isinstance(start, datetime):
        milliseconds = round(start.timestamp() * 1000)
        found = consumer.offsets_for_times(dict.fromkeys(partitions, milliseconds))
        # None: nothing as young as that yet.
        return {p: found[p].offset if found.get(p) else ends[p] for p in partitions}
    firsts = consumer.beginning_offsets(list(partitions))
    return {p: start.get(p.partition, firsts[p]) for p in partitions}


def wait_for_topic(
    connection: Mapping[str, Any], topic: str, stop: threading.Event, timeout: float
) -> None:
    """Returns when the topic exists or `stop` is set. Raises `BrokerUnavailable` after `timeout`
    seconds without an answer from a broker; waits for the topic itself as long as it takes."""
    try:
        admin = KafkaAdminClient(**{"bootstrap_timeout_ms": round(timeout * 1000), **connection})
    except KafkaError as error:
        raise unavailable(connection, error) from error
    try:
        waiting = False
        while not stop.is_set():
            try:
                # All topics are listed because asking for one by name makes some brokers create it.
                if topic in admin.list_topics():
                    return
            except KafkaError as error:
                raise unavailable(connection, error) from error
            if not waiting:
                log.warning("topic %s does not exist yet; waiting for a registry to make it", topic)
                waiting = True
            stop.wait(0.2)
    finally:
        admin.close()


def unavailable(connection: Mapping[str, Any], error: Exception) -> BrokerUnavailable:
    """The exception for a broker that does not answer."""
    addresses = ",".join(connection["bootstrap_servers"])
    return BrokerUnavailable(
        f"at {addresses}: {type(error).__name__}: {error}; "
        "check that it runs there (EPR_BROKERS, `eprlab status`)"
    )


def throwaway_group() -> str:
    """A group name of one's own, for looking without leaving a place to come back to."""
    return f"epr-watcher-{uuid.uuid4().hex[:12]}"
