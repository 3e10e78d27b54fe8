"""Flat JSON Schemas: every type's rules in one document of about two kilobytes, without `$ref`.

The official schemas point at a sibling for their links, and a validator that meets a relative
reference fetches it over the network, or fails. These refer to nothing. They use only what
JSON Schema has meant since draft 6 (`type`, `properties`, `required`, `additionalProperties`,
`enum`, `minLength`, `format`, `pattern`, `items`, `anyOf`) and so serve unchanged as the schema of
a receiver in an Event Provenance Registry. `format` is meant: validate with formats on.

`schemaUri` in an event is a name, not an address: nothing here or anywhere in this package
fetches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import vocabulary
from .json_text import thaw
from .vocabulary import SOME_TEXT, SOME_URI, TEXT, TIME, URI_REFERENCE, EventType

DRAFT = "http://json-schema.org/draft-07/schema#"
OPEN: Mapping[str, Any] = {"type": "object"}


def schema(name: str, *, content: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The JSON Schema of a type, a fresh dict that may be changed.

    `name`: short (`artifact.published`) or as on the wire; or a custom type, whose `content` may be
    described by a schema of your own (without it any object will do).

    Raises `UnknownType`; ValueError if `content` is given for a type of the vocabulary.
    """
    if vocabulary.is_custom(name):
        rules = _event({"type": "string", "enum": [name]}, content or OPEN)
        return {"$schema": DRAFT, "title": name, **thaw(rules)}
    kind = vocabulary.find(name)
    if content is not None:
        raise ValueError(
            f"{kind.name} has its own content; extend an event with customData instead"
        )
    about = {"$schema": DRAFT, "title": kind.type, "description": kind.meaning}
    return {**about, **thaw(_event({"type": "string", "enum": [kind.type]}, content_of(kind)))}


def custom_schema() -> dict[str, Any]:
    """The JSON Schema that every custom event obeys, whatever its type."""
    return {
        "$schema": DRAFT,
        **thaw(_event({"type": "string", "pattern": vocabulary.CUSTOM_TYPE}, OPEN)),
    }


def envelope_schema() -> dict[str, Any]:
    """The rules that all events share, whatever their type and content."""
    return {"$schema": DRAFT, **thaw(_event(SOME_TEXT.schema, OPEN))}


def link_schema(link_type: str, *, standalone: bool) -> dict[str, Any]:
    """The JSON Schema of a link: PATH, RELATION or END embedded in an event, or these and START
    as messages of their own. Raises KeyError for another `link_type`."""
    links = _STANDALONE_LINKS if standalone else _EMBEDDED_LINKS
    return {"$schema": DRAFT, **thaw(links[link_type])}


def content_of(kind: EventType) -> dict[str, Any]:
    """The rules of `subject.content`."""
    members = {field.key: field.shape.schema for field in kind.fields}
    return _closed(members, [field.key for field in kind.fields if field.required])


def _closed(properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    rules = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**rules, "required": required} if required else rules


def _event(type_rule: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    context = {
        "specversion": SOME_TEXT.schema,
        "id": SOME_TEXT.schema,
        "source": URI_REFERENCE.schema,
        "type": type_rule,
        "timestamp": TIME.schema,
        "schemaUri": SOME_URI.schema,
        "chainId": SOME_TEXT.schema,
        "links": {"type": "array", "items": {"anyOf": list(_EMBEDDED_LINKS.values())}},
    }
    subject = {"id": SOME_TEXT.schema, "source": URI_REFERENCE.schema, "content": content}
    members = {
        "context": _closed(context, ["specversion", "id", "source", "type", "timestamp"]),
        "subject": _closed(subject, ["id", "content"]),
        # An object, or text in base64. JSON Schema cannot say the latter so that all agree.
        "customData": {"type": ["object", "string"]},
        "customDataContentType": TEXT.schema,
    }
    return _closed(members, ["context", "subject"])


# The contents of an event reference in a link are open: 0.6 will add a `domainId`.
_ANY_EVENT = {"type": "object", "properties": {"contextId": SOME_TEXT.schema}}
_AN_EVENT = {**_ANY_EVENT, "required": ["contextId"]}


def _link(link_type: str, required: list[str], **members: Mapping[str, Any]) -> dict[str, Any]:
    kind = {"type": "string", "enum": [link_type]}
    return _closed({"linkType": kind, **members, "tags": OPEN}, ["linkType", *required])


def _standalone(link_type: str, *ends: str, **members: Mapping[str, Any]) -> dict[str, Any]:
    head = {"chainId": SOME_TEXT.schema, "timestamp": TIME.schema}
    return _link(
        link_type, [*head, *ends], **head, **members, **dict.fromkeys(ends, _AN_EVENT)
    )  # fmt: skip


_EMBEDDED_LINKS = {
    "END": _link("END", [], **{"from": _AN_EVENT}),
    "PATH": _link("PATH", ["from"], **{"from": _AN_EVENT}),
    "RELATION": _link(
        "RELATION", ["linkKind", "target"], linkKind=SOME_TEXT.schema, target=_ANY_EVENT
    ),
}
_STANDALONE_LINKS = {
    "START": _standalone("START", "start"),
    "PATH": _standalone("PATH", "from", "to"),
    "RELATION": _standalone("RELATION", "source", "target", linkKind=SOME_TEXT.schema),
    "END": _standalone("END", "from", "end"),
}
