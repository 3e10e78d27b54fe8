"""What the tests of the registry share: the story's receivers and events, and the topic's messages."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import asyncpg
import httpx
import pytest
from kafka import KafkaConsumer, TopicPartition


class Ferry:
    """A client that makes the objects of the story and asserts that each is accepted."""

    def __init__(self, url: str, **headers: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30, headers=headers)

    def create(self, path: str, body: dict) -> str:
        answer = self.http.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def get(self, path: str, id: str) -> dict:
        answer = self.http.get(f"/api/v1/{path}/{id}")
        assert answer.status_code == 200, answer.text
        return answer.json()["data"][0]

    def receiver(self, name: str = "tidetable-build", **other: object) -> str:
        body = {"name": name, "type": f"plab.{name}", "version": "1.0.0",
                "description": "says what was done", "schema": {}} | other  # fmt: skip
        return self.create("receivers", body)

    def group(self, receivers: list[str], **other: object) -> str:
        body = {"name": "tidetable-release-gate", "type": "plab.gate.release", "version": "1.0.0",
                "description": "all of them passed", "enabled": True,
                "event_receiver_ids": receivers} | other  # fmt: skip
        return self.create("groups", body)

    @staticmethod
    def event_body(receiver: str, **other: object) -> dict:
        return {"name": "tidetable", "version": "1.4.0", "release": "2026.11.1",
                "platform_id": "py3-none-any", "package": "wheel", "description": "a receipt",
                "payload": {"passed": 42}, "success": True, "event_receiver_id": receiver} | other  # fmt: skip

    def event(self, receiver: str, **other: object) -> str:
        return self.create("events", self.event_body(receiver, **other))


class Topic:
    """Everything on the topic, each partition in its own order."""

    def __init__(self, brokers: str, name: str) -> None:
        self.brokers, self.name = brokers, name
        self._consumer: KafkaConsumer | None = None
        self._records: list = []

    def _poll(self, timeout_ms: int = 100) -> None:
        if self._consumer is None:
            self._consumer = KafkaConsumer(
                bootstrap_servers=self.brokers, group_id=None, enable_auto_commit=False,
                max_partition_fetch_bytes=64 * 1024 * 1024, fetch_max_bytes=64 * 1024 * 1024,
            )  # fmt: skip
            partitions = wait_for(
                lambda: self._consumer.partitions_for_topic(self.name), "the topic"
            )
            assigned = [TopicPartition(self.name, number) for number in sorted(partitions)]
            self._consumer.assign(assigned)
            self._consumer.seek_to_beginning(*assigned)
        for records in self._consumer.poll(timeout_ms=timeout_ms).values():
            self._records += records

    def records_until(self, enough: Callable[[list[dict]], bool]) -> list:
        wait_for(lambda: self._poll() or enough(self._messages()), "messages on the topic")
        return self._records

    def until(self, enough: Callable[[list[dict]], bool]) -> list[dict]:
        """All messages so far, once they are `enough`."""
        self.records_until(enough)
        return self._messages()

    def up_to(self, id: str) -> list[dict]:
        """All messages so far, once the one with this id is among them."""
        return self.until(lambda messages: any(message["id"] == id for message in messages))

    def _messages(self) -> list[dict]:
        return [json.loads(record.value) for record in self._records]

    def close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()


def wait_for(condition: Callable[[], object], what: str, seconds: float = 60) -> object:
    """The first true value of `condition`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)
    return value


def execute(url: str, statement: str) -> None:
    """Runs one statement on the database, for tests that are not coroutines."""

    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


@pytest.fixture
def open_topic():
    """A function: the topic that a registry publishes to."""
    opened: list[Topic] = []

    def open_(server) -> Topic:
        opened.append(Topic(server.brokers, server.topic))
        return opened[-1]

    yield open_
    for topic in opened:
        topic.close()


@pytest.fixture
async def sql():
    """A function: a connection to a database; all are closed at the end."""
    opened: list[asyncpg.Connection] = []

    async def connect(url: str) -> asyncpg.Connection:
        opened.append(await asyncpg.connect(url))
        return opened[-1]

    yield connect
    for connection in opened:
        await connection.close()
