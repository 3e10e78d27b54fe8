"""The place in the consumer group, where it cannot be seen through a whole watcher."""

from __future__ import annotations

import threading
import time
import uuid

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from epr.watcher.broker import Subscription


@pytest.fixture
def two_partitions(services, topic):
    """A topic with two partitions and ten records in each: `0-0` … `1-9`."""
    admin = KafkaAdminClient(bootstrap_servers=services.brokers)
    admin.create_topics({topic: {"num_partitions": 2}}, wait_for_metadata=True)
    admin.close()
    producer = KafkaProducer(bootstrap_servers=services.brokers, acks="all")
    for n in range(20):
        producer.send(topic, b"%d-%d" % (n % 2, n // 2), partition=n % 2)
    producer.flush()
    producer.close()
    return topic


@pytest.fixture
def member(services, two_partitions):
    """A function that makes members of one group, joined when they are returned."""
    group = f"group-{uuid.uuid4().hex[:8]}"
    made: list[Subscription] = []

    def make(**settings) -> Subscription:
        subscription = Subscription(
            [services.brokers], two_partitions, group, session_timeout=6, **settings
        )
        subscription.open(threading.Event())
        made.append(subscription)
        return subscription

    yield make
    for subscription in made:
        subscription.close()


def take(subscription: Subscription, count: int, *, commit: bool) -> list[str]:
    """The next records, each dealt with before the next is asked for."""
    values = []
    deadline = time.monotonic() + 30
    while len(values) < count:
        assert time.monotonic() < deadline, values
        record = subscription.next(0.2)
        if record is not None:
            values.append(record.value.decode())
            assert subscription.done(record, commit=commit)
    return values


def produce(services, topic: str, partition: int, value: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=services.brokers, acks="all")
    producer.send(topic, value, partition=partition).get(30)
    producer.close()


def committed(subscription: Subscription) -> list[int | None]:
    consumer = KafkaConsumer(
        bootstrap_servers=subscription.brokers, group_id=subscription.group,
        enable_auto_commit=False,
    )  # fmt: skip
    try:
        return [consumer.committed(TopicPartition(subscription.topic, p)) for p in (0, 1)]
    finally:
        consumer.close()


def test_records_come_in_order_within_each_partition(member):
    values = take(member(), 20, commit=True)
    for partition in "01":
        mine = [value for value in values if value[0] == partition]
        assert mine == [f"{partition}-{n}" for n in range(10)]


def test_only_what_is_dealt_with_is_committed(member):
    subscription = member()
    values = take(subscription, 7, commit=True)
    assert subscription.next(1) is not None  # in hand, and some more are waiting
    done = [sum(value[0] == partition for value in values) for partition in "01"]
    assert [offset or 0 for offset in committed(subscription)] == done


def test_unwanted_records_are_committed_when_it_closes(member):
    subscription = member()
    values = take(subscription, 5, commit=False)
    subscription.close()
    done = [sum(value[0] == partition for value in values) for partition in "01"]
    assert [offset or 0 for offset in committed(subscription)] == done


def test_a_record_that_is_put_back_comes_again_before_those_behind_it(member):
    subscription = member()
    first = subscription.next(10)
    subscription.put_back(first)
    values = take(subscription, 20, commit=True)
    assert sorted(values) == sorted(f"{p}-{n}" for p in range(2) for n in range(10))
    mine = [value for value in values if value[0] == first.value.decode()[0]]
    assert mine == sorted(mine, key=lambda value: int(value[2:]))


def test_keeping_alive_neither_loses_nor_doubles_records(member):
    subscription = member()
    values = []
    while len(values) < 20:
        record = subscription.next(10)
        subscription.keep_alive()
        assert not subscription.lost
        assert subscription.done(record, commit=False)
        values.append(record.value)
    assert len(set(values)) == 20


def test_a_record_in_hand_is_lost_when_its_partition_goes_to_another(member):
    first = member()
    record = first.next(10)
    joined = threading.Event()
    taken: list[str] = []

    def other() -> None:
        second = member()
        while not joined.is_set():
            if (another := second.next(0.2)) is not None:
                taken.append(another.value.decode())
                second.done(another, commit=True)

    thread = threading.Thread(target=other)
    thread.start()
    deadline = time.monotonic() + 60
    # One of the two partitions goes to the other member; whether it is this record's is its choice.
    while (not taken or first._rebalances.under_way) and time.monotonic() < deadline:
        first.keep_alive()
    joined.set()
    thread.join()
    theirs = {value[0] for value in taken}
    assert len(theirs) == 1
    in_hand = record.value.decode()
    assert first.lost is (in_hand[0] in theirs)
    assert first.done(record, commit=True) is not first.lost
    if first.lost:
        assert in_hand in taken


def test_a_rebalance_that_never_ends_is_ended_by_joining_again(member, services, caplog):
    """As if kafka-python had lost the end of it; see `Subscription._join_again_if_stuck`."""
    subscription = member()
    take(subscription, 20, commit=True)
    subscription._rebalances.under_way_since = time.monotonic() - 3600
    produce(services, subscription.topic, 1, b"1-10")
    assert take(subscription, 1, commit=True) == ["1-10"]
    assert "joining again" in caplog.text
    assert committed(subscription) == [10, 11]


def test_new_partitions_of_the_topic_are_taken_up(member, services):
    subscription = member()
    subscription._consumer.config["metadata_max_age_ms"] = 500
    take(subscription, 20, commit=True)
    admin = KafkaAdminClient(bootstrap_servers=services.brokers)
    admin.create_partitions({subscription.topic: 3})
    admin.close()
    produce(services, subscription.topic, 2, b"2-0")
    subscription._consumer._cluster.request_update()
    assert take(subscription, 1, commit=True) == ["2-0"]
