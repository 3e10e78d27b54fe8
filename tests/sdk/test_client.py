"""The typed calls, against a real registry; the awaited ones give the same."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

import epr
from epr import errors

from .conftest import tidetable

NO_SUCH_ID = "01HPW0DY340VMM3DNMX8JCQDGN"


def test_a_receiver_comes_back_as_it_was_made(client, make_receiver):
    schema = {"type": "object", "required": ["sha256"]}
    made = make_receiver(schema=schema, version="2.0.0", description="a wheel was built")
    assert (made.schema, made.version, made.description) == (schema, "2.0.0", "a wheel was built")
    assert made.created_at.tzinfo is not None
    assert client.receivers.get(made.id) == made
    assert list(client.receivers.find(name=made.name)) == [made]


def test_an_event_comes_back_with_its_receiver_and_unit(client, receiver, unit):
    payload = {"sha256": "9f86d081", "tests": {"passed": 12, "failed": 0}, "tags": ["a", None, 1.5]}
    event = client.events.create(receiver, unit, success=True, payload=payload)
    assert event.nvrpp == unit
    assert str(event.nvrpp) == "/".join(unit)
    assert event.receiver == receiver
    assert event.payload == payload
    assert event.description == "tidetable 1.4.0"
    assert client.events.get(event.id) == event


def test_a_receiver_may_be_given_as_its_id(client, receiver, unit):
    assert client.events.create(receiver.id, unit, success=False).event_receiver_id == receiver.id


def test_post_returns_the_id_only(client, receiver, unit):
    id = client.events.post(receiver, unit, success=True, payload={"n": 1})
    assert client.events.get(id).payload == {"n": 1}


def test_a_payload_may_be_any_json_value(client, receiver, unit):
    for payload in ([1, 2], "text", 0, False, {"": {"é\n": "𝄞"}}, 10**30):
        assert (
            client.events.create(receiver, unit, success=True, payload=payload).payload == payload
        )


def test_a_payload_that_is_not_json_is_refused_before_it_is_sent(client, receiver, unit):
    with pytest.raises(ValueError, match="JSON compliant"):
        client.events.post(receiver, unit, success=True, payload={"n": float("nan")})


def test_find_or_create_finds_the_equal_one_and_makes_the_different_one(client, make_receiver):
    first = make_receiver(schema={"type": "object"})
    same = {"name": first.name, "type": first.type}
    again = client.receivers.find_or_create(schema={"type": "object"}, **same)
    other = client.receivers.find_or_create(schema={"type": "array"}, **same)
    assert again == first
    assert other.id != first.id
    assert client.receivers.find_or_create(schema={"type": "array"}, **same) == other


def test_a_group_is_found_again_even_when_it_was_disabled(client, make_receiver):
    receivers = [make_receiver(), make_receiver()]
    fields = {"name": receivers[0].name, "type": "plab.gate.release", "receivers": receivers}
    made = client.groups.find_or_create(**fields)
    assert made.enabled
    assert made.event_receiver_ids == tuple(r.id for r in receivers)
    off = client.groups.disable(made)
    assert not off.enabled
    assert client.groups.find_or_create(**fields) == off
    assert client.groups.enable(made.id).enabled
    other_order = client.groups.find_or_create(**fields | {"receivers": receivers[::-1]})
    assert other_order.id != made.id


def test_receivers_of_a_group_must_be_a_list(client, receiver):
    with pytest.raises(TypeError, match="a list of receivers"):
        client.groups.create(name="gate", type="plab.gate", receivers=receiver.id)


def test_latest_is_the_newest_event_or_none(client, make_receiver, unit):
    build, scan = make_receiver(), make_receiver()
    assert client.events.latest(unit) is None
    client.events.post(build, unit, success=False)
    newest = client.events.post(build, unit, success=True)
    client.events.post(scan, unit, success=False)
    assert client.events.latest(unit, receiver=build).id == newest
    assert client.events.latest(unit, type=scan.type).success is False


def test_a_refusal_lists_every_problem(client, make_receiver, unit):
    receiver = make_receiver(
        schema={
            "type": "object",
            "required": ["sha256"],
            "properties": {"size": {"type": "integer"}},
        }
    )
    with pytest.raises(errors.Refused) as refused:
        client.events.create(receiver, unit, success=True, payload={"size": "big"})
    headline, *violations = refused.value.problems
    assert headline == "event payload did not match event receiver schema"
    assert sorted(v.split(":")[0] for v in violations) == ["(root)", "size"]
    assert refused.value.status == 400
    assert not refused.value.maybe_stored
    assert "sha256" in str(refused.value)


@pytest.mark.parametrize(
    "unit",
    [("", "1", "1", "1", "1"), ("a\0b", "1", "1", "1", "1"), ("x" * 256, "1", "1", "1", "1")],
)
def test_texts_the_registry_does_not_take_are_refused(client, receiver, unit):
    with pytest.raises(errors.Refused):
        client.events.post(receiver, unit, success=True, description="odd")


def test_unknown_ids_are_not_found(client, receiver):
    for get in (client.events.get, client.receivers.get, client.groups.get, client.groups.enable):
        with pytest.raises(errors.NotFound, match=NO_SUCH_ID):
            get(NO_SUCH_ID)
    for odd in ("", "..", "a/b", "é?#"):
        with pytest.raises(errors.NotFound):
            client.events.get(odd)


def test_an_event_for_an_unknown_receiver_is_refused(client, unit):
    with pytest.raises(errors.Refused, match="receiver for event does not exist"):
        client.events.post(NO_SUCH_ID, unit, success=True)


def test_graphql_returns_data_and_raises_reasons(client, receiver):
    query = "query ($id: ID!) { event_receivers_by_id(id: $id) { name } }"
    assert client.graphql(query, {"id": receiver.id}) == {
        "event_receivers_by_id": [{"name": receiver.name}]
    }
    with pytest.raises(errors.NotFound):
        client.graphql(query, {"id": NO_SUCH_ID})
    with pytest.raises(errors.GraphQLError) as invalid:
        client.graphql("{ boats { name } }")
    assert "boats" in str(invalid.value)
    assert invalid.value.errors[0]["locations"]


def test_health_and_status_of_a_registry_that_works(client):
    assert client.health() == epr.Health(live=True, ready=True)
    assert client.status()["service"]["name"] == "server"


def test_times_narrow_a_search(client, receiver, unit):
    first = client.events.create(receiver, unit, success=True)
    second = client.events.create(receiver, unit, success=True)
    assert [e.id for e in client.events.find(unit, since=second.created_at)] == [second.id]
    assert [e.id for e in client.events.find(unit, until=second.created_at)] == [first.id]
    later = datetime.now(UTC) + timedelta(days=1)
    assert list(client.events.find(unit, since=later)) == []
    with pytest.raises(ValueError, match="time zone"):
        client.events.find(unit, since=datetime(2026, 11, 24))


def test_a_unit_and_a_part_of_it_cannot_both_be_given(client, unit):
    with pytest.raises(ValueError, match="name"):
        client.events.find(unit, name="harbourmap")


def test_a_wrong_token_is_unauthorized_and_the_right_one_is_not(start_registry, monkeypatch, unit):
    registry = start_registry(token="harbour-7")
    with epr.Client(registry.url) as anyone, pytest.raises(errors.Unauthorized, match="token"):
        list(anyone.receivers.find(name="tidetable-build"))
    with epr.Client(registry.url, token="harbour-7") as known:
        assert list(known.receivers.find(name="tidetable-build")) == []
    monkeypatch.setenv("EPR_TOKEN", "harbour-7")
    with epr.Client(registry.url) as known:
        assert list(known.receivers.find(name="tidetable-build")) == []


def test_a_payload_over_the_limit_is_too_large(client, receiver, unit):
    with pytest.raises(errors.TooLarge) as too_large:
        client.events.post(receiver, unit, success=True, payload="x" * (9 * 1024 * 1024))
    assert not too_large.value.maybe_stored


def test_the_address_comes_from_the_environment(registry, monkeypatch):
    monkeypatch.setenv("EPR_URL", registry.url + "/")
    with epr.Client() as client:
        assert client.url == registry.url
        assert client.health().ready


def test_the_awaited_calls_give_what_the_blocking_ones_give(client, registry, make_receiver, unit):
    async def everything() -> None:
        async with epr.AsyncClient(registry.url) as other:
            name = f"async-{tidetable().release}"
            build = await other.receivers.create(name=name, type=f"plab.{name}", schema={})
            assert await other.receivers.get(build.id) == client.receivers.get(build.id)
            same = await other.receivers.find_or_create(name=name, type=build.type, schema={})
            assert same == build
            gate = await other.groups.create(name=name, type="plab.gate", receivers=[build])
            assert await other.groups.get(gate.id) == client.groups.get(gate.id)
            assert await other.groups.find_or_create(
                name=name, type="plab.gate", receivers=[build]
            ) == gate  # fmt: skip
            assert not (await other.groups.disable(gate)).enabled
            assert (await other.groups.enable(gate)).enabled
            assert [g.id async for g in other.groups.find(name=name)] == [gate.id]
            assert [r.id async for r in other.receivers.find(name=name)] == [build.id]
            posts = [other.events.post(build, unit, success=n % 2 == 0) for n in range(20)]
            ids = await asyncio.gather(*posts)
            found = [e.id async for e in other.events.find(unit, page_size=7)]
            assert sorted(found) == sorted(ids)
            assert found == [e.id for e in client.events.find(unit)]
            event = await other.events.create(build, unit, success=True)
            assert await other.events.get(event.id) == event
            assert await other.events.latest(unit) == client.events.latest(unit)
            assert await other.health() == client.health()
            assert (await other.status())["service"] == client.status()["service"]
            assert await other.graphql("{ __typename }") == {"__typename": "Query"}
            with pytest.raises(errors.NotFound):
                await other.events.get(NO_SUCH_ID)

    asyncio.run(everything())
