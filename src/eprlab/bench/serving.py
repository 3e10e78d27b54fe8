"""What requests cost: POST alone and with a gate, GET, GraphQL; on an empty and on a full registry."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import asyncpg
import httpx
import psutil

from eprlab.bench import history, yardstick
from eprlab.bench.load import Load, Outcome
from eprlab.bench.parts import Parts

CONNECTIONS = (1, 16, 64)
YARDSTICK_CLIENTS = 16


@dataclass(frozen=True)
class Row:
    """One measurement: what was asked of a registry with `stored` events, and what came of it.

    `yardstick`: inserts per second of pgbench from 16 clients in the same minute, where comparable.
    """

    what: str
    stored: int
    connections: int
    outcome: Outcome
    yardstick: float | None = None


@dataclass(frozen=True)
class Memory:
    """Resident bytes of the registry: idle after start, after the loads, after a very large search."""

    started_in: float
    idle: int
    after_load: int
    after_search: int
    search_matches: int


def run_load(load: Load) -> Outcome:
    """Runs a load in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "eprlab.bench.load"],
        input=json.dumps(asdict(load)), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the load did not run through:\n{done.stderr[-2000:]}")
    return Outcome(**json.loads(done.stdout))


def receipt(receiver: str, version: str = "{n}") -> dict:
    """An event as the course's builder posts it."""
    return {
        "name": "tidetable", "version": version, "release": "2026.11.1",
        "platform_id": "py3-none-any", "package": "wheel", "description": "a receipt",
        "payload": {"sha256": "0"}, "success": True, "event_receiver_id": receiver,
    }  # fmt: skip


@dataclass
class Bench:
    """The registry's objects that all loads share, and how long each load takes."""

    parts: Parts
    seconds: float
    build: str = ""
    gate_build: str = ""

    def prepare(self) -> None:
        """Creates receivers, and a gate that one more build receipt opens each time."""
        make = self.parts.create
        kind = {"type": "plab.receipt", "version": "1.0.0", "description": "bench", "schema": {
            "type": "object", "required": ["sha256"], "properties": {"sha256": {"type": "string"}},
        }}  # fmt: skip
        self.build = make("receivers", {"name": "tidetable-build", **kind})
        self.gate_build = make("receivers", {"name": "tidetable-gate-build", **kind})
        tests = make("receivers", {"name": "tidetable-unit-tests", **kind})
        make("groups", {
            "name": "tidetable-release-gate", "type": "plab.gate.release", "version": "1.0.0",
            "description": "bench", "enabled": True,
            "event_receiver_ids": [self.gate_build, tests],
        })  # fmt: skip
        make("events", receipt(tests, "1.4.0"))

    def load(self, method: str, path: str, body: dict | None, connections: int) -> Outcome:
        text = "" if body is None else json.dumps(body)
        return run_load(
            Load(self.parts.url, method, path, text, connections, self.seconds, warmup=1.0)
        )

    def insert_rate(self) -> float:
        """The yardstick, in the database `yardstick`, while the registry is idle."""
        return yardstick.inserts_per_second(
            self.parts.postgres.url("yardstick"), self.build, self.parts.folder,
            clients=YARDSTICK_CLIENTS, seconds=max(3, round(self.seconds)),
        )  # fmt: skip

    def posts(self, stored: int) -> Iterator[Row]:
        """POST /events alone and into a complete group, at 1, 16 and 64 connections."""
        for what, body in (
            ("POST event", receipt(self.build)),
            ("POST event, gate opens", receipt(self.gate_build, "1.4.0")),
        ):
            for connections in CONNECTIONS:
                rate = self.insert_rate()
                outcome = self.load("POST", "/api/v1/events", body, connections)
                yield Row(what, stored, connections, outcome, rate)

    def reads(self, stored: int, name: str) -> Iterator[Row]:
        """GET by id and GraphQL by name, at 1 and 16 connections."""
        event = self.parts.create("events", receipt(self.build, "read-me"))
        query = {
            "query": "query ($obj: FindEventInput!){events(event: $obj) {id,name,version,success}}",
            "variables": {"obj": {"name": name}},
        }
        for connections in CONNECTIONS[:2]:
            yield Row("GET event by id", stored, connections,
                      self.load("GET", f"/api/v1/events/{event}", None, connections))  # fmt: skip
            yield Row("GraphQL events by name (9 found)", stored, connections,
                      self.load("POST", "/api/v1/graphql/query", query, connections))  # fmt: skip


def measure(parts: Parts, sizes: tuple[int, ...], seconds: float, rounds: int) -> tuple[list[Row], Memory]:  # fmt: skip
    """Every load on a registry with each number of events stored, `rounds` times over."""
    parts.start_registry()
    started_in, idle = parts.started_in, parts.resident
    bench = Bench(parts, seconds)
    bench.prepare()
    parts.stop_registry()
    _copy_database(parts, "yardstick")
    rows: list[Row] = []
    for stored in sizes:
        if stored:
            history.fill(parts.db, stored, bench.build)
        parts.start_registry()
        for _ in range(rounds):
            rows += bench.posts(stored)
            if stored:
                rows += bench.reads(stored, "service-7")
        if stored != sizes[-1]:
            parts.stop_registry()
    after_load = parts.resident
    found = httpx.post(
        f"{parts.url}/api/v1/graphql/query",
        json={"query": "{events(event:{name:\"tidetable\"}) {id,version,payload}}"}, timeout=120,
    ).json()  # fmt: skip
    peak = _peak(parts)
    parts.stop_registry()
    return rows, Memory(started_in, idle, after_load, peak, len(found["data"]["events"]))


def _peak(parts: Parts) -> int:
    """The most memory the registry ever held, where the system counts it; else what it holds now."""
    root = psutil.Process(parts.process.pid)
    try:
        peaks = []
        for process in [root, *root.children(recursive=True)]:
            with open(f"/proc/{process.pid}/status") as status:
                peaks += [int(line.split()[1]) for line in status if line.startswith("VmHWM")]
        return sum(peaks) * 1024
    except OSError:
        return parts.resident


def _copy_database(parts: Parts, name: str) -> None:
    """A database with the registry's tables, receivers and nothing else; nobody may be connected."""

    async def copy() -> None:
        connection = await asyncpg.connect(parts.postgres.url("postgres"))
        try:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE epr')
        finally:
            await connection.close()

    asyncio.run(copy())
