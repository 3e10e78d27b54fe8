"""The topic for messages that could not be handled: `<topic>.dead-letter`.

A dead letter is the original record, value and key byte for byte, with headers that say what
happened, so that it can be looked at, mended and sent again:

| header | value |
|---|---|
| `epr-error` | the exception, `Type: text`, at most 500 characters |
| `epr-traceback-sha256` | digest of the traceback's text: equal failures have equal digests |
| `epr-attempts` | how often the handler was tried; 0 if the record never reached one |
| `epr-topic`, `epr-partition`, `epr-offset` | where the original is |
| `epr-group`, `epr-handler` | who gave up |
| `epr-failed-at` | when, RFC 3339 |

The original's own headers are kept in front of these.
"""

from __future__ import annotations

import hashlib
import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAlreadyExistsError,
)

from ..messages import Message
from ..printable import describe

log = logging.getLogger("epr.watcher")

# Above the registry's largest message (its body limit and the envelope), so that none is too big.
LARGEST = 32 * 1024 * 1024


def topic_for(topic: str) -> str:
    """The dead-letter topic of a topic."""
    return f"{topic}.dead-letter"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record of a dead-letter topic, its headers read. `raw` is the original value."""

    raw: bytes = field(repr=False)
    key: bytes | None = field(repr=False)
    error: str
    traceback_sha256: str
    attempts: int
    topic: str
    partition: int
    offset: int
    group: str
    handler: str
    failed_at: str

    def message(self) -> Message:
        """The original message. Raises `NotAnEnvelope` if that is what was wrong with it."""
        return Message.parse(
            self.raw, topic=self.topic, partition=self.partition, offset=self.offset, key=self.key
        )

    @classmethod
    def from_record(cls, record: Any) -> DeadLetter:
        """Reads a kafka-python record; headers that are missing or senseless become empty or -1."""
        headers = dict(record.headers or ())
        text = {k: (v or b"").decode("utf-8", "replace") for k, v in headers.items()}
        return cls(
            raw=record.value or b"",
            key=record.key,
            error=text.get("epr-error", ""),
            traceback_sha256=text.get("epr-traceback-sha256", ""),
            attempts=_number(text.get("epr-attempts")),
            topic=text.get("epr-topic", ""),
            partition=_number(text.get("epr-partition")),
            offset=_number(text.get("epr-offset")),
            group=text.get("epr-group", ""),
            handler=text.get("epr-handler", ""),
            failed_at=text.get("epr-failed-at", ""),
        )


class DeadLetterTopic:
    """Writes dead letters. The topic and the connection are made when the first one comes."""

    def __init__(self, connection: Mapping[str, Any], topic: str) -> None:
        self.topic = topic
        self._connection = dict(connection)
        self._producer: KafkaProducer | None = None

    def send(
        self, record: Any, error: BaseException, *, group: str, handler: str, attempts: int
    ) -> None:
        """Stores the record with the reason; returns once the broker has it. Raises KafkaError."""
        headers = [*(record.headers or ()), *_headers(record, error, group, handler, attempts)]
        producer = self._ready()
        try:
            self._put(producer, record.value, record.key, headers)
        except (MessageSizeTooLargeError, RecordListTooLargeError):
            # The topic was made by somebody else, with a lower limit. The headers say where the
            # original is; stopping here would stop everything behind it too.
            log.warning("dead letter too big for %s, kept without its value", self.topic)
            self._put(producer, b"", record.key, headers)

    def close(self) -> None:
        """Closes the connection, if there is one."""
        if self._producer is not None:
            self._producer.close(timeout=5)
            self._producer = None

    def _put(self, producer: KafkaProducer, value: Any, key: Any, headers: list[Any]) -> None:
        producer.send(self.topic, value=value, key=key, headers=headers).get(timeout=15)

    def _ready(self) -> KafkaProducer:
        if self._producer is None:
            self._create_topic()
            self._producer = KafkaProducer(
                **self._connection, acks="all", max_request_size=LARGEST, max_block_ms=10_000,
                delivery_timeout_ms=15_000, request_timeout_ms=10_000,
            )  # fmt: skip
        return self._producer

    def _create_topic(self) -> None:
        admin = KafkaAdminClient(**{"bootstrap_timeout_ms": 10_000, **self._connection})
        try:
            settings = {"num_partitions": 1, "configs": {"max.message.bytes": str(LARGEST)}}
            admin.create_topics({self.topic: settings})
        except TopicAlreadyExistsError:
            pass
        except KafkaError as error:
            # Not allowed to, perhaps: the topic may be there all the same, and sending will tell.
            log.warning("topic %s not created: %s", self.topic, error)
        finally:
            admin.close()


def _headers(
    record: Any, error: BaseException, group: str, handler: str, attempts: int
) -> list[tuple[str, bytes]]:
    trace = "".join(traceback.format_exception(error))
    values = {
        "epr-error": describe(error),
        "epr-traceback-sha256": hashlib.sha256(trace.encode("utf-8", "replace")).hexdigest(),
        "epr-attempts": str(attempts),
        "epr-topic": record.topic,
        "epr-partition": str(record.partition),
        "epr-offset": str(record.offset),
        "epr-group": group,
        "epr-handler": handler,
        "epr-failed-at": datetime.now(UTC).isoformat(),
    }
    return [(key, value.encode("utf-8", "replace")) for key, value in values.items()]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else -1
