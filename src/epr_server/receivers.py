"""Receivers at hand: a receiver never changes, so each is read, rendered and compiled once."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property

import asyncpg

from epr_server.database import Database
from epr_server.json_schema import CompiledSchema, compile_schema
from epr_server.records import Receiver
from epr_server.representations import receiver_json

_MOST_RECEIVERS = 1000
_MOST_BYTES = 16 * 1024 * 1024

_BY_ID = """
    SELECT id, name, type, version, description, schema, fingerprint, created_at
    FROM event_receivers WHERE id = $1
"""


class KnownReceiver:
    """A receiver with its JSON, and its schema compiled when first needed."""

    def __init__(self, record: Receiver) -> None:
        self.record = record
        self.type = record.type
        self.json = receiver_json(record)

    @cached_property
    def schema(self) -> CompiledSchema:
        return compile_schema(self.record.schema)


def receiver_from(row: asyncpg.Record) -> Receiver:
    """A row with the columns of `event_receivers`."""
    return Receiver(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        version=row["version"],
        description=row["description"],
        schema=row["schema"].encode(),
        fingerprint=row["fingerprint"],
        created_at=row["created_at"],
    )


class Receivers:
    """Finds receivers by id; keeps those used last, a bounded number and size of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, KnownReceiver] = OrderedDict()
        self._bytes = 0

    def at_hand(self, id: str) -> KnownReceiver | None:
        """The receiver if it is in memory: no waiting."""
        if (found := self._known.get(id)) is not None:
            self._known.move_to_end(id)
        return found

    async def get(self, id: str) -> KnownReceiver | None:
        """The receiver, from memory or from the database. Raises `Unavailable`."""
        found = self.at_hand(id)
        # PostgreSQL refuses U+0000, and no id is longer than a text field may be.
        if found is None and "\0" not in id and len(id) <= 255 and id.isascii():
            row = await self._database.fetchrow(_BY_ID, id)
            if row is not None:
                found = self._keep(KnownReceiver(receiver_from(row)))
        return found

    def _keep(self, receiver: KnownReceiver) -> KnownReceiver:
        # Two requests may have read it at the same time; one copy is enough.
        kept = self._known.setdefault(receiver.record.id, receiver)
        if kept is receiver:
            self._bytes += len(receiver.json)
            while len(self._known) > 1 and (
                len(self._known) > _MOST_RECEIVERS or self._bytes > _MOST_BYTES
            ):
                _, dropped = self._known.popitem(last=False)
                self._bytes -= len(dropped.json)
        return kept
