"""The registry's OpenAPI 3.1 document, and the page that lists its endpoints.

The document is complete: a test walks it against a running registry and back. Schemas say what is
accepted, so clients may be generated from it. (epr-contract.md, sections 2 to 7.)
"""

from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any

import msgspec

Json = dict[str, Any]

RECEIVER_ID = "01M86RPGS0BJK1EKNWDSBYCZVV"
EVENT_ID = "01M86RPGY4XR2CR4KSJGFPNQDN"
GROUP_ID = "01M86RPH3SM92AJWEWE0617HYW"

NEW_RECEIVER: Json = {
    "name": "tidetable-unit-tests",
    "type": "plab.tests.unit",
    "version": "1.0.0",
    "description": "The unit tests of tidetable ran",
    "schema": {
        "type": "object",
        "required": ["passed", "failed"],
        "properties": {"passed": {"type": "integer"}, "failed": {"type": "integer"}},
    },
}
NEW_EVENT: Json = {
    "name": "tidetable",
    "version": "1.4.0",
    "release": "2026.11.1",
    "platform_id": "py3-none-any",
    "package": "wheel",
    "description": "41 unit tests passed",
    "payload": {"passed": 41, "failed": 0},
    "success": True,
    "event_receiver_id": RECEIVER_ID,
}
NEW_GROUP: Json = {
    "name": "tidetable-release-gate",
    "type": "plab.gate.release",
    "version": "1.0.0",
    "description": "Built, tested and scanned",
    "enabled": True,
    "event_receiver_ids": [RECEIVER_ID],
}
RECEIVER: Json = {
    "id": RECEIVER_ID,
    **NEW_RECEIVER,
    "fingerprint": "5e315017b24530cc5564c3f01ec5df303e1af371349b49d2367b5b5242ba6832",
    "created_at": "2026-11-24T12:32:40.224498Z",
}
EVENT: Json = {
    "id": EVENT_ID,
    **NEW_EVENT,
    "created_at": "2026-11-24T12:32:40.388991Z",
    "EventReceiver": RECEIVER,
}
GROUP: Json = {
    "id": GROUP_ID,
    **NEW_GROUP,
    "created_at": "2026-11-24T12:32:40.570151Z",
    "updated_at": "2026-11-24T12:32:40.570151Z",
}

ABOUT = """\
Records that an action happened for one unit of software (its name, version, release, platform and
package), checks what is recorded against a JSON Schema, announces it on a topic, and announces when
everything a release needs has passed.

Wire-compatible with the Event Provenance Registry. Creation answers 200, never 201. A success is
`{"data": …}`, a refusal `{"data": …, "errors": ["one text"]}`; several problems are lines of that
text. `Content-Type` of a request is ignored: bodies are JSON. Unknown keys are ignored. One trailing
slash is accepted on every path, HEAD wherever GET is, and any page may read the API (CORS). Nothing
can be deleted.

Limits (settings of the server): bodies 8 MiB, a schema 1 MiB, texts 255 characters, JSON 128 levels
deep, a search 10,000 records. An answer to a POST means that the record is committed, and that its
message will be on the topic, at once or when the broker is back.
"""


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Json, example: Any) -> Json:
    return {"application/json": {"schema": schema, "example": example}}


def _response(description: str, content: Json) -> Json:
    return {"description": description, "content": content}


def _envelope(data: Json) -> Json:
    return {"type": "object", "required": ["data"], "properties": {"data": data}}


def _refusal(description: str, data: Any, message: str) -> Json:
    return _response(description, _json(_ref("Refusal"), {"data": data, "errors": [message]}))


def _unavailable(data: Any) -> Json:
    message = "temporarily unavailable: the database does not answer; try again in 1 s"
    response = _refusal("A part the request needs is down, or too much is waiting", data, message)
    response["headers"] = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
    return response


def _unauthorized(data: Any) -> Json:
    message = "unauthorized: this registry asks for a bearer token"
    return _refusal("A token is asked for, and this is not it", data, message)


