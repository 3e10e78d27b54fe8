"""The upstream SDK's models: mutable dataclasses to fill in and hand to `Client`.

Same names, fields, order and defaults as epr-python 0.1.0, with three traps removed:

- `as_dict_query()` keeps `success=False` and `enabled=False` *if they were set*, so that failed
  events can be asked for. Upstream drops them always.
- `Message` and `Data` can hold a real message: `Message.from_dict(json.loads(record.value))`.
- `schema` and `payload` may be dicts; `Client` writes them as JSON text where that is needed.

For results with types use `epr.records`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from typing import Any

from .fingerprint import GroupFingerprint, ReceiverFingerprint


class ModelType(Enum):
    """The three kinds of object."""

    EVENT = "Event"
    RECEIVER = "EventReceiver"
    GROUP = "EventReceiverGroup"

    def lower(self) -> str:
        """`"event"`, `"eventreceiver"`, `"eventreceivergroup"`."""
        return self.value.lower()

    def lower_plural(self) -> str:
        """`lower()` with an s."""
        return self.lower() + "s"


@dataclass
class Model:
    """Base of the models. Remembers which fields were set, for `as_dict_query`."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Model:
        self = super().__new__(cls)
        positional = [f.name for f in fields(cls)][: len(args)]
        self.__dict__["_given"] = frozenset([*positional, *kwargs])
        return self

    def __post_init__(self) -> None:
        self.__dict__["_filled"] = True

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        # Before `_filled`, it is the generated __init__ that writes, defaults included.
        if self.__dict__.get("_filled"):
            self.__dict__["_given"] |= {name}

    def as_dict(self) -> dict[str, Any]:
        """All fields, nested models as dicts."""
        return asdict(self)

    def as_dict_query(self) -> dict[str, Any]:
        """The fields worth searching by: those that are not empty, and a False that was set."""
        given = self.__dict__["_given"]
        return {
            key: value
            for key, value in self.as_dict().items()
            if value or (value is False and key in given)
        }


@dataclass
class Event(Model):
    """An event to create, or to search by."""

    id: str = field(default="", compare=False)
    name: str = ""
    version: str = ""
    release: str = ""
    platform_id: str = ""
    package: str = ""
    description: str = ""
    payload: Any = field(default_factory=dict)
    success: bool = False
    created_at: str = field(default="", compare=False)
    event_receiver_id: str = ""
    event_receiver: dict[str, Any] = field(default_factory=dict)


@dataclass
class EventReceiver(Model):
    """An event receiver to create, or to search by."""

    id: str = field(default="", compare=False)
    name: str = ""
    type: str = ""
    version: str = ""
    description: str = ""
    schema: Any = field(default_factory=dict)
    fingerprint: str = ""
    created_at: str = field(default="", compare=False)

    def compute_fingerprint(self) -> str | None:
        """The fingerprint the registry will show, or None while a field is empty."""
        return ReceiverFingerprint.new(self.as_dict()).fingerprint


@dataclass
class EventReceiverGroup(Model):
    """An event receiver group to create, or to search by."""

    id: str = field(default="", compare=False)
    name: str = ""
    type: str = ""
    version: str = ""
    description: str = ""
    enabled: bool = False
    event_receiver_ids: list[str] = field(default_factory=list)
    created_at: str = field(default="", compare=False)
    updated_at: str = field(default="", compare=False)
    fingerprint: str = ""

    def compute_fingerprint(self) -> str | None:
        """The SDK's own fingerprint of a group, or None while a field is empty or False."""
        return GroupFingerprint.new(self.as_dict()).fingerprint


@dataclass
class Data(Model):
    """The `data` of a message: three lists, each of one object or None (contract section 10)."""

    events: list[Event] | None = None
    event_receivers: list[EventReceiver] | None = None
    event_receiver_groups: list[EventReceiverGroup] | None = None

    @property
    def receivers(self) -> list[EventReceiver] | None:
        """Upstream's name for `event_receivers`."""
        return self.event_receivers

    @property
    def receiver_groups(self) -> list[EventReceiverGroup] | None:
        """Upstream's name for `event_receiver_groups`."""
        return self.event_receiver_groups


@dataclass
class Message(Model):
    """A message of the topic. `epr.Message` is the frozen, typed one that a `Watcher` hands out."""

    success: bool
    id: str
    specversion: str
    type: str
    source: str
    api_version: str
    name: str
    version: str
    release: str
    platform_id: str
    package: str
    data: Data

    @classmethod
    def from_dict(cls, message: Mapping[str, Any]) -> Message:
        """Reads a decoded message. Unknown keys are ignored; a missing one raises `KeyError`."""
        data = message["data"]
        return cls(
            **{f.name: message[f.name] for f in fields(cls) if f.name != "data"},
            data=Data(
                events=_models(Event, data["events"]),
                event_receivers=_models(EventReceiver, data["event_receivers"]),
                event_receiver_groups=_models(EventReceiverGroup, data["event_receiver_groups"]),
            ),
        )


@dataclass
class GraphQLQuery(Model):
    """A GraphQL request body."""

    query: str = ""
    variables: dict[str, Any] = field(default_factory=dict)


def _models(kind: type[Model], objects: list[Mapping[str, Any]] | None) -> list[Any] | None:
    if objects is None:
        return None
    known = {f.name for f in fields(kind)}
    # REST and messages spell it EventReceiver, the model event_receiver.
    renamed = [
        {"event_receiver" if k == "EventReceiver" else k: v for k, v in o.items()} for o in objects
    ]
    return [kind(**{k: v for k, v in o.items() if k in known}) for o in renamed]
