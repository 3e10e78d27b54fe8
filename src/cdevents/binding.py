"""CDEvents in CloudEvents, over HTTP and over Kafka, in structured and in binary mode.

The binding (`cloudevents-binding.md` of the specification): the CloudEvent's `id`, `source`, `type`
and `time` repeat the context, its `subject` is the subject's id, and its data is the whole CDEvent,
`application/cdevents+json`. Two extension attributes let tools that know only CloudEvents follow
the flow: `correlationid` is the chain, `causationid` the event of the first PATH link.

The CloudEvents SDK writes the messages and takes them apart. On its own it is too kind for
evidence: it makes up an `id`, a `time` or a `specversion` that is missing, so that the same bytes
read twice are two events; it turns a Kafka key into an attribute; it keeps one of two headers of
the same name; it takes unreadable JSON for text. So what is read here is checked first: everything
that the binding demands is there, once, and the envelope says what the event inside says. The SDK
never sees the Kafka key, and the event is read from its own bytes, not from the SDK's.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cloudevents.core.bindings import http, kafka
from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.v1.event import CloudEvent

from . import json_text
from .clock import moment
from .errors import InvalidMessage, NotJSON
from .event import Event, parse

Mode = Literal["structured", "binary"]
CONTENT_TYPE = "application/cdevents+json"
_STRUCTURED = "application/cloudevents+json"
_DEMANDED = ("specversion", "id", "source", "type", "subject", "time")


@dataclass(frozen=True, slots=True)
class HTTPMessage:
    """What to send: `httpx.post(url, headers=message.headers, content=message.body)`."""

    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class KafkaMessage:
    """What to produce. Headers are pairs, as Kafka clients take them.

    The key decides the partition, and so what stays in order: by default the chain.
    """

    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes]]


# ----------------------------------------------------------------------------------------- writing
def to_cloudevent(event: Event) -> CloudEvent:
    """The event as the CloudEvents SDK's, for its other bindings (AMQP, RabbitMQ).

    Its `time` is a `datetime`, to the microsecond; the data keeps every digit.
    """
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject_id,
        "time": event.time,
        "datacontenttype": CONTENT_TYPE,
    }
    if event.chain_id is not None:
        attributes["correlationid"] = event.chain_id
    if cause := next((link.from_id for link in event.links if link.type == "PATH"), None):
        attributes["causationid"] = cause
    return CloudEvent(attributes, event.to_dict())


def to_http(event: Event, mode: Mode = "structured") -> HTTPMessage:
    """The event as an HTTP message. Structured: all in the body. Binary: attributes in headers."""
    write = http.to_binary_event if _checked(mode) == "binary" else http.to_structured_event
    message = write(to_cloudevent(event))
    return HTTPMessage(dict(message.headers), message.body)


def to_kafka(
    event: Event, mode: Mode = "structured", *, key: str | bytes | None = None
) -> KafkaMessage:
    """The event as a Kafka message. `key`: by default the chain's id, else the subject's."""
    write = kafka.to_binary_event if _checked(mode) == "binary" else kafka.to_structured_event
    message = write(to_cloudevent(event))
    key = key if key is not None else event.chain_id or event.subject_id
    return KafkaMessage(
        key.encode() if isinstance(key, str) else key, message.value, list(message.headers.items())
    )


# ----------------------------------------------------------------------------------------- reading
def from_http(headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes) -> Event:
    """The event in an HTTP message of either mode.

    `headers`: a mapping or pairs, in any letter case. Raises `InvalidMessage` if it is not a
    CloudEvent that carries a CDEvent, and what `parse` raises if the CDEvent is wrong.
    """
    names = _once(headers.items() if isinstance(headers, Mapping) else headers, "ce-")
    if _is_structured(names.get("content-type"), "ce-specversion" in names):
        return _read_structured(body)
    _demand({name[3:]: value for name, value in names.items() if name.startswith("ce-")})
    try:
        attributes = http.from_binary_event(http.HTTPMessage(names, b"")).get_attributes()
    except (BaseCloudEventException, ValueError) as error:
        raise _refused(error) from None
    return _read(attributes, body)


def from_kafka(
    headers: Mapping[str, bytes] | Iterable[tuple[str, bytes]] | None, value: bytes | None
) -> Event:
    """The event in a Kafka message of either mode; the key says nothing and is not asked for.

    Raises as `from_http`.
    """
    if value is None:
        raise InvalidMessage("the message has no value (a tombstone); it carries no event")
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    names = _once(((name, _text(name, raw)) for name, raw in pairs), "ce_")
    if _is_structured(names.get("content-type"), "ce_specversion" in names):
        return _read_structured(value)
    _demand({name[3:]: value for name, value in names.items() if name.startswith("ce_")})
    raw = {name: text.encode() for name, text in names.items()}
    try:
        attributes = kafka.from_binary_event(kafka.KafkaMessage(raw, None, b"")).get_attributes()
    except (BaseCloudEventException, ValueError) as error:
        raise _refused(error) from None
    return _read(attributes, value)


def from_cloudevent(cloudevent: CloudEvent) -> Event:
    """The event in an event of the CloudEvents SDK.

    What the SDK made up while it parsed is not seen here as made up, but it is not what the event
    says, and so it is refused.
    """
    return _read(cloudevent.get_attributes(), cloudevent.get_data())


def _checked(mode: str) -> str:
    if mode not in ("structured", "binary"):
        raise ValueError(f"no mode {mode!r}; it is 'structured' or 'binary'")
    return mode


def _once(pairs: Iterable[tuple[str, str]], prefix: str) -> dict[str, str]:
    """Headers by lower-case name. Others than ours may come twice (the last one counts)."""
    lower = [(name.lower(), value) for name, value in pairs]
    counted = Counter(name for name, _ in lower)
    for name, count in counted.items():
        if count > 1 and (name.startswith(prefix) or name == "content-type"):
            raise InvalidMessage(f"the header {name} stands {count} times; which one is meant?")
    return dict(lower)


def _text(name: str, raw: bytes | str) -> str:
    try:
        return raw.decode() if isinstance(raw, bytes) else raw
    except UnicodeDecodeError:
        if not name.lower().startswith("ce_") and name.lower() != "content-type":
            return ""  # somebody else's header
        raise InvalidMessage(f"the header {name} is not UTF-8; mend the producer") from None


def _is_structured(content_type: str | None, has_specversion: bool) -> bool:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type == _STRUCTURED:
        return True
    if media_type.startswith("application/cloudevents-batch"):
        raise InvalidMessage("a batch of CloudEvents; send one event in a message")
    if media_type.startswith("application/cloudevents"):
        raise InvalidMessage(f"{media_type} is not read; send {_STRUCTURED}")
    if not has_specversion:
        raise InvalidMessage(
            f"not a CloudEvent: the content type is {content_type or 'missing'}, not {_STRUCTURED}, "
            "and no header says the specversion; if the body is a bare CDEvent, use cdevents.parse"
        )
    if media_type not in ("application/json", "text/json") and not media_type.endswith("+json"):
        raise InvalidMessage(
            f"the content type is {content_type or 'missing'}; a CDEvent is {CONTENT_TYPE}"
        )
    return False


def _demand(attributes: Mapping[str, Any]) -> None:
    if missing := [name for name in _DEMANDED if name not in attributes]:
        raise InvalidMessage(
            f"the CloudEvent has no {', '.join(missing)}; the binding demands "
            f"{', '.join(_DEMANDED)}, each equal to what the CDEvent inside says"
        )
    if attributes["specversion"] != "1.0":
        raise InvalidMessage(
            f"CloudEvents {_shown(attributes['specversion'])} is not read; send specversion '1.0'"
        )


def _read_structured(body: bytes) -> Event:
    try:
        envelope = json_text.read(body)
    except NotJSON as error:
        raise InvalidMessage(f"the CloudEvent is {error}") from None
    if not isinstance(envelope, dict):
        raise InvalidMessage("the CloudEvent is not a JSON object; send one event in a message")
    _demand(envelope)
    # A copy: the SDK changes what it is given.
    attributes = {k: v for k, v in envelope.items() if k not in ("data", "data_base64")}
    data = envelope.get("data")
    if "data_base64" in envelope:
        if data is not None:
            raise InvalidMessage("it has both data and data_base64; which one is meant?")
        try:
            data = base64.b64decode(envelope["data_base64"], validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise InvalidMessage("data_base64 is not base64; mend the producer") from None
    try:
        attributes["time"] = moment(str(attributes["time"]))
        CloudEvent(attributes)
    except (BaseCloudEventException, ValueError, TypeError) as error:
        raise _refused(error) from None
    return _read(attributes, data)


def _read(attributes: Mapping[str, Any], data: Any) -> Event:
    """The event in `data`, if the envelope says the same about it."""
    if data is None or data == b"":
        raise InvalidMessage("the CloudEvent has no data; the data is the whole CDEvent")
    value = json_text.read(data) if isinstance(data, bytes | str) else data
    event = parse(value)
    said = {
        "id": event.id,
        "source": event.source,
        "type": value["context"]["type"],  # of an event of release 0.4.1: as it was sent
        "subject": event.subject_id,
        "time": event.time,
    }
    for name, value in said.items():
        if attributes.get(name) != value:
            raise InvalidMessage(
                f"the envelope's {name} is {_shown(attributes.get(name))}, but the CDEvent inside says "
                f"{_shown(value)}; one of the two was changed on the way"
            )
    return event


def _shown(value: Any) -> str:
    return str(value) if hasattr(value, "isoformat") else repr(value)


def _refused(error: Exception) -> InvalidMessage:
    reasons = getattr(error, "errors", None)
    if isinstance(reasons, Mapping):
        said = "; ".join(str(reason) for found in reasons.values() for reason in found)
    else:
        said = str(error)
    return InvalidMessage(f"the CloudEvent's attributes are wrong: {said}; mend the producer")
