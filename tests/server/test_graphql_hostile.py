"""Whatever is sent, the answer is a refusal with a reason: never a failure of the server."""

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from epr_server.openapi import NEW_EVENT, NEW_GROUP, NEW_RECEIVER

OPERATIONS = [
    ("query ($obj: FindEventInput!) {events(event: $obj) {id payload}}", {"name": "tidetable"}),
    ("query ($obj: FindEventReceiverInput!) {event_receivers(event_receiver: $obj) {id}}", {}),
    ("mutation ($obj: CreateEventInput!) {create_event(event: $obj)}", NEW_EVENT),
    (
        "mutation ($obj: CreateEventReceiverInput!) {create_event_receiver(event_receiver: $obj)}",
        NEW_RECEIVER,
    ),
    (
        "mutation ($obj: CreateEventReceiverGroupInput!)"
        "{create_event_receiver_group(event_receiver_group: $obj)}",
        NEW_GROUP,
    ),
    ("query ($obj: ID!) {events_by_id(id: $obj) {id}}", "nowhere"),
    ("query ($obj: Int) {events(event: {}, limit: $obj) {id}}", 3),
    ("query ($obj: Time) {events(event: {}, since: $obj) {id}}", "2026-11-24T12:00:00Z"),
    ("query ($obj: ID) {events(event: {}, before: $obj) {id}}", "nowhere"),
]
KEYS = [
    "id", "name", "version", "type", "payload", "schema", "success", "enabled", "description",
    "event_receiver_id", "event_receiver_ids", "__class__", "\0",
]  # fmt: skip

hostile_texts = st.sampled_from(
    ["", " ", "\0", "a\0b", "'; --", "{}", "null", "\u202e", "😀" * 300, "x" * 100_000, "1e400",
     '{"$ref":"#"}', "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2026-13-45"]
)  # fmt: skip
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.sampled_from([2**31, 2**63, 10**400, -1]),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        hostile_texts,
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=6,
)
many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def client(registry):
    with httpx.Client(base_url=registry.url, timeout=30) as client:
        yield client


def answer(client: httpx.Client, body: bytes) -> dict:
    """The answer, once it is known to be no failure of the server; a 400 counts as one error."""
    response = client.post("/api/v1/graphql/query", content=body)
    if response.status_code == 400:
        assert response.headers["content-type"].startswith("text/plain")
        return {"errors": [{"message": response.text}]}
    assert response.status_code == 200
    content = response.json()
    for error in content.get("errors", []):
        assert error["message"].strip()
        assert error["message"] != "internal server error"
    return content


@pytest.mark.hostile
@pytest.mark.parametrize(("query", "usual"), OPERATIONS)
@many
@given(value=values, key=st.sampled_from(KEYS))
def test_any_value_of_a_variable(client, query, usual, value, key):
    for variable in (value, {**usual, key: value} if isinstance(usual, dict) else value):
        body = json.dumps({"query": query, "variables": {"obj": variable}}).encode()
        assert {"data", "errors"} & set(answer(client, body))


query_texts = st.text('{}()[]:!$"\\#.,@|&=-+0123456789 abcdefgit_\n\0é', max_size=60)
fragments = st.sampled_from(
    ["{", "}", "(", ")", "events", "(event: {})", "{id}", "query", "mutation", "fragment A on Event",
     "...A", "... on Event", "@skip(if: true)", "$obj", "__typename", "__schema", '"""', "subscription"]
)  # fmt: skip


@pytest.mark.hostile
@many
@given(st.one_of(query_texts, st.lists(fragments, max_size=14).map(" ".join)))
def test_any_query_text(client, query):
    body = json.dumps({"query": query}).encode()
    assert {"data", "errors"} & set(answer(client, body))


@pytest.mark.hostile
@many
@given(st.binary(max_size=80))
def test_any_bytes(client, body):
    assert {"data", "errors"} & set(answer(client, body))


@pytest.mark.hostile
def test_nothing_of_this_left_a_traceback(registry, client):
    assert answer(client, b'{"query": "{__typename}"}') == {"data": {"__typename": "Query"}}
    assert "Traceback" not in registry.log.read_text("utf-8", "replace")
