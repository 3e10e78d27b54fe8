"""The broker as the views need it: looking at a topic and at groups, without leaving a trace."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import KafkaError

from epr import addresses
from epr.watcher import Start
from epr.watcher.broker import offsets_of, unavailable

PATIENCE = 10_000  # milliseconds for a broker to answer at all


@dataclass(frozen=True)
class Partition:
    """One partition of a topic: its number, the first offset it still has, the next to be written."""

    number: int
    first: int
    end: int

    @property
    def held(self) -> int:
        """How many offsets it has."""
        return self.end - self.first


class Reader:
    """Reads all partitions of a topic from anywhere, without a consumer group. For one thread."""

    def __init__(self, topic: str | None, brokers: str | None, start: Start) -> None:
        self.topic = addresses.topic(topic)
        self.brokers = addresses.brokers(brokers)
        self._start = start
        self._consumer: KafkaConsumer | None = None

    def poll(self, seconds: float, most: int = 500) -> list[Any]:
        """The next records; [] if none come in time, or while there is no such topic.

        Raises what the broker's library raises, and `epr.errors.BrokerUnavailable`.
        """
        consumer = self._open()
        known = {TopicPartition(self.topic, p) for p in self._partitions(consumer)}
        fresh = known - consumer.assignment()
        if fresh:
            consumer.assign(sorted(known))
            self._seek(fresh)
        if not known:
            return []
        polled = consumer.poll(timeout_ms=round(seconds * 1000), max_records=most)
        return [record for records in polled.values() for record in records]

    def go_to(self, start: Start) -> None:
        """Reads on from there: an end, a time, or offsets by partition number."""
        self._start = start
        if self._consumer is not None:
            self._seek(set(self._consumer.assignment()))

    def close(self) -> None:
        """Lets go of the connection."""
        if self._consumer is not None:
            self._consumer.close(autocommit=False)
            self._consumer = None

    def _open(self) -> KafkaConsumer:
        if self._consumer is None:
            settings = {"bootstrap_servers": self.brokers}
            try:
                self._consumer = KafkaConsumer(
                    **settings,
                    bootstrap_timeout_ms=PATIENCE,
                    enable_auto_commit=False,
                    auto_offset_reset="earliest",
                    metadata_max_age_ms=5_000,
                )
            except KafkaError as error:
                raise unavailable(settings, error) from error
        return self._consumer

    def _partitions(self, consumer: KafkaConsumer) -> set[int]:
        assigned = {partition.partition for partition in consumer.assignment()}
        if assigned:
            return assigned | (consumer.partitions_for_topic(self.topic) or set())
        # All topics are listed because asking for one by name makes some brokers create it.
        return (
            consumer.partitions_for_topic(self.topic) if self.topic in consumer.topics() else set()
        )

    def _seek(self, partitions: set[TopicPartition]) -> None:
        for partition, offset in offsets_of(self._consumer, partitions, self._start).items():
            self._consumer.seek(partition, offset)


class Overview:
    """Asks the broker about partitions and groups. Safe to use from several threads."""

    def __init__(self, topic: str | None, brokers: str | None) -> None:
        self.topic = addresses.topic(topic)
        self.brokers = addresses.brokers(brokers)
        self._admin: KafkaAdminClient | None = None
        self._asking = threading.Lock()

    def partitions(self) -> list[Partition]:
        """The topic's partitions by number; [] if there is no such topic."""
        with self._asking:
            admin = self._open()
            if self.topic not in admin.list_topics():
                return []
            (described,) = admin.describe_topics([self.topic])
            places = [
                TopicPartition(self.topic, one["partition_index"])
                for one in described["partitions"]
            ]
            firsts = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
            ends = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
        return [
            Partition(place.partition, firsts[place].offset, ends[place].offset)
            for place in sorted(places)
        ]

    def groups(self) -> list[str]:
        """The consumer groups that the broker knows, by name."""
        with self._asking:
            return sorted(group["group_id"] for group in self._open().list_groups())

    def committed(self, group: str) -> dict[int, int]:
        """Where the group left off in each partition of the topic that it has committed in."""
        with self._asking:
            offsets = self._open().list_group_offsets(group).get(group, {})
        return {
            place.partition: committed.offset
            for place, committed in offsets.items()
            if place.topic == self.topic and committed.offset >= 0
        }

    def members(self, group: str) -> dict[int, str]:
        """Which member of the group reads which partition of the topic."""
        with self._asking:
            described = self._open().describe_groups([group])
        found: dict[int, str] = {}
        for member in described.get(group, {}).get("members", ()):
            for topic, partitions in _assigned(member):
                if topic == self.topic:
                    found |= dict.fromkeys(partitions, member["member_id"])
        return found

    def close(self) -> None:
        """Lets go of the connection."""
        with self._asking:
            if self._admin is not None:
                self._admin.close()
                self._admin = None

    def _open(self) -> KafkaAdminClient:
        if self._admin is None:
            settings = {"bootstrap_servers": self.brokers}
            try:
                self._admin = KafkaAdminClient(**settings, bootstrap_timeout_ms=PATIENCE)
            except KafkaError as error:
                raise unavailable(settings, error) from error
        return self._admin


def _assigned(member: Mapping[str, Any]) -> list[tuple[str, list[int]]]:
    """Topics and partitions of a group's member, from what the broker says of it."""
    assignment = member.get("member_assignment") or {}
    return [
        (one["topic"], list(one["partitions"])) for one in assignment.get("assigned_partitions", ())
    ]
