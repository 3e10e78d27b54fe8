"""Programs written for the upstream SDK (epr-python 0.1.0): contract section 16.1, row by row."""

from __future__ import annotations

import json
import pickle
from dataclasses import is_dataclass

import pytest

import epr
from epr import common, constants, errors, models
from epr.client import Client
from epr.config import Config
from epr.create import create
from epr.fingerprint import Fingerprint, GroupFingerprint, ReceiverFingerprint
from epr.models import Event, EventReceiver, EventReceiverGroup
from epr.search import search

from .conftest import eventually, tidetable


@pytest.fixture
def upstream(registry):
    with Client(registry.url, headers={}) as client:
        yield client


def receiver_model(name: str) -> EventReceiver:
    model = EventReceiver()
    model.name = name
    model.type = "plab.build"
    model.version = "1.0.0"
    model.description = "a wheel was built"
    model.schema = "{}"
    return model


def event_model(receiver_id: str, **fields) -> Event:
    unit = tidetable()._asdict() | {"description": "built", "payload": '{"sha256": "9f86"}'}
    return Event(**unit | {"success": True, "event_receiver_id": receiver_id} | fields)


# ----------------------------------------------------------------------------------------- Client
def test_the_constructor_and_attributes():
    with Client("http://harbour:8042/", headers={"X-Team": "ferry"}) as client:
        assert client.url == "http://harbour:8042"
        assert client.target == "http://harbour:8042/api/v1/graphql/query"
        assert client.headers == {"Content-Type": "application/json", "X-Team": "ferry"}
    with Client(None) as client:
        assert client.url == "http://localhost:8042"


def test_the_six_methods_return_bodies(upstream):
    name = f"upstream-{tidetable().release}"
    body = upstream.create_event_receiver(params=receiver_model(name))
    receiver_id = body["data"]["create_event_receiver"]
    group = EventReceiverGroup(name=name, type="plab.gate", version="1", description="d",
                               enabled=True, event_receiver_ids=[receiver_id])  # fmt: skip
    group_id = upstream.create_event_receiver_group(params=group)["data"][
        "create_event_receiver_group"
    ]
    event = event_model(receiver_id)
    event_id = upstream.create_event(params=event)["data"]["create_event"]

    fields = ["id", "name", "success", "payload"]
    found = upstream.search_events(
        params=event.as_dict_query() | {"name": event.name}, fields=fields
    )
    assert found == {"data": {"events": [
        {"id": event_id, "name": "tidetable", "success": True, "payload": {"sha256": "9f86"}}
    ]}}  # fmt: skip
    assert upstream.search_event_receivers({"id": receiver_id}) == {
        "data": {"event_receivers": [{"id": receiver_id}]}
    }
    found = upstream.search_event_receiver_groups({"name": name}, ["id", "enabled"])
    assert found["data"]["event_receiver_groups"] == [{"id": group_id, "enabled": True}]


@pytest.mark.parametrize(
    ("operation", "params", "fields", "document"),
    [
        ("events", {"name": "tidetable"}, ["id", "name"],
         "query ($obj: FindEventInput!){events(event: $obj) { id,name }}"),
        ("event_receivers", {}, None,
         "query ($obj: FindEventReceiverInput!){event_receivers(event_receiver: $obj) { id }}"),
    ],
)  # fmt: skip
def test_search_documents_are_upstreams(upstream, operation, params, fields, document):
    query = upstream.new_graphql_search_query(operation, params, fields)
    assert query == {"query": document, "variables": {"obj": params}}


def test_mutation_documents_are_upstreams_with_payloads_as_text(upstream):
    query = upstream.new_graphql_mutation_query("create_event", {"name": "x", "payload": {"a": 1}})
    assert query["query"] == "mutation ($obj: CreateEventInput!){create_event(event: $obj)}"
    assert query["variables"]["obj"] == {"name": "x", "payload": '{"a": 1}'}


def test_a_refusal_is_returned_not_raised(upstream):
    body = upstream.create_event({"name": "tidetable"})
    assert not body.get("data")
    assert body["errors"][0]["message"]
    assert upstream.search_events({}, ["boats"])["errors"]


def test_no_parameters_search_for_everything(upstream):
    name = f"everything-{tidetable().release}"
    upstream.create_event_receiver(receiver_model(name))
    assert {"name": name} in upstream.search_event_receivers(fields=["name"])["data"][
        "event_receivers"
    ]


