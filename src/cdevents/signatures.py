"""What the builder of a type takes and says about itself, from the table in `vocabulary`.

Used twice: by `builders`, for what a notebook shows, and by `stub`, for what an editor reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from . import vocabulary
from .vocabulary import EventType, Field, Shape


def in_order(kind: EventType) -> list[Field]:
    """The fields of a type, required ones first."""
    return sorted(kind.fields, key=lambda field: not field.required)


def docstring(kind: EventType) -> str:
    """What the builder of a type says about itself."""
    lines = [f"{kind.type}: {kind.meaning}.", "", "`subject_id`: which one."]
    lines += [
        f"`{field.parameter}`: {field.shape.says}{'' if field.required else ' (optional)'}."
        for field in in_order(kind)
    ]
    return "\n".join([*lines, "The rest: see `cdevents.shapes.Envelope`."])


def signature(kind: EventType, envelope: Sequence[inspect.Parameter]) -> inspect.Signature:
    """What the builder of a type takes. `envelope`: what every builder takes, `source` first."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    content = [
        inspect.Parameter(
            field.parameter,
            keyword,
            default=inspect.Parameter.empty if field.required else None,
            annotation=annotation(field.shape, field.required),
        )
        for field in in_order(kind)
    ]
    first = inspect.Parameter(
        "subject_id", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation="str"
    )
    source, *rest = envelope
    return inspect.Signature([first, source, *content, *rest], return_annotation="Event")


def annotation(shape: Shape, required: bool) -> str:
    """The Python type of a builder's parameter, as source text."""
    text = shape.annotation
    if shape is vocabulary.REFERENCE:
        text += " | Event"
    return text if required else f"{text} | None"
