"""From the first byte of a POST to the message in the hands of a consumer."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx
from kafka import KafkaConsumer, TopicPartition

from eprlab.bench.parts import Parts
from eprlab.bench.serving import receipt

POSTS = 300


@dataclass(frozen=True)
class Delivery:
    """Milliseconds from sending the request until the consumer's poll returned the message."""

    posts: int
    p50: float
    p99: float


def measure(parts: Parts) -> Delivery:
    """Posts one event after the other, each once the one before it has arrived."""
    kind = {"type": "plab.receipt", "version": "1.0.0", "description": "bench", "schema": {}}
    receiver = parts.create("receivers", {"name": "tidetable-build", **kind})
    consumer = KafkaConsumer(bootstrap_servers=parts.brokers, group_id=None)
    partitions = [
        TopicPartition(parts.topic, p) for p in consumer.partitions_for_topic(parts.topic)
    ]
    consumer.assign(partitions)
    consumer.seek_to_end(*partitions)
    for partition in partitions:
        consumer.position(partition)
    taken: list[float] = []
    with httpx.Client(base_url=parts.url) as http:
        for number in range(POSTS):
            began = time.perf_counter()
            answer = http.post("/api/v1/events", json=receipt(receiver, f"delivery-{number}"))
            wanted = answer.json()["data"].encode()
            while not any(
                wanted in record.value
                for records in consumer.poll(timeout_ms=1000).values()
                for record in records
            ):
                if time.perf_counter() - began > 30:
                    raise RuntimeError("a message did not arrive within 30 s")
            taken.append((time.perf_counter() - began) * 1000)
    consumer.close()
    taken.sort()
    return Delivery(POSTS, taken[POSTS // 2], taken[int(POSTS * 0.99)])