def test_query_search_mutation_and_post_are_there(upstream):
    assert upstream.query("{ __typename }", None) == {"data": {"__typename": "Query"}}
    assert upstream.search("events", {"name": "nobody"}, ["id"]) == {"data": {"events": []}}
    assert upstream.mutation("create_event", {})["errors"]
    body = upstream.post(upstream.target, data={"query": "{ __typename }"})
    assert json.loads(body) == {"data": {"__typename": "Query"}}


def test_something_that_is_no_registry_raises_a_value_error(scripted):
    server = scripted((200, {}, b"<html>"))
    with Client(server.url) as client, pytest.raises(ValueError, match="registry"):
        client.search_events({})


# ----------------------------------------------------------------------------------------- models
def test_models_are_mutable_dataclasses_with_upstreams_fields_and_defaults():
    assert Event().as_dict() == {
        "id": "", "name": "", "version": "", "release": "", "platform_id": "", "package": "",
        "description": "", "payload": {}, "success": False, "created_at": "",
        "event_receiver_id": "", "event_receiver": {},
    }  # fmt: skip
    assert EventReceiver().as_dict() == {
        "id": "", "name": "", "type": "", "version": "", "description": "", "schema": {},
        "fingerprint": "", "created_at": "",
    }  # fmt: skip
    assert EventReceiverGroup().as_dict() == {
        "id": "", "name": "", "type": "", "version": "", "description": "", "enabled": False,
        "event_receiver_ids": [], "created_at": "", "updated_at": "", "fingerprint": "",
    }  # fmt: skip
    assert all(map(is_dataclass, (Event, models.Data, models.Message, models.GraphQLQuery)))
    assert Event(id="a", name="n") == Event(id="b", name="n")
    assert [models.ModelType.RECEIVER.lower(), models.ModelType.GROUP.lower_plural()] == [
        "eventreceiver",
        "eventreceivergroups",
    ]


def test_a_query_keeps_what_is_filled_and_a_false_that_was_set():
    assert Event(name="tidetable").as_dict_query() == {"name": "tidetable"}
    assert Event(name="tidetable", success=False).as_dict_query() == {
        "name": "tidetable",
        "success": False,
    }
    event = Event()
    event.success = False
    assert event.as_dict_query() == {"success": False}
    assert pickle.loads(pickle.dumps(event)).as_dict_query() == {"success": False}
    assert Event("", "tidetable").as_dict_query() == {"name": "tidetable"}


def test_failed_events_can_be_asked_for(upstream):
    receiver_id = upstream.create_event_receiver(receiver_model("failing"))["data"][
        "create_event_receiver"
    ]
    event = event_model(receiver_id, success=False)
    id = upstream.create_event(event)["data"]["create_event"]
    upstream.create_event(event_model(receiver_id, release=event.release, success=True))
    found = upstream.search_events(Event(release=event.release, success=False))
    assert found["data"]["events"] == [{"id": id}]


def test_a_message_model_holds_a_real_message(registry, client, receiver, unit):
    event = client.events.create(receiver, unit, success=True, payload={"n": 1})

    def arrived() -> list[bytes]:
        messages = epr.read_topic(registry.topic, brokers=registry.brokers)
        return [message.raw for message in messages if message.id == event.id]

    (raw,) = eventually(arrived)
    message = models.Message.from_dict(json.loads(raw))
    assert message.name == "tidetable"
    assert message.data.events[0].payload == {"n": 1}
    assert message.data.events[0].event_receiver["name"] == receiver.name
    assert message.data.receivers[0].compute_fingerprint() == receiver.fingerprint
    assert message.data.receiver_groups is None
    assert message.as_dict()["data"]["events"][0]["id"] == event.id


