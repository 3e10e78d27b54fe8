from datetime import UTC, datetime

import pytest

from epr_lineage import Event, Group, Message, NotARecord, Receiver, Unit

EVENT = {
    "id": "01M86RPGY4XR2CR4KSJGFPNQDN",
    "name": "tidetable",
    "version": "1.4.0",
    "release": "2026.11.1",
    "platform_id": "py3-none-any",
    "package": "wheel",
    "description": "wheel built",
    "payload": {"context": {"timestamp": "2026-11-24T12:32:00Z"}},
    "success": True,
    "created_at": "2026-11-24T12:32:40.388991Z",
    "event_receiver_id": "01M86RPGS0BJK1EKNWDSBYCZVV",
}
GROUP = {
    "id": "G",
    "name": "gate",
    "type": "t",
    "enabled": True,
    "event_receiver_ids": ["A", "B", "A"],
}


def test_an_event_is_read_with_its_two_clocks():
    event = Event.of(EVENT)
    assert event.unit == Unit("tidetable", "1.4.0", "2026.11.1", "py3-none-any", "wheel")
    assert event.recorded_at == datetime(2026, 11, 24, 12, 32, 40, 388991, tzinfo=UTC)
    assert event.occurred_at == datetime(2026, 11, 24, 12, 32, tzinfo=UTC)
    assert event.success is True


@pytest.mark.parametrize(
    "payload", [None, 1, [], {"context": 1}, {"context": {"timestamp": "noon"}},
                {"context": {"timestamp": "2026-11-24T12:32:00"}}],
)  # fmt: skip
def test_without_a_stated_time_there_is_no_second_clock(payload):
    assert Event.of(EVENT | {"payload": payload}).occurred_at is None


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("id", None, "id is missing"),
        ("release", 7, "release is not a text"),
        ("created_at", "yesterday", "created_at is not a time"),
    ],
)
def test_a_broken_event_says_what_is_wrong(key, value, why):
    with pytest.raises(NotARecord, match=why):
        Event.of(EVENT | {key: value})


def test_a_member_listed_twice_is_one_member():
    assert Group.of(GROUP).receiver_ids == ("A", "B")
    with pytest.raises(NotARecord, match="event_receiver_ids"):
        Group.of(GROUP | {"event_receiver_ids": None})


def test_a_receiver_needs_its_name():
    with pytest.raises(NotARecord, match="name is missing"):
        Receiver.of({"id": "R"})


def test_a_message_knows_whether_it_announces_an_event_a_gate_or_neither():
    data = {"events": [EVENT], "event_receivers": None, "event_receiver_groups": None}
    envelope = EVENT | {"type": "plab.build", "data": data}
    plain = Message.of(envelope, "epr.dev.events", 2, 41)
    assert (plain.partition, plain.offset, plain.event_id) == (2, 41, EVENT["id"])
    assert plain.group_id is None
    complete = Message.of(envelope | {"data": data | {"event_receiver_groups": [GROUP]}}, "t", 0, 1)
    assert complete.group_id == "G"
    assert Message.of({"id": "R", "type": "x", "data": {"events": None}}, "t", 0, 1) is None
    assert Message.of({"id": "R", "type": "x", "data": "text"}, "t", 0, 1) is None
