"""`Client`: a registry, seen from a program.

The typed calls are grouped by what they are about: `client.receivers`, `client.events`,
`client.groups`. The upstream SDK's methods (`search_events`, `create_event`, …) stand beside them
and return the body of the answer as a dict, errors included.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx
import tenacity

from . import addresses, connection, operations, paging, searches, upstream, wire
from .errors import EPRError
from .operations import Operation, T
from .records import NVRPP, Event, Group, Health, Receiver
from .retries import RetryPolicy
from .wire import Reply, Request


class Client(upstream.Calls):
    """A connection to one registry. Safe to share between threads; close it or use `with`.

    `url`: default EPR_URL, else http://localhost:8042. `headers`: added to every request.
    `token`: sent as a bearer token; default EPR_TOKEN. `timeout`: seconds, or `httpx.Timeout`.
    `retry`: see `epr.retries`. `retry_creates`: repeat creates even when the first may have been
    stored, which can store and announce an event twice. `transport`: an `httpx` transport.

    Calls raise the exceptions of `epr.errors`.
    """

    def __init__(
        self,
        url: str | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        token: str | None = None,
        timeout: connection.Timeouts = connection.DEFAULT_TIMEOUT,
        retry: RetryPolicy | None = None,
        retry_creates: bool = False,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(addresses.registry_url(url), headers)
        self.retry = retry or RetryPolicy(creates=retry_creates)
        self._http = httpx.Client(
            **connection.settings(self.url, headers, token, timeout), transport=transport
        )
        extras = paging.Extras()
        self.receivers = Receivers(self._run, extras)
        self.events = Events(self._run, extras)
        self.groups = Groups(self._run, extras)

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Executes a GraphQL document and returns its `data`.

        Raises `Refused` or `NotFound` for a resolver's refusal, `GraphQLError` for an invalid
        document. In variables, the registry's `JSON` inputs (payload, schema) are JSON text.
        """
        return self._run(operations.graphql(query, dict(variables or {})))

    def health(self) -> Health:
        """Both probes. Never raises for a registry that is down: then `live` is False."""
        return self._run(operations.health())

    def status(self) -> dict[str, Any]:
        """Version, uptime and health in the registry's own words (contract section 7)."""
        return self._run(operations.status())

    def close(self) -> None:
        """Closes the pooled connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<epr.Client {self.url}>"

    def _run(self, operation: Operation[T]) -> T:
        try:
            request = next(operation)
            while True:
                try:
                    value = self._send(request)
                except EPRError as error:
                    request = operation.throw(error)
                else:
                    request = operation.send(value)
        except StopIteration as end:
            return end.value

    def _send(self, request: Request) -> Any:
        def once() -> Any:
            try:
                answer = self._http.request(request.method, request.path, content=request.content)
            except httpx.HTTPError as error:
                raise wire.transport_error(error, request, self.url) from None
            return request.read(Reply(answer.status_code, answer.headers, answer.content))

        return tenacity.Retrying(**self.retry.settings(request), sleep=time.sleep)(once)


class _Calls:
    """One group of typed calls."""

    def __init__(self, run: Any, extras: paging.Extras) -> None:
        self._run = run
        self._extras = extras

    def _find(self, search: paging.Search[Any]) -> Iterator[Any]:
        while not search.done:
            yield from self._run(search.next_page())


class Receivers(_Calls):
    """Calls about event receivers: `client.receivers`."""

    def create(
        self,
        *,
        name: str,
        type: str,
        schema: Any,
        version: str = "1.0.0",
        description: str | None = None,
    ) -> Receiver:
        """Stores a receiver. `schema`: a JSON Schema (dict or boolean); `{}` takes any payload.

        The registry has no uniqueness rule: the same call again makes a second receiver.
        `description` defaults to the name. Raises `Refused` if the schema does not compile.
        """
        return self._run(
            operations.create_receiver(name, type, version, description or name, schema)
        )

    def find_or_create(
        self,
        *,
        name: str,
        type: str,
        schema: Any,
        version: str = "1.0.0",
        description: str | None = None,
    ) -> Receiver:
        """The newest receiver that equals this in all five respects; made if there is none.

        A receiver is immutable: another schema means another receiver. Two programs that do this
        at the same moment may both create.
        """
        return self._run(
            searches.find_or_create_receiver(
                self._extras, name, type, version, description or name, schema
            )
        )

    def get(self, id: str) -> Receiver:
        """The receiver with this id. Raises `NotFound`."""
        return self._run(operations.get_receiver(id))

    def find(
        self,
        *,
        id: str | None = None,
        name: str | None = None,
        type: str | None = None,
        version: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        newest_first: bool = False,
        page_size: int = 500,
    ) -> Iterator[Receiver]:
        """The receivers that equal every value given, oldest first; asks page by page."""
        where = {"id": id, "name": name, "type": type, "version": version}
        return self._find(
            searches.receivers(
                self._extras, where, since=since, until=until,
                limit=limit, newest_first=newest_first, page_size=page_size,
            )
        )  # fmt: skip


class Events(_Calls):
    """Calls about events: `client.events`."""

    def create(
        self,
        receiver: Receiver | str,
        unit: NVRPP,
        *,
        success: bool,
        payload: Any = None,
        description: str | None = None,
    ) -> Event:
        """Stores an event and returns it as stored (one more request; `post` saves it).

        `receiver`: a record or an id. `payload`: any JSON value the receiver's schema takes;
        None means `{}`. `description` defaults to name and version of the unit.
        Raises `Refused` with one problem per violation of the schema.
        """
        return self._run(operations.create_event(receiver, unit, success, payload, description))

    def post(
        self,
        receiver: Receiver | str,
        unit: NVRPP,
        *,
        success: bool,
        payload: Any = None,
        description: str | None = None,
    ) -> str:
        """Like `create`, but returns only the new id: one request, for posting many."""
        return self._run(operations.post_event(receiver, unit, success, payload, description))

    def get(self, id: str) -> Event:
        """The event with this id, its receiver included. Raises `NotFound`."""
        return self._run(operations.get_event(id))

    def find(
        self,
        unit: NVRPP | None = None,
        *,
        id: str | None = None,
        name: str | None = None,
        version: str | None = None,
        release: str | None = None,
        platform_id: str | None = None,
        package: str | None = None,
        success: bool | None = None,
        receiver: Receiver | str | None = None,
        type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        newest_first: bool = False,
        page_size: int = 500,
    ) -> Iterator[Event]:
        """The events that equal every value given, oldest first; asks page by page.

        `unit` stands for all five of its parts. `type` is the receiver's. `since` is inclusive,
        `until` exclusive; both need a time zone. None means any.
        """
        parts = {"name": name, "version": version, "release": release}
        parts |= {"platform_id": platform_id, "package": package, "id": id, "success": success}
        return self._find(
            searches.events(
                self._extras, unit, parts, receiver, type=type, since=since, until=until,
                limit=limit, newest_first=newest_first, page_size=page_size,
            )
        )  # fmt: skip

    def latest(
        self,
        unit: NVRPP | None = None,
        *,
        name: str | None = None,
        version: str | None = None,
        success: bool | None = None,
        receiver: Receiver | str | None = None,
        type: str | None = None,
    ) -> Event | None:
        """The newest event that equals every value given, or None. A gate is judged by these."""
        found = self.find(
            unit, name=name, version=version, success=success, receiver=receiver, type=type,
            limit=1, newest_first=True,
        )  # fmt: skip
        return next(found, None)


class Groups(_Calls):
    """Calls about event receiver groups, the gates: `client.groups`."""

    def create(
        self,
        *,
        name: str,
        type: str,
        receivers: Iterable[Receiver | str],
        version: str = "1.0.0",
        description: str | None = None,
        enabled: bool = True,
    ) -> Group:
        """Stores a group of receivers (records or ids). `description` defaults to the name.

        Note `enabled`: True here, False in the REST API. Raises `Refused` for an unknown receiver.
        """
        return self._run(
            operations.create_group(name, type, version, description or name, receivers, enabled)
        )

    def find_or_create(
        self,
        *,
        name: str,
        type: str,
        receivers: Iterable[Receiver | str],
        version: str = "1.0.0",
        description: str | None = None,
        enabled: bool = True,
    ) -> Group:
        """The newest group that equals this in everything but `enabled`; made if there is none.

        An existing group stays enabled or disabled as it is.
        """
        return self._run(
            searches.find_or_create_group(
                self._extras, name, type, version, description or name, receivers, enabled
            )
        )

    def get(self, id: str) -> Group:
        """The group with this id. Raises `NotFound`."""
        return self._run(operations.get_group(id))

    def enable(self, group: Group | str) -> Group:
        """Switches a group on; returns it as it is now. Announces nothing by itself."""
        return self._run(operations.switch_group(group, True))

    def disable(self, group: Group | str) -> Group:
        """Switches a group off: it will not announce completions until it is enabled again."""
        return self._run(operations.switch_group(group, False))

    def find(
        self,
        *,
        id: str | None = None,
        name: str | None = None,
        type: str | None = None,
        version: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        newest_first: bool = False,
        page_size: int = 500,
    ) -> Iterator[Group]:
        """The groups that equal every value given, oldest first; asks page by page."""
        where = {"id": id, "name": name, "type": type, "version": version}
        return self._find(
            searches.groups(
                self._extras, where, since=since, until=until,
                limit=limit, newest_first=newest_first, page_size=page_size,
            )
        )  # fmt: skip
