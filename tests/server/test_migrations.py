import asyncio

import asyncpg
import pytest

from epr_server.errors import MigrationError
from epr_server.identity import unit_key
from epr_server.migrations import available, migrate


async def test_many_processes_may_migrate_at_once(database, sql):
    connections = await asyncio.gather(*(sql(database) for _ in range(8)))
    applied = await asyncio.gather(*(migrate(connection) for connection in connections))
    everything = [f"{number:04}_{name}" for number, name, _ in available()]
    assert sorted(applied, key=len)[-1] == everything
    assert sum(map(len, applied)) == len(everything)


async def test_a_database_that_is_too_new_is_refused(database, sql):
    connection = await sql(database)
    await migrate(connection)
    await connection.execute("INSERT INTO epr_migrations (number, name) VALUES (9999, 'future')")
    with pytest.raises(MigrationError, match="9999"):
        await migrate(connection)


async def test_a_database_of_another_program_is_refused_and_left_alone(database, sql):
    connection = await sql(database)
    await connection.execute("CREATE TABLE events (id text)")
    with pytest.raises(MigrationError, match="another program"):
        await migrate(connection)
    assert await connection.fetchval("SELECT to_regclass('epr_migrations')") is None


async def test_what_is_recorded_cannot_be_changed(database, sql):
    connection = await sql(database)
    await migrate(connection)
    for statement in ("DELETE FROM events", "UPDATE events SET success = true", "TRUNCATE events"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await connection.execute(statement)


async def test_the_database_computes_the_same_unit_key(database, sql):
    connection = await sql(database)
    await migrate(connection)
    unit = ("tidetablé \U0001f6a2", "1.4.0\\", "2026.11.1", "py3-none-any", "wheel")
    assert await connection.fetchval("SELECT epr_unit_key($1, $2, $3, $4, $5)", *unit) == unit_key(*unit)  # fmt: skip
