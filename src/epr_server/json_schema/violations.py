"""The validator's findings as lines of text: ``<dotted path or (root)>: <what is wrong>``.

The wording is that of the original registry where it has one, so that people and programs that
read its refusals can read these. A line never holds a value of the payload, only its kind: the
lines may be shown and logged, a payload may not.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

import jsonschema_rs

MAX_LINES = 20
MAX_LENGTH = 300
MAX_BRANCHES = 3

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


def lines(errors: Iterable[jsonschema_rs.ValidationError]) -> list[str]:
    """At most 20 lines, each of at most 300 characters, and one that counts the rest."""
    found = (line for error in errors for line in _describe(error))
    shown = [_one_line(line) for line in islice(found, MAX_LINES)]
    more = sum(1 for _ in found)
    return [*shown, f"… and {more:,} more"] if more else shown


def text_of(error: jsonschema_rs.ValidationError) -> str:
    """What is wrong, without where."""
    return _one_line("; ".join(text for _, text in islice(_texts(error), MAX_BRANCHES)))


def _describe(error: jsonschema_rs.ValidationError) -> Iterator[str]:
    for path, text in _texts(error):
        yield f"{_dotted(path)}: {text}"


def _texts(error: jsonschema_rs.ValidationError) -> Iterator[tuple[list[str | int], str]]:
    path = list(error.instance_path)
    kind = type(error.kind).__name__
    if kind == "AdditionalProperties":
        for name in error.kind.unexpected:
            yield path, f"Additional property {name} is not allowed"
    elif kind in _TEXTS:
        yield path, _TEXTS[kind](error.kind, error)
    else:
        yield path, error.message


def _expected_type(kind: Any, error: jsonschema_rs.ValidationError) -> str:
    return f"Invalid type. Expected: {'/'.join(kind.types)}, given: {_type_of(error.instance)}"


def _branches(kind: Any, error: jsonschema_rs.ValidationError) -> str:
    """The first thing that is wrong with each of the first few alternatives."""
    here = list(error.instance_path)
    first = []
    for branch in kind.context[:MAX_BRANCHES]:
        path, text = next((found for inner in branch for found in _texts(inner)), (here, ""))
        first.append(text if path == here else f"{_dotted(path)}: {text}")
    if len(kind.context) > MAX_BRANCHES:
        first.append("…")
    return f": {' | '.join(first)}"


def _dotted(path: list[str | int]) -> str:
    return ".".join(map(str, path)) or "(root)"


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float() | Decimal():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _json(value: Any) -> str:
    return (
        f"{value}"
        if isinstance(value, int | float) and not isinstance(value, bool)
        else repr(value)
    )


_TEXTS: dict[str, Callable[[Any, Any], str]] = {
    "AdditionalItems": lambda kind, _: "No additional items allowed on array",
    "AnyOf": lambda kind, error: (
        "Must validate at least one schema (anyOf)" + _branches(kind, error)
    ),
    "Constant": lambda kind, _: "Does not match the one value allowed (const)",
    "Contains": lambda kind, _: "At least one of the items must match",
    "Enum": lambda kind, _: (
        f"Must be one of the following: {', '.join(map(_json, kind.options[:20]))}"
    ),
    "ExclusiveMaximum": lambda kind, _: f"Must be less than {kind.limit}",
    "ExclusiveMinimum": lambda kind, _: f"Must be greater than {kind.limit}",
    "FalseSchema": lambda kind, _: "No value is allowed here",
    "Format": lambda kind, _: f"Does not match format '{kind.format}'",
    "MaxItems": lambda kind, _: f"Array must have at most {kind.limit} items",
    "MaxLength": lambda kind, _: f"String length must be less than or equal to {kind.limit}",
    "MaxProperties": lambda kind, _: f"Must have at most {kind.limit} properties",
    "Maximum": lambda kind, _: f"Must be less than or equal to {kind.limit}",
    "MinItems": lambda kind, _: f"Array must have at least {kind.limit} items",
    "MinLength": lambda kind, _: f"String length must be greater than or equal to {kind.limit}",
    "MinProperties": lambda kind, _: f"Must have at least {kind.limit} properties",
    "Minimum": lambda kind, _: f"Must be greater than or equal to {kind.limit}",
    "MultipleOf": lambda kind, _: f"Must be a multiple of {kind.multiple_of}",
    "Not": lambda kind, _: "Must not validate the schema (not)",
    "OneOfMultipleValid": lambda kind, _: (
        "Must validate one and only one schema (oneOf), not several"
    ),
    "OneOfNotValid": lambda kind, error: (
        "Must validate one and only one schema (oneOf)" + _branches(kind, error)
    ),
    "Pattern": lambda kind, _: f"Does not match pattern '{kind.pattern}'",
    "PropertyNames": lambda kind, _: f"A property name is not allowed: {text_of(kind.error)}",
    "Required": lambda kind, _: f"{kind.property} is required",
    "Type": _expected_type,
    "UniqueItems": lambda kind, _: "Array items must be unique",
}


def _one_line(text: str) -> str:
    text = text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
