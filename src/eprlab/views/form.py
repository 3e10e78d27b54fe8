"""A form for a JSON Schema: a field for each property, and a value read back from them.

An object that may be left out has a check box. What a plain field cannot hold (alternatives, lists of objects, anything goes) gets a field for JSON.
The form does not validate: that is what the schema is for. It only has to be readable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from eprlab.lineage_view.text import visible
from eprlab.views.errors import BadAnswer

LEFT_OUT = object()
"""What a field gives that was not filled in."""
DEEPEST = 4  # nested objects; deeper ones are written as JSON
_OMITTED = "(left out)"
_WIDE = widgets.Layout(width="min(40em, 95%)")
_STYLE = {"description_width": "11em"}


@dataclass(frozen=True)
class Field:
    """One field: its widget, how to read it (a value, `LEFT_OUT`, or `BadAnswer`), how to fill it."""

    path: str
    widget: widgets.Widget
    read: Callable[[], Any]
    fill: Callable[[Any], None]


def form(schema: Any, path: str = "payload") -> Field:
    """The form for a schema; its value is the whole payload."""
    return _field(schema, path, True, schema if isinstance(schema, Mapping) else {}, 0)


def _field(schema: Any, path: str, required: bool, root: Mapping[str, Any], depth: int) -> Field:
    schema = _resolved(schema, root)
    kind = schema.get("type")
    if "const" in schema:
        return _choice(path, [schema["const"]], required, schema)
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return _choice(path, schema["enum"], required, schema)
    if any(word in schema for word in ("anyOf", "oneOf", "allOf", "if", "not")):
        return _json(path, required, schema)
    if kind == "object" and isinstance(schema.get("properties"), Mapping) and depth < DEEPEST:
        return _object(path, required, schema, root, depth)
    if kind == "string":
        return _text(path, required, schema)
    if kind in ("integer", "number"):
        return _number(path, required, schema)
    if kind == "boolean":
        return _choice(path, [True, False], required, schema)
    if kind == "array" and _resolved(schema.get("items"), root).get("type") == "string":
        return _lines(path, required, schema)
    return _json(path, required, schema)


def _resolved(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that local references lead to; {} (anything goes) if they lead nowhere."""
    for _ in range(16):
        if not isinstance(schema, Mapping):
            return {}
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        if not reference.startswith("#"):
            return {}
        schema = root
        for part in reference.removeprefix("#").split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            schema = schema.get(key) if isinstance(schema, Mapping) else None
    return {}


def _object(
    path: str, required: bool, schema: Mapping[str, Any], root: Mapping[str, Any], depth: int
) -> Field:
    needed = schema.get("required")
    needed = needed if isinstance(needed, list) else []
    fields = {
        name: _field(inner, f"{path}.{name}", name in needed, root, depth + 1)
        for name, inner in schema["properties"].items()
    }
    more = None
    if schema.get("additionalProperties", True) is not False:
        more = _json(
            f"{path}.(other)", False, {"description": "other properties, as a JSON object"}
        )
    parts = [field.widget for field in fields.values()] + ([more.widget] if more else [])
    inner = widgets.VBox(parts, layout=widgets.Layout(padding="0 0 0 1em" if depth else "0"))
    given = widgets.Checkbox(value=required, disabled=required, description=visible(_name(path)))
    box = widgets.VBox([given, inner]) if depth else inner

    def hide(_: Any = None) -> None:
        inner.layout.display = "" if given.value else "none"

    given.observe(hide, "value")
    hide()

    def read() -> Any:
        if not given.value:
            return LEFT_OUT
        value = {name: field.read() for name, field in fields.items()}
        value = {name: given for name, given in value.items() if given is not LEFT_OUT}
        others = more.read() if more else LEFT_OUT
        if others is not LEFT_OUT:
            if not isinstance(others, dict):
                raise BadAnswer(more.path, "other properties have to be a JSON object")
            value |= others
        return value

    def fill(value: Any) -> None:
        if not isinstance(value, Mapping) and value is not LEFT_OUT:
            raise BadAnswer(path, f"{value!r} is not an object")
        given.value = required or value is not LEFT_OUT
        values = value if isinstance(value, Mapping) else {}
        for name, field in fields.items():
            field.fill(values.get(name, LEFT_OUT))
        others = {name: one for name, one in values.items() if name not in fields}
        if more:
            more.fill(others or LEFT_OUT)
        elif others:
            raise BadAnswer(path, f"the schema knows no {', '.join(sorted(others))}")

    return Field(path, box, read, fill)


