"""A PostgreSQL, a broker and a registry of the bench's own, in a folder that is removed afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from eprlab.stack.embedded import Broker, Postgres


@dataclass
class Parts:
    """What runs, where, and the registry's process while there is one."""

    postgres: Postgres
    broker: Broker
    db: str
    topic: str
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    started_in: float = field(default=0.0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def brokers(self) -> str:
        return self.broker.address

    def start_registry(self) -> None:
        """Starts one worker and waits until it is ready; `started_in` is how long that took."""
        began = time.perf_counter()
        log = (self.folder / "registry.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "epr_server", "--host", "127.0.0.1", "--port", str(self.port),
             "--db", self.db, "--brokers", self.brokers, "--topic", self.topic],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            env={k: v for k, v in os.environ.items() if not k.startswith("EPR_")},
        )  # fmt: skip
        log.close()
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/healthz/readiness").status_code == 200:
                    break
            if self.process.poll() is not None or time.perf_counter() - began > 60:
                raise RuntimeError((self.folder / "registry.log").read_text()[-4000:])
            time.sleep(0.01)
        self.started_in = time.perf_counter() - began

    def stop_registry(self) -> None:
        """Stops it and waits for what it has to finish."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            self.process = None

    @property
    def resident(self) -> int:
        """Bytes of memory that the registry's processes hold."""
        root = psutil.Process(self.process.pid)
        return sum(p.memory_info().rss for p in [root, *root.children(recursive=True)])

    def create(self, path: str, body: dict) -> str:
        """Creates a receiver, an event or a group; its id."""
        answer = httpx.post(f"{self.url}/api/v1/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()["data"]


@contextlib.contextmanager
def running() -> Iterator[Parts]:
    """PostgreSQL and the broker, started; the registry is started by the measurement."""
    folder = Path(tempfile.mkdtemp(prefix="plab-bench-"))
    folder.chmod(0o755)
    postgres, broker = Postgres(folder), Broker(folder)
    parts = None
    try:
        postgres.start()
        broker.start()
        topic = "epr.bench.events"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        parts = Parts(postgres, broker, postgres.create_database("epr"), topic, folder, port)
        yield parts
    finally:
        if parts is not None:
            parts.stop_registry()
        broker.remove()
        postgres.remove()
        shutil.rmtree(folder, ignore_errors=True)
