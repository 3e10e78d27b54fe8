"""The liberties old clients take with variables (epr-contract.md, section 6.3).

Unknown keys inside a variable's object are ignored, because the original's Python SDK sends every
attribute of its models. And a number is not an ID, though a textbook server would take it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import (
    GraphQLError,
    GraphQLID,
    GraphQLInputType,
    GraphQLSchema,
    VariableDefinitionNode,
    get_named_type,
    is_input_object_type,
    type_from_ast,
)


class Shape(NamedTuple):
    """What is special about a variable of one type.

    Attributes:
        known: the keys of its input object, or ``None`` if it is not one.
        ids: the keys that hold ids; for a variable that is itself an id, the empty text.
    """

    known: frozenset[str] | None
    ids: tuple[str, ...]


def shape_of(schema: GraphQLSchema, variable: VariableDefinitionNode) -> Shape:
    """The shape of a variable, by its declared type."""
    declared: GraphQLInputType = get_named_type(type_from_ast(schema, variable.type))
    if is_input_object_type(declared):
        ids = (key for key, field in declared.fields.items() if _is_id(field.type))
        return Shape(frozenset(declared.fields), tuple(ids))
    return Shape(None, ("",) if _is_id(declared) else ())


def adapt(variables: Mapping[str, Any], shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Variables as the schema wants them: unknown keys dropped.

    Raises:
        GraphQLError: a number where an id belongs.
    """
    return {
        name: _adapt(name, value, shapes[name])
        for name, value in variables.items()
        if name in shapes
    }


def _adapt(name: str, value: Any, shape: Shape) -> Any:
    if shape.known is None:
        if shape.ids:
            _refuse_number(value, f"${name}")
        return value
    if not isinstance(value, dict):
        return value
    for key in shape.ids:
        _refuse_number(value.get(key), f"${name}.{key}")
    return {key: inner for key, inner in value.items() if key in shape.known}


def _refuse_number(value: Any, where: str) -> None:
    if any(item is not None and not isinstance(item, str) for item in _listed(value)):
        raise GraphQLError(f"Variable {where} holds an id, which is a text.")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_id(declared: GraphQLInputType) -> bool:
    return get_named_type(declared) is GraphQLID
