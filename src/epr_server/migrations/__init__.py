"""The database's schema as numbered SQL files, and the runner that brings a database up to date.

A file is never changed once a release has carried it: a change is a new file. Any number of
processes may start at once over one database; one of them migrates and the others wait for it.
"""

from __future__ import annotations

import re
from importlib import resources

import asyncpg

from epr_server.errors import MigrationError

_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
# One key for "somebody is migrating"; any constant will do as long as nobody else uses it.
_LOCK = 0x45_50_52_00


def available() -> list[tuple[int, str, str]]:
    """Number, name and text of every migration this program carries, in order."""
    found = []
    for file in resources.files(__name__).iterdir():
        if match := _NAME.fullmatch(file.name):
            found.append((int(match[1]), match[2], file.read_text("utf-8")))
    return sorted(found)


async def migrate(connection: asyncpg.Connection) -> list[str]:
    """Applies what is missing, all in one transaction; the names of what was applied.

    Raises `MigrationError` if the database has migrations that this program does not know.
    """
    known = available()
    applied: list[str] = []
    async with connection.transaction():
        # Waiting for another process's migration may take longer than a query is allowed to.
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute(
            """
            CREATE TABLE IF NOT EXISTS epr_migrations (
                number integer PRIMARY KEY,
                name text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """
        )
        done = {
            row["number"] for row in await connection.fetch("SELECT number FROM epr_migrations")
        }
        if unknown := done - {number for number, _, _ in known}:
            raise MigrationError(
                f"the database has migration {max(unknown)}, this program knows up to "
                f"{known[-1][0]}; start a newer epr_server, or give it another database with --db"
            )
        for number, name, text in known:
            if number in done:
                continue
            try:
                await connection.execute(text)
            except asyncpg.DuplicateTableError as error:
                raise MigrationError(
                    f"migration {number:04}_{name} cannot be applied: {error}; the database belongs "
                    "to another program (the original EPR server?): give this one its own with --db"
                ) from error
            await connection.execute(
                "INSERT INTO epr_migrations (number, name) VALUES ($1, $2)", number, name
            )
            applied.append(f"{number:04}_{name}")
    return applied
