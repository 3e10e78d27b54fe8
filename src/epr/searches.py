"""The searches of the typed calls, and find-or-create, which is a search and perhaps a create."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import operations
from .operations import Operation
from .paging import EVENTS, GROUPS, RECEIVERS, Extras, Kind, Record, Search
from .records import NVRPP, Event, Group, Receiver, identities, identity


def receivers(extras: Extras, where: Mapping[str, Any], **more: Any) -> Search[Receiver]:
    """A search for receivers; `more` as the fields of `Search`."""
    return Search(RECEIVERS, extras, _given(where), **more)


def groups(extras: Extras, where: Mapping[str, Any], **more: Any) -> Search[Group]:
    """A search for groups; `more` as the fields of `Search`."""
    return Search(GROUPS, extras, _given(where), **more)


def events(
    extras: Extras,
    unit: NVRPP | None,
    parts: Mapping[str, Any],
    receiver: Receiver | str | None,
    **more: Any,
) -> Search[Event]:
    """A search for events. Raises ValueError if `unit` and a part of it are both given."""
    where = _given(parts)
    if unit is not None:
        unit = NVRPP(*unit)
        if both := where.keys() & unit._asdict().keys():
            raise ValueError(f"unit and {', '.join(sorted(both))} are both given; give one of them")
        where |= unit._asdict()
    if receiver is not None:
        where["event_receiver_id"] = identity(receiver)
    return Search(EVENTS, extras, where, **more)


def find_or_create_receiver(
    extras: Extras, name: str, type: str, version: str, description: str, schema: Any
) -> Operation[Receiver]:
    """The newest receiver equal in all five respects, or a new one."""
    where = {"name": name, "type": type, "version": version}
    for found in (yield from _newest_first(RECEIVERS, extras, where)):
        if (found.description, found.schema) == (description, schema):
            return found
    return (yield from operations.create_receiver(name, type, version, description, schema))


def find_or_create_group(
    extras: Extras,
    name: str,
    type: str,
    version: str,
    description: str,
    receivers: Iterable[Receiver | str],
    enabled: bool,
) -> Operation[Group]:
    """The newest group equal in all but `enabled`, or a new one."""
    ids = identities(receivers)
    where = {"name": name, "type": type, "version": version}
    for found in (yield from _newest_first(GROUPS, extras, where)):
        if (found.description, list(found.event_receiver_ids)) == (description, ids):
            return found
    return (yield from operations.create_group(name, type, version, description, ids, enabled))


def _newest_first(
    kind: Kind[Record], extras: Extras, where: dict[str, Any]
) -> Operation[list[Record]]:
    search = Search(kind, extras, where, newest_first=True)
    found: list[Record] = []
    while not search.done:
        found += yield from search.next_page()
    return found


def _given(where: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in where.items() if value is not None}
