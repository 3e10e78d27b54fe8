"""Whatever a client sends: a clear refusal, never a 5xx, and the registry goes on."""

import gzip
import json
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from .conftest import Ferry


@pytest.fixture(scope="module")
def registry(start_module_registry):
    return start_module_registry(
        max_body_bytes=100_000,
        max_schema_bytes=20_000,
        max_header_bytes=8_000,
        read_timeout=1.0,
        arriving_bytes=300_000,
    )


@pytest.fixture(scope="module")
def ferry(registry):
    return Ferry(registry.url)


@pytest.fixture(autouse=True)
def nothing_failed(registry):
    """After each test: no traceback in the log, and the registry still works."""
    yield
    assert httpx.get(f"{registry.url}/healthz/readiness").status_code == 200
    assert "Traceback" not in registry.log.read_text()


def refused(answer: httpx.Response, status: int, data: object = "") -> str:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["data"] == data
    (message,) = body["errors"]
    return message


def raw(registry, request: bytes, *, until_closed: bool = True) -> bytes:
    """Sends bytes and returns what comes back until the server closes the connection."""
    where = urlsplit(registry.url)
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
            if not until_closed and b"\r\n\r\n" in answer:
                break
        return answer


def test_a_body_of_the_largest_size_is_taken(ferry):
    receiver = ferry.receiver()
    body = json.dumps(Ferry.event_body(receiver, payload={"log": ""}))
    filled = body.replace('"log": ""', '"log": "' + "x" * (100_000 - len(body)) + '"')
    assert len(filled) == 100_000
    assert ferry.http.post("/api/v1/events", content=filled).status_code == 200
    message = refused(ferry.http.post("/api/v1/events", content=filled + " "), 413)
    assert "100000 bytes" in message


@pytest.mark.parametrize("path", ["events", "receivers", "groups"])
@pytest.mark.parametrize("size", [100_001, 700_000, 3_000_000])
def test_a_body_that_is_too_large_is_413(ferry, path, size):
    refused(ferry.http.post(f"/api/v1/{path}", content=b"x" * size), 413)


def test_a_body_that_is_too_large_is_413_for_patch_and_graphql_as_well(ferry):
    answer = ferry.http.patch("/api/v1/groups/nobody", content=b"x" * 200_000)
    refused(answer, 413, "nobody")
    assert ferry.http.post("/api/v1/graphql/query", content=b"x" * 200_000).status_code == 413


def test_a_chunked_body_is_measured_too(ferry):
    pieces = (b"x" * 10_000 for _ in range(30))
    refused(ferry.http.post("/api/v1/events", content=pieces), 413)
    body = json.dumps(Ferry.event_body(ferry.receiver())).encode()
    whole = (body[n : n + 7] for n in range(0, len(body), 7))
    assert ferry.http.post("/api/v1/events", content=whole).status_code == 200


def test_bodies_that_arrive_together_are_bounded(registry):
    where = urlsplit(registry.url)
    begun = [socket.create_connection((where.hostname, where.port), timeout=20) for _ in range(5)]
    for connection in begun:
        head = b"POST /api/v1/receivers HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n"
        connection.sendall(head + b" " * 89_000)
    answers = [connection.recv(65536) for connection in begun]
    statuses = sorted(answer.split(b" ", 2)[1] for answer in answers)
    assert statuses[-2:] == [b"503", b"503"]
    assert set(statuses[:-2]) == {b"408"}
    for connection in begun:
        connection.close()


def test_a_schema_that_is_too_large_is_413(ferry):
    schema = {"title": "x" * 20_001}
    answer = ferry.http.post(
        "/api/v1/receivers",
        json={"name": "n", "type": "t", "version": "1", "description": "d", "schema": schema},
    )
    assert "schema" in refused(answer, 413)


