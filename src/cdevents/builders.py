"""New events: `artifact.published("pkg:pypi/tidetable@1.5.0", source="/plab/publisher", …)`.

There is a namespace for each subject and in it a function for each type, made from the table in
`vocabulary` with a signature and a docstring of its own; `builders.pyi` says the same to editors
and is written by `python -m cdevents.stub`.

Each takes the subject's id, the content's fields by their names in snake case (`artifactId` is
`artifact_id`), and the keywords of `shapes.Envelope`. Each returns a valid `Event`, or raises:

- `TypeError` for a keyword that the type does not have, or one that it needs;
- `InvalidEvent` for a value of the wrong shape, with its path;
- `BrokenChain` if it cannot follow what it shall follow.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import inspect
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from . import signatures, vocabulary
from .clock import timestamp as timestamp_of
from .errors import InvalidEvent, Problem
from .event import Event
from .links import Link
from .vocabulary import SPEC_VERSION, EventType, Shape


def custom(
    type: str,
    subject_id: str,
    *,
    source: str,
    content: Mapping[str, Any] | None = None,
    id: str | None = None,
    timestamp: datetime | str | None = None,
    subject_source: str | None = None,
    follows: Event | Iterable[Event] | None = None,
    chain_id: str | None = None,
    links: Iterable[Link] = (),
    schema_uri: str | None = None,
    custom_data: Mapping[str, Any] | bytes | str | None = None,
    custom_data_content_type: str | None = None,
) -> Event:
    """An event of a type of your own: `dev.cdeventsx.<tool>-<subject>.<predicate>.<version>`.

    `content`: any object. The other arguments are as in `shapes.Envelope`. Raises `UnknownType`
    if `type` is not of that form: types of the vocabulary have builders of their own.
    """
    if not vocabulary.is_custom(type):
        if type.startswith(vocabulary.CUSTOM_PREFIX):
            vocabulary.find(type)  # raises, and says what the form is
        raise ValueError(
            f"{type!r} is not a custom type; write dev.cdeventsx.<tool>-<subject>.<predicate>.<version>"
        )
    return _event(
        type, subject_id, dict(content or {}), source=source, id=id, timestamp=timestamp,
        subject_source=subject_source, follows=follows, chain_id=chain_id, links=links,
        schema_uri=schema_uri, custom_data=custom_data,
        custom_data_content_type=custom_data_content_type,
    )  # fmt: skip


# What `custom` takes beside content is what every builder takes.
_ENVELOPE = [
    parameter
    for parameter in inspect.signature(custom).parameters.values()
    if parameter.name not in ("type", "subject_id", "content")
]
_ENVELOPE_NAMES = {parameter.name for parameter in _ENVELOPE}


def _event(
    type: str,
    subject_id: str,
    content: dict[str, Any],
    *,
    source: str,
    id: str | None = None,
    timestamp: datetime | str | None = None,
    subject_source: str | None = None,
    follows: Event | Iterable[Event] | None = None,
    chain_id: str | None = None,
    links: Iterable[Link] = (),
    schema_uri: str | None = None,
    custom_data: Mapping[str, Any] | bytes | str | None = None,
    custom_data_content_type: str | None = None,
) -> Event:
    context: dict[str, Any] = {
        "specversion": SPEC_VERSION,
        "id": str(uuid.uuid4()) if id is None else id,
        "source": source,
        "type": type,
        "timestamp": timestamp_of(timestamp),
        "schemaUri": schema_uri,
        "chainId": chain_id,
        "links": [link.document for link in links] or None,
    }
    subject = {"id": subject_id, "source": subject_source, "content": content}
    document = {
        "context": _given(context),
        "subject": _given(subject),
        "customData": _custom_data(custom_data),
        "customDataContentType": custom_data_content_type,
    }
    event = Event(_given(document))
    for previous in (follows,) if isinstance(follows, Event) else follows or ():
        event = event.follow(previous)
    return event


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None}


def _custom_data(data: Mapping[str, Any] | bytes | str | None) -> Any:
    if isinstance(data, bytes):
        return base64.b64encode(data).decode()
    if isinstance(data, str):
        try:
            base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            hint = "give an object, or bytes, which are then sent in base64"
            raise InvalidEvent([Problem("customData", "the text is not base64", hint)]) from None
    return data


def _builder(kind: EventType) -> Callable[..., Event]:
    fields = {field.parameter: field for field in kind.fields}
    needed = ["source", *(field.parameter for field in kind.fields if field.required)]

    def build(subject_id: str, **values: Any) -> Event:
        envelope = {name: values.pop(name) for name in _ENVELOPE_NAMES & values.keys()}
        if unknown := values.keys() - fields.keys():
            raise TypeError(_no_such_keyword(kind, min(unknown), [*fields, *_ENVELOPE_NAMES]))
        if absent := [name for name in needed if values.get(name, envelope.get(name)) is None]:
            raise TypeError(f"{kind.name}() needs {', '.join(absent)}; {_says(kind, absent[0])}")
        content = {
            field.key: _value(field.shape, values[name])
            for name, field in fields.items()
            if values.get(name) is not None
        }
        return _event(kind.type, subject_id, content, **envelope)

    build.__name__ = kind.predicate
    build.__qualname__ = kind.name
    build.__doc__ = signatures.docstring(kind)
    build.__signature__ = signatures.signature(kind, _ENVELOPE)  # type: ignore[attr-defined]
    return build


def _value(shape: Shape, value: Any) -> Any:
    if isinstance(value, Event) and shape is vocabulary.REFERENCE:
        return {"id": value.subject_id, "source": value.subject_source or value.source}
    if isinstance(value, str) and shape.lead is not None:
        return {shape.lead: value}
    return value


def _no_such_keyword(kind: EventType, given: str, known: list[str]) -> str:
    flat = {name.replace("_", ""): name for name in known}
    near = difflib.get_close_matches(given.lower().replace("_", ""), flat, 1, 0.6)
    if near:
        return f"{kind.name}() has no {given!r}; did you mean {flat[near[0]]!r}?"
    content = ", ".join(field.parameter for field in kind.fields) or "no content"
    return f"{kind.name}() has no {given!r}; it has {content}; your own data goes into custom_data"


def _says(kind: EventType, parameter: str) -> str:
    for field in kind.fields:
        if field.parameter == parameter:
            return f"{parameter}: {field.shape.says}"
    return "source: who sends it, a URI or a path such as /plab/builder"


class _Subject(SimpleNamespace):
    """The builders of one subject's types."""

    def __repr__(self) -> str:
        return f"<builders: {', '.join(vars(self))}>"


def _namespace(subject: str) -> _Subject:
    rows = [row for row in vocabulary.TYPES.values() if row.subject == subject]
    return _Subject(**{row.predicate: _builder(row) for row in rows})


artifact = _namespace("artifact")
branch = _namespace("branch")
build = _namespace("build")
change = _namespace("change")
environment = _namespace("environment")
incident = _namespace("incident")
pipelinerun = _namespace("pipelinerun")
repository = _namespace("repository")
service = _namespace("service")
taskrun = _namespace("taskrun")
testcaserun = _namespace("testcaserun")
testoutput = _namespace("testoutput")
testsuiterun = _namespace("testsuiterun")
ticket = _namespace("ticket")
