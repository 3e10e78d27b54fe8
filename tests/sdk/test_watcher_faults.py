"""The broker is killed under a watcher: everything is handled all the same."""

from __future__ import annotations

import random
import threading
from collections import Counter

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

import epr

from .conftest import eventually
from .test_messages import EVENT, envelope

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]
KILLS = 3
TOPIC = "epr.under.fire"


@pytest.fixture
def broker(service_home):
    from eprlab.stack.embedded import Broker

    with service_home() as home:
        # Below the ports that outgoing connections are given: nobody takes it while it is dead.
        broker = Broker(home, port=random.randint(21_000, 31_000))
        try:
            broker.start()
            yield broker
        finally:
            broker.remove()


def test_a_broker_killed_again_and_again_loses_no_message_of_a_watcher(broker):
    address = broker.start()
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics({TOPIC: {"num_partitions": 2}}, wait_for_metadata=True)
    admin.close()
    handled: Counter[str] = Counter()
    sent: list[str] = []
    stop = threading.Event()

    def send() -> None:
        producer = KafkaProducer(bootstrap_servers=address, acks="all")
        while not stop.wait(0.01):
            id = f"E{len(sent)}"
            value = envelope([EVENT | {"id": id, "name": f"boat-{len(sent) % 7}"}], id=id)
            try:
                producer.send(TOPIC, value, key=id.encode()).get(60)
            except KafkaError:
                continue  # not acknowledged, so not counted; the same number is sent again
            sent.append(id)
        producer.close()

    watcher = epr.Watcher("deployer", brokers=address, topic=TOPIC, session_timeout=6)
    watcher.on(kind="event")(lambda message: handled.update([message.id]))
    sender = threading.Thread(target=send)
    with watcher.background():
        sender.start()
        try:
            for _ in range(KILLS):
                before = len(handled)
                eventually(lambda before=before: len(handled) > before + 20, 120)
                process = broker.process
                process.kill()
                process.wait(30)
                assert broker.start() == address
            before = len(handled)
            eventually(lambda: len(handled) > before + 20, 120)
        finally:
            stop.set()
            sender.join(90)
        eventually(lambda: handled.keys() >= set(sent), 120)
        assert watcher.stats.dead_lettered == 0
    repeats = sum(times - 1 for id, times in handled.items() if id in set(sent))
    # Twice at most per kill and partition: an offset that could not be committed, and a send whose
    # acknowledgement was lost.
    assert repeats <= 4 * KILLS, handled.most_common(5)
