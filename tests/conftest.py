"""Real parts for every test: one PostgreSQL and one broker a session, a registry where asked for.

`services` starts PostgreSQL and the Kafka-API broker of the embedded stack in a temporary folder.
Set EPRLAB_TEST_POSTGRES and EPRLAB_TEST_BROKERS to use servers that run already (any PostgreSQL
superuser URL, any Kafka API): every test makes databases and topics of its own, with random names.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest

# Run by tests/server/test_conformance.py, as its own process: it reads its settings at import.
collect_ignore = ["conformance"]


@dataclass(frozen=True)
class Services:
    """Where the session's PostgreSQL (superuser URL) and broker (host:port) answer."""

    postgres: str
    brokers: str


@contextlib.contextmanager
def _service_home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="plab-"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def service_home() -> Callable[[], contextlib.AbstractContextManager[Path]]:
    """A context manager: a folder that PostgreSQL's account can reach too, when root runs the tests."""
    return _service_home


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    given = os.environ.get("EPRLAB_TEST_POSTGRES"), os.environ.get("EPRLAB_TEST_BROKERS")
    if all(given):
        yield Services(*given)
        return
    from eprlab.stack.embedded import Broker, Postgres

    with _service_home() as home:
        postgres, broker = Postgres(home), Broker(home)
        try:
            yield Services(postgres.start(), broker.start())
        finally:
            broker.remove()
            postgres.remove()


def _sql(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


@pytest.fixture(scope="session")
def make_database(services: Services) -> Iterator[Callable[[], str]]:
    """A function that makes an empty database and returns its URL; all are dropped at the end."""
    made: list[str] = []

    def make() -> str:
        name = f"test_{uuid.uuid4().hex[:12]}"
        _sql(services.postgres, f'CREATE DATABASE "{name}"')
        made.append(name)
        return urlunsplit(urlsplit(services.postgres)._replace(path=f"/{name}"))

    yield make
    for name in made:
        _sql(services.postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def database(make_database: Callable[[], str]) -> str:
    return make_database()


@pytest.fixture
def topic() -> str:
    return f"test.{uuid.uuid4().hex[:12]}"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@dataclass
class RunningRegistry:
    """A registry process, its addresses, and the ways it can end."""

    command: list[str]
    url: str
    brokers: str
    topic: str
    db: str
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    def start(self, timeout: float = 30, until: str | None = "readiness") -> RunningRegistry:
        """`until` is the probe that has to succeed: "liveness" where a part is missing on purpose,
        ``None`` where the test waits itself."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={k: v for k, v in os.environ.items() if not k.startswith("EPR_")} | self.env,
            )
        if until is None:
            return self
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/healthz/{until}", timeout=2).status_code == 200:
                    return self
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        self.kill()
        raise AssertionError(
            f"the registry did not become ready\n$ {' '.join(self.command)}\n{self.tail()}"
        )

    def tail(self, lines: int = 40) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def stop(self, timeout: float = 15) -> int:
        """Asks it to stop (SIGTERM) and returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop within {timeout} s\n{self.tail()}") from None

    def kill(self) -> None:
        """kill -9, children (worker processes) included."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _command(port: int, db: str, brokers: str, topic: str, flags: dict[str, object]) -> list[str]:
    command = [sys.executable, "-m", "epr_server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--db", db, "--brokers", brokers, "--topic", topic]
    for name, value in flags.items():
        option = "--" + name.replace("_", "-")
        command += [option] if value is True else [option, str(value)]
    return command


@pytest.fixture
def registry_process(tmp_path: Path) -> Callable[..., RunningRegistry]:
    """A function that starts a registry over a given database and broker; the caller ends it."""

    def start(db: str, brokers: str, **flags: object) -> RunningRegistry:
        port, topic = free_port(), f"test.{uuid.uuid4().hex[:12]}"
        return RunningRegistry(
            _command(port, db, brokers, topic, flags),
            *(f"http://127.0.0.1:{port}", brokers, topic, db, tmp_path / f"registry-{port}.log"),
        ).start()

    return start


def _registry_factory(
    services: Services, make_database: Callable[[], str], folder: Path
) -> Iterator[Callable[..., RunningRegistry]]:
    started: list[RunningRegistry] = []

    def start(
        *, db: str | None = None, topic: str | None = None, brokers: str | None = None,
        port: int | None = None, env: dict[str, str] | None = None,
        until: str | None = "readiness",
        **flags: object,
    ) -> RunningRegistry:  # fmt: skip
        port = port or free_port()
        db = db or make_database()
        topic = topic or f"test.{uuid.uuid4().hex[:12]}"
        brokers = brokers or services.brokers
        server = RunningRegistry(
            _command(port, db, brokers, topic, flags),
            *(f"http://127.0.0.1:{port}", brokers, topic, db, folder / f"registry-{port}.log"),
            env=env or {},
        )
        started.append(server)
        return server.start(until=until)

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def start_registry(services, make_database, tmp_path):
    """A function that starts a registry process: `start_registry(workers=2, token="…")`.

    Flags become command-line options; `db`, `topic`, `brokers`, `port` default to fresh ones.
    """
    yield from _registry_factory(services, make_database, tmp_path)


@pytest.fixture(scope="module")
def start_module_registry(services, make_database, tmp_path_factory):
    """As `start_registry`, for registries that all the tests of a module share."""
    yield from _registry_factory(services, make_database, tmp_path_factory.mktemp("registry"))


@pytest.fixture(scope="module")
def registry(start_module_registry) -> RunningRegistry:
    """One registry for all the tests of a module, with a database and a topic of its own."""
    return start_module_registry()


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium, without a window. One a module: while it is open, its library keeps an
    event loop running in this thread, and `asyncio.run` elsewhere would be refused."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip(f"no {' or '.join(names)} on the PATH to look at pages with")
    with sync_playwright() as playwright:
        # Containers seldom allow the sandbox's namespaces; the pages are our own files.
        launched = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()
