"""Requests and responses: shapes of errors, liberties with variables, JSON and Time values."""

import doctest
import json

import httpx
import pytest

from epr_server.graphql import scalars
from epr_server.openapi import NEW_EVENT, NEW_GROUP, NEW_RECEIVER

FIND = "query ($obj: FindEventInput!) {events(event: $obj) {id}}"
CREATE_EVENT = "mutation ($obj: CreateEventInput!) {create_event(event: $obj)}"
CREATE_RECEIVER = (
    "mutation ($obj: CreateEventReceiverInput!) {create_event_receiver(event_receiver: $obj)}"
)


@pytest.fixture(scope="module")
def client(registry):
    with httpx.Client(base_url=registry.url) as client:
        yield client


@pytest.fixture
def post(client):
    """Send a query with its variables; the parsed body of the response."""

    def post(query: str, operation: str | None = None, **variables) -> dict:
        body = {"query": query, "variables": variables, "operationName": operation}
        response = client.post("/api/v1/graphql/query", json=body)
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/json"
        return response.json()

    return post


@pytest.fixture(scope="module")
def receiver(client) -> str:
    body = {**NEW_RECEIVER, "schema": {}}
    return client.post("/api/v1/receivers", json=body).json()["data"]


@pytest.fixture
def event(receiver) -> dict:
    return {**NEW_EVENT, "event_receiver_id": receiver}


# ------------------------------------------------------------------ shapes


def test_a_success_has_data_only(post):
    assert post("{__typename}") == {"data": {"__typename": "Query"}}


def test_a_refusal_has_a_message_and_the_path_of_its_alias_and_no_data(post):
    assert post('{lost: events_by_id(id: "nowhere") {id}}') == {
        "errors": [
            {"message": "object not found: event with id nowhere not found", "path": ["lost"]}
        ],
        "data": None,
    }


@pytest.mark.parametrize("query", ["{nothing}", "{", "", "{events(event: {}) { }}", "\n{events}"])
def test_an_invalid_document_has_a_message_and_no_data(post, query):
    answer = post(query)
    assert list(answer) == ["errors"]
    assert all(set(error) <= {"message", "locations"} for error in answer["errors"])


def test_an_error_in_a_document_has_its_line_and_column(post):
    (error,) = post("{\n  nothing\n}")["errors"]
    assert error["locations"] == [{"line": 2, "column": 3}]


def test_a_variable_of_the_wrong_type_has_empty_data_and_a_missing_one_has_none(post):
    assert post(FIND, obj={"success": "true"})["data"] == {}
    assert "data" not in post(FIND)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "not a GraphQL request"),
        (b"{", "not a GraphQL request"),
        (b"[]", "Expected object, got array"),
        (b'"x"', "Expected object, got str"),
        (b'{"query": 5}', "at $.query"),
        (b'{"query": "{a}", "variables": "x"}', "at $.variables"),
        (b'{"query": "{a}", "operationName": 5}', "at $.operationName"),
        (b'{"query": "\xff"}', "not a GraphQL request"),
        (b'{"query": "{a}", "variables": {"a": "\\ud800"}}', "not a GraphQL request"),
        (b'{"query": "{a}", "variables": {"a": 1e99999999999999999999}}', "too large"),
        (b'{"variables": {"a": ' + b"[" * 5000 + b"]" * 5000 + b"}}", "nested too deeply"),
    ],
)
def test_a_body_that_is_no_request_is_400_with_a_reason(client, body, text):
    response = client.post("/api/v1/graphql/query", content=body)
    assert response.status_code == 400
    assert response.headers["content-type"].startswith("text/plain")
    assert text in response.text
    assert "send JSON such as" in response.text


@pytest.mark.parametrize("body", [b"{}", b'{"query": null}', b'{"variables": null}'])
def test_a_request_without_a_query_says_so(client, body):
    response = client.post("/api/v1/graphql/query", content=body)
    assert response.json() == {"errors": [{"message": "The query is empty."}]}


def test_several_operations_need_a_name(post):
    both = "query A {a: __typename} query B {b: __typename}"
    assert "errors" in post(both)
    assert post(both, operation="B") == {"data": {"b": "Query"}}
    assert "Unknown operation" in post(both, operation="C")["errors"][0]["message"]


# ------------------------------------------------------------------ variables


def test_unknown_keys_in_a_variable_are_ignored_and_in_a_literal_refused(post, event):
    extra = {"id": "", "created_at": "", "event_receiver": {}, "fingerprint": ""}
    assert "data" in post(CREATE_EVENT, obj={**event, **extra})
    answer = post('{events(event: {name: "x", tide: "high"}) {id}}')
    assert "tide" in answer["errors"][0]["message"]


@pytest.mark.parametrize("obj", [{"id": 5}, {"event_receiver_id": 1.5}, {"id": True}])
def test_a_number_is_not_an_id(post, obj):
    assert "holds an id, which is a text" in post(FIND, obj=obj)["errors"][0]["message"]


