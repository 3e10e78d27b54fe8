"""`python -m cdevents.stub` writes `builders.pyi`, from which editors complete the builders.

The stub is committed; a test fails when it no longer says what the table says.
"""

from __future__ import annotations

from pathlib import Path

from . import signatures, vocabulary
from .vocabulary import EventType

PATH = Path(__file__).with_name("builders.pyi")

_HEAD = '''\
"""Written by `python -m cdevents.stub` from the table in `vocabulary`; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Unpack

from .event import Event
from .shapes import Envelope, Reference, Sbom, TestCase, TestSuite, Trigger

def custom(
    type: str,
    subject_id: str,
    *,
    content: Mapping[str, Any] | None = None,
    **envelope: Unpack[Envelope],
) -> Event: ...
'''


def text() -> str:
    """What `builders.pyi` shall hold."""
    parts = [_HEAD]
    for subject in vocabulary.SUBJECTS:
        rows = [row for row in vocabulary.TYPES.values() if row.subject == subject]
        functions = "\n".join(map(_function, rows))
        parts.append(f"class _{subject.capitalize()}:\n{functions}\n")
    parts.append("\n".join(f"{name}: _{name.capitalize()}" for name in vocabulary.SUBJECTS) + "\n")
    return "\n".join(parts)


def _function(kind: EventType) -> str:
    content = [
        f"        {field.parameter}: {signatures.annotation(field.shape, field.required)}"
        f"{'' if field.required else ' = None'},"
        for field in signatures.in_order(kind)
    ]
    if content:
        content.insert(0, "        *,")
    doc = signatures.docstring(kind).replace("\n", "\n        ").replace("\n        \n", "\n\n")
    return "\n".join([
        "    @staticmethod",
        f"    def {kind.predicate}(",
        "        subject_id: str,",
        *content,
        "        **envelope: Unpack[Envelope],",
        "    ) -> Event:",
        f'        """{doc}"""',
    ])  # fmt: skip


if __name__ == "__main__":
    PATH.write_text(text(), "utf-8")
