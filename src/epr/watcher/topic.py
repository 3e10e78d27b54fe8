"""Reading what is on a topic now, without a consumer group and without leaving a trace."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from .. import addresses
from ..errors import NotAnEnvelope, WaitTimedOut
from ..messages import Message
from .broker import Start, offsets_of, unavailable
from .dead_letters import DeadLetter, topic_for

log = logging.getLogger("epr.watcher")


def read_topic(
    topic: str | None = None,
    *,
    brokers: str | None = None,
    start: Start = "earliest",
    timeout: float = 30.0,
    kafka: Mapping[str, Any] | None = None,
) -> Iterator[Message]:
    """The messages that are on the topic now, from `start` on, in order within each partition.

    Ends at what was the end when it began. What is no message is left out, with a warning in the
    log. A topic that does not exist has no messages. Arguments as for `Watcher`. Raises
    `BrokerUnavailable`, and `WaitTimedOut` if the broker sends nothing for `timeout` seconds.
    """
    for record in _records(addresses.topic(topic), brokers, start, timeout, kafka):
        try:
            yield Message.from_record(record)
        except NotAnEnvelope as error:
            log.warning(
                "left out partition=%d offset=%d: %s", record.partition, record.offset, error
            )


def read_dead_letters(
    topic: str | None = None,
    *,
    brokers: str | None = None,
    start: Start = "earliest",
    timeout: float = 30.0,
    kafka: Mapping[str, Any] | None = None,
) -> Iterator[DeadLetter]:
    """The dead letters of a topic (its own name, not the dead-letter topic's); as `read_topic`."""
    name = topic_for(addresses.topic(topic))
    for record in _records(name, brokers, start, timeout, kafka):
        yield DeadLetter.from_record(record)


def _records(
    topic: str,
    brokers: str | None,
    start: Start,
    timeout: float,
    kafka: Mapping[str, Any] | None,
) -> Iterator[Any]:
    connection = {"bootstrap_servers": addresses.brokers(brokers), **(kafka or {})}
    try:
        consumer = KafkaConsumer(
            **{"bootstrap_timeout_ms": round(timeout * 1000), **connection},
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
    except KafkaError as error:
        raise unavailable(connection, error) from error
    try:
        # All topics are listed because asking for one by name makes some brokers create it.
        if topic not in consumer.topics():
            return
        partitions = {TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()}
        consumer.assign(list(partitions))
        ends = consumer.end_offsets(list(partitions))
        for partition, offset in offsets_of(consumer, partitions, start).items():
            consumer.seek(partition, offset)
        while any(consumer.position(p) < end for p, end in ends.items()):
            polled = consumer.poll(timeout_ms=round(timeout * 1000), max_records=100)
            if not polled:
                raise WaitTimedOut(f"the broker sent nothing of {topic!r} for {timeout:g} s")
            for partition, records in polled.items():
                yield from (r for r in records if r.offset < ends[partition])
    finally:
        consumer.close(autocommit=False)
