"""kill -9 the registry, the broker and PostgreSQL under load: what was acknowledged is not lost.

Writers post events as fast as they are answered and remember what the registry acknowledged. All
the while one part, or all of them in turn, is killed and started again. Afterwards each event that
was acknowledged must be stored exactly once, its message must be on the topic at least once and in
the order of its unit, and each gate it opened must have been announced.

EPRLAB_FAULT_ROUNDS=50 makes it longer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import asyncpg
import httpx
import pytest
from kafka import KafkaConsumer, TopicPartition

ROUNDS = int(os.environ.get("EPRLAB_FAULT_ROUNDS", "3"))
WRITERS = 8
PATIENCE = 90.0  # seconds until a condition must hold; generous, for machines that are shared

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass
class Parts:
    """The three things that can die; `kill` and `revive` take a name."""

    postgres: object
    broker: object
    registry: object = None

    def kill(self, name: str) -> None:
        if name == "registry":
            self.registry.kill()
        else:
            process = getattr(self, name).process
            process.kill()
            process.wait(30)

    def revive(self, name: str) -> None:
        getattr(self, name).start()


def quiet_port() -> int:
    """A free port away from the defaults, and below those that outgoing connections are given."""
    while True:
        port = random.randint(21_000, 31_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@pytest.fixture
def parts(service_home, registry_process) -> Iterator[Parts]:
    from eprlab.stack.embedded import Broker, Postgres

    with service_home() as home:
        # Ports that no other stack on this machine comes across while one of the two is dead.
        postgres = Postgres(home, port=quiet_port())
        broker = Broker(home, port=quiet_port())
        parts = Parts(postgres, broker)
        try:
            postgres.start()
            brokers = broker.start()
            parts.registry = registry_process(postgres.create_database("epr"), brokers)
            yield parts
        finally:
            if parts.registry:
                parts.registry.kill()
            broker.remove()
            postgres.remove()


@dataclass
class Writer:
    """Posts one receipt after the other for its own units, two receivers each, and keeps the answers.

    A version is a unit: its build receipt comes first, its test receipt second and opens the gate.
    An unanswered request is *unknown*, not failed: it may be stored or not, and is not counted.
    """

    number: int
    url: str
    receivers: tuple[str, str]
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)  # id -> (unit, step)
    refusals: set[int] = field(default_factory=set)

    def run(self, stop: threading.Event) -> None:
        version = 0
        with httpx.Client(base_url=self.url, timeout=30) as http:
            while not stop.is_set():
                version += 1
                for step, receiver in enumerate(self.receivers):
                    if not self._post(http, version, step, receiver):
                        break

    def _post(self, http: httpx.Client, version: int, step: int, receiver: str) -> bool:
        unit = f"writer-{self.number}/{version}"
        try:
            answer = http.post(
                "/api/v1/events",
                json={
                    "name": "tidetable", "version": unit, "release": "2026.11.1",
                    "platform_id": "py3-none-any", "package": "wheel", "success": True,
                    "description": "a receipt under fire", "payload": {"step": step},
                    "event_receiver_id": receiver,
                },
            )  # fmt: skip
        except httpx.TransportError:
            time.sleep(0.02)
            return False
        if answer.status_code != 200:
            self.refusals.add(answer.status_code)
            time.sleep(0.02)
            return False
        self.acknowledged[answer.json()["data"]] = (unit, step)
        return True


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}"
        time.sleep(0.05)


def create(url: str, path: str, body: dict) -> str:
    answer = httpx.post(f"{url}/api/v1/{path}", json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def ask(db: str, question: str) -> list[asyncpg.Record]:
    """The answer of the database itself, past the registry."""

    async def run() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(db)
        try:
            return await connection.fetch(question)
        finally:
            await connection.close()

    return asyncio.run(run())


def stored_ids(db: str) -> list[str]:
    return [row["id"] for row in ask(db, "SELECT id FROM events")]


def outbox_is_empty(db: str) -> bool:
    return not ask(db, "SELECT FROM outbox LIMIT 1")


def messages_on(topic: str, brokers: str) -> list[dict]:
    """Every message of the topic, each partition in its own order."""
    consumer = KafkaConsumer(bootstrap_servers=brokers, group_id=None, enable_auto_commit=False)
    try:
        parts = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic))]
        consumer.assign(parts)
        consumer.seek_to_beginning(*parts)
        ends = consumer.end_offsets(parts)
        found: list[dict] = []
        deadline = time.monotonic() + PATIENCE
        while any(consumer.position(p) < ends[p] for p in parts):
            assert time.monotonic() < deadline, "could not read the topic to its end"
            for records in consumer.poll(timeout_ms=500).values():
                found += [json.loads(record.value) for record in records]
        return found
    finally:
        consumer.close()


@pytest.mark.parametrize("victims", [("registry",), ("broker",), ("postgres",), ("registry", "broker", "postgres")], ids="+".join)  # fmt: skip
def test_what_was_acknowledged_is_stored_and_announced(parts: Parts, victims):
    url = parts.registry.url
    text = {"type": "plab.receipt", "version": "1.0.0", "description": "fault test", "schema": {}}
    receivers = tuple(
        create(url, "receivers", {"name": name, **text})
        for name in ("tidetable-build", "tidetable-unit-tests")
    )
    group = create(url, "groups", {
        "name": "tidetable-release-gate", "type": "plab.gate.release", "version": "1.0.0",
        "description": "fault test", "enabled": True, "event_receiver_ids": list(receivers),
    })  # fmt: skip

    writers = [Writer(n, url, receivers) for n in range(WRITERS)]
    stop = threading.Event()
    threads = [threading.Thread(target=w.run, args=(stop,), daemon=True) for w in writers]
    for thread in threads:
        thread.start()

    def count() -> int:
        return sum(len(w.acknowledged) for w in writers)

    try:
        for number in range(ROUNDS):
            for victim in victims:
                before = count()
                wait_until(lambda seen=before: count() >= seen + 150, "the load to run")
                parts.kill(victim)
                time.sleep(0.3 * (number + 1))  # let the load meet the gap
                parts.revive(victim)
        before = count()
        wait_until(lambda: count() >= before + 150, "the load to run after the last revival")
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert not any(thread.is_alive() for thread in threads)

    wait_until(lambda: outbox_is_empty(parts.registry.db), "the outbox to drain")
    acknowledged = {id: unit for w in writers for id, unit in w.acknowledged.items()}
    stored = stored_ids(parts.registry.db)
    assert len(stored) == len(set(stored))
    assert acknowledged.keys() <= set(stored), "acknowledged, but not stored"

    first_seen: dict[str, int] = {}
    completions: defaultdict[str, int] = defaultdict(int)
    for place, message in enumerate(messages_on(parts.registry.topic, parts.registry.brokers)):
        if message["type"] == "plab.receipt" and message["data"]["events"]:
            first_seen.setdefault(message["id"], place)
        elif message["type"] == "plab.gate.release":
            assert message["data"]["event_receiver_groups"][0]["id"] == group
            completions[message["version"]] += 1
    assert acknowledged.keys() <= first_seen.keys(), "acknowledged, but not on the topic"

    order = {unit_step: first_seen[id] for id, unit_step in acknowledged.items()}
    opened = {unit for unit, step in order if step == 1}
    for unit in opened:
        assert order[unit, 0] < order[unit, 1], f"{unit}: its messages are out of order"
        assert completions[unit] >= 1, f"{unit}: the gate opened and nobody was told"
    assert opened, "no gate was opened: the load did not do what this test is about"
    # What a client sees meanwhile is a refusal it can act on, never an internal error.
    assert {status for w in writers for status in w.refusals} <= {503}
