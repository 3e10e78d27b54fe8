"""The topic: makes it, and puts messages on it in order, each confirmed by the broker.

confluent-kafka's producer is idempotent: its own retries neither repeat nor reorder messages.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from epr_server.messages import Message

log = logging.getLogger(__name__)

_PROBE_SECONDS = 1.0
_QUEUE_KILOBYTES = 64 * 1024


class PublishError(Exception):
    """The broker did not take a message; what came after it must not overtake it."""


class Publisher:
    """A producer for one topic. Its blocking calls run in a thread of its own."""

    def __init__(
        self, *, brokers: str, topic: str, partitions: int, max_message_bytes: int
    ) -> None:
        self._topic = topic
        self._partitions = partitions
        self._max_message_bytes = max_message_bytes
        self._connection: dict[str, Any] = {
            "bootstrap.servers": brokers,
            "client.id": "epr_server",
            # A broker that comes back is noticed within a second.
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 1000,
            "socket.timeout.ms": 10_000,
            "log_level": 3,
            "logger": log,
        }
        self._thread = ThreadPoolExecutor(1, "publisher")
        self._probe_thread = ThreadPoolExecutor(1, "broker-probe")
        self._producer: Producer | None = None
        self._failure: KafkaError | None = None

    async def publish(self, messages: Iterable[Message]) -> int:
        """Puts `messages` on the topic in their order; how many. Returns once all are confirmed.

        Waits as long as the broker is away. Raises `PublishError` if the broker refuses one; then
        none of those after it is known to be on the topic, and `reset` must be called.
        """
        loop = asyncio.get_running_loop()
        producer = self._producer or await loop.run_in_executor(self._thread, self._open)
        count = 0
        for message in messages:
            while True:
                try:
                    producer.produce(self._topic, message.value, message.key)
                    break
                except BufferError:  # its queue is full: let it empty first
                    await self._confirm(producer)
                except KafkaException as error:
                    raise PublishError(_text(error.args[0])) from error
            count += 1
        await self._confirm(producer)
        return count

    async def _confirm(self, producer: Producer) -> None:
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(self._thread, producer.flush, 0.5):
            if self._failure is not None:
                break
        if self._failure is not None:
            raise PublishError(_text(self._failure))

    def _open(self) -> Producer:
        self._failure = None
        self._producer = Producer(
            self._connection
            | {
                "enable.idempotence": True,
                "acks": "all",
                # The same partition for a key as the Java clients and kafka-python choose.
                "partitioner": "murmur2_random",
                "message.max.bytes": self._max_message_bytes,
                "queue.buffering.max.kbytes": max(_QUEUE_KILOBYTES, self._max_message_bytes // 512),
                "linger.ms": 1,  # so that a part of the log leaves as one request, not as hundreds
                "message.timeout.ms": 0,  # a message is late, never given up
                "delivery.report.only.error": True,
                "on_delivery": self._delivered,
                "error_cb": self._trouble,
            }
        )
        return self._producer

    def _delivered(self, error: KafkaError | None, _: object) -> None:
        if error is not None and self._failure is None:
            self._failure = error

    def _trouble(self, error: KafkaError) -> None:
        if error.fatal():
            self._failure = error
        log.warning("%s", _text(error))

    async def reset(self) -> None:
        """Forgets every message that is not yet on the topic."""
        producer, self._producer = self._producer, None
        if producer is not None:

            def forget() -> None:
                producer.purge()
                producer.flush(1.0)

            await asyncio.get_running_loop().run_in_executor(self._thread, forget)

    async def prepare_topic(self) -> None:
        """Makes the topic if it is missing; sees to it that it takes messages of every size.

        Raises `PublishError` if the broker does not answer or refuses.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self._prepare_topic)

    def _prepare_topic(self) -> None:
        admin = AdminClient(self._connection)
        largest = {"max.message.bytes": str(self._max_message_bytes)}
        topic = NewTopic(self._topic, num_partitions=self._partitions, config=largest)
        try:
            admin.create_topics([topic], operation_timeout=5, request_timeout=5)[
                self._topic
            ].result()
            log.info("topic %s created", self._topic)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise PublishError(_text(error.args[0])) from error
            self._raise_limit(admin)

    def _raise_limit(self, admin: AdminClient) -> None:
        name = "max.message.bytes"
        resource = ConfigResource(ResourceType.TOPIC, self._topic)
        try:
            current = admin.describe_configs([resource], request_timeout=5)[resource].result()[name]
            if int(current.value) >= self._max_message_bytes:
                return
            wanted = ConfigResource(
                ResourceType.TOPIC,
                self._topic,
                incremental_configs=[
                    ConfigEntry(
                        name,
                        str(self._max_message_bytes),
                        incremental_operation=AlterConfigOpType.SET,
                    )
                ],
            )
            admin.incremental_alter_configs([wanted], request_timeout=5)[wanted].result()
            log.info("topic %s: %s raised to %d", self._topic, name, self._max_message_bytes)
        except (KafkaException, KeyError) as error:
            log.warning(
                "topic %s: %s cannot be raised to %d (%s); larger messages will wait until it is",
                self._topic, name, self._max_message_bytes, error,
            )  # fmt: skip

    async def check(self) -> str:
        """What is wrong with the broker right now; empty if it answers."""
        return await asyncio.get_running_loop().run_in_executor(self._probe_thread, self._probe)

    def _probe(self) -> str:
        try:
            client = self._producer or AdminClient(self._connection)
            client.list_topics(timeout=_PROBE_SECONDS)
        except KafkaException as error:
            return f"the broker does not answer ({_text(error.args[0])})"
        return ""

    async def stop(self) -> None:
        await self.reset()
        self._thread.shutdown(wait=False)
        self._probe_thread.shutdown(wait=False)


def _text(error: KafkaError) -> str:
    return f"{error.name()}: {error.str()}"
