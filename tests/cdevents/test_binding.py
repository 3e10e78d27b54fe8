import base64
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from cdevents_documents import EXAMPLES, example
from cloudevents.core.bindings import http as sdk_http
from confluent_kafka import Consumer, Producer, TopicPartition

import cdevents
from cdevents.errors import InvalidEvent, InvalidMessage, NotJSON, UnsupportedVersion

MODES = ("structured", "binary")


def _event(name="service.deployed"):
    return cdevents.parse(EXAMPLES[name].read_bytes())


# ------------------------------------------------------------------------------------ over the wire
@pytest.fixture(scope="module")
def sink():
    """An HTTP server that reads CDEvents, as a receiver of webhooks would; (address, received)."""
    received = []

    class Sink(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                received.append(cdevents.from_http(self.headers.items(), body))
                self.send_response(202)
            except ValueError as error:
                received.append(error)
                self.send_response(400)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Sink) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


@pytest.mark.parametrize("mode", MODES)
def test_every_type_travels_over_http(sink, mode):
    address, received = sink
    received.clear()
    sent = [_event(name) for name in EXAMPLES]
    with httpx.Client(base_url=address) as client:
        for event in sent:
            message = cdevents.to_http(event, mode)
            answer = client.post("/", headers=message.headers, content=message.body)
            assert answer.status_code == 202
    assert received == sent


@pytest.mark.bus
@pytest.mark.parametrize("mode", MODES)
def test_every_type_travels_over_kafka(services, mode):
    topic = f"test.cdevents.{uuid.uuid4().hex[:12]}"
    sent = [_event(name) for name in EXAMPLES]
    producer = Producer({"bootstrap.servers": services.brokers})
    for event in sent:
        message = cdevents.to_kafka(event, mode)
        producer.produce(topic, message.value, message.key, 0, headers=message.headers)
    assert producer.flush(30) == 0
    consumer = Consumer({"bootstrap.servers": services.brokers, "group.id": topic})
    consumer.assign([TopicPartition(topic, 0, 0)])
    received = []
    while len(received) < len(sent):
        message = consumer.poll(30)
        assert message is not None
        assert message.error() is None
        received.append(cdevents.from_kafka(message.headers(), message.value()))
    consumer.close()
    assert received == sent


# ------------------------------------------------------------------------------------ what is sent
def test_the_envelope_repeats_the_event_and_carries_all_of_it():
    event = _event()
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject_id,
        "time": event.timestamp,
        "correlationid": event.chain_id,
        "causationid": event.links[0].from_id,
    }
    binary = cdevents.to_http(event, "binary")
    assert binary.headers == {
        "content-type": "application/cdevents+json",
        **{f"ce-{name}": value for name, value in attributes.items()},
    }
    assert json.loads(binary.body) == event.to_dict()
    structured = cdevents.to_http(event)
    assert structured.headers == {"content-type": "application/cloudevents+json"}
    assert json.loads(structured.body) == {
        **attributes, "datacontenttype": "application/cdevents+json", "data": event.to_dict(),
    }  # fmt: skip
    kafka = dict(cdevents.to_kafka(event, "binary").headers)
    assert kafka == {
        "content-type": b"application/cdevents+json",
        **{f"ce_{name}": value.encode() for name, value in attributes.items()},
    }


def test_an_event_without_chain_and_link_has_no_such_attributes():
    event = cdevents.build.started("tidetable", source="/plab/builder")
    assert not {"ce-correlationid", "ce-causationid"} & set(
        cdevents.to_http(event, "binary").headers
    )


def test_the_key_keeps_a_chain_in_order():
    event = _event()
    assert cdevents.to_kafka(event).key == event.chain_id.encode()
    assert cdevents.to_kafka(event, key="tidetable").key == b"tidetable"
    alone = cdevents.build.started("tidetable", source="/plab/builder")
    assert cdevents.to_kafka(alone).key == b"tidetable"


def test_names_outside_ascii_travel_in_headers():
    event = cdevents.build.started('Fähre "Mövensteiß" 100 %', source="/plab/builder")
    message = cdevents.to_http(event, "binary")
    assert message.headers["ce-subject"].isascii()
    assert cdevents.from_http(message.headers, message.body) == event
    message = cdevents.to_kafka(event, "binary")
    assert dict(message.headers)["ce_subject"].decode() == event.subject_id
    assert cdevents.from_kafka(message.headers, message.value) == event


def test_a_time_finer_than_a_microsecond_arrives_whole():
    event = cdevents.build.started(
        "tidetable", source="/p", timestamp="2026-11-01T08:30:00.123456789Z"
    )
    for mode in MODES:
        message = cdevents.to_http(event, mode)
        assert cdevents.from_http(message.headers, message.body).timestamp == event.timestamp


