import pytest

from epr_server.errors import InvalidInput
from epr_server.json_text import MAX_DEPTH, MAX_DIGITS, compact
from epr_server.request_body import decode_event, decode_group, decode_group_change, decode_receiver
from epr_server.text_fields import problems_of


def test_payload_and_schema_stay_as_they_were_sent():
    event = decode_event(b'{"payload": {"b": 1.10, "a": 12345678901234567890123}, "success": true}')
    assert compact(event.payload, "payload") == b'{"b":1.10,"a":12345678901234567890123}'
    assert event.success is True


def test_a_missing_payload_is_not_a_null_payload():
    assert len(decode_event(b"{}").payload) == 0
    assert bytes(decode_event(b'{"payload":null}').payload) == b"null"


def test_null_counts_as_an_empty_object():
    assert decode_receiver(b" null\n") == decode_receiver(b"{}")


def test_unknown_keys_are_ignored():
    body = b'{"id":"01","created_at":"x","EventReceiver":{"schema":null},"name":"tidetable"}'
    assert decode_event(body).name == "tidetable"


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b"[]", b'"text"', b"5", b"\xef\xbb\xbf{}", b"{} {}", b'{"name":5}',
        b'{"success":"true"}', b'{"success":1}', b'{"name":["a"]}', b'{"name":"\xff"}',
        b'{"payload":"\xff"}', b'{"name":"\\ud800"}', b'{"name":"\\ud800 x"}', b'{"payload":01}',
        b'{"payload":"\\q"}', b'{"payload":[1,]}', b'{"payload":NaN}', b'{"payload":nul}',
        b'{"payload":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"unknown":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
)  # fmt: skip
def test_what_is_not_an_event_is_refused(body):
    with pytest.raises(InvalidInput, match=r"^invalid input: \S"):
        decode_event(body)


@pytest.mark.parametrize("body", [b'{"event_receiver_ids":"x"}', b'{"event_receiver_ids":[5]}', b'{"enabled":0}'])  # fmt: skip
def test_what_is_not_a_group_is_refused(body):
    with pytest.raises(InvalidInput):
        decode_group(body)


@pytest.mark.parametrize(("body", "enabled"), [(b"{}", None), (b'{"enabled":null}', None), (b'{"enabled":true,"name":5}', True)])  # fmt: skip
def test_a_change_looks_at_enabled_only(body, enabled):
    assert decode_group_change(body).enabled is enabled


@pytest.mark.parametrize(
    "document",
    [
        rb'"a\u0000b"', rb'{"\u0000":1}', rb'"\\\u0000"', rb'"\udc00"', rb'["\ud800", "\udc00"]',
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b"1" * (MAX_DIGITS + 1), b"[0." + b"1" * (MAX_DIGITS + 1) + b"]",
    ],
)  # fmt: skip
def test_documents_that_other_readers_choke_on_are_refused(document):
    with pytest.raises(InvalidInput):
        compact(document, "payload")


@pytest.mark.parametrize(
    "document",
    [
        rb'"a\\u0000b"', rb'"\ud83d\ude00"', b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
        b'["' + b"[" * 5000 + b'"]', b'"' + b"7" * 5000 + b'"', b"1" * MAX_DIGITS,
        b"[" + b"[]," * 5000 + b"1]", rb'"\"' + b"1" * 5000 + b'"',
    ],
)  # fmt: skip
def test_documents_that_only_look_dangerous_are_kept(document):
    assert compact(document, "payload") == document


@pytest.mark.parametrize("blank", [None, "", " ", "\t\n", "\u00a0\u2003", "\u0085"])
def test_white_space_is_blank(blank):
    assert problems_of([("platform id", blank)]) == ["platform id cannot be blank"]


@pytest.mark.parametrize("text", ["\u200b", " x ", "é" * 255, "\U0001f6a2" * 255])
def test_anything_else_up_to_255_characters_is_a_text(text):
    assert problems_of([("name", text)]) == []


@pytest.mark.parametrize("text", ["x" * 256, "a\0b"])
def test_too_long_a_text_or_one_with_nul_is_refused(text):
    assert len(problems_of([("name", text), ("version", "1")])) == 1
