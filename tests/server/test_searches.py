"""Searches over a small history: equality, pages, times, caps."""

import dataclasses
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec
import pytest

from epr_server.database import Database
from epr_server.errors import InvalidInput
from epr_server.ingest import Ingest
from epr_server.receivers import Receivers
from epr_server.records import NewEvent, NewGroup, NewReceiver
from epr_server.registry import Registry
from epr_server.settings import Settings


@pytest.fixture
async def open_registry(database):
    """A function: the application over one database, with these settings, without HTTP."""
    opened = []

    async def open_(**settings: object) -> Registry:
        chosen = dataclasses.replace(Settings(db=database), **settings)
        store = Database(chosen)
        await store.start()
        ingest = Ingest(
            store, queue_events=100, queue_bytes=10**9, batch_events=100, committed=lambda batch: None,
            publishes_here=lambda: False,
        )  # fmt: skip
        ingest.start()
        opened.extend((ingest, store))
        relay = SimpleNamespace(leading=False, wake=lambda: None)
        return Registry(chosen, store, Receivers(store), ingest, relay)

    yield open_
    for part in opened:
        await part.stop()


def new_receiver(name: str, type: str) -> NewReceiver:
    return NewReceiver(
        name=name, type=type, version="1", description="d", schema=msgspec.Raw(b"{}")
    )


def new_event(receiver: str, version: str, **other: object) -> NewEvent:
    texts = {"name": "tidetable", "release": "2026.11.1", "platform_id": "py3-none-any",
             "package": "wheel", "description": "a receipt"} | other  # fmt: skip
    payload = texts.pop("payload", msgspec.Raw(b'{"passed":42}'))
    success = texts.pop("success", True)
    return NewEvent(version=version, event_receiver_id=receiver, payload=payload, success=success, **texts)  # fmt: skip


@pytest.fixture
async def history(open_registry):
    """Ten builds, every third failed, and ten tests of the same versions; ids by what they are."""
    registry = await open_registry()
    build = await registry.create_receiver(new_receiver("tidetable-build", "plab.build"))
    tests = await registry.create_receiver(new_receiver("tidetable-unit-tests", "plab.tests"))
    builds = [
        await registry.create_event(new_event(build, f"1.{n}", success=n % 3 != 0))
        for n in range(10)
    ]
    runs = [await registry.create_event(new_event(tests, f"1.{n}")) for n in range(10)]
    return SimpleNamespace(
        registry=registry, build=build, tests=tests, builds=builds, runs=runs, all=builds + runs
    )


async def ids(page) -> list[str]:
    return [item.id for item in (await page).items]


async def test_without_conditions_everything_is_found_oldest_first(history):
    page = await history.registry.find_events({})
    assert [event.id for event in page.items] == history.all
    assert page.truncated is False


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"name": "tidetable", "success": False}, lambda h: h.builds[::3]),
        ({"version": "1.4"}, lambda h: [h.builds[4], h.runs[4]]),
        ({"name": "tidetable", "version": "1.4", "release": "2026.11.1", "platform_id": "py3-none-any",
          "package": "wheel"}, lambda h: [h.builds[4], h.runs[4]]),
        ({"name": "Tidetable"}, lambda h: []),
        ({"name": ""}, lambda h: []),
        ({"name": None}, lambda h: []),
        ({"success": None}, lambda h: []),
        ({"id": None, "event_receiver_id": None, "version": "1.4"}, lambda h: [h.builds[4], h.runs[4]]),
        ({"name": "tide\0table"}, lambda h: []),
        ({"id": "\udcff"}, lambda h: []),
    ],
)  # fmt: skip
async def test_every_given_key_must_be_equal(history, where, expected):
    assert await ids(history.registry.find_events(where)) == expected(history)


async def test_by_receiver_and_by_the_type_of_the_receiver(history):
    find = history.registry.find_events
    assert await ids(find({"event_receiver_id": history.tests})) == history.runs
    assert await ids(find({}, type="plab.build")) == history.builds
    assert await ids(find({}, type="plab.nothing")) == []


async def test_a_limit_keeps_the_newest_and_says_that_there_is_more(history):
    page = await history.registry.find_events({}, limit=3)
    assert [event.id for event in page.items] == history.all[-3:]
    assert page.truncated is True
    assert (await history.registry.find_events({}, limit=20)).truncated is False


async def test_pages_backwards_and_forwards_meet_every_event_once(history):
    find = history.registry.find_events
    backwards: list[str] = []
    before = None
    while page := await ids(find({}, limit=7, before=before)):
        backwards = page + backwards
        before = page[0]
    assert backwards == history.all
    forwards = [history.all[0]]
    while page := await ids(find({}, limit=7, after=forwards[-1])):
        forwards += page
    assert forwards == history.all


async def test_a_page_at_an_unknown_id_is_empty(history):
    assert await ids(history.registry.find_events({}, before="nobody")) == []
    assert await ids(history.registry.find_events({}, after="nobody")) == []


@pytest.mark.parametrize("limit", [0, -1])
async def test_a_limit_must_be_positive(history, limit):
    with pytest.raises(InvalidInput, match="limit"):
        await history.registry.find_events({}, limit=limit)


async def test_an_unknown_key_is_refused(history):
    with pytest.raises(InvalidInput, match="payload"):
        await history.registry.find_events({"payload": "x"})


async def test_since_is_inclusive_and_until_is_not(history):
    registry = history.registry
    moment = (await registry.get_event(history.all[5])).created_at
    assert await ids(registry.find_events({}, since=moment)) == history.all[5:]
    assert await ids(registry.find_events({}, until=moment)) == history.all[:5]
    later = datetime.now(UTC) + timedelta(hours=1)
    assert await ids(registry.find_events({}, since=later)) == []


async def test_the_registry_caps_what_is_not_limited(history, open_registry):
    capped = await open_registry(search_limit=6)
    page = await capped.find_events({}, limit=1000)
    assert [event.id for event in page.items] == history.all[-6:]
    assert page.truncated is True


async def test_large_payloads_end_a_page_early(history, open_registry):
    capped = await open_registry(search_bytes=2500)
    for number in range(5):
        payload = msgspec.Raw(b'"' + b"x" * 998 + b'"')
        await capped.create_event(
            new_event(history.build, "2.0", payload=payload, package=str(number))
        )
    page = await capped.find_events({"version": "2.0"})
    assert [event.package for event in page.items] == ["2", "3", "4"]
    assert page.truncated is True
    light = await capped.find_events({"version": "2.0"}, with_payload=False)
    assert len(light.items) == 5
    assert light.items[0].payload == b"null"


async def test_receivers_and_groups_are_found_by_name_type_and_version(history):
    registry = history.registry
    group = await registry.create_group(
        NewGroup(name="tidetable-release-gate", type="plab.gate.release", version="1",
                 description="d", enabled=True, event_receiver_ids=[history.tests, history.build])
    )  # fmt: skip
    assert await ids(registry.find_receivers({"type": "plab.tests"})) == [history.tests]
    assert await ids(registry.find_receivers({"version": "1"}, limit=1)) == [history.tests]
    page = await registry.find_groups({"name": "tidetable-release-gate"})
    assert page.items[0].id == group
    assert page.items[0].event_receiver_ids == (history.tests, history.build)
    assert page.items[0] == await registry.get_group(group)
