"""What a client can do, without saying how it is sent.

Each operation is a generator: it yields `Request`s, receives what each reads from its answer (or
has the error thrown in), and returns its result. `Client` drives one with blocking calls,
`AsyncClient` with awaited ones, so there is one piece of logic for both.

Creates go over REST, which carries payloads as JSON and says 413, 503 and the like in its status;
searches go over GraphQL, the only search there is.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from . import causation, wire
from .errors import EPRError, NotFound, UnexpectedAnswer
from .records import NVRPP, Event, Group, Health, Receiver, identities, identity
from .wire import Request

T = TypeVar("T")
Operation = Generator[Request, Any, T]


# ------------------------------------------------------------------------------------- receivers
def get_receiver(id: str) -> Operation[Receiver]:
    """GET a receiver."""
    return Receiver.from_json((yield wire.get(f"/api/v1/receivers/{_safe(id)}")))


def create_receiver(
    name: str, type: str, version: str, description: str, schema: Any
) -> Operation[Receiver]:
    """POST a receiver and read it back."""
    body = {
        "name": name,
        "type": type,
        "version": version,
        "description": description,
        "schema": schema,
    }
    id = yield wire.create("/api/v1/receivers", body)
    return (yield from _read_back("receiver", id, get_receiver))


# ---------------------------------------------------------------------------------------- events
def get_event(id: str) -> Operation[Event]:
    """GET an event with its receiver."""
    return Event.from_json((yield wire.get(f"/api/v1/events/{_safe(id)}")))


def post_event(
    receiver: Receiver | str, unit: NVRPP, success: bool, payload: Any, description: str | None
) -> Operation[str]:
    """POST an event; its id."""
    unit = NVRPP(*unit)
    body = unit._asdict() | {
        "description": description or f"{unit.name} {unit.version}",
        "payload": {} if payload is None else payload,
        "success": success,
        "event_receiver_id": identity(receiver),
    }
    id = yield wire.create("/api/v1/events", body)
    causation.note_posted(id)
    return id


def create_event(
    receiver: Receiver | str, unit: NVRPP, success: bool, payload: Any, description: str | None
) -> Operation[Event]:
    """POST an event and read it back."""
    id = yield from post_event(receiver, unit, success, payload, description)
    return (yield from _read_back("event", id, get_event))


# ---------------------------------------------------------------------------------------- groups
def get_group(id: str) -> Operation[Group]:
    """GET a group."""
    return Group.from_json((yield wire.get(f"/api/v1/groups/{_safe(id)}")))


def create_group(
    name: str,
    type: str,
    version: str,
    description: str,
    receivers: Iterable[Receiver | str],
    enabled: bool,
) -> Operation[Group]:
    """POST a group and read it back."""
    body = {
        "name": name,
        "type": type,
        "version": version,
        "description": description,
        "enabled": enabled,
        "event_receiver_ids": identities(receivers),
    }
    id = yield wire.create("/api/v1/groups", body)
    return (yield from _read_back("group", id, get_group))


def switch_group(group: Group | str, enabled: bool) -> Operation[Group]:
    """PATCH a group's `enabled` and read it back.

    The reference server says yes for an unknown id (contract section 5); reading back finds out.
    """
    path = f"/api/v1/groups/{_safe(identity(group))}"
    yield Request("PATCH", path, wire.rest_id, wire.encode({"enabled": enabled}))
    return (yield from get_group(identity(group)))


# ------------------------------------------------------------------------------------- the rest
def store(collection: str, body: Any) -> Operation[str]:
    """POST an object as it is to `events`, `receivers` or `groups`; its id. For the command line."""
    return (yield wire.create(f"/api/v1/{collection}", body))


def graphql(query: str, variables: Mapping[str, Any] | None) -> Operation[dict[str, Any]]:
    """Execute a GraphQL document; its `data`. A document with a mutation is not repeatable."""
    return (yield _graphql_request(query, variables, wire.graphql_data))


def graphql_answer(
    query: str, variables: Mapping[str, Any] | None
) -> Operation[tuple[dict[str, Any], dict[str, Any]]]:
    """Execute a GraphQL document; its `data` and its `extensions`."""
    return (yield _graphql_request(query, variables, wire.graphql_answer))


def raw_graphql(query: str, variables: Mapping[str, Any] | None) -> Operation[Any]:
    """Execute a GraphQL document; the whole body, errors included, whatever the status."""
    return (yield _graphql_request(query, variables, wire.graphql_body))


def health() -> Operation[Health]:
    """Ask both probes. A registry that does not answer is reported as not live, not raised."""
    try:
        live = (yield wire.probe("/healthz/liveness")).status == 200
        readiness = yield wire.probe("/healthz/readiness")
    except EPRError as error:
        return Health(live=False, ready=False, reason=str(error))
    if readiness.status == 200:
        return Health(live=live, ready=True)
    return Health(live=live, ready=False, reason=str(wire.refusal(readiness)))


def status() -> Operation[dict[str, Any]]:
    """GET /healthz/status: version, uptime and health as the registry words them (contract 7)."""
    reply = yield wire.probe("/healthz/status")
    if reply.status not in (200, 503):
        raise wire.refusal(reply)
    body = wire.decode(reply)
    if not isinstance(body, dict):
        raise UnexpectedAnswer("the status is not an object; is this a registry?")
    return body


def _graphql_request(query: str, variables: Mapping[str, Any] | None, read: Any) -> Request:
    body = {"query": query, "variables": variables}
    return wire.post(wire.GRAPHQL, body, read, repeatable="mutation" not in query)


def _read_back(what: str, id: str, get: Any) -> Operation[Any]:
    try:
        return (yield from get(id))
    except EPRError as error:
        error.maybe_stored = True
        error.add_note(f"the {what} was stored, as {id}; only reading it back failed")
        raise


def _safe(id: str) -> str:
    if not id:
        raise NotFound("an empty id; give the id of a stored object", status=404)
    return quote(id, safe="")
