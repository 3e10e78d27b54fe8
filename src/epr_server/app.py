"""The ASGI application: what is done for every request, the parts and how they start and stop."""

from __future__ import annotations

import asyncio
import gc
import hmac
import logging
import os
import signal
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from epr_server import metrics
from epr_server.body import Bodies, ClientGone
from epr_server.database import Database
from epr_server.errors import RegistryError, StartError, Unauthorized
from epr_server.health import Health
from epr_server.ingest import Ingest
from epr_server.logs import AccessLog
from epr_server.publisher import Publisher
from epr_server.receivers import Receivers
from epr_server.registry import Registry
from epr_server.relay import Relay
from epr_server.rest import JSON, Rest, failed, method_not_allowed, not_found
from epr_server.settings import Settings

log = logging.getLogger(__name__)

_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"deny"),
    (b"x-xss-protection", b"1; mode=block"),
    (b"cache-control", b"no-cache, no-store, max-age=0, must-revalidate"),
)


def _rendered(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


# The head of the answer to a POST of an event, apart from what depends on the moment and the body.
_EVENT_HEADERS = ((b"access-control-allow-origin", b"*"), *_SECURITY_HEADERS)
_EVENT_STORED = _rendered(((b"content-type", JSON.encode()), *_EVENT_HEADERS))
# Pages and probes that hold no data and that a browser or a supervisor opens without a token.
_OPEN = ("/healthz/", "/api/v1/openapi", "/api/v1/graphql", "/api")
_RELAY_PATIENCE = 3.0
# A request makes and drops a few dozen objects, hardly any of them in cycles; with the defaults the
# collector runs every few requests.
_GC_THRESHOLDS = (20_000, 20, 20)


def _version() -> str:
    try:
        return version("provenance-lab")
    except PackageNotFoundError:
        return "0"


class Application:
    """Everything between the server and the parts.

    Each request: the token is checked if one is set, the security headers are added, the request is
    counted, timed and logged. Everything goes through Starlette, but for the POST of an event, which
    the connection hands to `answer_event`.
    """

    def __init__(self, settings: Settings, *, parent: int) -> None:
        self._settings = settings
        self._parent = parent
        self._token = settings.token.encode()
        self._access_log = AccessLog(as_json=settings.json_logging)
        self._database = Database(settings)
        self._receivers = Receivers(self._database)
        self._publisher = Publisher(
            brokers=settings.brokers,
            topic=settings.topic,
            partitions=settings.topic_partitions,
            max_message_bytes=settings.max_message_bytes,
        )
        self._relay = Relay(self._database, self._receivers, self._publisher)
        self._ingest = Ingest(
            self._database,
            queue_events=settings.queue_events,
            queue_bytes=settings.queue_bytes,
            batch_events=settings.batch_events,
            committed=self._relay.committed,
            publishes_here=lambda: self._relay.leading,
        )
        registry = Registry(settings, self._database, self._receivers, self._ingest, self._relay)
        health = Health(
            settings,
            _version(),
            {"database": self._database.check, "broker": self._publisher.check},
        )
        self._rest = Rest(
            registry,
            health,
            version=_version(),
            bodies=Bodies(settings.max_body_bytes, settings.arriving_bytes),
        )
        self._routes: ASGIApp = Starlette(
            routes=self._rest.routes(),
            middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)],
            exception_handlers={404: not_found, 405: method_not_allowed},
        )
        self._routes.router.redirect_slashes = False
        self._counters: dict[tuple[str, int], metrics.Counter] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._database.start()
        except StartError as error:
            await send({"type": "lifespan.startup.failed", "message": error.message})
            return
        self._ingest.start()
        self._relay.start()
        if self._parent != os.getpid():  # a worker process
            self._watch = asyncio.create_task(_stop_without(self._parent))
        # What start-up made stays for good: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_GC_THRESHOLDS)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        # By now every request has been answered.
        await self._ingest.stop()
        await self._relay.stop(_RELAY_PATIENCE)
        await self._publisher.stop()
        await self._database.stop()
        self._access_log.flush()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        method, path = scope["method"], scope["path"]
        # One trailing slash is accepted on every route.
        if path.endswith("/") and len(path) > 1:
            path = scope["path"] = path[:-1]
        status = 499  # the client was gone before it could be answered

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_SECURITY_HEADERS]
            await send(message)

        try:
            if self._token and not self._allowed(method, path, scope["headers"]):
                await _reject(scope, receive, send_marked)
            else:
                await self._routes(scope, receive, send_marked)
        except ClientGone:
            pass
        except Exception:
            log.exception("a request failed: %s %s", method, scope["raw_path"].decode())
            if status == 499:
                error = failed(RegistryError("internal server error"), "")
                await error(scope, receive, send_marked)
        finally:
            self._record(scope, method, status, time.perf_counter() - began)

    async def answer_event(self, scope: Scope, body: bytes) -> tuple[int, bytes, bytes]:
        """The answer to POST /api/v1/events, without ASGI: status, rendered headers, body.

        See `epr_server.event_lane`; this is `_answer` for the one request that has to be fast.
        """
        began = time.perf_counter()
        status, head = 200, _EVENT_STORED
        try:
            if self._token and not self._allowed("POST", scope["path"], scope["headers"]):
                raise Unauthorized
            answer = await self._rest.post_event(body)
        except Exception as error:
            if not isinstance(error, RegistryError):
                log.exception("a request failed: POST /api/v1/events")
                error = RegistryError("internal server error")
            refusal = failed(error, "")
            status, answer = refusal.status_code, bytes(refusal.body)
            own = [header for header in refusal.raw_headers if header[0] != b"content-length"]
            head = _rendered((*own, *_EVENT_HEADERS))
        self._record(scope, "POST", status, time.perf_counter() - began)
        return status, head, answer

    def _allowed(self, method: str, path: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        if method == "OPTIONS" or path.startswith("/healthz/"):
            return True
        if path in _OPEN and method in ("GET", "HEAD"):
            return True
        for name, value in headers:
            if name == b"authorization":
                scheme, _, given = value.partition(b" ")
                return scheme.lower() == b"bearer" and hmac.compare_digest(given, self._token)
        return False

    def _record(self, scope: Scope, method: str, status: int, seconds: float) -> None:
        counter = self._counters.get((method, status))
        if counter is None:
            # Methods are the client's to invent; the table of counters must stay small.
            known = method in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")
            counter = metrics.requests_total.labels(str(status), method if known else "other")
            if known:
                self._counters[method, status] = counter
        counter.inc()
        metrics.response_times.observe(seconds)
        client = scope["client"]
        self._access_log.add(
            method,
            scope["raw_path"].decode(),
            status,
            seconds,
            client[0] if client else "-",
            datetime.now(UTC),
        )


async def _stop_without(parent: int) -> None:
    """Ends this worker if the process that started it is killed; nobody else would."""
    while os.getppid() == parent:  # noqa: ASYNC110 - the system does not tell, it has to be asked
        await asyncio.sleep(1)
    log.warning("the parent process is gone; stopping")
    os.kill(os.getpid(), signal.SIGTERM)


async def _reject(scope: Scope, receive: Receive, send: Send) -> None:
    await failed(Unauthorized(), None)(scope, receive, send)