# ------------------------------------------------------------------------------- the other modules
def test_fingerprints_are_the_registrys_and_print_nothing(capsys):
    values = {"name": "watcher-workshop", "type": "foo.bar", "version": "1.0.0",
              "description": "The event receiver of Brixton"}  # fmt: skip
    expected = "b183c34c7ba56b17f89dfe0c0b22c0a340889cae88d8e87a3f16bc5bdc8f7acb"
    assert ReceiverFingerprint.new(values).fingerprint == expected
    assert EventReceiver(**values).compute_fingerprint() == expected
    assert ReceiverFingerprint(values | {"name": ""}).fingerprint is None
    group = values | {"enabled": True, "event_receiver_ids": ["a", "b"]}
    seed = "v1 foo.bar The event receiver of Brixton watcher-workshop 1.0.0 True a b"
    assert GroupFingerprint(group).fingerprint == common.hash_string(seed)
    assert GroupFingerprint(group | {"enabled": False}).fingerprint is None
    keyed = Fingerprint.new({"b": {"x": 1}, "a": 2}, ["b", "a"])
    assert keyed.fingerprint == common.hash_string("v1 2 x 1")
    assert capsys.readouterr().out == ""


def test_common_functions(tmp_path):
    file = tmp_path / "wheel"
    file.write_bytes(b"hello")
    digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert common.hash_string("hello") == digest
    assert common.hash_file(str(file)) == f"sha256:{digest}"
    assert common.find_jsonpath({"hello": "world"}, "$.hello") == ["world"]
    assert common.find_jsonpath({"hello": "world"}, "$.missing") == []
    text = json.dumps({"event": Event(name="tidetable")}, cls=common.EnhancedJSONEncoder)
    assert json.loads(text)["event"]["name"] == "tidetable"
    assert constants.info().splitlines() == [constants.__title__, constants.__version__]
    assert constants.__version_info__ == tuple(constants.__version__.split("."))


def test_upstreams_errors_are_where_they_were():
    for name in ("RunCmdError", "CmdMissingError", "FileNotFoundError", "InvalidKeyError",
                 "KeyNotFoundError", "NotImplemented"):  # fmt: skip
        assert issubclass(getattr(errors, name), errors.BaseError)
    error = errors.GraphQLError("no such field")
    assert isinstance(error, errors.EPRError)
    assert error.message == "Error making GraphQL request to EPR: no such field"
    assert str(error) == "no such field"


def test_create_and_search_run_a_config(registry, capsys):
    name = f"config-{tidetable().release}"
    made = create(Config(registry.url, None, event_receivers=[receiver_model(name)]))
    assert json.loads(capsys.readouterr().out) == made
    assert list(made) == ["events", "event_receivers", "event_receiver_groups"]
    receiver_id = made["event_receivers"][0]
    events = [event_model(receiver_id, name=name), event_model(receiver_id, name=name)]
    group = EventReceiverGroup(name=name, type="plab.gate", version="1", description="d",
                               enabled=True, event_receiver_ids=[receiver_id])  # fmt: skip
    made = create(Config(registry.url, None, events=events, event_receiver_groups=[group]))
    capsys.readouterr()

    query = Config(registry.url, None, events=[Event(name=name)],
                   event_receivers=[EventReceiver(name=name)],
                   event_receiver_groups=[EventReceiverGroup(name=name)])  # fmt: skip
    found = search(query)
    assert json.loads(capsys.readouterr().out) == found
    assert [e["id"] for e in found["events"]] == made["events"][-1:]
    assert set(found["events"][0]) == {"id", "name", "version", "release", "platform_id", "package",
                                       "description", "success", "event_receiver_id"}  # fmt: skip
    assert found["event_receivers"][0]["schema"] == {}
    assert found["event_receiver_groups"][0]["enabled"] is True
    query.event_fields = ["release"]
    assert search(query)["events"] == [{"release": events[-1].release}]


def test_create_raises_the_reason_and_search_finds_nothing_calmly(registry, capsys):
    with pytest.raises(errors.GraphQLError, match="receiver for event does not exist"):
        create(Config(registry.url, None, events=[event_model("nope")]))
    nothing = search(Config(registry.url, None, events=[Event(name="no such unit")]))
    assert nothing == {"events": [], "event_receivers": [], "event_receiver_groups": []}
    capsys.readouterr()


def test_a_config_becomes_a_dict_and_its_token_is_sent(start_registry, capsys):
    config = Config("http://harbour", "t", events=[Event(name="tidetable")])
    assert config.as_dict()["events"][0]["name"] == "tidetable"
    registry = start_registry(token="harbour-7")
    made = create(Config(registry.url, "harbour-7", event_receivers=[receiver_model("tokened")]))
    assert len(made["event_receivers"]) == 1
    capsys.readouterr()
