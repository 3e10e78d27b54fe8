"""Reading messages: real ones, and everything else that may be on a topic."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import epr
from epr.errors import NotAnEnvelope
from epr.messages import Message, moment

from .conftest import eventually

RECEIVER = {
    "id": "R1", "name": "tidetable-build", "type": "plab.build", "version": "1.0.0",
    "description": "d", "schema": {}, "fingerprint": "f", "created_at": "2026-11-24T12:32:40.22Z",
}  # fmt: skip
EVENT = {
    "id": "E1", "name": "tidetable", "version": "1.4.0", "release": "2026.11.1",
    "platform_id": "py3-none-any", "package": "wheel", "description": "d", "payload": {"n": 1},
    "success": True, "created_at": "2026-11-24T07:32:40-05:00", "event_receiver_id": "R1",
    "EventReceiver": RECEIVER,
}  # fmt: skip
GROUP = {
    "id": "G1", "name": "gate", "type": "plab.gate", "version": "1", "description": "d",
    "enabled": True, "event_receiver_ids": ["R1"], "created_at": "2026-11-24T12:32:40Z",
    "updated_at": "2026-11-24T12:32:40Z",
}  # fmt: skip


def envelope(events=None, receivers=None, groups=None, **changes) -> bytes:
    """A message as the contract shows it, with some keys changed."""
    value = {
        "success": True, "id": "E1", "specversion": "1.0", "type": "plab.build", "source": "epr",
        "api_version": "v1", "name": "tidetable", "version": "1.4.0", "release": "2026.11.1",
        "platform_id": "py3-none-any", "package": "wheel",
        "data": {"events": events, "event_receivers": receivers, "event_receiver_groups": groups},
    }  # fmt: skip
    return json.dumps(value | changes).encode()


def test_every_kind_of_real_message_is_read(registry, client, make_receiver, unit):
    receiver = make_receiver()
    group = client.groups.create(name=receiver.name, type="plab.gate.x", receivers=[receiver])
    event = client.events.create(receiver, unit, success=True, payload={"n": 1})

    def arrived() -> list[Message]:
        messages = epr.read_topic(registry.topic, brokers=registry.brokers)
        mine = [m for m in messages if receiver.name in (m.name, m.receiver and m.receiver.name)
                or (m.group and m.group.id == group.id)]  # fmt: skip
        return mine if len(mine) == 4 else []

    new_receiver, new_group, stored, completion = eventually(arrived)
    assert [m.kind for m in (new_receiver, new_group, stored, completion)] == [
        "receiver", "group", "event", "completion",
    ]  # fmt: skip
    assert new_receiver.receiver == receiver
    assert (new_group.group, new_group.event, new_group.payload) == (group, None, None)
    assert stored.event == event
    assert stored.receiver == receiver
    assert (stored.type, stored.nvrpp, stored.payload) == (receiver.type, unit, {"n": 1})
    assert (completion.type, completion.group, completion.event) == ("plab.gate.x", group, event)
    assert json.loads(stored.raw)["id"] == event.id
    assert (stored.topic, stored.partition) == (registry.topic, 0)
    assert stored.offset < completion.offset
    assert stored.timestamp.tzinfo is not None
    assert len({m.identity for m in (new_receiver, new_group, stored, completion)}) == 4


def test_completions_of_one_group_have_different_identities():
    def completion(event_id: str) -> Message:
        return Message.parse(envelope([EVENT | {"id": event_id}], None, [GROUP], id="G1"))

    assert completion("E1").identity == completion("E1").identity
    assert completion("E1").identity != completion("E2").identity


def test_what_is_unknown_is_ignored_and_absent_texts_are_empty():
    value = json.loads(envelope([EVENT | {"tide": "high"}]))
    for key in ("specversion", "api_version", "source", "release"):
        del value[key]
    message = Message.parse(json.dumps(value | {"extra": [1]}).encode())
    assert message.source == ""
    assert message.nvrpp.release == ""
    assert message.event.id == "E1"
    assert "payload" not in repr(message)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "no value"),
        (b"", "not JSON"),
        (b"the 10:40 is late", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "not JSON"),
        (b'{"n": NaN}', "not JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"5", "int, not an object"),
        (b"null", "not an object"),
        (b"{}", "'data' is not an object"),
        (envelope(data=None), "'data' is not an object"),
        (envelope(), "'data' is empty"),
        (envelope([]), "'data' is empty"),
        (envelope("E1"), "'data.events' is not a list"),
        (envelope([None]), "an event is NoneType"),
        (envelope([{}]), "'id' of an event is missing"),
        (envelope([EVENT | {"success": 1}]), "'success' of an event is int"),
        (envelope([EVENT | {"created_at": "soon"}]), "is not a time"),
        (envelope([EVENT | {"created_at": "2026-11-24T12:00:00"}]), "no UTC offset"),
        (envelope([EVENT | {"EventReceiver": 5}]), "a receiver is int"),
        (envelope(None, None, [GROUP | {"event_receiver_ids": [1]}]), "texts only"),
        (envelope([EVENT], type=None), "'type' is not text"),
        (envelope([EVENT], id=7), "'id' is not text"),
        (envelope([EVENT], success="yes"), "'success' is not a boolean"),
        (envelope([EVENT], release=2026), "'release' is not text"),
    ],
)
def test_what_is_no_message_is_refused_with_a_reason(raw, reason):
    with pytest.raises(NotAnEnvelope, match=reason.replace("(", r"\(")):
        Message.parse(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@given(st.binary() | json_values.map(lambda v: json.dumps(v).encode()))
def test_nothing_on_the_topic_raises_anything_else(raw):
    with pytest.raises(NotAnEnvelope):
        Message.parse(raw)


@given(st.dictionaries(st.sampled_from([*EVENT, *GROUP]), json_values, max_size=3))
def test_a_message_with_anything_in_it_is_read_or_refused(changes):
    for raw in (
        envelope([EVENT | changes]),
        envelope(None, [RECEIVER | changes]),
        envelope([EVENT], None, [GROUP | changes]),
        envelope([EVENT], **changes),
    ):
        with contextlib.suppress(NotAnEnvelope):
            assert Message.parse(raw).kind in ("event", "receiver", "completion")


@pytest.mark.parametrize("milliseconds", [None, 10**20, -(10**20)])
def test_a_timestamp_out_of_range_is_none(milliseconds):
    assert moment(milliseconds) is None
