"""The bytes of the messages, against those in contract section 10."""

from datetime import UTC, datetime, timedelta, timezone

from epr_server import messages
from epr_server.identity import fingerprint, new_id, unit_key
from epr_server.records import Event, Group, Receiver
from epr_server.representations import receiver_json
from epr_server.timestamps import rfc3339

MADE = datetime(2026, 11, 24, 12, 32, 40, 224498, UTC)
RECEIVER = Receiver(
    id="01M86RPGS0BJK1EKNWDSBYCZVV", name="foobar", type="foo.bar", version="1.1.2", description="d",
    schema=b'{"type":"object","properties":{"name":{"type":"string"}}}',
    fingerprint=fingerprint("foo.bar", "d", "foobar", "1.1.2"), created_at=MADE,
)  # fmt: skip
RECEIVER_JSON = (
    b'{"id":"01M86RPGS0BJK1EKNWDSBYCZVV","name":"foobar","type":"foo.bar","version":"1.1.2",'
    b'"description":"d","schema":{"type":"object","properties":{"name":{"type":"string"}}},'
    b'"fingerprint":"8c316ca06226056d9723ceb24cb8463245b1e8ce2ae534b552263411ad487c2a",'
    b'"created_at":"2026-11-24T12:32:40.224498Z"}'
)
EVENT = Event(
    id="01M86RPH84Y01M1HBTGRPNXZ3D", name="magnificent", version="7.0.1", release="2023.11.16",
    platform_id="linux", package="docker", description="blah", payload=b'{"name":"joe"}',
    success=True, created_at=MADE, event_receiver_id=RECEIVER.id,
)  # fmt: skip
EVENT_JSON = (
    b'{"id":"01M86RPH84Y01M1HBTGRPNXZ3D","name":"magnificent","version":"7.0.1",'
    b'"release":"2023.11.16","platform_id":"linux","package":"docker","description":"blah",'
    b'"payload":{"name":"joe"},"success":true,"created_at":"2026-11-24T12:32:40.224498Z",'
    b'"event_receiver_id":"01M86RPGS0BJK1EKNWDSBYCZVV","EventReceiver":' + RECEIVER_JSON + b"}"
)
GROUP = Group(
    id="01M86RPH3SM92AJWEWE0617HYW", name="the_clash", type="foo.bar.complete", version="3.3.3",
    description="only group", enabled=True, event_receiver_ids=(RECEIVER.id,), created_at=MADE,
    updated_at=MADE,
)  # fmt: skip
GROUP_JSON = (
    b'{"id":"01M86RPH3SM92AJWEWE0617HYW","name":"the_clash","type":"foo.bar.complete",'
    b'"version":"3.3.3","description":"only group","enabled":true,'
    b'"event_receiver_ids":["01M86RPGS0BJK1EKNWDSBYCZVV"],'
    b'"created_at":"2026-11-24T12:32:40.224498Z","updated_at":"2026-11-24T12:32:40.224498Z"}'
)


def test_receiver_created():
    message = messages.receiver_created(RECEIVER, MADE)
    assert message.value == (
        b'{"success":true,"id":"01M86RPGS0BJK1EKNWDSBYCZVV","specversion":"1.0",'
        b'"type":"epr.event.receiver.created","source":"epr","api_version":"v1","name":"foobar",'
        b'"version":"1.1.2","release":"2026-11-24T12:32:40Z",'
        b'"platform_id":"event-provenance-registry","package":"event.receiver","data":{"events":null,'
        b'"event_receivers":[' + RECEIVER_JSON + b'],"event_receiver_groups":null}}'
    )


def test_event_created():
    message = messages.event_created(EVENT, RECEIVER.type, receiver_json(RECEIVER))
    assert message.value == (
        b'{"success":true,"id":"01M86RPH84Y01M1HBTGRPNXZ3D","specversion":"1.0","type":"foo.bar",'
        b'"source":"epr","api_version":"v1","name":"magnificent","version":"7.0.1",'
        b'"release":"2023.11.16","platform_id":"linux","package":"docker","data":{"events":['
        + EVENT_JSON + b'],"event_receivers":[' + RECEIVER_JSON + b'],"event_receiver_groups":null}}'
    )  # fmt: skip


def test_group_complete():
    message = messages.group_complete(EVENT, receiver_json(RECEIVER), GROUP)
    assert message.value == (
        b'{"success":true,"id":"01M86RPH3SM92AJWEWE0617HYW","specversion":"1.0",'
        b'"type":"foo.bar.complete","source":"epr","api_version":"v1","name":"magnificent",'
        b'"version":"7.0.1","release":"2023.11.16","platform_id":"linux","package":"docker",'
        b'"data":{"events":[' + EVENT_JSON + b'],"event_receivers":null,"event_receiver_groups":['
        + GROUP_JSON + b"]}}"
    )  # fmt: skip


def test_group_created_and_modified_differ_in_their_type_only():
    created = messages.group_changed(GROUP, True, MADE)
    modified = messages.group_changed(GROUP, False, MADE)
    assert created.value == modified.value.replace(b"group.modified", b"group.created")
    assert b'"package":"event.receiver.group","data":{"events":null,"event_receivers":null,' in (
        created.value
    )


def test_an_event_and_the_gate_it_opens_share_a_key_and_other_units_have_another():
    event = messages.event_created(EVENT, RECEIVER.type, RECEIVER_JSON)
    assert messages.group_complete(EVENT, RECEIVER_JSON, GROUP).key == event.key
    parts = ("magnificent", "7.0.1", "2023.11.16", "linux", "docker")
    assert event.key == unit_key(*parts).hex().encode()
    shifted = ("magnificen", "t7.0.1", "2023.11.16", "linux", "docker")
    assert unit_key(*parts) != unit_key(*shifted)


def test_timestamps_are_utc_without_trailing_zeros():
    assert rfc3339(MADE.replace(microsecond=220000)) == "2026-11-24T12:32:40.22Z"
    assert rfc3339(MADE.replace(microsecond=0)) == "2026-11-24T12:32:40Z"
    assert rfc3339(MADE.replace(second=0, microsecond=0)) == "2026-11-24T12:32:00Z"
    new_york = MADE.astimezone(timezone(timedelta(hours=-5)))
    assert rfc3339(new_york) == "2026-11-24T12:32:40.224498Z"


def test_ids_are_ulids_that_carry_the_time_and_do_not_repeat():
    ids = [new_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert all(len(id) == 26 and set(id) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for id in ids)
    assert ids[0][:5] == ids[-1][:5]
    assert ids[0][:10] <= ids[-1][:10]
