"""Requests and answers as plain values: what is sent, and how an answer is read.

Nothing here does I/O. `Client` and `AsyncClient` send a `Request` each in its own way and give
the `Reply` back to the operation that asked (`operations`), so that both behave alike.
Sources: wire contract sections 2.2 (envelope), 2.5 (headers) and 6.1 (GraphQL transport).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from .common import EnhancedJSONEncoder
from .errors import (
    ConnectionFailed,
    EPRError,
    GraphQLError,
    NotFound,
    Overloaded,
    Refused,
    ResponseError,
    ServerFailed,
    Timeout,
    TooLarge,
    Unauthorized,
    UnexpectedAnswer,
)

GRAPHQL = "/api/v1/graphql/query"


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer: status, headers and the whole body."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, and how its answer is read.

    `read` turns the `Reply` into the value that the operation goes on with, or raises; what it
    raises is subject to retries like a cut connection.
    `repeatable`: sending it twice has the effect of sending it once, so it may be retried whatever
    happened. True for reads, searches and switches; False for creates, which the registry would
    store and announce twice. `once`: never retried, because how it is now is the question.
    """

    method: str
    path: str
    read: Callable[[Reply], Any]
    content: bytes | None = None
    repeatable: bool = True
    once: bool = False


def encode(value: Any) -> bytes:
    """JSON bytes of plain values and dataclasses (the upstream models among them)."""
    return json.dumps(value, cls=EnhancedJSONEncoder, allow_nan=False).encode()


def json_text(value: Any) -> str:
    """A payload or schema as JSON text, the form GraphQL input needs (contract 6.3); text as it is."""
    if isinstance(value, str):
        return value
    return encode(value).decode()


def post(path: str, body: Any, read: Callable[[Reply], Any], *, repeatable: bool) -> Request:
    """A POST of a JSON body."""
    return Request("POST", path, read, encode(body), repeatable)


def create(path: str, body: Any) -> Request:
    """A POST that stores something; the new id."""
    return post(path, body, rest_id, repeatable=False)


def get(path: str) -> Request:
    """A GET by id; the object."""
    return Request("GET", path, rest_object)


def probe(path: str) -> Request:
    """A GET that is sent once; the `Reply`, whatever it says."""
    return Request("GET", path, lambda reply: reply, once=True)


def decode(reply: Reply) -> Any:
    """The JSON value of a body. Raises `UnexpectedAnswer` if it is not JSON."""
    try:
        return json.loads(reply.content)
    except (ValueError, RecursionError):
        start = reply.content[:60].decode("utf-8", "replace")
        raise UnexpectedAnswer(
            f"status {reply.status}, a body that is not JSON, starting {start!r}; "
            "check that the address is a registry's"
        ) from None


def rest_data(reply: Reply) -> Any:
    """The `data` of a REST answer. Raises the `ResponseError` the status calls for."""
    if reply.status != 200:
        raise refusal(reply)
    body = decode(reply)
    if not isinstance(body, dict) or "data" not in body:
        raise UnexpectedAnswer("an answer without 'data'; check that the address is a registry's")
    return body["data"]


def rest_object(reply: Reply) -> Any:
    """The one object of a GET by id: `data` is a list of exactly one."""
    data = rest_data(reply)
    if not isinstance(data, list) or len(data) != 1:
        raise UnexpectedAnswer("'data' is not a list of one object; is this a registry?")
    return data[0]


def rest_id(reply: Reply) -> str:
    """The id in the answer to a POST or PATCH."""
    data = rest_data(reply)
    if not isinstance(data, str):
        raise UnexpectedAnswer("'data' is not an id; is this a registry?")
    return data


def graphql_body(reply: Reply) -> Any:
    """The whole body of a GraphQL answer, errors included. Raises for 429 and 5xx."""
    if reply.status == 429 or reply.status >= 500:
        raise refusal(reply)
    return decode(reply)


def graphql_data(reply: Reply) -> dict[str, Any]:
    """The `data` of a GraphQL answer; see `graphql_answer`."""
    return graphql_answer(reply)[0]