def test_there_are_two_modes():
    for to in (cdevents.to_http, cdevents.to_kafka):
        with pytest.raises(ValueError, match="no mode 'batch'; it is 'structured' or 'binary'"):
            to(_event(), "batch")


# ---------------------------------------------------------------------------------------- the guard
def _http(mode="binary", **changes):
    """Headers and body of a message with some headers changed (`None` removes one)."""
    message = cdevents.to_http(_event(), mode)
    headers = {**message.headers, **{k.replace("_", "-"): v for k, v in changes.items()}}
    return {k: v for k, v in headers.items() if v is not None}, message.body


def _structured(**changes):
    headers, body = _http("structured")
    envelope = {**json.loads(body), **changes}
    return headers, json.dumps({k: v for k, v in envelope.items() if v is not None}).encode()


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "subject", "time"])
def test_what_the_sdk_would_make_up_is_demanded(name):
    said = f"the CloudEvent has no {name}; the binding demands specversion, id, source, type, subject, time"
    for headers, body in (_http(**{f"ce_{name}": None}), _structured(**{name: None})):
        if name == "specversion" and "ce-id" in headers:
            continue  # then nothing says that it is a CloudEvent; see below
        with pytest.raises(InvalidMessage) as caught:
            cdevents.from_http(headers, body)
        assert said in str(caught.value)
    kafka = cdevents.to_kafka(_event(), "binary")
    without = [(header, value) for header, value in kafka.headers if header != f"ce_{name}"]
    with pytest.raises(InvalidMessage, match="not a CloudEvent" if name == "specversion" else said):
        cdevents.from_kafka(without, kafka.value)


def test_the_sdk_alone_reads_two_events_from_the_same_bytes():
    headers, body = _http(ce_id=None, ce_time=None)
    first, second = (
        sdk_http.from_http_event(sdk_http.HTTPMessage(headers, body)) for _ in range(2)
    )
    assert first.get_id() != second.get_id()


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (_http(ce_id="7"), "the envelope's id is '7', but the CDEvent inside says"),
        (_http(ce_source="/plab/impostor"), "the envelope's source is '/plab/impostor', but the CDEvent inside says '/plab/deployer'; one of the two was changed"),
        (_http(ce_type="dev.cdevents.service.removed.0.3.0"), "the envelope's type is"),
        (_http(ce_subject="harbourmap"), "the envelope's subject is 'harbourmap'"),
        (_http(ce_time="2026-11-01T00:00:00Z"), "the envelope's time is 2026-11-01 00:00:00+00:00"),
        (_structured(id="7"), "the envelope's id is '7'"),
        (_structured(time="2026-11-01T00:00:00Z"), "the envelope's time is"),
        (_http(ce_specversion="0.3"), "CloudEvents '0.3' is not read; send specversion '1.0'"),
        (_structured(specversion=1.0), "CloudEvents 1.0 is not read; send specversion '1.0'"),
        (_http(ce_time="yesterday"), "the CloudEvent's attributes are wrong"),
        (_structured(time=7), "the CloudEvent's attributes are wrong"),
        (_structured(id=7), "the CloudEvent's attributes are wrong"),
        (_structured(platform_id="x"), "should only contain lowercase letters and numbers"),
        (_http(ce_specversion=None), "not a CloudEvent: the content type is application/cdevents+json"),
        (({}, b"{}"), "not a CloudEvent: the content type is missing"),
        (({"content-type": "application/json"}, b"{}"), "if the body is a bare CDEvent, use cdevents.parse"),
        (_http(content_type="text/plain"), "the content type is text/plain; a CDEvent is application/cdevents+json"),
        (_http(content_type=None), "the content type is missing; a CDEvent is"),
        (({"content-type": "application/cloudevents-batch+json"}, b"[]"), "a batch of CloudEvents; send one event in a message"),
        (({"content-type": "application/cloudevents+avro"}, b""), "application/cloudevents+avro is not read"),
        (({"content-type": "application/cloudevents+json"}, b"{"), "the CloudEvent is not JSON at line 1"),
        (({"content-type": "application/cloudevents+json"}, b"[]"), "the CloudEvent is not a JSON object"),
        (({"content-type": "application/cloudevents+json"}, b'{"id": 1, "id": 2}'), "stands twice"),
        (_structured(data=None), "the CloudEvent has no data"),
        (_structured(data_base64="e30="), "it has both data and data_base64"),
        (_structured(data=None, data_base64="e30"), "data_base64 is not base64"),
        (_structured(data=None, data_base64=7), "data_base64 is not base64"),
        ((_http()[0], b""), "the CloudEvent has no data"),
        (([*_http()[0].items(), ("CE-ID", "7")], _http()[1]), "the header ce-id stands 2 times"),
        (([*_http()[0].items(), ("Content-Type", "text/plain")], _http()[1]), "the header content-type stands 2 times"),
    ],
)  # fmt: skip
def test_a_message_that_cannot_be_trusted_is_refused_with_the_reason(message, said):
    with pytest.raises(InvalidMessage) as caught:
        cdevents.from_http(*message)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"not JSON", NotJSON),
        (b'{"context": {}, "context": {}}', NotJSON),
        (json.dumps(example("build.started") | {"subject": {}}).encode(), InvalidEvent),
        (json.dumps({"context": {"specversion": "0.6.0-draft"}}).encode(), UnsupportedVersion),
    ],
)
def test_a_wrong_event_in_a_right_envelope_is_refused_for_what_is_wrong_with_it(data, error):
    headers, _ = _http()
    with pytest.raises(error):
        cdevents.from_http(headers, data)


