"""Links: how one event says which came before it, and what it has to do with others.

A chain is all that followed from one beginning; its events share a `chainId`. Inside an event,
`context.links` holds PATH (the event before this one), RELATION (another event, and how it is
related) and END (this event ends its chain). The same, and START, can be sent as messages of their
own by somebody who sees two events and knows that they belong together.

    embedded       path(previous)  relation("TRIGGER", other)  end()
    stand-alone    start_link(first)  path_link(previous, event)
                   relation_link("TRIGGER", source, target)  end_link(previous, last)

Events may be given as `Event`s or, in embedded links, as ids. Source: the specification's
`links.md`; where its prose and its schemas differ (the prose lets an embedded PATH leave out
`from`), the schemas are followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from . import json_text
from .clock import moment, timestamp
from .errors import BrokenChain, NotJSON
from .json_text import ReadOnlyDict
from .validation import validate_link

if TYPE_CHECKING:
    from .event import Event

_ENDS = ("from", "to", "start", "end", "source", "target")


@dataclass(frozen=True, slots=True, repr=False)
class Link:
    """A link, embedded in an event or a message of its own. `document`: it as JSON, read-only."""

    document: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "document", json_text.freeze(self.document))

    def __hash__(self) -> int:
        return hash(json_text.write(self.document))

    def __repr__(self) -> str:
        kind = f" {self.kind}" if self.kind else ""
        ends = (f"{end} {id}" for end in _ENDS if (id := self._id(end)))
        return f"<{self.type}{kind} {', '.join(ends)}>"

    @property
    def type(self) -> str:
        """PATH, RELATION, END or START."""
        return self.document["linkType"]

    @property
    def kind(self) -> str | None:
        """A RELATION's `linkKind`: any word, TRIGGER for instance."""
        return self.document.get("linkKind")

    @property
    def from_id(self) -> str | None:
        """PATH, END: the id of the event before."""
        return self._id("from")

    @property
    def target_id(self) -> str | None:
        """RELATION: the id of the event that is related to."""
        return self._id("target")

    @property
    def source_id(self) -> str | None:
        """Stand-alone RELATION: the id of the event that is related."""
        return self._id("source")

    @property
    def to_id(self) -> str | None:
        """Stand-alone PATH: the id of the later event."""
        return self._id("to")

    @property
    def start_id(self) -> str | None:
        """START: the id of the chain's first event."""
        return self._id("start")

    @property
    def end_id(self) -> str | None:
        """Stand-alone END: the id of the chain's last event."""
        return self._id("end")

    @property
    def chain_id(self) -> str | None:
        """Stand-alone links carry their chain; an embedded one has its event's."""
        return self.document.get("chainId")

    @property
    def time(self) -> datetime | None:
        """Stand-alone links carry a time, with its zone."""
        text = self.document.get("timestamp")
        return None if text is None else moment(text)

    @property
    def tags(self) -> Mapping[str, Any]:
        """Whatever else the producer said."""
        return self.document.get("tags", ReadOnlyDict())

    @property
    def standalone(self) -> bool:
        """Whether this is a message of its own."""
        return "chainId" in self.document

    def to_dict(self) -> dict[str, Any]:
        """A changeable copy."""
        return json_text.thaw(self.document)

    def to_json(self) -> bytes:
        """As UTF-8 JSON."""
        return json_text.write(self.document)

    def _id(self, end: str) -> str | None:
        return self.document.get(end, {}).get("contextId")


# ---------------------------------------------------------------------------------------- embedded
def path(previous: Event | str, *, tags: Mapping[str, Any] | None = None) -> Link:
    """The event before this one."""
    return _embedded("PATH", tags, {"from": _event(previous)})


def relation(kind: str, target: Event | str, *, tags: Mapping[str, Any] | None = None) -> Link:
    """Another event, and how this one is related to it."""
    return _embedded("RELATION", tags, {"linkKind": kind, "target": _event(target)})


def end(previous: Event | str | None = None, *, tags: Mapping[str, Any] | None = None) -> Link:
    """This event is the last of its chain; `previous` is the one before it."""
    return _embedded("END", tags, {} if previous is None else {"from": _event(previous)})


# ------------------------------------------------------------------------------------- stand-alone
def start_link(
    first: Event, *, at: datetime | str | None = None, tags: Mapping[str, Any] | None = None
) -> Link:
    """`first` is where its chain begins."""
    return _standalone("START", first, at, tags, {"start": _event(first)})


def path_link(
    previous: Event,
    event: Event,
    *,
    at: datetime | str | None = None,
    tags: Mapping[str, Any] | None = None,
) -> Link:
    """`event` came after `previous`, in the chain of `event`."""
    return _standalone("PATH", event, at, tags, {"from": _event(previous), "to": _event(event)})


def relation_link(
    kind: str,
    source: Event,
    target: Event | str,
    *,
    at: datetime | str | None = None,
    tags: Mapping[str, Any] | None = None,
) -> Link:
    """`source` is related to `target`; the link belongs to the chain of `source`."""
    ends = {"linkKind": kind, "source": _event(source), "target": _event(target)}
    return _standalone("RELATION", source, at, tags, ends)


def end_link(
    previous: Event | str,
    last: Event,
    *,
    at: datetime | str | None = None,
    tags: Mapping[str, Any] | None = None,
) -> Link:
    """`last` is where its chain ends, after `previous`."""
    return _standalone("END", last, at, tags, {"from": _event(previous), "end": _event(last)})


def parse_link(document: bytes | str | Mapping[str, Any]) -> Link:
    """A stand-alone link from its JSON. Raises `NotJSON` or `InvalidEvent`."""
    value = json_text.read(document) if isinstance(document, bytes | str) else document
    if not isinstance(value, Mapping):
        raise NotJSON(f"a link is a JSON object, not a {type(value).__name__}")
    frozen = json_text.freeze(value)
    validate_link(frozen)
    return Link(frozen)


def _embedded(type: str, tags: Mapping[str, Any] | None, members: dict[str, Any]) -> Link:
    return Link({"linkType": type, **members, **_tagged(tags)})


def _standalone(
    type: str,
    owner: Event,
    at: datetime | str | None,
    tags: Mapping[str, Any] | None,
    members: dict[str, Any],
) -> Link:
    if owner.chain_id is None:
        raise BrokenChain(
            f"{owner.id} belongs to no chain, so a {type} link cannot name one; "
            "build it with chain_id=cdevents.new_chain_id()"
        )
    head = {"chainId": owner.chain_id, "linkType": type, "timestamp": timestamp(at)}
    return parse_link({**head, **members, **_tagged(tags)})


def _tagged(tags: Mapping[str, Any] | None) -> dict[str, Any]:
    return {} if tags is None else {"tags": tags}


def _event(event: Event | str) -> dict[str, str]:
    return {"contextId": event if isinstance(event, str) else event.id}
