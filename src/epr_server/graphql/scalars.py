"""The two scalars of the schema: JSON and Time.

JSON stays text inside: a payload is stored as it was sent and shown as it was stored, so that a
number like ``1.10`` survives the trip.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
from graphql import (
    BooleanValueNode,
    ConstValueNode,
    FloatValueNode,
    GraphQLError,
    GraphQLScalarType,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
)

# Decimals are numbers of the request that were kept exact; see transport.
_encoder = msgspec.json.Encoder(decimal_format="number")


def json_from_value(value: Any) -> bytes:
    """A variable's value as JSON text: a text is taken to *hold* JSON, anything else *is* JSON.

    >>> json_from_value('{"passed": 41}'), json_from_value({"passed": 41})
    (b'{"passed": 41}', b'{"passed":41}')
    """
    if isinstance(value, str):
        return value.strip().encode()
    return _encoder.encode(value)


def json_from_literal(node: ConstValueNode) -> bytes:
    """The same for a value written in the query itself, where numbers are copied digit by digit."""
    if isinstance(node, StringValueNode):
        return node.value.strip().encode()
    return _written(node).encode()


def _written(node: ConstValueNode) -> str:
    match node:
        case StringValueNode():
            return _encoder.encode(node.value).decode()
        case IntValueNode() | FloatValueNode():
            return node.value
        case BooleanValueNode():
            return "true" if node.value else "false"
        case NullValueNode():
            return "null"
        case ListValueNode():
            return f"[{','.join(map(_written, node.values))}]"
        case ObjectValueNode():
            pairs = (
                f"{_encoder.encode(field.name.value).decode()}:{_written(field.value)}"
                for field in node.fields
            )
            return f"{{{','.join(pairs)}}}"
    raise GraphQLError("JSON has no names as values; write a text in quotes", node)


def time_from_value(value: Any) -> datetime:
    """``2026-11-24T12:32:40Z`` as an aware datetime.

    Raises:
        GraphQLError: not an RFC 3339 date and time with an offset.
    """
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise GraphQLError(
            "Time is an RFC 3339 date and time with its offset, such as 2026-11-24T12:32:40Z"
        )
    return moment.astimezone(UTC)


def _time_from_literal(node: ConstValueNode) -> datetime:
    return time_from_value(getattr(node, "value", None))


JSON = GraphQLScalarType(
    "JSON",
    coerce_input_value=json_from_value,
    coerce_input_literal=json_from_literal,
    description="Any JSON value. As an input: the value itself, or a text that holds JSON.",
)

TIME = GraphQLScalarType(
    "Time",
    coerce_input_value=time_from_value,
    coerce_input_literal=_time_from_literal,
    description="A point in time, RFC 3339, such as 2026-11-24T12:32:40.22Z.",
)
