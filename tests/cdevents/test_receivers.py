import json

import pytest
from cdevents_documents import EXAMPLES, example

import cdevents
import epr
from cdevents.errors import UnknownType

UNIT = epr.NVRPP("tidetable", "1.5.0", "2026.11.1", "py3-none-any", "wheel")


@pytest.fixture(scope="module")
def client(registry):
    with epr.Client(registry.url) as client:
        yield client


def test_a_type_becomes_one_receiver_however_often_it_is_asked_for(client):
    first = cdevents.receiver("artifact.published", client)
    again = cdevents.receiver("dev.cdevents.artifact.published.0.3.0", client)
    assert again.id == first.id
    assert first.name == "dev.cdevents.artifact.published"
    assert first.type == "dev.cdevents.artifact.published.0.3.0"
    assert first.version == "0.3.0"
    assert first.schema == cdevents.schema("artifact.published")


def test_the_registry_takes_every_type_and_gives_it_back_unchanged(client):
    for name in EXAMPLES:
        event = cdevents.parse(example(name))
        stored = client.events.create(
            cdevents.receiver(name, client), UNIT, success=True, payload=event.to_dict()
        )
        assert cdevents.parse(client.events.get(stored.id).payload) == event


def test_the_registry_refuses_what_is_not_a_valid_event(client):
    receiver = cdevents.receiver("artifact.signed", client)
    document = example("artifact.signed")
    del document["subject"]["content"]["signature"]
    with pytest.raises(epr.errors.Refused, match="signature"):
        client.events.create(receiver, UNIT, success=True, payload=document)
    with pytest.raises(epr.errors.Refused):
        client.events.create(receiver, UNIT, success=True, payload=example("build.finished"))


def test_a_custom_type_has_a_receiver_with_a_schema_of_its_own(client):
    type = "dev.cdeventsx.plab-timetable.loaded.0.1.0"
    content = {
        "type": "object",
        "properties": {"boats": {"type": "integer"}},
        "required": ["boats"],
    }
    receiver = cdevents.receiver(type, client, content=content)
    assert (receiver.name, receiver.type, receiver.version) == (
        "dev.cdeventsx.plab-timetable.loaded", type, "0.1.0",
    )  # fmt: skip
    good = cdevents.custom(type, "winter-2026", source="/plab/loader", content={"boats": 14})
    client.events.create(receiver, UNIT, success=True, payload=good.to_dict())
    bad = cdevents.custom(type, "winter-2026", source="/plab/loader", content={"boats": "many"})
    with pytest.raises(epr.errors.Refused, match="boats"):
        client.events.create(receiver, UNIT, success=True, payload=bad.to_dict())


def test_without_a_client_the_registry_of_the_environment_is_asked(registry, client, monkeypatch):
    monkeypatch.setenv("EPR_URL", registry.url)
    assert cdevents.receiver("build.started").id == cdevents.receiver("build.started", client).id


async def test_an_asynchronous_client_is_awaited(registry, client):
    async with epr.AsyncClient(registry.url) as asynchronous:
        receiver = await cdevents.receiver("build.queued", asynchronous)
    assert receiver.id == cdevents.receiver("build.queued", client).id


def test_an_unknown_type_has_no_receiver(client):
    with pytest.raises(UnknownType, match=r"did you mean build\.finished"):
        cdevents.receiver("build.finish", client)


def test_a_schema_is_small_enough_to_stand_twice_in_every_message(client):
    for name in EXAMPLES:
        assert len(json.dumps(cdevents.receiver(name, client).schema)) < 4000
