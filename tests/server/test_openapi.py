"""The OpenAPI document is valid, and true in both directions: document to server, server to document."""

import json
import re
from html.parser import HTMLParser

import httpx
import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from epr_server import openapi
from epr_server.rest import Rest

DOCUMENT = json.loads(openapi.document("0.1.0"))
OPERATIONS = [
    (path, method)
    for path, operations in DOCUMENT["paths"].items()
    for method in operations
    if method != "parameters"
]


def resolved(schema: dict) -> jsonschema.Draft202012Validator:
    """A validator for a schema of the document, its references included."""
    resource = Resource.from_contents(DOCUMENT, default_specification=DRAFT202012)
    return jsonschema.Draft202012Validator(
        json.loads(json.dumps(schema).replace('"#/components', '"urn:document#/components')),
        registry=Registry().with_resource("urn:document", resource),
        format_checker=jsonschema.FormatChecker(),
    )


def media_types():
    """Every described body, with what it belongs to."""
    for path, method in OPERATIONS:
        operation = DOCUMENT["paths"][path][method]
        bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for name, body in bodies.items():
            for media_type in body.get("content", {}).values():
                yield pytest.param(media_type, id=f"{method} {path} {name}")


@pytest.fixture(scope="module")
def ids(registry):
    """A receiver, an event and a group made from the document's own examples."""
    with httpx.Client(base_url=registry.url) as client:
        made = client.post("/api/v1/receivers", json=openapi.NEW_RECEIVER).json()["data"]
        event = {**openapi.NEW_EVENT, "event_receiver_id": made}
        group = {**openapi.NEW_GROUP, "event_receiver_ids": [made]}
        return {
            "/api/v1/receivers/{id}": made,
            "/api/v1/events/{id}": client.post("/api/v1/events", json=event).json()["data"],
            "/api/v1/groups/{id}": client.post("/api/v1/groups", json=group).json()["data"],
            "receiver": made,
        }


def documented(path: str, method: str, response: httpx.Response) -> None:
    """The response is one that the document describes."""
    described = DOCUMENT["paths"][path][method]["responses"][str(response.status_code)]
    kind = response.headers["content-type"].partition(";")[0]
    schema = described["content"][kind]["schema"]
    body = response.json() if kind == "application/json" else response.text
    resolved(schema).validate(body)


def test_the_document_is_valid_openapi():
    OpenAPIV31SpecValidator(DOCUMENT).validate()


@pytest.mark.parametrize("media_type", list(media_types()))
def test_every_example_matches_its_schema(media_type):
    if "example" in media_type:
        resolved(media_type["schema"]).validate(media_type["example"])
    else:
        assert media_type["schema"]["type"] in ("string", "object")


def test_the_document_lists_exactly_the_routes_of_the_application():
    def walk(routes, prefix=""):
        for route in routes:
            if hasattr(route, "methods"):
                # HEAD goes with GET and is described once, in the introduction.
                yield from ((prefix + route.path, m.lower()) for m in route.methods - {"HEAD"})
            else:
                yield from walk(route.routes, prefix + route.path)

    class Nobody:
        """Handlers are listed here, not called."""

    routes = Rest(Nobody(), Nobody(), version="0.1.0", bodies=Nobody()).routes()
    assert sorted(walk(routes)) == sorted(OPERATIONS)


@pytest.mark.parametrize(("path", "method"), [o for o in OPERATIONS if o[1] == "get"])
def test_every_get_answers_as_described(registry, ids, path, method):
    response = httpx.get(registry.url + path.replace("{id}", ids.get(path, "")))
    assert response.status_code == 200
    documented(path, method, response)


@pytest.mark.parametrize("path", ["/api/v1/receivers", "/api/v1/events", "/api/v1/groups"])
@pytest.mark.parametrize("content", [b"{}", b"", b"[1]"])
def test_every_creation_answers_and_refuses_as_described(registry, ids, path, content):
    example = DOCUMENT["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    body = json.dumps(example["example"]).replace(openapi.RECEIVER_ID, ids["receiver"])
    accepted = httpx.post(registry.url + path, content=body)
    assert accepted.status_code == 200
    documented(path, "post", accepted)
    refused = httpx.post(registry.url + path, content=content)
    assert refused.status_code == 400
    documented(path, "post", refused)


def test_a_body_that_is_too_large_is_refused_as_described(registry):
    for path in ("/api/v1/receivers", "/api/v1/events", "/api/v1/groups", "/api/v1/graphql/query"):
        response = httpx.post(registry.url + path, content=b" " * (9 << 20))
        assert response.status_code == 413
        documented(path, "post", response)


@pytest.mark.parametrize(
    "path", ["/api/v1/receivers/{id}", "/api/v1/events/{id}", "/api/v1/groups/{id}"]
)
def test_an_unknown_id_is_answered_as_described(registry, path):
    response = httpx.get(registry.url + path.replace("{id}", "nowhere"))
    assert response.status_code == 404
    documented(path, "get", response)


def test_switching_a_group_answers_and_refuses_as_described(registry, ids):
    path = "/api/v1/groups/{id}"
    for id, content, status in [
        (ids[path], b'{"enabled": false}', 200),
        (ids[path], b"", 400),
        ("nowhere", b'{"enabled": false}', 404),
    ]:
        response = httpx.patch(registry.url + path.replace("{id}", id), content=content)
        assert response.status_code == status
        documented(path, "patch", response)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"query": "{events(event: {}, limit: 1) {id}}"}', 200),
        (b'{"query": "{nothing}"}', 200),
        (b'{"query": "{events_by_id(id: \\"nowhere\\") {id}}"}', 200),
        (b"{", 400),
    ],
)
def test_graphql_answers_as_described(registry, ids, content, status):
    response = httpx.post(registry.url + "/api/v1/graphql/query", content=content)
    assert response.status_code == status
    documented("/api/v1/graphql/query", "post", response)


def test_where_a_token_is_asked_for_the_document_says_so(start_registry):
    guarded = start_registry(token="harbour-key")
    for path, method in OPERATIONS:
        operation = DOCUMENT["paths"][path][method]
        response = httpx.request(method, guarded.url + path.replace("{id}", "x"), content=b"{}")
        assert (response.status_code == 401) == ("401" in operation["responses"]), path
        if response.status_code == 401:
            documented(path, method, response)


class Tags(HTMLParser):
    """Names of elements, what they load and link to, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        for name, value in attrs:
            if name == "src" or (tag == "link" and name == "href"):
                self.loaded.append(value)
            if tag == "a" and name == "href":
                self.links.append(value)
            if name.startswith("on"):
                self.handlers.append(name)


def test_the_overview_lists_every_endpoint_and_loads_nothing(registry):
    page = httpx.get(registry.url + "/api").text
    for path, method in OPERATIONS:
        assert re.search(rf"<td>{method.upper()}</td>.*{re.escape(path)}<", page)
    tags = Tags(page)
    assert tags.loaded == []
    assert "script" not in tags.names
    assert all(httpx.get(registry.url + link).status_code == 200 for link in tags.links)


def test_the_query_page_loads_nothing_and_its_policy_allows_just_its_own_script(registry):
    page = httpx.get(registry.url + "/api/v1/graphql").text
    tags = Tags(page)
    assert tags.loaded == []
    assert tags.handlers == []
    assert "/api/v1/graphql/query" in page
    assert "default-src 'none'" in page
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/]{43}='; connect-src 'self'", page)
    assert "innerHTML" not in page