def test_headers_come_in_any_case_and_with_strangers_among_them():
    headers, body = _http()
    shouted = [(name.upper(), value) for name, value in headers.items()]
    strangers = [("Set-Cookie", "a"), ("Set-Cookie", "b"), ("Accept", "*/*")]
    assert cdevents.from_http([*strangers, *shouted], body) == _event()
    kafka = cdevents.to_kafka(_event(), "binary")
    binary = [("trace", b"\xff\xfe"), *kafka.headers]
    assert cdevents.from_kafka(binary, kafka.value) == _event()
    assert cdevents.from_kafka(dict(kafka.headers), kafka.value) == _event()


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "application/cdevents+json;charset=UTF-8"])  # fmt: skip
def test_any_json_content_type_will_do(content_type):
    assert cdevents.from_http(*_http(content_type=content_type)) == _event()


def test_structured_content_may_name_a_charset_and_carry_its_data_in_base64():
    body = cdevents.to_http(_event()).body
    headers = {"Content-Type": "application/cloudevents+json; charset=UTF-8"}
    assert cdevents.from_http(headers, body) == _event()
    encoded = base64.b64encode(_event().to_json()).decode()
    assert cdevents.from_http(*_structured(data=None, data_base64=encoded)) == _event()


@pytest.mark.parametrize(
    ("headers", "value", "said"),
    [
        (None, b"{}", "not a CloudEvent: the content type is missing"),
        ([], None, "a tombstone"),
        ([("ce_id", b"\xff"), ("ce_specversion", b"1.0")], b"{}", "the header ce_id is not UTF-8"),
        ([("ce_id", b"1"), ("ce_id", b"2")], b"{}", "the header ce_id stands 2 times"),
    ],
)
def test_a_kafka_message_is_guarded_alike(headers, value, said):
    with pytest.raises(InvalidMessage) as caught:
        cdevents.from_kafka(headers, value)
    assert said in str(caught.value)


def test_an_event_of_release_0_4_1_arrives_converted_under_the_type_it_was_sent_with():
    document = example("build.finished")
    context = document["context"]
    del context["specversion"]
    context |= {"version": "0.4.1", "type": "dev.cdevents.build.finished.0.2.0"}
    document["subject"]["type"] = "build"
    headers = {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": context["id"],
        "ce-source": context["source"],
        "ce-type": context["type"],
        "ce-time": context["timestamp"],
        "ce-subject": document["subject"]["id"],
    }
    assert cdevents.from_http(headers, json.dumps(document).encode()) == _event("build.finished")
    headers["ce-type"] = "dev.cdevents.build.finished.0.3.0"
    with pytest.raises(InvalidMessage, match="the envelope's type is"):
        cdevents.from_http(headers, json.dumps(document).encode())


# ------------------------------------------------------------------------------- the SDK's own event
def test_an_event_becomes_the_sdk_s_and_comes_back():
    event = _event()
    cloudevent = cdevents.to_cloudevent(event)
    assert cloudevent.get_id() == event.id
    assert cloudevent.get_time() == event.time
    assert cdevents.from_cloudevent(cloudevent) == event


def test_what_the_sdk_made_up_is_not_believed():
    headers, body = _http(ce_id=None)
    made_up = sdk_http.from_http_event(sdk_http.HTTPMessage(headers, body))
    with pytest.raises(InvalidMessage, match="the envelope's id is"):
        cdevents.from_cloudevent(made_up)
