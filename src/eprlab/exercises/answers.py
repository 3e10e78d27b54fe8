"""What the learner wrote: the values of the names that an exercise asks for, and their text.

Values come from the notebook's own namespace, so anything may be in them. `shown` describes any value
in a line without ever raising.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
import textwrap
from dataclasses import dataclass, field
from typing import Any

from eprlab.exercises.limits import OutOfTime, time_limit

SHOWN = 160
"""Characters of a value that a finding shows."""
SECONDS = 1.0
"""How long a value may take to show itself."""


@dataclass(frozen=True)
class Answer:
    """The learner's values by name: `answer["set_up"]`. `namespace` is where their code lives."""

    namespace: dict[str, Any] = field(repr=False)
    names: tuple[str, ...]

    def __getitem__(self, name: str) -> Any:
        return self.namespace[name]

    @property
    def missing(self) -> tuple[str, ...]:
        """The names that the notebook does not have."""
        return tuple(name for name in self.names if name not in self.namespace)

    @property
    def text(self) -> str:
        """The answer as text: the source of functions and classes, other values as JSON or `repr`."""
        return "\n\n".join(_text(name, self.namespace[name]) for name in self.names) + "\n"

    @property
    def sha256(self) -> str:
        """The digest of `text`, in hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


def _text(name: str, value: Any) -> str:
    with contextlib.suppress(Exception, OutOfTime), time_limit(SECONDS):
        with contextlib.suppress(
            OSError, TypeError
        ):  # no code, or its source is nowhere to be found
            return textwrap.dedent(inspect.getsource(value)).strip()
        return f"{name} = {json.dumps(value, sort_keys=True, ensure_ascii=False, indent=4)}"
    return f"{name} = {shown(value, 10_000)}"


def shown(value: Any, limit: int = SHOWN) -> str:
    """`value` in words for a finding: short, on one line, and whatever it is, without an exception."""
    if value is ...:
        return "the `...` of the starter"
    if value is None:
        return "None"
    try:
        with time_limit(SECONDS):
            text = " ".join(repr(value).split())
    except (Exception, OutOfTime):
        text = f"something of type {type(value).__name__} that cannot be shown"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
