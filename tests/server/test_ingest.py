"""The queue and its flushers, against a real database."""

import asyncio
import itertools

import pytest

from epr_server.database import Database
from epr_server.errors import InvalidInput, Overloaded, Unavailable
from epr_server.identity import new_id, unit_key
from epr_server.ingest import EventRow, Ingest
from epr_server.settings import Settings

# The key of epr_lock_log(): whoever holds it makes every writer wait.
LOG_LOCK = 1162891777


@pytest.fixture
async def store(database):
    store = Database(Settings(db=database))
    await store.start()
    yield store
    await store.stop()


@pytest.fixture
async def make_ingest(store):
    started = []

    def make(**settings: int) -> Ingest:
        limits = {"queue_events": 4096, "queue_bytes": 10**9, "batch_events": 512} | settings
        ingest = Ingest(store, committed=lambda batch: None, publishes_here=lambda: False, **limits)
        ingest.start()
        started.append(ingest)
        return ingest

    yield make
    for ingest in started:
        await ingest.stop()


@pytest.fixture
async def receiver(store):
    id = new_id()
    statement = "SELECT epr_record_receiver($1, 'tidetable-build', 't', '1', 'd', '{}', 'f', false)"
    await store.fetchrow(statement, id)
    return id


def row(receiver: str, version: str, payload: str = "{}") -> EventRow:
    unit = ("tidetable", version, "2026.11.1", "py3-none-any", "wheel")
    return EventRow(
        new_id(), *unit, "a receipt", payload, len(payload), True, receiver, unit_key(*unit)
    )


async def stored_versions(store) -> list[str]:
    return [r["version"] for r in await store.fetch("SELECT version FROM events ORDER BY seq")]


async def test_events_of_one_batch_keep_their_order_and_their_times_differ(
    store, make_ingest, receiver
):
    ingest = make_ingest()
    versions = [str(number) for number in range(200)]
    await asyncio.gather(*(ingest.record(row(receiver, version)) for version in versions))
    assert await stored_versions(store) == versions
    times = [
        r["created_at"] for r in await store.fetch("SELECT created_at FROM events ORDER BY seq")
    ]
    assert all(earlier < later for earlier, later in itertools.pairwise(times))


async def test_a_row_that_the_database_refuses_does_not_harm_its_neighbours(
    store, make_ingest, receiver
):
    ingest = make_ingest()
    rows = [
        row(receiver, "1"),
        row(receiver, "2", "not json"),
        row("nobody", "3"),
        row(receiver, "4"),
    ]
    answers = await asyncio.gather(*(ingest.record(r) for r in rows), return_exceptions=True)
    assert answers[0] is None
    assert answers[3] is None
    assert isinstance(answers[1], InvalidInput)
    assert isinstance(answers[2], InvalidInput)
    assert "receiver for event does not exist" in answers[2].message
    assert await stored_versions(store) == ["1", "4"]


async def test_a_full_queue_turns_events_away_and_stores_none_of_them(
    store, make_ingest, receiver, sql, database
):
    ingest = make_ingest(queue_events=5, batch_events=1)
    other = await sql(database)
    async with other.transaction():
        await other.execute(f"SELECT pg_advisory_xact_lock({LOG_LOCK})")
        waiting = [
            asyncio.create_task(ingest.record(row(receiver, str(number)))) for number in range(20)
        ]
        done, pending = await asyncio.wait(waiting, timeout=1)
        assert all(isinstance(task.exception(), Overloaded) for task in done)
        # Five wait in the queue; each of the two flushers holds one, if it had the time to take it.
        assert 5 <= len(pending) <= 7
    await asyncio.gather(*pending)
    assert len(await stored_versions(store)) == len(pending)


async def test_large_events_under_way_are_bounded_by_their_bytes(
    store, make_ingest, receiver, sql, database
):
    ingest = make_ingest(queue_bytes=1000)
    large = '"' + "x" * 598 + '"'
    other = await sql(database)
    async with other.transaction():
        await other.execute(f"SELECT pg_advisory_xact_lock({LOG_LOCK})")
        waiting = [
            asyncio.create_task(ingest.record(row(receiver, str(number), large)))
            for number in range(5)
        ]
        done, pending = await asyncio.wait(waiting, timeout=1)
        assert [type(task.exception()) for task in done] == [Overloaded] * 3
    await asyncio.gather(*pending)
    assert len(await stored_versions(store)) == 2
    await ingest.record(row(receiver, "later", large))


async def test_a_lost_connection_costs_nothing(store, make_ingest, receiver, sql, database):
    ingest = make_ingest()
    await ingest.record(row(receiver, "1"))
    other = await sql(database)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await asyncio.gather(*(ingest.record(row(receiver, str(number))) for number in range(2, 6)))
    assert sorted(await stored_versions(store)) == ["1", "2", "3", "4", "5"]


async def test_connections_lost_in_the_middle_store_each_event_once(
    store, make_ingest, receiver, sql, database
):
    ingest = make_ingest()
    other = await sql(database)
    writing = asyncio.gather(*(ingest.record(row(receiver, str(number))) for number in range(500)))
    for _ in range(20):
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE '%epr_record_events%' "
            "AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(0.01)
    await writing
    assert sorted(map(int, await stored_versions(store))) == list(range(500))


async def test_a_statement_that_takes_too_long_is_answered_and_not_stored(
    database, receiver, store, sql
):
    impatient = Database(Settings(db=database, statement_timeout=0.2))
    await impatient.start()
    ingest = Ingest(
        impatient, queue_events=10, queue_bytes=10**9, batch_events=10, committed=lambda batch: None,
        publishes_here=lambda: False,
    )  # fmt: skip
    ingest.start()
    other = await sql(database)
    async with other.transaction():
        await other.execute(f"SELECT pg_advisory_xact_lock({LOG_LOCK})")
        with pytest.raises(Unavailable, match="took too long") as refused:
            await ingest.record(row(receiver, "1"))
    assert refused.value.maybe_stored is False
    await ingest.record(row(receiver, "2"))
    assert await stored_versions(store) == ["2"]
    await ingest.stop()
    await impatient.stop()


async def test_time_never_runs_backwards_in_the_log(store, make_ingest, receiver, sql, database):
    ingest = make_ingest()
    other = await sql(database)
    await other.execute(
        "INSERT INTO events (id, name, version, release, platform_id, package, description, payload, "
        "payload_bytes, success, created_at, event_receiver_id, unit) VALUES ($1, 'n', 'future', 'r', "
        "'p', 'k', 'd', '{}', 2, true, now() + interval '1 hour', $2, '')",
        new_id(), receiver,
    )  # fmt: skip
    await ingest.record(row(receiver, "after"))
    first, second = await store.fetch("SELECT created_at FROM events ORDER BY seq")
    assert first["created_at"] < second["created_at"]
