"""What the SDK's tests share: clients of a real registry, and servers that misbehave to order."""

from __future__ import annotations

import http.server
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

import epr


@pytest.fixture(autouse=True)
def no_addresses_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say which registry they mean; what is set in the shell must not reach them."""
    for name in ("EPR_URL", "EPR_BROKERS", "EPR_TOPIC", "EPR_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def client(registry) -> Iterator[epr.Client]:
    with epr.Client(registry.url) as client:
        yield client


@pytest.fixture
def make_receiver(client: epr.Client) -> Callable[..., epr.Receiver]:
    """A function that makes a receiver nobody else uses; its type too is its own."""

    def make(**fields) -> epr.Receiver:
        name = fields.pop("name", f"tidetable-build-{uuid.uuid4().hex[:8]}")
        fields = {"type": f"plab.{name}", "schema": {}} | fields
        return client.receivers.create(name=name, **fields)

    return make


@pytest.fixture
def receiver(make_receiver) -> epr.Receiver:
    return make_receiver()


def tidetable(version: str = "1.4.0") -> epr.NVRPP:
    """A unit nobody else uses: its release is random."""
    return epr.NVRPP("tidetable", version, uuid.uuid4().hex[:10], "py3-none-any", "wheel")


@pytest.fixture
def unit() -> epr.NVRPP:
    return tidetable()


def eventually(condition: Callable[[], object], timeout: float = 30, *, what: str = "") -> object:
    """The first true value of `condition`, asked again and again; fails after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {timeout} s: {what or condition}"
        time.sleep(0.02)
    return value


@dataclass
class ScriptedServer:
    """An HTTP server that answers as told: one entry of `answers` a request, the last for ever.

    An answer is (status, headers, body), or "cut" (close without answering), or "hang".
    """

    answers: list
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def running(self) -> Iterator[ScriptedServer]:
        script, released = self, threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                number = len(script.requests)
                script.requests.append((self.command, self.path, body))
                script.headers.append({k.lower(): v for k, v in self.headers.items()})
                answer = script.answers[min(number, len(script.answers) - 1)]
                if answer in ("cut", "hang"):
                    if answer == "hang":
                        released.wait(30)
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = answer

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            released.set()
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedServer]]:
    """A function that starts a `ScriptedServer` with the answers given."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def start(*answers) -> ScriptedServer:
            return stack.enter_context(ScriptedServer(list(answers)).running())

        yield start