def _creation(noun: str, new: str, example: Json, id: str, problem: str) -> Json:
    too_large = (
        "invalid input: the body is larger than 8388608 bytes; "
        "store the document elsewhere and send its digest and address"
    )
    return {
        "operationId": f"create{noun}",
        "tags": [f"{noun}s"],
        "summary": f"Create {_article(noun)} {noun.lower()}",
        "requestBody": {"required": True, "content": _json(_ref(new), example)},
        "responses": {
            "200": _response("The new id", _json(_envelope(_ref("Id")), {"data": id})),
            "400": _refusal("Refused", "", f"invalid input: {problem}"),
            "401": _unauthorized(None),
            "413": _refusal("Too large", "", too_large),
            "503": _unavailable(""),
        },
    }


def _reading(noun: str, error_noun: str, example: Json) -> Json:
    one = {"type": "array", "items": _ref(noun), "minItems": 1, "maxItems": 1}
    unknown = f"object not found: {error_noun} with id {example['id']} not found"
    return {
        "operationId": f"get{noun}",
        "tags": [f"{noun}s"],
        "summary": f"Read {_article(noun)} {noun.lower()}: a list of exactly one",
        "responses": {
            "200": _response("Found", _json(_envelope(one), {"data": [example]})),
            "401": _unauthorized(None),
            "404": _refusal("No such id; ids are case-sensitive", None, unknown),
            "503": _unavailable(None),
        },
    }


def _article(noun: str) -> str:
    return "an" if noun == "Event" else "a"


def _id_parameter(example: str) -> list[Json]:
    return [
        {
            "name": "id",
            "in": "path",
            "required": True,
            "schema": {"type": "string"},
            "example": example,
        }
    ]


def _switch() -> Json:
    unknown = f"object not found: eventReceiverGroup with id {GROUP_ID} not found"
    return {
        "operationId": "switchGroup",
        "tags": ["Groups"],
        "summary": "Switch a group on or off",
        "description": "Only `enabled` is looked at; without it nothing changes.",
        "requestBody": {
            "required": True,
            "content": _json(_ref("GroupSwitch"), {"enabled": False}),
        },
        "responses": {
            "200": _response("The id", _json(_envelope(_ref("Id")), {"data": GROUP_ID})),
            "400": _refusal("Refused", GROUP_ID, "invalid input: the body is empty"),
            "401": _unauthorized(None),
            "404": _refusal("No such id", GROUP_ID, unknown),
            "413": _refusal("Too large", GROUP_ID, "invalid input: the body is too large"),
            "503": _unavailable(GROUP_ID),
        },
    }


def _graphql() -> Json:
    request = {
        "query": "query ($obj: FindEventInput!) {events(event: $obj) {id success created_at}}",
        "variables": {"obj": {"name": "tidetable", "version": "1.4.0"}},
    }
    found = {"id": EVENT_ID, "success": True, "created_at": EVENT["created_at"]}
    return {
        "operationId": "queryGraphQL",
        "tags": ["GraphQL"],
        "summary": "Search, and everything else, by GraphQL",
        "description": "The schema is available by introspection. The searches return the newest "
        "10,000 matches, oldest first, and say in `extensions.truncated` if there are more; page "
        "with `limit`, `before` and `after`.",
        "requestBody": {"required": True, "content": _json(_ref("GraphQLRequest"), request)},
        "responses": {
            "200": _response(
                "The result, or what is wrong with the query",
                _json(_ref("GraphQLResponse"), {"data": {"events": [found]}}),
            ),
            "400": _response(
                "The body is not a GraphQL request",
                {"text/plain": {"schema": {"type": "string"}}},
            ),
            "401": _unauthorized(None),
            "413": _response(
                "Too large",
                {"text/plain": {"schema": {"type": "string"}}},
            ),
        },
    }


def _page(operation: str, tag: str, summary: str) -> Json:
    return {
        "operationId": operation,
        "tags": [tag],
        "summary": summary,
        "security": [{}],
        "responses": {"200": _response("The page", {"text/html": {"schema": {"type": "string"}}})},
    }


def _probe(operation: str, summary: str, schema: str, example: Json) -> Json:
    return {
        "operationId": operation,
        "tags": ["Operations"],
        "summary": summary,
        "security": [{}],
        "responses": {"200": _response("Yes", _json(_ref(schema), example))},
    }


