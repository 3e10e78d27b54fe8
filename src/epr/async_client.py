"""`AsyncClient`: the typed calls of `Client`, awaited.

Every call has the name, arguments, result and exceptions of its twin in `epr.client`, where it is
described (a test holds the signatures together); `find` gives an async iterator. The logic is
shared: both drive the same `operations`. The upstream SDK's dict methods are on `Client` only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx
import tenacity

from . import addresses, connection, operations, paging, searches, wire
from .errors import EPRError
from .operations import Operation, T
from .records import NVRPP, Event, Group, Health, Receiver
from .retries import RetryPolicy
from .wire import Reply, Request


class AsyncClient:
    """A connection to one registry for asyncio programs; arguments as for `Client`.

    Use `async with`, or `await client.aclose()` at the end.
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
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = addresses.registry_url(url)
        self.retry = retry or RetryPolicy(creates=retry_creates)
        self._http = httpx.AsyncClient(
            **connection.settings(self.url, headers, token, timeout), transport=transport
        )
        extras = paging.Extras()
        self.receivers = AsyncReceivers(self._run, extras)
        self.events = AsyncEvents(self._run, extras)
        self.groups = AsyncGroups(self._run, extras)

    async def graphql(
        self, query: str, variables: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """See `Client.graphql`."""
        return await self._run(operations.graphql(query, dict(variables or {})))

    async def health(self) -> Health:
        """See `Client.health`."""
        return await self._run(operations.health())

    async def status(self) -> dict[str, Any]:
        """See `Client.status`."""
        return await self._run(operations.status())

    async def aclose(self) -> None:
        """Closes the pooled connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<epr.AsyncClient {self.url}>"

    async def _run(self, operation: Operation[T]) -> T:
        try:
            request = next(operation)
            while True:
                try:
                    value = await self._send(request)
                except EPRError as error:
                    request = operation.throw(error)
                else:
                    request = operation.send(value)
        except StopIteration as end:
            return end.value

    async def _send(self, request: Request) -> Any:
        async def once() -> Any:
            try:
                answer = await self._http.request(
                    request.method, request.path, content=request.content
                )
            except httpx.HTTPError as error:
                raise wire.transport_error(error, request, self.url) from None
            return request.read(Reply(answer.status_code, answer.headers, answer.content))

        retrying = tenacity.AsyncRetrying(**self.retry.settings(request), sleep=asyncio.sleep)
        return await retrying(once)


class _AsyncCalls:
    """One group of typed calls."""

    def __init__(self, run: Any, extras: paging.Extras) -> None:
        self._run = run
        self._extras = extras

    async def _find(self, search: paging.Search[Any]) -> AsyncIterator[Any]:
        while not search.done:
            for record in await self._run(search.next_page()):
                yield record


class AsyncReceivers(_AsyncCalls):
    """Calls about event receivers: `client.receivers`."""

    async def create(
        self,
        *,
        name: str,
        type: str,
        schema: Any,
        version: str = "1.0.0",
        description: str | None = None,
    ) -> Receiver:
        """See `Receivers.create`."""
        return await self._run(
            operations.create_receiver(name, type, version, description or name, schema)
        )

    async def find_or_create(
        self,
        *,
        name: str,
        type: str,
        schema: Any,
        version: str = "1.0.0",
        description: str | None = None,
    ) -> Receiver:
        """See `Receivers.find_or_create`."""
        return await self._run(
            searches.find_or_create_receiver(
                self._extras, name, type, version, description or name, schema
            )
        )

    async def get(self, id: str) -> Receiver:
        """See `Receivers.get`."""
        return await self._run(operations.get_receiver(id))

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
    ) -> AsyncIterator[Receiver]:
        """See `Receivers.find`."""
        where = {"id": id, "name": name, "type": type, "version": version}
        return self._find(
            searches.receivers(
                self._extras, where, since=since, until=until,
                limit=limit, newest_first=newest_first, page_size=page_size,
            )
        )  # fmt: skip


class AsyncEvents(_AsyncCalls):
    """Calls about events: `client.events`."""

    async def create(
        self,
        receiver: Receiver | str,
        unit: NVRPP,
        *,
        success: bool,
        payload: Any = None,
        description: str | None = None,
    ) -> Event:
        """See `Events.create`."""
        return await self._run(
            operations.create_event(receiver, unit, success, payload, description)
        )

    async def post(
        self,
        receiver: Receiver | str,
        unit: NVRPP,
        *,
        success: bool,
        payload: Any = None,
        description: str | None = None,
    ) -> str:
        """See `Events.post`."""
        return await self._run(operations.post_event(receiver, unit, success, payload, description))

    async def get(self, id: str) -> Event:
        """See `Events.get`."""
        return await self._run(operations.get_event(id))

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
    ) -> AsyncIterator[Event]:
        """See `Events.find`."""
        parts = {"name": name, "version": version, "release": release}
        parts |= {"platform_id": platform_id, "package": package, "id": id, "success": success}
        return self._find(
            searches.events(
                self._extras, unit, parts, receiver, type=type, since=since, until=until,
                limit=limit, newest_first=newest_first, page_size=page_size,
            )
        )  # fmt: skip

    async def latest(
        self,
        unit: NVRPP | None = None,
        *,
        name: str | None = None,
        version: str | None = None,
        success: bool | None = None,
        receiver: Receiver | str | None = None,
        type: str | None = None,
    ) -> Event | None:
        """See `Events.latest`."""
        found = self.find(
            unit, name=name, version=version, success=success, receiver=receiver, type=type,
            limit=1, newest_first=True,
        )  # fmt: skip
        return await anext(found, None)


class AsyncGroups(_AsyncCalls):
    """Calls about event receiver groups, the gates: `client.groups`."""

    async def create(
        self,
        *,
        name: str,
        type: str,
        receivers: Iterable[Receiver | str],
        version: str = "1.0.0",
        description: str | None = None,
        enabled: bool = True,
    ) -> Group:
        """See `Groups.create`."""
        return await self._run(
            operations.create_group(name, type, version, description or name, receivers, enabled)
        )

    async def find_or_create(
        self,
        *,
        name: str,
        type: str,
        receivers: Iterable[Receiver | str],
        version: str = "1.0.0",
        description: str | None = None,
        enabled: bool = True,
    ) -> Group:
        """See `Groups.find_or_create`."""
        return await self._run(
            searches.find_or_create_group(
                self._extras, name, type, version, description or name, receivers, enabled
            )
        )

    async def get(self, id: str) -> Group:
        """See `Groups.get`."""
        return await self._run(operations.get_group(id))

    async def enable(self, group: Group | str) -> Group:
        """See `Groups.enable`."""
        return await self._run(operations.switch_group(group, True))

    async def disable(self, group: Group | str) -> Group:
        """See `Groups.disable`."""
        return await self._run(operations.switch_group(group, False))

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
    ) -> AsyncIterator[Group]:
        """See `Groups.find`."""
        where = {"id": id, "name": name, "type": type, "version": version}
        return self._find(
            searches.groups(
                self._extras, where, since=since, until=until,
                limit=limit, newest_first=newest_first, page_size=page_size,
            )
        )  # fmt: skip
