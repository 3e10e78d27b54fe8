"""Searches that come in pages, so that any number of results fits in memory.

This project's registry takes optional arguments beside the contract's: `limit`, `before`, `after`
(the id of an event), `since`, `until` (times) and, for events, `type` (the receiver's). Whether a
registry knows them is asked once per client, by introspection. One that does not (the reference
server) is searched in one request, and the filtering is done here: same results, more memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from . import operations
from .errors import GraphQLError, UnexpectedAnswer
from .operations import Operation
from .records import Event, Group, Receiver

Record = TypeVar("Record", Event, Receiver, Group)

_ASK = '{ __type(name: "Query") { fields { name args { name type { name } } } } }'


@dataclass(frozen=True)
class Kind(Generic[Record]):
    """How one kind of object is searched: its field, argument, input type and selection."""

    field: str
    argument: str
    input: str
    selection: str
    read: Callable[[Any], Record]


EVENTS: Kind[Event] = Kind(
    "events",
    "event",
    "FindEventInput",
    "id name version release platform_id package description payload success created_at "
    "event_receiver_id",
    Event.from_json,
)
RECEIVERS: Kind[Receiver] = Kind(
    "event_receivers",
    "event_receiver",
    "FindEventReceiverInput",
    "id name type version description schema fingerprint created_at",
    Receiver.from_json,
)
GROUPS: Kind[Group] = Kind(
    "event_receiver_groups",
    "event_receiver_group",
    "FindEventReceiverGroupInput",
    "id name type version description enabled event_receiver_ids created_at updated_at",
    Group.from_json,
)


class Extras:
    """Which optional search arguments a registry knows, and their GraphQL types; asked once."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] | None = None

    def of(self, field: str) -> Operation[dict[str, str]]:
        """Argument name to type name, for one search field; empty for the reference server."""
        if self._known is None:
            self._known = yield from self._ask()
        return self._known.get(field, {})

    def _ask(self) -> Operation[dict[str, dict[str, str]]]:
        try:
            data = yield from operations.graphql(_ASK, None)
            fields = data["__type"]["fields"]
            return {
                f["name"]: {a["name"]: a["type"]["name"] for a in f["args"] if a["type"]["name"]}
                for f in fields
            }
        except (GraphQLError, LookupError, TypeError):
            return {}  # no introspection, no extras


@dataclass
class Search(Generic[Record]):
    """One search under way. `next_page()` until `done`.

    `where`: the contract's equality tests. `since` is inclusive, `until` exclusive.
    `limit`: results in all, None for every one. Order: oldest first unless `newest_first`.
    """

    kind: Kind[Record]
    extras: Extras
    where: dict[str, Any]
    since: datetime | None = None
    until: datetime | None = None
    type: str | None = None
    limit: int | None = None
    newest_first: bool = False
    page_size: int = 500
    done: bool = False

    def __post_init__(self) -> None:
        if self.page_size < 1:
            raise ValueError(f"page_size is {self.page_size}; it must be 1 or more")
        for name in ("since", "until"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(
                    f"{name} has no time zone; use datetime.now(UTC) or .astimezone() to say which"
                )
        self._left = self.limit
        self._cursor = ""
        self.done = self._left is not None and self._left <= 0

    def next_page(self) -> Operation[list[Record]]:
        """The next results, in order; sets `done` when there are no more."""
        known = yield from self.extras.of(self.kind.field)
        if {"limit", "before", "after"} <= known.keys():
            page = yield from self._page(known)
        else:
            page = yield from self._everything(known)
        if self._left is not None:
            page = page[: self._left]
            self._left -= len(page)
            self.done = self.done or self._left <= 0
        return page

    def _page(self, known: dict[str, str]) -> Operation[list[Record]]:
        size = self.page_size if self._left is None else min(self.page_size, self._left)
        arguments: dict[str, Any] = {"limit": size, "type": self.type}
        arguments |= {"since": _text(self.since), "until": _text(self.until)}
        if self.newest_first:
            arguments["before"] = self._cursor or None
        else:
            # The empty id stands before the oldest object; without `after` the newest are given.
            arguments["after"] = self._cursor
        arguments = {k: v for k, v in arguments.items() if v is not None}
        page, cut_short = yield from self._ask(self.where, arguments, known)
        # A page may be shorter than asked for because its payloads are big; then the answer says so.
        self.done = not page or (len(page) < size and not cut_short)
        if page:
            self._cursor = page[0].id if self.newest_first else page[-1].id
        return page[::-1] if self.newest_first else page

    def _everything(self, known: dict[str, str]) -> Operation[list[Record]]:
        self.done = True
        found: list[Record] = []
        for where in (yield from self._by_type(known)):
            found += (yield from self._ask(where, {}, known))[0]
        found = [record for record in found if self._in_time(record)]
        return sorted(found, key=lambda r: (r.created_at, r.id), reverse=self.newest_first)

    def _by_type(self, known: dict[str, str]) -> Operation[list[dict[str, Any]]]:
        """The searches that together find the events of a receiver type, on the reference server."""
        if self.type is None:
            return [self.where]
        of_type = Search(RECEIVERS, self.extras, {"type": self.type})
        receivers, _ = yield from of_type._ask(of_type.where, {}, known)
        wanted = self.where.get("event_receiver_id")
        ids = [receiver.id for receiver in receivers if wanted in (None, receiver.id)]
        return [self.where | {"event_receiver_id": id} for id in ids]

    def _ask(
        self, where: dict[str, Any], arguments: dict[str, Any], known: dict[str, str]
    ) -> Operation[tuple[list[Record], bool]]:
        """One request: its records, and whether the registry says that it left some out."""
        kind = self.kind
        declared = "".join(f", ${name}: {known[name]}" for name in arguments)
        passed = "".join(f", {name}: ${name}" for name in arguments)
        document = (
            f"query ($obj: {kind.input}!{declared}) "
            f"{{ {kind.field}({kind.argument}: $obj{passed}) {{ {kind.selection} }} }}"
        )
        variables = {"obj": where, **arguments}
        data, extensions = yield from operations.graphql_answer(document, variables)
        rows = data.get(kind.field)
        if not isinstance(rows, list):
            raise UnexpectedAnswer(f"{kind.field!r} is not a list; is this a registry?")
        return [kind.read(row) for row in rows], "truncated" in extensions

    def _in_time(self, record: Record) -> bool:
        after = self.since is None or record.created_at >= self.since
        return after and (self.until is None or record.created_at < self.until)


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