def _paths() -> Json:
    readiness = _probe("readiness", "Can it do its work?", "Readiness", {"ready": True})
    readiness["responses"]["503"] = _response(
        "Not now; which part is down, and why",
        _json(_ref("Readiness"), {"ready": False, "problems": {"broker": "no broker answers"}}),
    )
    document = _page("openapi", "Documents", "This document")
    document["responses"]["200"] = _response(
        "OpenAPI 3.1", {"application/json": {"schema": {"type": "object"}}}
    )
    metrics = _page("metrics", "Operations", "What is counted, for Prometheus")
    del metrics["security"]
    metrics["responses"] = {
        "200": _response("Metrics", {"text/plain": {"schema": {"type": "string"}}}),
        "401": _unauthorized(None),
    }
    status = {
        "service": {"name": "server", "version": "0.1.0", "release": "epr_server"},
        "uptime": "1m52.56s",
        "debug": False,
        "health": {"readiness": {"ready": True}, "liveness": {"alive": True}},
        "start_time": "2026-11-24T12:30:48Z",
        "host": "localhost",
        "port": "8042",
        "metadata": {"verbose": False, "resources": ""},
    }
    return {
        "/api/v1/receivers": {
            "post": _creation(
                "Receiver", "NewReceiver", NEW_RECEIVER, RECEIVER_ID, "name cannot be blank"
            )
        },
        "/api/v1/receivers/{id}": {
            "parameters": _id_parameter(RECEIVER_ID),
            "get": _reading("Receiver", "eventReceiver", RECEIVER),
        },
        "/api/v1/events": {
            "post": _creation(
                "Event",
                "NewEvent",
                NEW_EVENT,
                EVENT_ID,
                "event payload did not match event receiver schema\n"
                "passed: Invalid type. Expected: integer, given: string",
            )
        },
        "/api/v1/events/{id}": {
            "parameters": _id_parameter(EVENT_ID),
            "get": _reading("Event", "event", EVENT),
        },
        "/api/v1/groups": {
            "post": _creation(
                "Group", "NewGroup", NEW_GROUP, GROUP_ID, "need at least one event receiver id"
            )
        },
        "/api/v1/groups/{id}": {
            "parameters": _id_parameter(GROUP_ID),
            "get": _reading("Group", "eventReceiverGroup", GROUP),
            "patch": _switch(),
        },
        "/api/v1/graphql/query": {"post": _graphql()},
        "/api/v1/graphql": {
            "get": _page("graphiql", "GraphQL", "A page to write and run queries in")
        },
        "/api/v1/openapi": {"get": document},
        "/api": {"get": _page("overview", "Documents", "A page that lists the endpoints")},
        "/healthz/liveness": {
            "get": _probe("liveness", "Does the process live?", "Liveness", {"alive": True})
        },
        "/healthz/readiness": {"get": readiness},
        "/healthz/status": {"get": _probe("status", "What is it?", "Status", status)},
        "/metrics": {"get": metrics},
    }


def _object(required: str, optional: str = "", **properties: Json) -> Json:
    """An object schema; a property without a schema of its own is a text."""
    names = required.split()
    return {
        "type": "object",
        "required": names,
        "properties": {
            name: properties.get(name, _ref("Text")) for name in (*names, *optional.split())
        },
    }


