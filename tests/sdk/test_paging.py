"""Searches in pages, on this project's registry and on one that has only the contract."""

from __future__ import annotations

import http.server
import json
import threading

import httpx
import pytest

import epr

from .conftest import tidetable


@pytest.fixture(scope="module")
def reference_like(registry):
    """A front of the real registry that knows the contract and nothing more.

    Introspection shows one argument per search, as the reference server's does, and a document that
    uses any other is refused in its words. It counts the requests.
    """
    seen: list[dict] = []

    class Front(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            seen.append(body)
            query = body["query"]
            if "__type" in query:
                fields = [{"name": name, "args": [{"name": argument, "type": {"name": None}}]}
                          for name, argument in [("events", "event")]]  # fmt: skip
                content = json.dumps({"data": {"__type": {"fields": fields}}}).encode()
            elif "$" in query.replace("$obj", ""):
                content = b'{"errors":[{"message":"Unknown argument \\"limit\\""}]}'
            else:
                content = httpx.post(registry.url + self.path, json=body).content
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def history(client):
    """25 events of one unit over two receivers; every third failed."""
    unit = tidetable()
    names = [f"{kind}-{unit.release}" for kind in ("build", "scan")]
    build, scan = (client.receivers.create(name=n, type=f"plab.{n}", schema={}) for n in names)
    for n in range(25):
        client.events.post(
            scan if n % 5 == 0 else build, unit, success=n % 3 != 0, payload={"n": n}
        )
    return unit, build, scan


QUERIES = {
    "all": ({}, list(range(25))),
    "newest first": ({"newest_first": True}, list(range(24, -1, -1))),
    "the oldest four": ({"limit": 4}, [0, 1, 2, 3]),
    "the newest four": ({"limit": 4, "newest_first": True}, [24, 23, 22, 21]),
    "none": ({"limit": 0}, []),
    "failed": ({"success": False}, [0, 3, 6, 9, 12, 15, 18, 21, 24]),
    "failed scans": ({"success": False, "type": "scan"}, [0, 15]),
    "scans, newest first": ({"type": "scan", "newest_first": True}, [20, 15, 10, 5, 0]),
    "a type nobody has": ({"type": "plab.nobody"}, []),
}


@pytest.mark.parametrize("page_size", [1, 4, 25, 500])
@pytest.mark.parametrize("which", QUERIES)
def test_pages_add_up_whatever_their_size(client, history, which, page_size):
    unit, _, scan = history
    query, expected = QUERIES[which]
    if query.get("type") == "scan":
        query = query | {"type": scan.type}
    found = client.events.find(unit, page_size=page_size, **query)
    assert [event.payload["n"] for event in found] == expected


@pytest.mark.parametrize("which", QUERIES)
def test_a_registry_without_paging_gives_the_same(reference_like, history, which):
    url, _ = reference_like
    unit, _, scan = history
    query, expected = QUERIES[which]
    if query.get("type") == "scan":
        query = query | {"type": scan.type}
    with epr.Client(url) as client:
        assert [e.payload["n"] for e in client.events.find(unit, page_size=4, **query)] == expected


def test_a_registry_without_paging_is_asked_once_what_it_knows(reference_like, history):
    url, seen = reference_like
    unit, build, _ = history
    with epr.Client(url) as client:
        events = list(client.events.find(unit))
        seen.clear()
        newer = list(client.events.find(unit, since=events[20].created_at, receiver=build))
        assert [e.payload["n"] for e in newer] == [21, 22, 23, 24]
        assert list(client.events.find(unit, until=events[0].created_at)) == []
    assert [("__type" in body["query"]) for body in seen] == [False, False]


def test_events_that_arrive_during_a_search_are_neither_doubled_nor_in_the_way(client, history):
    _, build, _ = history
    unit = tidetable()
    for n in range(6):
        client.events.post(build, unit, success=True, payload={"n": n})
    forward, backward = [], []
    for event in client.events.find(unit, page_size=2):
        forward.append(event.payload["n"])
        if len(forward) < 9:
            client.events.post(build, unit, success=True, payload={"n": 5 + len(forward)})
    assert forward == sorted(set(forward))
    assert forward[:6] == [0, 1, 2, 3, 4, 5]
    for event in client.events.find(unit, page_size=2, newest_first=True):
        backward.append(event.payload["n"])
        if len(backward) == 1:
            client.events.post(build, unit, success=True, payload={"n": 99})
    assert backward == sorted(set(backward), reverse=True)
    assert 99 not in backward


def test_pages_shortened_by_big_payloads_lose_nothing(client, history):
    _, build, _ = history
    unit = tidetable()
    for n in range(10):
        client.events.post(build, unit, success=True, payload={"n": n, "sbom": "x" * 3_000_000})
    assert [e.payload["n"] for e in client.events.find(unit)] == list(range(10))


def test_a_page_must_hold_something(client):
    with pytest.raises(ValueError, match="page_size"):
        client.events.find(page_size=0)
