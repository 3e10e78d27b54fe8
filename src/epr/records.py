"""What a registry stores, as frozen values: the results of typed calls and the parts of messages.

Shapes and meanings are those of the wire contract, sections 1, 3, 4, 5 and 7. Unknown keys are
ignored, so a newer registry may add some. A missing or mistyped key raises `UnexpectedAnswer`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from .errors import UnexpectedAnswer


class NVRPP(NamedTuple):
    """The identity of a unit: five texts, compared byte for byte, all five.

    In the story: `NVRPP("tidetable", "1.4.0", "2026.11.1", "py3-none-any", "wheel")`; `release` is
    the build, `platform_id` the wheel tag, `package` the kind of artifact.
    """

    name: str
    version: str
    release: str
    platform_id: str
    package: str

    def __str__(self) -> str:
        return "/".join(self)


@dataclass(frozen=True, slots=True)
class Receiver:
    """An event receiver: a kind of action, with the JSON Schema its events' payloads obey."""

    id: str
    name: str
    type: str
    version: str
    description: str
    schema: Any = field(hash=False)
    fingerprint: str
    created_at: datetime

    @classmethod
    def from_json(cls, value: Any) -> Receiver:
        """Reads the object as REST, GraphQL and messages show it."""
        at = _Fields("a receiver", value)
        return cls(
            id=at.text("id"),
            name=at.text("name"),
            type=at.text("type"),
            version=at.text("version"),
            description=at.text("description"),
            schema=at.any("schema"),
            fingerprint=at.text("fingerprint"),
            created_at=at.time("created_at"),
        )


@dataclass(frozen=True, slots=True)
class Event:
    """A record that one receiver's action happened for one unit, and whether it passed.

    `receiver` is there on events from `get`, `create` and messages, and None on events from
    searches (GraphQL does not carry it); `event_receiver_id` always is.
    """

    id: str
    name: str
    version: str
    release: str
    platform_id: str
    package: str
    description: str
    payload: Any = field(hash=False)
    success: bool
    created_at: datetime
    event_receiver_id: str
    receiver: Receiver | None = None

    @property
    def nvrpp(self) -> NVRPP:
        """The unit the event is about."""
        return NVRPP(self.name, self.version, self.release, self.platform_id, self.package)

    @classmethod
    def from_json(cls, value: Any) -> Event:
        """Reads the object as REST, GraphQL and messages show it."""
        at = _Fields("an event", value)
        receiver = at.value.get("EventReceiver")
        return cls(
            id=at.text("id"),
            name=at.text("name"),
            version=at.text("version"),
            release=at.text("release"),
            platform_id=at.text("platform_id"),
            package=at.text("package"),
            description=at.text("description"),
            payload=at.any("payload"),
            success=at.flag("success"),
            created_at=at.time("created_at"),
            event_receiver_id=at.text("event_receiver_id"),
            receiver=Receiver.from_json(receiver) if receiver else None,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """An event receiver group: the gate that announces when all its receivers passed for a unit.

    `event_receiver_ids` keeps the order of creation.
    """

    id: str
    name: str
    type: str
    version: str
    description: str
    enabled: bool
    event_receiver_ids: tuple[str, ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def from_json(cls, value: Any) -> Group:
        """Reads the object as REST, GraphQL and messages show it."""
        at = _Fields("a group", value)
        return cls(
            id=at.text("id"),
            name=at.text("name"),
            type=at.text("type"),
            version=at.text("version"),
            description=at.text("description"),
            enabled=at.flag("enabled"),
            event_receiver_ids=at.texts("event_receiver_ids"),
            created_at=at.time("created_at"),
            updated_at=at.time("updated_at"),
        )


@dataclass(frozen=True, slots=True)
class Health:
    """The answers of the registry's two probes.

    `live`: the process answers. `ready`: it can do its work (the reference server always says
    yes). `reason`: the readiness probe's own words when it says no, else "".
    """

    live: bool
    ready: bool
    reason: str = ""


def identity(thing: Receiver | Group | Event | str) -> str:
    """The id of a record, or the id itself: calls take either."""
    return thing if isinstance(thing, str) else thing.id


def identities(things: Iterable[Receiver | str]) -> list[str]:
    """`identity` of each; one text on its own is refused, since it would be read letter by letter."""
    if isinstance(things, str):
        raise TypeError(
            f"a list of receivers or ids is needed, not the text {things!r}: use [{things!r}]"
        )
    return [identity(thing) for thing in things]


class _Fields:
    """Reads the keys of one JSON object and says which one is wrong."""

    def __init__(self, what: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise UnexpectedAnswer(
                f"{what} is {type(value).__name__}, not an object; is this a registry?"
            )
        self.what = what
        self.value = value

    def any(self, key: str) -> Any:
        try:
            return self.value[key]
        except KeyError:
            raise self._wrong(key, "is missing") from None

    def text(self, key: str) -> str:
        return self._typed(key, str, "text")

    def flag(self, key: str) -> bool:
        return self._typed(key, bool, "a boolean")

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._typed(key, list, "a list")
        if not all(isinstance(value, str) for value in values):
            raise self._wrong(key, "does not hold texts only")
        return tuple(values)

    def time(self, key: str) -> datetime:
        text = self.text(key)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self._wrong(key, f"is not a time: {text[:40]!r}") from None
        if moment.tzinfo is None:
            raise self._wrong(key, f"has no UTC offset: {text[:40]!r}")
        return moment

    def _typed(self, key: str, kind: type, name: str) -> Any:
        value = self.any(key)
        if not isinstance(value, kind):
            raise self._wrong(key, f"is {type(value).__name__}, not {name}")
        return value

    def _wrong(self, key: str, problem: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(f"{key!r} of {self.what} {problem}; is this a registry?")