def _schemas() -> Json:
    boolean: Json = {"type": "boolean"}
    moment: Json = {"type": "string", "format": "date-time"}
    any_json: Json = {"description": "any JSON value"}
    schema: Json = {
        "description": "a JSON Schema, draft 7; references stay inside it",
        "type": ["object", "boolean"],
    }
    members: Json = {"type": "array", "items": _ref("Id"), "minItems": 1, "maxItems": 1000}
    unit = "name version release platform_id package description"
    kind = "name type version description"
    default_false: Json = {"type": ["boolean", "null"], "default": False}
    return {
        "Id": {"type": "string", "description": "a ULID; compared as it is", "example": EVENT_ID},
        "Text": {
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "pattern": r"\S",
            "description": "something besides white space, and no U+0000",
        },
        "NewReceiver": _object(f"{kind} schema", schema=schema),
        "Receiver": _object(
            f"id {kind} schema fingerprint created_at",
            id=_ref("Id"),
            schema=schema,
            created_at=moment,
            fingerprint={
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": 'SHA-256 of "v1 <type> <description> <name> <version>"',
            },
        ),
        "NewEvent": _object(
            f"{unit} payload event_receiver_id",
            "success",
            payload=any_json,
            event_receiver_id=_ref("Id"),
            success=default_false,
        ),
        "Event": _object(
            f"id {unit} payload success created_at event_receiver_id EventReceiver",
            id=_ref("Id"),
            payload=any_json,
            success=boolean,
            created_at=moment,
            event_receiver_id=_ref("Id"),
            EventReceiver=_ref("Receiver"),
        ),
        "NewGroup": _object(
            f"{kind} event_receiver_ids",
            "enabled",
            event_receiver_ids=members,
            enabled=default_false,
        ),
        "Group": _object(
            f"id {kind} enabled event_receiver_ids created_at updated_at",
            id=_ref("Id"),
            enabled=boolean,
            event_receiver_ids=members,
            created_at=moment,
            updated_at=moment,
        ),
        "GroupSwitch": {
            "type": ["object", "null"],
            "properties": {"enabled": {"type": ["boolean", "null"]}},
        },
        "Refusal": {
            "type": "object",
            "required": ["data", "errors"],
            "properties": {
                "data": {"type": ["string", "null"]},
                "errors": {
                    "type": "array",
                    "items": {"type": "string"},
                    "minItems": 1,
                    "maxItems": 1,
                    "description": "one text; several problems are lines of it",
                },
            },
        },
        "GraphQLRequest": {
            "type": "object",
            "properties": {
                "query": {"type": ["string", "null"]},
                "variables": {"type": ["object", "null"]},
                "operationName": {"type": ["string", "null"]},
            },
        },
        "GraphQLResponse": {
            "type": "object",
            "properties": {
                "data": {"type": ["object", "null"]},
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["message"],
                        "properties": {
                            "message": {"type": "string"},
                            "path": {"type": "array"},
                            "locations": {"type": "array", "items": {"type": "object"}},
                            "extensions": {"type": "object"},
                        },
                    },
                },
                "extensions": {"type": "object"},
            },
        },
        "Liveness": _object("alive", alive=boolean),
        "Readiness": _object(
            "ready",
            "problems",
            ready=boolean,
            problems={"type": "object", "additionalProperties": {"type": "string"}},
        ),
        "Status": {
            "type": "object",
            "required": [
                "service", "uptime", "debug", "health", "start_time", "host", "port", "metadata",
            ],
            "properties": {
                "service": {
                    "type": "object",
                    "required": ["name", "version", "release"],
                    "additionalProperties": {"type": "string"},
                },
                "uptime": {"type": "string", "description": "as Go writes a duration"},
                "debug": boolean,
                "health": {
                    "type": "object",
                    "required": ["readiness", "liveness"],
                    "properties": {
                        "readiness": _ref("Readiness"),
                        "liveness": _ref("Liveness"),
                    },
                },
                "start_time": moment,
                "host": {"type": "string"},
                "port": {"type": "string"},
                "metadata": {"type": "object"},
            },
        },
    }  # fmt: skip


def describe(version: str) -> Json:
    """The document as Python values. ``version`` is the registry's own."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Event Provenance Registry",
            "version": version,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "Events", "description": "records that an action happened for a unit"},
            {"name": "Receivers", "description": "kinds of action, with a schema for payloads"},
            {"name": "Groups", "description": "sets of receivers that a release has to pass"},
            {"name": "GraphQL", "description": "searches"},
            {"name": "Operations", "description": "health and metrics"},
            {"name": "Documents", "description": "about the API"},
        ],
        # The second alternative is "none": a token is asked for only if one is set.
        "security": [{"token": []}, {}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "only where the server was started with a token",
                }
            },
        },
    }


@lru_cache(1)
def document(version: str) -> bytes:
    """The document at GET /api/v1/openapi, as JSON."""
    return msgspec.json.encode(describe(version))


@lru_cache(1)
def page() -> bytes:
    """The page at GET /api: the endpoints in a table. It works offline and has no script."""
    rows = "".join(
        f"<tr><td>{method.upper()}</td><td>{_link(method, path)}</td>"
        f"<td>{escape(operation['summary'])}</td></tr>\n"
        for path, operations in _paths().items()
        for method, operation in operations.items()
        if method != "parameters"
    )
    about = "".join(f"<p>{escape(part)}</p>\n" for part in ABOUT.replace("`", "").split("\n\n"))
    template = files("epr_server").joinpath("static/api.html").read_text("utf-8")
    return template.replace("{{about}}", about).replace("{{rows}}", rows).encode()


def _link(method: str, path: str) -> str:
    if method != "get" or "{" in path:
        return f"<code>{escape(path)}</code>"
    return f'<a href="{escape(path)}"><code>{escape(path)}</code></a>'
