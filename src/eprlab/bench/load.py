"""A closed-loop HTTP load: N connections, each sends its next request when the last is answered.

Made for measuring a server that shares two cores with it: requests are rendered once, responses are
cut by their Content-Length and not parsed further. It runs in a process of its own
(`python -m eprlab.bench.load`), so that the server never waits for this process's interpreter.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import uvloop

DIGITS = 19
"""Every number that takes the place of `{n}` has as many, so that all requests are equally long."""
_OK = b"HTTP/1.1 200 "


@dataclass(frozen=True)
class Load:
    """What to send: the same path and method, `bodies` in turn, `{n}` in a body replaced by a number."""

    url: str
    method: str
    path: str
    body: str
    connections: int
    seconds: float
    warmup: float = 1.0


@dataclass(frozen=True)
class Outcome:
    """Answers per second over the measured window, and latencies in milliseconds."""

    requests: int
    seconds: float
    per_second: float
    p50: float
    p99: float
    refused: int


class _Connection(asyncio.Protocol):
    def __init__(self, load: Load, numbers: Iterator[int], latencies: list[float]) -> None:
        self.load, self.numbers, self.latencies = load, numbers, latencies
        self.buffer = b""
        self.refused = 0
        self.measuring = False
        self.stopped = False
        host = urlsplit(load.url)
        head = (
            f"{load.method} {load.path} HTTP/1.1\r\nHost: {host.netloc}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        before, number, after = load.body.partition("{n}")
        length = len(before.encode()) + len(after.encode()) + (DIGITS if number else 0)
        self.before = b"%b%d\r\n\r\n%b" % (head, length, before.encode())
        self.after = after.encode() if number else None
        self.answer_length = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = self.before
        if self.after is not None:
            request = b"%b%d%b" % (request, next(self.numbers), self.after)
        self.began = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if len(data) == self.answer_length and not self.buffer and data.startswith(_OK):
            self.answered(refused=False)  # as long as the last one: the usual case
            return
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].lower()
        at = head.find(b"content-length:")
        if at < 0:
            self.fail("the answer has no Content-Length")
            return
        stop = head.find(b"\r\n", at)
        length = int(head[at + 15 : stop if stop > 0 else end])
        if len(self.buffer) < end + 4 + length:
            return
        self.answer_length = len(self.buffer)
        self.buffer = b""
        self.answered(refused=head[9:12] != b"200")

    def answered(self, *, refused: bool) -> None:
        if self.measuring:
            self.latencies.append(time.perf_counter() - self.began)
            self.refused += refused
        if self.stopped:
            self.transport.close()
        else:
            self.send()

    def fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError(why))
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.done.done():
            return
        if self.stopped:
            self.done.set_result(None)
        else:
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))


async def measure(load: Load) -> Outcome:
    """Runs the load and returns what it saw; raises ConnectionError when a connection breaks."""
    loop = asyncio.get_running_loop()
    where = urlsplit(load.url)
    numbers = iter(range(time.time_ns(), 2**63))  # 19 digits until the year 2286
    latencies: list[float] = []
    connections = [
        (
            await loop.create_connection(
                lambda: _Connection(load, numbers, latencies), where.hostname, where.port
            )
        )[1]
        for _ in range(load.connections)
    ]
    await asyncio.sleep(load.warmup)
    began = time.perf_counter()
    for connection in connections:
        connection.measuring = True
    await asyncio.sleep(load.seconds)
    elapsed = time.perf_counter() - began
    for connection in connections:
        connection.measuring, connection.stopped = False, True
    await asyncio.wait_for(asyncio.gather(*(c.done for c in connections)), 30)
    ordered = sorted(latencies)
    if not ordered:
        raise ConnectionError(f"no answer from {load.url} within {load.seconds} s")
    return Outcome(
        requests=len(ordered),
        seconds=elapsed,
        per_second=len(ordered) / elapsed,
        p50=ordered[len(ordered) // 2] * 1000,
        p99=ordered[int(len(ordered) * 0.99)] * 1000,
        refused=sum(c.refused for c in connections),
    )


def main() -> None:
    """Reads a load as JSON on standard input, writes the outcome as JSON on standard output."""
    load = Load(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(measure(load))), sys.stdout)


if __name__ == "__main__":
    main()