def _text(path: str, required: bool, schema: Mapping[str, Any]) -> Field:
    widget = widgets.Text(**_labels(path, required, schema))

    def read() -> Any:
        return widget.value if widget.value or required else LEFT_OUT

    return _filled(path, widget, read, str, schema)


def _number(path: str, required: bool, schema: Mapping[str, Any]) -> Field:
    whole = schema["type"] == "integer"
    widget = widgets.Text(**_labels(path, required, schema))

    def read() -> Any:
        text = widget.value.strip()
        if not text:
            if required:
                raise BadAnswer(path, "a number is needed")
            return LEFT_OUT
        try:
            return int(text) if whole else json.loads(text, parse_constant=_no_constant)
        except ValueError:
            kind = "a whole number" if whole else "a number"
            raise BadAnswer(path, f"{text!r} is not {kind}") from None

    return _filled(path, widget, read, str, schema)


def _choice(path: str, values: list[Any], required: bool, schema: Mapping[str, Any]) -> Field:
    shown = [(visible(one if isinstance(one, str) else json.dumps(one)), one) for one in values]
    options = shown if required else [(_OMITTED, LEFT_OUT), *shown]
    # Options are told apart by their place: 1 and True, or two equal labels, are different answers.
    widget = widgets.Dropdown(
        options=[(label, number) for number, (label, _) in enumerate(options)],
        **_labels(path, required, schema),
    )

    def fill(value: Any) -> None:
        places = [n for n, (_, one) in enumerate(options) if _same(one, value)]
        if not places and value is not LEFT_OUT:
            raise BadAnswer(path, f"{value!r} is none of the choices")
        widget.value = places[0] if places else 0

    field = Field(path, widget, lambda: options[widget.value][1], fill)
    if "default" in schema:
        field.fill(schema["default"])
    return field


def _lines(path: str, required: bool, schema: Mapping[str, Any]) -> Field:
    widget = widgets.Textarea(**_labels(path, required, schema, "one a line"))

    def read() -> Any:
        lines = [line for line in widget.value.splitlines() if line]
        return lines if lines or required else LEFT_OUT

    return _filled(path, widget, read, "\n".join, schema)


def _json(path: str, required: bool, schema: Mapping[str, Any]) -> Field:
    widget = widgets.Textarea(**_labels(path, required, schema, "JSON"))

    def read() -> Any:
        if not widget.value.strip():
            if required:
                raise BadAnswer(path, "a JSON value is needed")
            return LEFT_OUT
        try:
            return json.loads(widget.value, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise BadAnswer(path, f"not JSON: {error}") from None

    return _filled(path, widget, read, lambda value: json.dumps(value, indent=1), schema)


def _filled(
    path: str,
    widget: widgets.Widget,
    read: Callable[[], Any],
    write: Callable[[Any], str],
    schema: Mapping[str, Any],
) -> Field:
    def fill(value: Any) -> None:
        try:
            widget.value = "" if value is LEFT_OUT else write(value)
        except TypeError:
            raise BadAnswer(path, f"{value!r} does not fit into this field") from None

    if "default" in schema:
        fill(schema["default"])
    return Field(path, widget, read, fill)


def _labels(path: str, required: bool, schema: Mapping[str, Any], hint: str = "") -> dict[str, Any]:
    said = schema.get("description") if isinstance(schema.get("description"), str) else ""
    return {
        "description": visible(f"{_name(path)}{' *' if required else ''}"),
        "tooltip": visible(said or path),
        "style": _STYLE,
        "layout": _WIDE,
    } | ({"placeholder": hint} if hint else {})


def _name(path: str) -> str:
    return path.rpartition(".")[2]


def _same(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and one == other)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
