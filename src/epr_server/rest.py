"""The REST routes, and those around them: envelopes in, envelopes out (contract sections 2 to 7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from epr_server import graphql, metrics, openapi
from epr_server.body import Bodies
from epr_server.errors import RegistryError, TooLarge, Unauthorized, Unavailable
from epr_server.health import Health
from epr_server.registry import Registry
from epr_server.representations import event_json, group_json
from epr_server.request_body import (
    BodyDecoder,
    decode_event,
    decode_group,
    decode_group_change,
    decode_receiver,
)

JSON = "application/json; charset=utf-8"
_NOT_FOUND = b"404 page not found\n"

Fields = TypeVar("Fields")


def created(id: str) -> bytes:
    """The body of a successful POST or PATCH; an id needs no escaping in JSON."""
    return b'{"data":"%b"}\n' % id.encode()


def failed(error: RegistryError, data: str | None) -> Response:
    """The envelope of a refusal; `data` is "" for a POST, null for a GET, the id for a PATCH."""
    body = msgspec.json.encode({"data": data, "errors": [error.message]}) + b"\n"
    headers = {}
    if isinstance(error, Unauthorized):
        headers["www-authenticate"] = "Bearer"
    if isinstance(error, Unavailable):
        headers["retry-after"] = str(error.retry_after)
        if not error.maybe_stored:  # it is safe to send the request again
            headers["epr-stored"] = "no"
    return Response(body, error.status, headers, JSON)


def _found(record: bytes) -> Response:
    return Response(b'{"data":[%b]}\n' % record, media_type=JSON)


class Rest:
    """The handlers. Each takes a request and returns the whole answer."""

    def __init__(self, registry: Registry, health: Health, *, version: str, bodies: Bodies) -> None:
        self._registry = registry
        self._health = health
        self._version = version
        self._bodies = bodies
        self._graphql = graphql.endpoint(registry)

    def routes(self) -> list[Route | Mount]:
        v1 = [
            Route("/receivers", self.create_receiver, methods=["POST"]),
            Route("/receivers/{id}", self.get_receiver, methods=["GET"]),
            Route("/events", self.create_event, methods=["POST"]),
            Route("/events/{id}", self.get_event, methods=["GET"]),
            Route("/groups", self.create_group, methods=["POST"]),
            Route("/groups/{id}", self.get_or_change_group, methods=["GET", "PATCH"]),
            Route("/graphql/query", self.query_graphql, methods=["POST"]),
            Route("/graphql", self.show_graphiql, methods=["GET"]),
            Route("/openapi", self.show_openapi, methods=["GET"]),
        ]
        cors = Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "POST", "PATCH", "OPTIONS"],
            allow_headers=["*"],
            max_age=300,
        )
        return [
            Mount("/api/v1", Router(v1, redirect_slashes=False), middleware=[cors]),
            Route("/api", self.show_overview, methods=["GET"]),
            Route("/healthz/liveness", self.show_liveness, methods=["GET"]),
            Route("/healthz/readiness", self.show_readiness, methods=["GET"]),
            Route("/healthz/status", self.show_status, methods=["GET"]),
            Route("/metrics", self.show_metrics, methods=["GET"]),
        ]

    async def post_event(self, body: bytes) -> bytes:
        """The body of the answer to POST /api/v1/events. Raises `RegistryError`."""
        if len(body) > self._bodies.limit:
            raise TooLarge("body", self._bodies.limit)
        return created(await self._registry.create_event(decode_event(body)))

    async def create_event(self, request: Request) -> Response:
        return await self._create(request, decode_event, self._registry.create_event)

    async def create_receiver(self, request: Request) -> Response:
        return await self._create(request, decode_receiver, self._registry.create_receiver)

    async def create_group(self, request: Request) -> Response:
        return await self._create(request, decode_group, self._registry.create_group)

    async def _create(
        self,
        request: Request,
        decode: BodyDecoder[Fields],
        create: Callable[[Fields], Awaitable[str]],
    ) -> Response:
        try:
            body = await self._bodies.read(request.receive)
            return Response(created(await create(decode(body))), media_type=JSON)
        except RegistryError as error:
            return failed(error, "")

    async def get_receiver(self, request: Request) -> Response:
        try:
            return _found((await self._registry.known_receiver(request.path_params["id"])).json)
        except RegistryError as error:
            return failed(error, None)

    async def get_event(self, request: Request) -> Response:
        try:
            event = await self._registry.get_event(request.path_params["id"])
            receiver = await self._registry.known_receiver(event.event_receiver_id)
            return _found(event_json(event, receiver.json))
        except RegistryError as error:
            return failed(error, None)

    async def get_or_change_group(self, request: Request) -> Response:
        """One route for both methods, so that a 405 names both as allowed."""
        if request.method == "PATCH":
            return await self.change_group(request)
        return await self.get_group(request)

    async def get_group(self, request: Request) -> Response:
        try:
            return _found(group_json(await self._registry.get_group(request.path_params["id"])))
        except RegistryError as error:
            return failed(error, None)

    async def change_group(self, request: Request) -> Response:
        id = request.path_params["id"]
        try:
            change = decode_group_change(await self._bodies.read(request.receive))
            if change.enabled is None:
                await self._registry.get_group(id)
            else:
                await self._registry.set_group_enabled(id, change.enabled)
        except RegistryError as error:
            return failed(error, id)
        return Response(msgspec.json.encode({"data": id}) + b"\n", media_type=JSON)

    async def query_graphql(self, request: Request) -> Response:
        try:
            body = await self._bodies.read(request.receive)
        except RegistryError as error:
            return Response(error.message + "\n", error.status, media_type="text/plain")
        status, content_type, answer = await self._graphql(body)
        return Response(answer, status, media_type=content_type)

    async def show_graphiql(self, request: Request) -> Response:
        return Response(graphql.page("/api/v1/graphql/query"), media_type="text/html")

    async def show_openapi(self, request: Request) -> Response:
        return Response(openapi.document(self._version), media_type="application/json")

    async def show_overview(self, request: Request) -> Response:
        return Response(openapi.page(), media_type="text/html")

    async def show_liveness(self, request: Request) -> Response:
        return _json({"alive": True})

    async def show_readiness(self, request: Request) -> Response:
        ready, answer = await self._health.readiness()
        return _json(answer, 200 if ready else 503)

    async def show_status(self, request: Request) -> Response:
        return _json(await self._health.status())

    async def show_metrics(self, request: Request) -> Response:
        metrics.events_under_way.set(self._registry.events_under_way)
        return Response(metrics.exposition(), headers={"content-type": metrics.CONTENT_TYPE})


def _json(answer: dict[str, object], status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer) + b"\n", status, media_type=JSON)


async def not_found(request: Request, error: Exception) -> Response:
    """Any path that is not a route."""
    return Response(_NOT_FOUND, 404, media_type="text/plain")


async def method_not_allowed(request: Request, error: Exception) -> Response:
    """A route, but not with this method: an empty body and the methods that are allowed."""
    return Response(b"", 405, getattr(error, "headers", None))
