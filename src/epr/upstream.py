"""The methods of the upstream SDK's `Client` (epr-python 0.1.0): dicts in, the answer's body out.

They behave as upstream's do: everything is GraphQL with one variable `obj`, GraphQL errors are
*returned* in the body, fields default to `id`. Differences, all on the lenient side: `params=None`
searches for everything instead of failing; a model given as search parameters counts only its
filled fields; payloads and schemas may be dicts; what was a traceback of urllib3 is an
`epr.errors.EPRError`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from . import operations, wire
from .models import Model

_SEARCHES = {
    "events": ("event", "FindEventInput!"),
    "event_receivers": ("event_receiver", "FindEventReceiverInput!"),
    "event_receiver_groups": ("event_receiver_group", "FindEventReceiverGroupInput!"),
}
_MUTATIONS = {
    "create_event": ("event", "CreateEventInput!"),
    "create_event_receiver": ("event_receiver", "CreateEventReceiverInput!"),
    "create_event_receiver_group": ("event_receiver_group", "CreateEventReceiverGroupInput!"),
}

Params = Mapping[str, Any] | Model | None
Body = dict[str, Any]


class Calls(ABC):
    """What upstream's `Client` has. A subclass supplies `_run` and `_send`."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.api_version = "v1"
        self.graphql_query = "graphql/query"
        self.endpoint = f"api/{self.api_version}/{self.graphql_query}"
        self.target = f"{self.url}/{self.endpoint}"
        self.headers = {"Content-Type": "application/json", **(headers or {})}

    def search_events(self, params: Params = None, fields: list[str] | None = None) -> Body:
        """Query `events`: `{"data": {"events": [...]}}`, or `{"errors": [...], ...}`."""
        return self.search("events", params, fields)

    def search_event_receivers(
        self, params: Params = None, fields: list[str] | None = None
    ) -> Body:
        """Query `event_receivers`, like `search_events`."""
        return self.search("event_receivers", params, fields)

    def search_event_receiver_groups(
        self, params: Params = None, fields: list[str] | None = None
    ) -> Body:
        """Query `event_receiver_groups`, like `search_events`."""
        return self.search("event_receiver_groups", params, fields)

    def create_event(self, params: Params = None) -> Body:
        """Mutation `create_event`: `{"data": {"create_event": id}}`, or `{"errors": [...], ...}`."""
        return self.mutation("create_event", params)

    def create_event_receiver(self, params: Params = None) -> Body:
        """Mutation `create_event_receiver`, like `create_event`."""
        return self.mutation("create_event_receiver", params)

    def create_event_receiver_group(self, params: Params = None) -> Body:
        """Mutation `create_event_receiver_group`, like `create_event`."""
        return self.mutation("create_event_receiver_group", params)

    def search(
        self, operation: str, params: Params = None, fields: list[str] | None = None
    ) -> Body:
        """Runs one of the three searches by its field name and returns the body."""
        return self.query(**self.new_graphql_search_query(operation, params, fields))

    def mutation(self, operation: str, params: Params = None) -> Body:
        """Runs one of the three creations by its field name and returns the body."""
        return self.query(**self.new_graphql_mutation_query(operation, params))

    def query(self, query: str, variables: Mapping[str, Any] | None = None) -> Body:
        """Sends a GraphQL document and returns the body, whatever it says."""
        return self._run(operations.raw_graphql(query, variables))

    def post(self, url: str, data: Any) -> bytes:
        """POSTs JSON to an address of this registry; the body as bytes. Never repeated."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return self._send(wire.post(path, data, lambda reply: reply.content, repeatable=False))

    def new_graphql_search_query(
        self, operation: str, params: Params = None, fields: list[str] | None = None
    ) -> dict[str, Any]:
        """`query` and `variables` of a search; nothing is sent. Raises KeyError for other names."""
        argument, kind = _SEARCHES[operation]
        if isinstance(params, Model):
            params = params.as_dict_query()
        selected = ",".join(fields or ["id"])
        query = f"query ($obj: {kind}){{{operation}({argument}: $obj) {{ {selected} }}}}"
        return {"query": query, "variables": {"obj": dict(params or {})}}

    def new_graphql_mutation_query(self, operation: str, params: Params = None) -> dict[str, Any]:
        """`query` and `variables` of a creation; nothing is sent. Raises KeyError for other names."""
        argument, kind = _MUTATIONS[operation]
        values = params.as_dict() if isinstance(params, Model) else dict(params or {})
        # The reference server takes a JSON input as text only (contract section 6.3).
        values |= {k: wire.json_text(values[k]) for k in ("payload", "schema") if k in values}
        query = f"mutation ($obj: {kind}){{{operation}({argument}: $obj)}}"
        return {"query": query, "variables": {"obj": values}}

    @abstractmethod
    def _run(self, operation: operations.Operation[Any]) -> Any:
        """Carries out an operation."""

    @abstractmethod
    def _send(self, request: wire.Request) -> Any:
        """Sends one request and reads its answer."""