def graphql_answer(reply: Reply) -> tuple[dict[str, Any], dict[str, Any]]:
    """The `data` and the `extensions` (empty if there are none) of a GraphQL answer.

    A resolver's refusal becomes the exception REST would have raised (`Refused`, `NotFound`,
    `Overloaded`); any other entry in `errors` becomes a `GraphQLError`.
    """
    if reply.status != 200:
        raise refusal(reply)
    body = decode(reply)
    if not isinstance(body, dict):
        raise UnexpectedAnswer("a GraphQL answer that is not an object; is this a registry?")
    if body.get("errors"):
        raise _graphql_refusal(body["errors"], reply)
    data = body.get("data")
    if not isinstance(data, dict):
        raise UnexpectedAnswer("a GraphQL answer without 'data'; is this a registry?")
    extensions = body.get("extensions")
    return data, extensions if isinstance(extensions, dict) else {}


def _graphql_refusal(errors: Any, reply: Reply) -> EPRError:
    errors = errors if isinstance(errors, list) else [errors]
    texts = [str(e.get("message", e)) if isinstance(e, dict) else str(e) for e in errors]
    if isinstance(errors[0], dict) and "retry_after" in (errors[0].get("extensions") or {}):
        wait = errors[0]["extensions"]["retry_after"]
        return _response_error(Overloaded, reply, texts, retry_after=_seconds(str(wait)))
    if len(texts) == 1:
        for prefix, kind in (("invalid input: ", Refused), ("object not found: ", NotFound)):
            if texts[0].startswith(prefix):
                return _response_error(kind, reply, texts)
    return GraphQLError("; ".join(texts), errors=errors)


def refusal(reply: Reply) -> ResponseError:
    """The exception for an answer that is not 200, with the registry's reasons."""
    texts = _reasons(reply)
    if reply.status in (429, 503):
        return _response_error(
            Overloaded,
            reply,
            texts,
            retry_after=_seconds(reply.headers.get("retry-after")),
            maybe_stored=reply.status == 503 and reply.headers.get("epr-stored") != "no",
        )
    kinds: dict[int, type[ResponseError]] = {
        400: Refused, 401: Unauthorized, 403: Unauthorized, 404: NotFound, 413: TooLarge,
    }  # fmt: skip
    fallback = ServerFailed if reply.status >= 500 else Refused
    return _response_error(kinds.get(reply.status, fallback), reply, texts)


def _response_error(
    kind: type[ResponseError], reply: Reply, texts: list[str], **more: Any
) -> ResponseError:
    problems = [line for text in texts for line in text.removeprefix("invalid input: ").split("\n")]
    return kind(
        "; ".join(problems) or f"status {reply.status}",
        status=reply.status,
        problems=problems,
        body=reply.content.decode("utf-8", "replace"),
        **more,
    )


def _reasons(reply: Reply) -> list[str]:
    try:
        errors = json.loads(reply.content)["errors"]
        return [str(e.get("message", e)) if isinstance(e, dict) else str(e) for e in errors]
    except (ValueError, RecursionError, LookupError, TypeError):
        text = reply.content[:200].decode("utf-8", "replace").strip()
        return [f"status {reply.status}" + (f": {text}" if text else "")]


def _seconds(header: str | None) -> float | None:
    # The other form of Retry-After, a date, is not used by registries; it counts as no advice.
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None


def transport_error(error: httpx.HTTPError, request: Request, url: str) -> EPRError:
    """What an httpx exception means here, and whether the request may have been carried out."""
    sent = not isinstance(
        error,
        httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol,
    )
    maybe_stored = sent and not request.repeatable
    if maybe_stored:
        advice = "it may have been stored: search for it before sending it again"
    else:
        advice = "check that the registry runs there (EPR_URL, `eprlab status`)"
    what = f"{request.method} {url}{request.path}"
    if isinstance(error, httpx.TimeoutException):
        return Timeout(f"{what}: {_words(error)}; {advice}", maybe_stored=maybe_stored)
    return ConnectionFailed(f"{what}: {_words(error)}; {advice}", maybe_stored=maybe_stored)


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