def test_headers_that_are_too_large_are_431(registry):
    request = b"GET /healthz/liveness HTTP/1.1\r\nHost: x\r\nX-Large: " + b"x" * 9_000 + b"\r\n\r\n"
    assert b" 431 " in raw(registry, request)
    many = b"".join(b"X-%d: y\r\n" % number for number in range(2_000))
    assert b" 431 " in raw(registry, b"GET / HTTP/1.1\r\n" + many + b"\r\n")
    assert b" 431 " in raw(registry, b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /api/v1/events HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/v1/events HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /caf\xe9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http:// HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_not_http_is_refused(registry, request_):
    status = raw(registry, request_).split(b" ", 2)[1]
    assert status in (b"400", b"404", b"408"), status


@pytest.mark.parametrize(
    "beginning",
    [
        b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\n",
    ],
    ids=["slow body", "slow headers"],
)
def test_a_request_that_does_not_arrive_is_408(registry, beginning):
    answer = raw(registry, beginning)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 408 " in head
    assert "did not arrive within 1 s" in json.loads(body)["errors"][0]


def test_a_connection_on_which_nothing_is_sent_is_closed(registry):
    assert raw(registry, b"") == b""


def test_a_client_that_leaves_in_the_middle_of_its_body_harms_nobody(registry):
    where = urlsplit(registry.url)
    for _ in range(20):
        with socket.create_connection((where.hostname, where.port)) as connection:
            connection.sendall(
                b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
            )


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/events/%00", "/api/v1/receivers/%00", "/api/v1/groups/%00", "/api/v1/events/%ff",
        "/api/v1/events/%F0%9F%9A%A2", "/api/v1/receivers/%C3%A9", "/api/v1/groups/" + "x" * 5_000,
        "/api/v1/events/%22%3Cscript%3E", "/api/v1/events/..", "/api/v1/events/a%2Fb", "//", "/%",
        "/api/v1/events//", "/api//v1/events", "/api/v1/events/x?y=%00",
    ],
)  # fmt: skip
def test_strange_paths_are_not_found(registry, path):
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    assert raw(registry, request).split(b" ", 2)[1] == b"404"


@pytest.mark.parametrize("field", ["name", "version", "release", "platform_id", "package", "description"])  # fmt: skip
@pytest.mark.parametrize("text", ["a\0b", "\U0001f6a2" * 256])
def test_texts_that_cannot_be_kept_are_refused(ferry, field, text):
    receiver = ferry.receiver()
    answer = ferry.http.post("/api/v1/events", json=Ferry.event_body(receiver, **{field: text}))
    assert field.replace("_", " ") in refused(answer, 400)


def test_the_longest_texts_are_kept(ferry):
    texts = dict.fromkeys(("name", "version", "release", "platform_id", "package", "description"),
                          "\U0001f6a2" * 255)  # fmt: skip
    event = ferry.event(ferry.receiver(), **texts)
    assert ferry.get("events", event).items() >= texts.items()


@pytest.mark.parametrize(
    "payload",
    [
        rb'"\u0000"', rb'{"\u0000":1}', rb'"\ud800"', b'"\xff"', b"1" * 5_000, b"[" * 200 + b"]" * 200,
        b"[" * 40_000 + b"]" * 40_000, b"1e999999999", b"NaN", b"Infinity", b"{", b"01", b"",
    ],
)  # fmt: skip
def test_payloads_that_cannot_be_kept_are_refused(ferry, payload):
    receiver = ferry.receiver()
    body = json.dumps(Ferry.event_body(receiver, payload="@@")).encode().replace(b'"@@"', payload)
    assert refused(ferry.http.post("/api/v1/events", content=body), 400).startswith(
        "invalid input: "
    )


@pytest.mark.parametrize("payload", ["1.10", "1e3", "12345678901234567890123", "-0.0", '{"b":1,"a":2}'])  # fmt: skip
def test_a_payload_comes_back_as_it_was_sent(ferry, payload):
    receiver = ferry.receiver()
    body = json.dumps(Ferry.event_body(receiver, payload="@@")).replace('"@@"', payload)
    event = ferry.http.post("/api/v1/events", content=body).json()["data"]
    assert f'"payload":{payload},' in ferry.http.get(f"/api/v1/events/{event}").text


def test_a_compressed_body_is_refused_as_the_bytes_it_is(ferry):
    body = gzip.compress(json.dumps(Ferry.event_body(ferry.receiver())).encode())
    answer = ferry.http.post("/api/v1/events", content=body, headers={"Content-Encoding": "gzip"})
    refused(answer, 400)


@pytest.mark.parametrize("members", [["\0"], ["é"], ["x" * 5_000], ["nobody"] * 2_000])
def test_groups_of_impossible_members_are_refused(ferry, members):
    answer = ferry.http.post(
        "/api/v1/groups",
        json={"name": "n", "type": "t", "version": "1", "description": "d",
              "event_receiver_ids": members},
    )  # fmt: skip
    refused(answer, 400)


def test_an_unknown_group_cannot_be_switched(ferry):
    answer = ferry.http.patch("/api/v1/groups/nobody", json={"enabled": True})
    message = refused(answer, 404, "nobody")
    assert message == "object not found: eventReceiverGroup with id nobody not found"
    refused(ferry.http.patch("/api/v1/groups/nobody", json={}), 404, "nobody")
    refused(ferry.http.patch("/api/v1/groups/%00", json={"enabled": True}), 404, "\0")
