"""Servers that are down, slow, cut off, overloaded or no registries: errors and retries."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

import epr
from epr import errors, wire
from epr.retries import NO_RETRIES, RetryPolicy

UNIT = epr.NVRPP("tidetable", "1.4.0", "2026.11.1", "py3-none-any", "wheel")
QUICK = RetryPolicy(attempts=3, first=0.01, longest=0.05)
JSON = {"content-type": "application/json"}
STORED = (200, JSON, b'{"data":"01HPW0DY340VMM3DNMX8JCQDGN"}')
NOTHING_FOUND = (200, JSON, b'{"data":{"event_receivers":[]}}')
OVERLOADED = (503, JSON, b'{"data":"","errors":["temporarily unavailable: try again"]}')
TURNED_AWAY = (503, JSON | {"epr-stored": "no", "retry-after": "0"}, OVERLOADED[2])
BROKEN = (500, JSON, b'{"data":null,"errors":["internal server error"]}')


def post(server, **more) -> str:
    with epr.Client(server.url, retry=QUICK, **more) as client:
        return client.events.post("receiver", UNIT, success=True)


def ask(server) -> dict:
    with epr.Client(server.url, retry=QUICK) as client:
        return client.graphql("{ event_receivers(event_receiver: {}) { id } }")


def nobody() -> str:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{s.getsockname()[1]}"


def test_a_registry_that_is_down_is_named_and_nothing_was_stored():
    url = nobody()
    with (
        epr.Client(url, retry=NO_RETRIES) as client,
        pytest.raises(errors.ConnectionFailed, match=url) as failed,
    ):
        client.events.post("receiver", UNIT, success=True)
    assert not failed.value.maybe_stored
    assert "EPR_URL" in str(failed.value)


def test_health_of_a_registry_that_is_down_is_an_answer():
    with epr.Client(nobody()) as client:
        health = client.health()
    assert (health.live, health.ready) == (False, False)
    assert "refused" in health.reason


def test_health_of_a_registry_that_is_not_ready_says_why(scripted):
    not_ready = (503, JSON, b'{"data":null,"errors":["the broker does not answer"]}')
    server = scripted((200, JSON, b"{}"), not_ready)
    with epr.Client(server.url) as client:
        health = client.health()
    assert (health.live, health.ready) == (True, False)
    assert "the broker does not answer" in health.reason
    assert len(server.requests) == 2


def test_a_slow_registry_is_a_time_out_and_the_event_may_be_stored(scripted):
    server = scripted("hang")
    with pytest.raises(errors.Timeout, match="may have been stored") as late:
        post(server, timeout=0.2)
    assert late.value.maybe_stored
    assert len(server.requests) == 1


def test_a_port_that_accepts_and_stays_silent_is_a_time_out():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with (
            epr.Client(url, timeout=0.2, retry=NO_RETRIES) as client,
            pytest.raises(errors.Timeout),
        ):
            client.status()


def test_a_create_is_not_repeated_when_the_answer_is_lost(scripted):
    server = scripted("cut", STORED)
    with pytest.raises(errors.ConnectionFailed, match="search for it") as lost:
        post(server)
    assert lost.value.maybe_stored
    assert len(server.requests) == 1


def test_a_create_is_repeated_when_the_caller_accepts_duplicates(scripted):
    server = scripted("cut", OVERLOADED, STORED)
    with epr.Client(server.url, retry=RetryPolicy(3, 0.01, 0.05, creates=True)) as client:
        assert client.events.post("receiver", UNIT, success=True)
    assert len(server.requests) == 3
    assert len({body for _, _, body in server.requests}) == 1
    assert epr.Client("http://127.0.0.1:1", retry_creates=True).retry.creates


@pytest.mark.parametrize("refusal", [TURNED_AWAY, (429, JSON, b"{}")])
def test_a_create_is_repeated_when_the_registry_says_that_nothing_was_stored(scripted, refusal):
    server = scripted(refusal, STORED)
    assert post(server) == "01HPW0DY340VMM3DNMX8JCQDGN"
    assert len(server.requests) == 2


@pytest.mark.parametrize("answer", [OVERLOADED, BROKEN])
def test_a_create_is_not_repeated_when_the_registry_does_not_know(scripted, answer):
    server = scripted(answer, STORED)
    with pytest.raises(errors.ResponseError) as failed:
        post(server)
    assert failed.value.maybe_stored
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "cut",
        OVERLOADED,
        BROKEN,
        (502, {}, b"<html>"),
        (200, JSON, b'{"errors":[{"message":"busy","extensions":{"retry_after":0}}],"data":null}'),
    ],
)
def test_a_search_is_repeated_after_whatever_may_pass(scripted, answer):
    server = scripted(answer, answer, NOTHING_FOUND)
    assert ask(server) == {"event_receivers": []}
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 413, 418])
def test_what_will_not_change_is_not_repeated(scripted, status):
    server = scripted((status, JSON, b'{"data":"","errors":["invalid input: because"]}'))
    with pytest.raises(errors.ResponseError, match="because"):
        ask(server)
    assert len(server.requests) == 1


def test_tries_end_and_the_last_error_is_raised(scripted):
    server = scripted(BROKEN)
    with pytest.raises(errors.ServerFailed, match="internal server error"):
        ask(server)
    assert len(server.requests) == QUICK.attempts


def test_retry_after_is_read_and_waited_for_within_reason():
    error = errors.Overloaded("later", retry_after=2.0)
    policy = RetryPolicy(first=0.1, longest=3.0)
    assert policy.pause(1, error) == 2.0
    assert policy.pause(1, errors.Overloaded("later", retry_after=3600.0)) == 3.0


def test_pauses_grow_are_random_and_have_an_end():
    policy = RetryPolicy(first=1.0, longest=8.0)
    for attempt, most in enumerate([1, 2, 4, 8, 8, 8], 1):
        pauses = [policy.pause(attempt, None) for _ in range(200)]
        assert 0 <= min(pauses) < most / 4
        assert most / 2 < max(pauses) <= most


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.Refused), (401, errors.Unauthorized), (403, errors.Unauthorized),
        (404, errors.NotFound), (413, errors.TooLarge), (429, errors.Overloaded),
        (503, errors.Overloaded), (500, errors.ServerFailed), (504, errors.ServerFailed),
        (405, errors.Refused), (301, errors.Refused),
    ],
)  # fmt: skip
def test_each_status_has_its_exception(status, kind):
    error = wire.refusal(wire.Reply(status, {}, b'{"errors":["invalid input: one\\ntwo"]}'))
    assert type(error) is kind
    assert (error.status, error.problems) == (status, ["one", "two"])


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[1]", b'{"errors":5}', b"\xff\xfe", b"[" * 5000]
)
def test_a_refusal_without_reasons_still_says_its_status(body):
    assert "status 500" in str(wire.refusal(wire.Reply(500, {}, body)))


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>tides</html>", b"5", b"[]", b"{}", b'{"data":5}', b'{"data":[]}', b'{"data":[{}]}',
     b'{"data":[{"id":1}]}', b'{"data":[null]}', b"[" * 100_000],
)  # fmt: skip
def test_something_that_is_no_registry_is_reported_as_that(scripted, body):
    server = scripted((200, JSON, body))
    with epr.Client(server.url) as client, pytest.raises(errors.UnexpectedAnswer, match="registry"):
        client.events.get("01HPW0DY340VMM3DNMX8JCQDGN")


@given(st.binary(max_size=200) | st.from_type(type(None)).map(lambda _: b'{"data":{"events":5}}'))
def test_no_answer_makes_anything_but_an_epr_error(content):
    for read in (wire.rest_id, wire.rest_object, wire.graphql_data, wire.refusal):
        with contextlib.suppress(errors.EPRError):
            read(wire.Reply(200, {}, content))


def test_reading_back_fails_but_the_stored_id_is_told(scripted):
    server = scripted(STORED, (404, JSON, b'{"data":null,"errors":["object not found: x"]}'))
    with epr.Client(server.url) as client, pytest.raises(errors.NotFound) as failed:
        client.receivers.create(name="tidetable-build", type="plab.build", schema={})
    assert "01HPW0DY340VMM3DNMX8JCQDGN" in failed.value.__notes__[0]


def test_the_async_client_fails_and_retries_alike(scripted):
    server = scripted("cut", BROKEN, NOTHING_FOUND, "cut")

    async def both() -> None:
        async with epr.AsyncClient(server.url, retry=QUICK) as client:
            query = "{ event_receivers(event_receiver: {}) { id } }"
            assert await client.graphql(query) == {"event_receivers": []}
            with pytest.raises(errors.ConnectionFailed) as lost:
                await client.events.post("receiver", UNIT, success=True)
            assert lost.value.maybe_stored
            assert (await client.health()).live is False

    asyncio.run(both())


def test_the_token_and_own_headers_are_sent(scripted):
    server = scripted(NOTHING_FOUND)
    with epr.Client(server.url, {"X-Team": "ferry"}, token="harbour-7") as client:
        client.graphql("{ event_receivers(event_receiver: {}) { id } }")
    assert server.headers[0]["authorization"] == "Bearer harbour-7"
    assert server.headers[0]["x-team"] == "ferry"


def test_a_proxy_from_the_environment_is_not_asked_for_this_machine(scripted, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", nobody())
    assert ask(scripted(NOTHING_FOUND)) == {"event_receivers": []}
