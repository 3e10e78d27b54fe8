"""Searches as SQL: equality tests, a time range, pages by key, a bounded result.

A page is read from its newest end and turned round, so that a search without a limit gives the
newest records (contract 6.4: clients take the last one as the newest). Positions are `seq`, the
registry's one order, in which nothing is ever inserted behind a record that has been seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from epr_server.errors import InvalidInput

Where = Mapping[str, str | bool | None]

_EVENT_KEYS = {
    "id": "id", "name": "name", "version": "version", "release": "release",
    "platform_id": "platform_id", "package": "package", "success": "success",
    "event_receiver_id": "event_receiver_id",
}  # fmt: skip
_OTHER_KEYS = {"id": "id", "name": "name", "type": "type", "version": "version"}
# A null id is ignored, a null text matches nothing (contract 6.4).
_IDS = ("id", "event_receiver_id")


@dataclass(frozen=True)
class Window:
    """Which part of the matching records is wanted; see `Registry.find_events`."""

    limit: int | None = None
    before: str | None = None
    after: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def forward(self) -> bool:
        """Read from the oldest end."""
        return self.after is not None

    def size(self, cap: int) -> int:
        """How many records at most. Raises `InvalidInput` for a limit that is not positive."""
        if self.limit is None:
            return cap
        if self.limit < 1:
            raise InvalidInput(f"limit must be at least 1; it is {self.limit}")
        return min(self.limit, cap)


@dataclass
class _Conditions:
    clauses: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, clause: str, value: Any) -> None:
        """`clause` has ``{}`` where its parameter goes."""
        self.values.append(value)
        self.clauses.append(clause.format(f"${len(self.values)}"))

    def sql(self) -> str:
        return " AND ".join(self.clauses) or "true"


@dataclass(frozen=True)
class Query:
    """A statement and its values.

    It returns up to `size` + 1 rows, in the window's direction; the column `matched` is how many
    rows there were, up to `size` + 1, before the byte cap.
    """

    statement: str
    values: tuple[Any, ...]
    size: int
    forward: bool


def _usable(value: str | bool) -> bool:
    """Texts with U+0000 or half a surrogate pair match nothing; PostgreSQL does not even take them."""
    if isinstance(value, bool):
        return True
    return "\0" not in value and (
        value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)
    )


def _conditions(
    table: str, where: Where, known: Mapping[str, str], window: Window
) -> _Conditions | None:
    """The conditions, or ``None`` if nothing can match."""
    conditions = _Conditions()
    for key, value in where.items():
        if key not in known:
            raise InvalidInput(f"{key} cannot be searched for; use one of {', '.join(known)}")
        if value is None:
            if key in _IDS:
                continue
            return None
        if not _usable(value):
            return None
        conditions.add(f"t.{known[key]} = {{}}", value)
    for bound, sign in ((window.before, "<"), (window.after, ">")):
        if bound:  # "" stands beyond either end: it bounds nothing, but gives a direction
            if not _usable(bound):
                raise InvalidInput("a page cannot begin or end at this id: it does not exist")
            seq_of = f"(SELECT seq FROM {table} WHERE id = {{}})"  # noqa: S608
            conditions.add(f"t.seq {sign} {seq_of}", bound)
    if window.since is not None:
        conditions.add("t.created_at >= {}", window.since)
    if window.until is not None:
        conditions.add("t.created_at < {}", window.until)
    return conditions


def _order(window: Window) -> str:
    return "ASC" if window.forward else "DESC"


def events(
    where: Where, window: Window, *, type: str | None, with_payload: bool, cap: int, cap_bytes: int
) -> Query | None:
    """A search for events; ``None`` if nothing can match. Raises `InvalidInput`."""
    size = window.size(cap)
    conditions = _conditions("events", where, _EVENT_KEYS, window)
    if conditions is None or (type is not None and not _usable(type)):
        return None
    if type is not None:
        conditions.add(
            "t.event_receiver_id IN (SELECT id FROM event_receivers WHERE type = {})", type
        )
    unit = [where.get(key) for key in ("name", "version", "release", "platform_id", "package")]
    if all(isinstance(part, str) for part in unit):
        # All five parts of the identity: the gate's index finds the unit at once.
        first = len(conditions.values) + 1
        conditions.values.extend(unit)
        places = ", ".join(f"${first + n}" for n in range(5))
        conditions.clauses.append(f"t.unit = epr_unit_key({places})")
    # created_at grows with seq, so a bound in time is one in seq too, which every index can use.
    at_or_after = "(SELECT seq FROM events WHERE created_at >= {} ORDER BY created_at LIMIT 1)"
    if window.since is not None:
        conditions.add(f"t.seq >= {at_or_after}", window.since)
    if window.until is not None:
        conditions.add(f"t.seq < coalesce({at_or_after}, {2**63 - 1})", window.until)
    payload = "t.payload" if with_payload else "'null'::json AS payload"
    order = _order(window)
    # The sum looks at sizes only; payloads past the cap are never read.
    statement = f"""
        SELECT id, name, version, release, platform_id, package, description, payload, success,
               created_at, event_receiver_id, matched
        FROM (
            SELECT *, count(*) OVER () AS matched,
                   sum(payload_bytes) OVER (ORDER BY seq {order}) AS bytes_so_far
            FROM (
                SELECT t.seq, t.id, t.name, t.version, t.release, t.platform_id, t.package,
                       t.description, {payload}, {"t.payload_bytes" if with_payload else "0"}
                       AS payload_bytes, t.success, t.created_at, t.event_receiver_id
                FROM events t WHERE {conditions.sql()}
                ORDER BY t.seq {order} LIMIT {size + 1}
            ) page
        ) counted
        WHERE bytes_so_far - payload_bytes < {cap_bytes}
        ORDER BY seq {order}
    """  # noqa: S608 - built from names in this module; every value is a parameter
    return Query(statement, tuple(conditions.values), size, window.forward)


def receivers(where: Where, window: Window, *, cap: int) -> Query | None:
    """A search for receivers, as `events`."""
    columns = (
        "t.id, t.name, t.type, t.version, t.description, t.schema, t.fingerprint, t.created_at"
    )
    return _others("event_receivers", columns, where, window, cap)


def groups(where: Where, window: Window, *, cap: int) -> Query | None:
    """A search for groups, as `events`."""
    return _others("event_receiver_groups", GROUP_COLUMNS, where, window, cap)


GROUP_COLUMNS = """
    t.id, t.name, t.type, t.version, t.description, t.enabled, t.created_at, t.updated_at,
    ARRAY(SELECT m.event_receiver_id FROM event_receiver_group_members m
          WHERE m.group_id = t.id ORDER BY m.position) AS event_receiver_ids
"""


def _others(table: str, columns: str, where: Where, window: Window, cap: int) -> Query | None:
    size = window.size(cap)
    conditions = _conditions(table, where, _OTHER_KEYS, window)
    if conditions is None:
        return None
    statement = (
        f"SELECT *, count(*) OVER () AS matched FROM (SELECT {columns} FROM {table} t "  # noqa: S608
        f"WHERE {conditions.sql()} ORDER BY t.seq {_order(window)} LIMIT {size + 1}) page"
    )
    return Query(statement, tuple(conditions.values), size, window.forward)
