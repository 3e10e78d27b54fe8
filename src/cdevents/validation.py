"""Is a document a valid event, and if not, where and why not?

The verdict is the flat schema's (`schemas`), by jsonschema-rs with formats on. A schema validator's
own messages name keywords; the ones here name the place, what stands there, and what would be right.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs

from . import schemas, vocabulary
from .errors import InvalidEvent, Problem, UnknownType

# A hostile document must not make explaining it expensive, nor its error message long.
MOST = 50
_LONGEST_NAME = 80

_KINDS = {"string": "a text", "object": "an object", "array": "a list"}
_FORMATS = {
    "date-time": vocabulary.TIME.says,
    "uri": vocabulary.URI.says,
    "uri-reference": vocabulary.URI_REFERENCE.says,
}

# What people write, and what 0.5 calls it or where it belongs.
_RENAMED = {
    ("context", "version"): "0.5 calls it `specversion`; is this an event of release 0.4.1?",
    ("context", "subject"): "`subject` stands beside `context`",
    ("context", "customData"): "`customData` stands beside `context`",
    ("", "links"): "`links` belongs into `context`",
    ("", "chainId"): "`chainId` belongs into `context`",
    ("", "specversion"): (
        "this looks like a CloudEvent; read it with `cdevents.from_http` or `cdevents.from_kafka`"
    ),
    ("subject", "type"): "0.5 dropped it: the event's type says it",
    ("subject.content", "url"): "0.5 calls it `uri`",
    ("subject.content.testSuite", "url"): "0.5 calls it `uri`",
    ("subject", "customData"): "`customData` stands beside `subject`",
}


def problems(document: Any) -> tuple[Problem, ...]:
    """Every broken rule (the first 50), none if the document is a valid event of its type.

    `document`: a parsed JSON value. The specification's version in `specversion` is not judged here
    (the schemas take any text); `cdevents.parse` judges it.
    """
    kind = _type_of(document)
    try:
        validator = _validator(kind)
    except UnknownType as error:
        return *error.problems, *_explain(_envelope(), document)
    if validator.is_valid(document):
        return ()
    return _explain(validator, document)


def is_valid(document: Any) -> bool:
    """Whether the document is a valid event. Quicker than `problems` for one that is not."""
    try:
        return bool(_validator(_type_of(document)).is_valid(document))
    except UnknownType:
        return False


def validate(document: Any) -> None:
    """Raises `InvalidEvent` with every broken rule; `UnknownType` if the type is all that is wrong."""
    kind = _type_of(document)
    try:
        validator = _validator(kind)
    except UnknownType as error:
        others = _explain(_envelope(), document)
        if not others:
            raise
        raise InvalidEvent((*error.problems, *others)) from None
    if not validator.is_valid(document):
        raise InvalidEvent(_explain(validator, document))


def validate_link(document: Any) -> None:
    """Raises `InvalidEvent` if the document is not a link message of its own (START, PATH, …)."""
    found = tuple(islice(_link_problems(document, standalone=True, path=""), MOST))
    if found:
        raise InvalidEvent(found)


# ---------------------------------------------------------------------------------- the validators
def _type_of(document: Any) -> str | None:
    """`context.type`, or None if the document has none that is a text."""
    try:
        kind = document["context"]["type"]
    except (TypeError, KeyError, IndexError):
        return None
    return kind if isinstance(kind, str) else None


def _compiled(schema: dict[str, Any]) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)


def _validator(type: str | None) -> jsonschema_rs.Draft7Validator:
    if type is None:
        return _envelope()
    if type in vocabulary.BY_TYPE:
        return _of_type(type)
    if vocabulary.is_custom(type):
        return _custom()
    row = vocabulary.find(type)  # raises, unless it is a short name
    raise UnknownType(type, f"{type!r} is a short name", f"on the wire it is {row.type}", row.type)


@cache
def _of_type(type: str) -> jsonschema_rs.Draft7Validator:
    return _compiled(schemas.schema(type))


@cache
def _custom() -> jsonschema_rs.Draft7Validator:
    return _compiled(schemas.custom_schema())


@cache
def _envelope() -> jsonschema_rs.Draft7Validator:
    return _compiled(schemas.envelope_schema())


@cache
def _link(link_type: str, standalone: bool) -> jsonschema_rs.Draft7Validator:
    return _compiled(schemas.link_schema(link_type, standalone=standalone))


# ------------------------------------------------------------------------------------ the messages
def _explain(validator: jsonschema_rs.Draft7Validator, document: Any) -> tuple[Problem, ...]:
    return tuple(islice(_all_problems(validator, document, ""), MOST))


def _all_problems(
    validator: jsonschema_rs.Draft7Validator, document: Any, path: str
) -> Iterator[Problem]:
    for error in validator.iter_errors(document):
        where = _join(path, error.instance_path)
        if error.kind.name == "anyOf":  # the only one in these schemas: which kind of link?
            yield from _link_problems(error.instance, standalone=False, path=where)
        else:
            yield from _problems_of(error, where, document)


def _problems_of(error: Any, where: str, document: Any) -> Iterator[Problem]:
    kind, value = error.kind.name, error.instance
    match kind:
        case "required":
            missing = error.kind.property
            yield Problem(
                _join(where, [missing]), "it is missing", _wanted(where, missing, document)
            )
        case "additionalProperties":
            for name in error.kind.unexpected:
                hint = _RENAMED.get((where, name)) or _did_you_mean(name, where, document)
                yield Problem(_join(where, [name]), "this name is not known here", hint)
        case "type":
            # customData may be of two types.
            wanted = error.kind.as_dict().get("types") or [error.kind.as_dict().get("type")]
            words = " or ".join(_KINDS.get(str(name), str(name)) for name in wanted)
            yield Problem(where, f"it is {_kind_of(value)}", f"it must be {words}")
        case "enum":
            options = [str(option) for option in error.kind.as_dict()["options"]]
            near = difflib.get_close_matches(str(value)[:_LONGEST_NAME], options, 1, 0.6)
            meant = f"did you mean {near[0]!r}? " if near else ""
            yield Problem(
                where,
                f"{_short_form(value)} is not allowed",
                f"{meant}allowed: {', '.join(options)}",
            )
        case "minLength":
            yield Problem(where, "the text is empty", "give one, or leave the member out")
        case "format":
            says = _FORMATS[error.kind.format]
            yield Problem(
                where, f"{_short_form(value)} is not {says.split(' such')[0]}", f"write {says}"
            )
        case _:
            yield Problem(where, error.message)


def _link_problems(link: Any, *, standalone: bool, path: str) -> Iterator[Problem]:
    known = ["START", "PATH", "RELATION", "END"] if standalone else ["PATH", "RELATION", "END"]
    if not isinstance(link, Mapping):
        yield Problem(path, f"it is {_kind_of(link)}", "a link is an object")
        return
    link_type = link.get("linkType")
    if link_type not in known:
        said = "it is missing" if link_type is None else f"{_short_form(link_type)} is not allowed"
        only = "; START is a message of its own" if link_type == "START" else ""
        yield Problem(_join(path, ["linkType"]), said, f"allowed: {', '.join(known)}{only}")
        return
    validator = _link(link_type, standalone)
    yield from _all_problems(validator, link, path)


def _wanted(where: str, missing: str, document: Any) -> str:
    """What a missing member should hold."""
    shapes = {
        "specversion": f"the release of the specification, {vocabulary.SPEC_VERSION}",
        "id": "a text that is not empty, new for every event",
        "source": "who sent it: a URI or a path such as /plab/builder",
        "type": "such as dev.cdevents.artifact.published.0.3.0",
        "timestamp": f"when it happened: {vocabulary.TIME.says}",
        "content": "an object, {} if there is nothing to say",
        "context": "an object with specversion, id, source, type and timestamp",
        "subject": "an object with id and content",
        "contextId": "the `context.id` of an event",
        "chainId": "the chain's id, the same in all its events",
        "from": '{"contextId": …}: the event before this one',
        "target": '{"contextId": …}: the event that this one relates to',
        "linkKind": "a word of yours for the relation, such as TRIGGER",
    }
    if where == "subject.content" and (kind := vocabulary.TYPES.get(_name_of(document))):
        says = next(field.shape.says for field in kind.fields if field.key == missing)
        return f"{kind.name} needs it: {says}"
    if where == "subject" and missing == "id":
        return "what the event is about, such as pkg:pypi/tidetable@1.5.0"
    if where.startswith("subject.content.") and missing == "id":
        return "a text that is not empty"
    return shapes.get(missing, '{"contextId": …}: an event')


def _did_you_mean(name: str, where: str, document: Any) -> str:
    known = list(_known_at(where, document))
    lower = {key.lower(): key for key in known}
    near = difflib.get_close_matches(name[:_LONGEST_NAME].lower().replace("_", ""), lower, 1, 0.6)
    if near:
        return f"did you mean `{lower[near[0]]}`?"
    if where == "subject.content":
        extra = "anything of your own belongs into `customData`"
        return f"{extra}; known: {', '.join(known)}" if known else f"{extra}; nothing is known here"
    return f"known: {', '.join(known)}"


def _known_at(where: str, document: Any) -> Any:
    """The names that the schema has at a path."""
    if "links[" in where:
        link = document
        if "context" in document:
            index = int(where.split("links[")[1].split("]")[0])
            link = document["context"]["links"][index]
        return schemas.link_schema(link["linkType"], standalone=False)["properties"]
    if "linkType" in document:
        return schemas.link_schema(document["linkType"], standalone=True)["properties"]
    name = _name_of(document)
    rules = schemas.schema(name) if name in vocabulary.TYPES else schemas.envelope_schema()
    for step in where.split(".") if where else []:
        rules = rules["properties"][step]
    return rules.get("properties", {})


def _name_of(document: Any) -> str:
    type = _type_of(document) or ""
    return ".".join(type.removeprefix(vocabulary.PREFIX).split(".")[:2])


def _kind_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"a text, {_short_form(value)}"
        case int() | float():
            return f"a number, {_short_form(value)}"
        case Mapping():
            return "an object"
        case _:
            return "a list"


def _short_form(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _join(path: str, steps: Iterable[str | int]) -> str:
    for step in steps:
        if isinstance(step, str) and len(step) > _LONGEST_NAME:
            step = f"{step[: _LONGEST_NAME - 1]}…"
        path = f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}" if path else step
    return path
