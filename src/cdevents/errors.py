"""What can go wrong.

    CDEventsError
    ├── NotJSON              the text is not JSON, or a Python value has no JSON form
    ├── InvalidEvent         a document breaks the rules of its type; `problems` says where and how
    │   └── UnknownType      no such type in the vocabulary; `suggestion` may name the one meant
    ├── UnsupportedVersion   a specification version that is not read: a draft, too old, too new
    ├── BrokenChain          an event cannot follow another
    └── InvalidMessage       an HTTP or Kafka message is not a CDEvent in a CloudEvent

All of them are `ValueError`s too. Every message says what is wrong, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule. `path`: where, as in `context.links[0].from.contextId`; "" is the document.

    `message` says what is wrong there, `hint` what would be right ("" if there is nothing to add).
    """

    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.path or 'the event'}: {self.message}"
        return f"{text}; {self.hint}" if self.hint else text


class CDEventsError(ValueError):
    """The base of this package's errors."""


class NotJSON(CDEventsError):
    """Not JSON, or not a JSON value."""


class InvalidEvent(CDEventsError):
    """The document is not a valid event. `problems`: every broken rule, never empty."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[InvalidEvent], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class UnknownType(InvalidEvent):
    """No such type. `given`: what was asked for; `suggestion`: the nearest known type, or None."""

    def __init__(self, given: str, message: str, hint: str, suggestion: str | None = None) -> None:
        super().__init__([Problem("context.type", message, hint)])
        self.given = given
        self.suggestion = suggestion

    def __reduce__(self) -> tuple[type[UnknownType], tuple[str, str, str, str | None]]:  # type: ignore[override]
        problem = self.problems[0]
        return type(self), (self.given, problem.message, problem.hint, self.suggestion)


class UnsupportedVersion(CDEventsError):
    """The specification version is not one that is read. `version`: the one found."""

    def __init__(self, version: str, reason: str) -> None:
        self.version = version
        self.reason = reason
        super().__init__(f"CDEvents {version} is not read: {reason}")

    def __reduce__(self) -> tuple[type[UnsupportedVersion], tuple[str, str]]:
        return type(self), (self.version, self.reason)


class BrokenChain(CDEventsError):
    """An event cannot follow or end the chain as asked."""


class InvalidMessage(CDEventsError):
    """The message is not a CDEvent carried by a CloudEvent."""
