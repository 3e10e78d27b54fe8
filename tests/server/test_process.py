"""Starting, stopping, several workers, and a database that comes and goes."""

import contextlib
import os
import re
import signal
import socket
import threading
from urllib.parse import urlsplit

import httpx
import pytest

from .conftest import Ferry, execute, wait_for

LOG_LOCK = 1162891777


def test_requests_in_flight_are_finished_before_it_stops(start_registry, open_topic):
    server = start_registry()
    ferry = Ferry(server.url)
    receiver = ferry.receiver()
    answers: dict[int, httpx.Response] = {}

    def post(number: int) -> None:
        body = Ferry.event_body(receiver, version=str(number))
        answers[number] = httpx.post(f"{server.url}/api/v1/events", json=body, timeout=30)

    # Holding the log's lock keeps every event in flight until after the signal.
    holder = threading.Thread(target=execute, args=(
        server.db, f"SELECT pg_advisory_xact_lock({LOG_LOCK}), pg_sleep(4)",
    ))  # fmt: skip
    holder.start()
    posts = [threading.Thread(target=post, args=(number,)) for number in range(10)]
    wait_for(lambda: waiting_for_lock(server.db), "the lock to be held")
    for thread in posts:
        thread.start()
    wait_for(
        lambda: "server_events_under_way 10.0" in ferry.http.get("/metrics").text,
        "all events to be under way",
    )
    assert server.stop() == 0
    for thread in (*posts, holder):
        thread.join(30)
    assert [answers[number].status_code for number in range(10)] == [200] * 10
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{server.url}/healthz/liveness")
    # What was committed last was also published before it went.
    ids = [answers[number].json()["data"] for number in range(10)]
    seen = {message["id"] for message in open_topic(server).until(lambda m: len(m) >= 11)}
    assert seen >= set(ids)


def waiting_for_lock(db: str) -> int:
    """How many hold or wait for the log's lock."""
    import asyncio

    import asyncpg

    async def run() -> int:
        connection = await asyncpg.connect(db)
        try:
            return await connection.fetchval(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND "
                "database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                LOG_LOCK,
            )
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", [1, 2])
def test_it_stops_cleanly_when_asked(start_registry, workers, number):
    server = start_registry(workers=workers)
    Ferry(server.url).receiver()
    server.process.send_signal(number)
    assert server.process.wait(20) == 0
    assert "Traceback" not in server.log.read_text()


def test_an_idle_connection_does_not_keep_it_from_stopping(start_registry):
    server = start_registry()
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port)):
        assert server.stop() == 0


def test_workers_share_the_load_one_log_and_one_relay(start_registry, open_topic):
    server = start_registry(workers=3)
    ferry = Ferry(server.url)
    receiver = ferry.receiver()
    events = []
    for number in range(30):
        with httpx.Client(
            base_url=server.url
        ) as http:  # a connection each, so any worker may answer
            body = Ferry.event_body(receiver, version=str(number))
            events.append(http.post("/api/v1/events", json=body).json()["data"])
    messages = open_topic(server).up_to(events[-1])
    assert [message["id"] for message in messages] == [receiver, *events]
    metrics = httpx.get(f"{server.url}/metrics").text
    assert re.search(r"^server_relay_leader 1\.0$", metrics, re.MULTILINE)
    assert re.search(r'^server_events_created_total{success="true"} 30\.0$', metrics, re.MULTILINE)


def test_a_worker_that_dies_is_replaced(start_registry):
    server = start_registry(workers=2)
    children = [int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", server.log.read_text())]  # fmt: skip
    os.kill(children[0], signal.SIGKILL)
    wait_for(lambda: server.log.read_text().count("Started server process") == 3, "a third worker")
    ferry = Ferry(server.url)
    assert ferry.event(ferry.receiver())


def test_workers_end_when_their_parent_is_killed(start_registry):
    server = start_registry(workers=2)
    server.process.kill()
    server.process.wait()

    def answers() -> bool:
        try:
            return httpx.get(f"{server.url}/healthz/liveness").status_code == 200
        except httpx.TransportError:
            return False

    wait_for(lambda: not answers(), "the workers to end")


def test_it_waits_for_a_database_that_starts_after_it(start_registry, services, make_database):
    # A port that nobody listens on yet; later it leads to the real server.
    db, target = make_database(), urlsplit(services.postgres)
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    server = start_registry(
        db=urlsplit(db)._replace(netloc=f"postgres@127.0.0.1:{port}").geturl(), until="liveness"
    )
    ready = httpx.get(f"{server.url}/healthz/readiness", timeout=10)
    assert ready.status_code == 503
    assert "connection refused" in ready.json()["problems"]["database"]
    refused = httpx.post(f"{server.url}/api/v1/receivers", json={
        "name": "n", "type": "t", "version": "1", "description": "d", "schema": {}})  # fmt: skip
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["epr-stored"] == "no"
    with forwarder(port, (target.hostname, target.port)):
        wait_for(
            lambda: httpx.get(f"{server.url}/healthz/readiness", timeout=10).status_code == 200,
            "the registry to be ready",
        )
        ferry = Ferry(server.url)
        event = ferry.event(ferry.receiver())
        assert ferry.get("events", event)["id"] == event
    # And it is gone again: reads and writes say so, and nothing more.
    gone = httpx.get(f"{server.url}/api/v1/events/{event}", timeout=30)
    assert gone.status_code == 503
    assert "temporarily unavailable" in gone.json()["errors"][0]
    with forwarder(port, (target.hostname, target.port)):
        wait_for(
            lambda: httpx.get(f"{server.url}/api/v1/events/{event}", timeout=30).status_code == 200,
            "the registry to answer again",
        )
    assert "Traceback" not in server.log.read_text(), server.tail()


class forwarder:
    """Connections to `port` on loopback lead to `target`, until the end of the block."""

    def __init__(self, port: int, target: tuple[str, int]) -> None:
        self.port, self.target = port, target
        self.pairs: list[socket.socket] = []

    def __enter__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.door.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            self.pairs += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def __exit__(self, *_: object) -> None:
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        for end in self.pairs:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