def test_a_number_is_not_an_id_when_it_is_the_variable_or_in_a_list(post):
    assert "errors" in post("query ($id: ID!) {events_by_id(id: $id) {id}}", id=5)
    group = {**NEW_GROUP, "event_receiver_ids": ["x", 5]}
    create = (
        "mutation ($obj: CreateEventReceiverGroupInput!)"
        "{create_event_receiver_group(event_receiver_group: $obj)}"
    )
    assert "holds an id" in post(create, obj=group)["errors"][0]["message"]


def test_variables_that_no_operation_declares_are_ignored(post):
    assert post("{__typename}", tide="high") == {"data": {"__typename": "Query"}}


def test_one_variable_may_be_used_twice(post, event):
    twice = "mutation ($obj: CreateEventInput!) {a: create_event(event: $obj) b: create_event(event: $obj)}"
    made = post(twice, obj=event)["data"]
    assert made["a"] != made["b"]


# ------------------------------------------------------------------ JSON


PAYLOADS = [
    # (as it is written in the request, as it comes back, byte for byte)
    (b'"{\\"price\\": 1.10}"', b'{"price":1.10}'),
    (b'{"price": 1.10}', b'{"price":1.10}'),
    (b'{"n": 123456789012345678901234567890}', b'{"n":123456789012345678901234567890}'),
    (b'"[1, null, \\"x\\"]"', b'[1,null,"x"]'),
    (b"[1, null, true]", b"[1,null,true]"),
    (b'"null"', b"null"),
    (b'"\\"tide\\""', b'"tide"'),
    (b"5", b"5"),
    (b"false", b"false"),
]


def test_the_examples_in_the_documentation_are_true():
    failed, attempted = doctest.testmod(scalars)
    assert attempted == 1
    assert failed == 0


@pytest.mark.parametrize(("written", "stored"), PAYLOADS)
def test_a_payload_is_taken_as_text_or_as_it_is_and_comes_back_exactly(
    client, receiver, event, written, stored
):
    variables = json.dumps({**event, "payload": "@"}).encode().replace(b'"@"', written)
    body = b'{"query": %b, "variables": {"obj": %b}}' % (
        json.dumps(CREATE_EVENT).encode(),
        variables,
    )
    made = client.post("/api/v1/graphql/query", content=body).json()["data"]["create_event"]
    query = f'{{events_by_id(id: "{made}") {{payload}}}}'
    answer = client.post("/api/v1/graphql/query", json={"query": query})
    assert answer.content == b'{"data":{"events_by_id":[{"payload":%b}]}}' % stored


@pytest.mark.parametrize(
    ("literal", "schema"),
    [
        (r'"{\"type\": \"object\"}"', {"type": "object"}),
        (
            '{type: "object", required: ["a"], maxProperties: 3}',
            {"type": "object", "required": ["a"], "maxProperties": 3},
        ),
        ("true", True),
        (
            '{properties: {a: {multipleOf: 0.10, default: null, const: "\\"é"}}}',
            {"properties": {"a": {"multipleOf": 0.1, "default": None, "const": '"é'}}},
        ),
    ],
)
def test_a_schema_may_be_written_into_the_query(client, post, literal, schema):
    query = (
        'mutation {create_event_receiver(event_receiver: {name: "n", type: "t", version: "1", '
        f'description: "d", schema: {literal}}})}}'
    )
    made = post(query)["data"]["create_event_receiver"]
    assert client.get(f"/api/v1/receivers/{made}").json()["data"][0]["schema"] == schema


@pytest.mark.parametrize(
    ("payload", "text"),
    [("", "payload"), ("{", "payload"), ("nope", "payload"), (None, "non-null")],
)
def test_a_payload_that_is_not_json_is_refused(post, event, payload, text):
    (error,) = post(CREATE_EVENT, obj={**event, "payload": payload})["errors"]
    assert text in error["message"]
    assert error["message"] != "internal server error"


def test_a_bare_word_in_a_json_literal_is_refused(post):
    query = (
        'mutation {create_event_receiver(event_receiver: {name: "n", type: "t", version: "1", '
        'description: "d", schema: {type: object}})}'
    )
    assert "write a text in quotes" in post(query)["errors"][0]["message"]


@pytest.mark.parametrize("schema", ["", "{", {"type": "nope"}, {"$ref": "http://a.example/b"}])
def test_a_refused_schema_has_the_reason_that_rest_gives(client, post, schema):
    (error,) = post(CREATE_RECEIVER, obj={**NEW_RECEIVER, "schema": schema})["errors"]
    assert error["path"] == ["create_event_receiver"]
    assert error["message"].startswith("invalid input: ")
    if isinstance(schema, dict):
        body = {**NEW_RECEIVER, "schema": schema}
        assert client.post("/api/v1/receivers", json=body).json()["errors"] == [error["message"]]


def test_hostile_text_in_a_search_finds_nothing_and_breaks_nothing(post):
    assert post(FIND, obj={"name": "a\0"}) == {"data": {"events": []}}
    assert post(FIND, obj={"id": "\0"}) == {"data": {"events": []}}
    assert post(FIND, obj={"name": "x" * 100_000}) == {"data": {"events": []}}
