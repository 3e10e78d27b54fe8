"""Which messages a handler wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ..messages import Kind, Message
from ..records import Group, Receiver, identity

Handler = Callable[[Message], Any]


@dataclass(frozen=True, slots=True)
class Match:
    """Conditions on a message; None means any, and all that are given must hold.

    `types`, `names`: one of these must fit; `*` and `?` are wildcards. `receiver`, `group`: a name
    or an id. `where`: a last word in Python; an exception in it counts as the handler's.
    """

    types: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None
    receiver: str | None = None
    group: str | None = None
    success: bool | None = None
    kind: Kind | None = None
    where: Callable[[Message], bool] | None = None

    def fits(self, message: Message) -> bool:
        """Whether every condition but `where` holds."""
        return (
            (self.success is None or message.success is self.success)
            and (self.kind is None or message.kind == self.kind)
            and _any_fits(self.types, message.type)
            and _any_fits(self.names, message.name)
            and _names(self.receiver, message.receiver)
            and _names(self.group, message.group)
        )


@dataclass(frozen=True, slots=True)
class Route:
    """A handler and what it wants. `name` stands for it in logs, headers and seen-stores."""

    name: str
    match: Match
    handler: Handler


def texts(value: str | Iterable[str] | None) -> tuple[str, ...] | None:
    """One text or several, as a tuple."""
    if value is None:
        return None
    return (value,) if isinstance(value, str) else tuple(value)


def named(value: Receiver | Group | str | None) -> str | None:
    """A record by its id, a text as it is."""
    return None if value is None else identity(value)


def _any_fits(patterns: tuple[str, ...] | None, text: str) -> bool:
    return patterns is None or any(fnmatchcase(text, pattern) for pattern in patterns)


def _names(wanted: str | None, thing: Receiver | Group | None) -> bool:
    return wanted is None or (thing is not None and wanted in (thing.id, thing.name))
