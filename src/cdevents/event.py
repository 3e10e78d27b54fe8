"""`Event`: a valid CDEvent that cannot change, and `parse`, which makes one from what arrived."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import json_text, links, vocabulary
from .clock import moment
from .errors import BrokenChain, InvalidEvent, Problem
from .json_text import ReadOnlyDict
from .links import Link
from .validation import validate
from .versions import upgrade


def parse(document: bytes | str | Mapping[str, Any]) -> Event:
    """The event in a JSON text, or in a value that was JSON.

    Release 0.4.1 is converted to 0.5.1 (`cdevents.versions`), 0.5.x is taken as it is; its own
    members stay in their order, so `parse(text).to_json()` says what `text` said. Nothing is
    fetched, whatever `schemaUri` says.

    Raises `NotJSON`, `UnsupportedVersion`, `InvalidEvent`, `UnknownType`.
    """
    value = json_text.read(document) if isinstance(document, bytes | str) else document
    if not isinstance(value, Mapping):
        raise InvalidEvent(
            [Problem("", f"it is a {type(value).__name__}", "an event is an object")]
        )
    return Event(upgrade(json_text.freeze(value)))


def new_chain_id() -> str:
    """An id for a chain that begins: a random UUID, as the specification recommends."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True, repr=False)
class Event:
    """A CDEvent. Valid by construction: `Event(document)` raises what `parse` raises.

    `document`: the event as JSON, read-only. Two events are equal if their documents are.
    `parse` reads events; the builders make new ones.
    """

    document: Mapping[str, Any]

    def __post_init__(self) -> None:
        document = json_text.freeze(self.document)
        if upgrade(document) is not document:
            raise InvalidEvent(
                [
                    Problem(
                        "context.version", "this is release 0.4.1", "read it with `cdevents.parse`"
                    )
                ]
            )
        validate(document)
        object.__setattr__(self, "document", document)

    def __hash__(self) -> int:
        return hash((self.source, self.id))

    def __repr__(self) -> str:
        return f"<{self.name} {self.subject_id} by {self.source} at {self.timestamp}>"

    # ------------------------------------------------------------------------------ the context
    @property
    def specversion(self) -> str:
        """The release of the specification, 0.5.1."""
        return self.document["context"]["specversion"]

    @property
    def id(self) -> str:
        """Unique together with `source`."""
        return self.document["context"]["id"]

    @property
    def source(self) -> str:
        """Who sent it, a URI reference."""
        return self.document["context"]["source"]

    @property
    def type(self) -> str:
        """As on the wire: `dev.cdevents.artifact.published.0.3.0`."""
        return self.document["context"]["type"]

    @property
    def name(self) -> str:
        """Short: `artifact.published`; of a custom event: `plab-timetable.loaded`."""
        return ".".join(self.type.split(".")[2:4])

    @property
    def custom(self) -> bool:
        """Whether the type is one of the producer's own, outside the vocabulary."""
        return self.type.startswith(vocabulary.CUSTOM_PREFIX)

    @property
    def timestamp(self) -> str:
        """When it happened, as the producer wrote it (RFC 3339)."""
        return self.document["context"]["timestamp"]

    @property
    def time(self) -> datetime:
        """When it happened, with its zone, to the microsecond."""
        return moment(self.timestamp)

    @property
    def schema_uri(self) -> str | None:
        """The name of a further schema. A name: do not fetch what an event tells you to."""
        return self.document["context"].get("schemaUri")

    @property
    def chain_id(self) -> str | None:
        """The chain it belongs to."""
        return self.document["context"].get("chainId")

    @property
    def links(self) -> tuple[Link, ...]:
        """The embedded links, in their order."""
        return tuple(map(Link, self.document["context"].get("links", ())))

    # ------------------------------------------------------------------------------ the subject
    @property
    def subject_id(self) -> str:
        """What it is about."""
        return self.document["subject"]["id"]

    @property
    def subject_source(self) -> str | None:
        """Where `subject_id` is meant; None: at the event's own `source`."""
        return self.document["subject"].get("source")

    @property
    def content(self) -> ReadOnlyDict:
        """What the type says about its subject, by the specification's names: `artifactId`."""
        return self.document["subject"]["content"]

    @property
    def custom_data(self) -> ReadOnlyDict | str | None:
        """The producer's own: an object, or bytes as text in base64."""
        return self.document.get("customData")

    @property
    def custom_data_content_type(self) -> str | None:
        """The media type of the custom data."""
        return self.document.get("customDataContentType")

    # ------------------------------------------------------------------------------ writing
    def to_dict(self) -> dict[str, Any]:
        """A changeable copy, as JSON has it."""
        return json_text.thaw(self.document)

    def to_json(self) -> bytes:
        """As compact UTF-8 JSON, members in the order in which they came."""
        return json_text.write(self.document)

    # ------------------------------------------------------------------------------ chains
    def follow(self, previous: Event, *, tags: Mapping[str, Any] | None = None) -> Event:
        """This event as one that came after `previous`: in its chain, with a PATH link to it.

        An event may follow several (a deployment waits for the tests and for the scan) as long as
        they are of one chain. Following the same twice changes nothing.

        Raises `BrokenChain` if `previous` belongs to no chain or to another, or is this event.
        """
        if previous.chain_id is None:
            raise BrokenChain(
                f"{previous!r} belongs to no chain; build the first event of a chain "
                "with chain_id=cdevents.new_chain_id()"
            )
        if (previous.source, previous.id) == (self.source, self.id):
            raise BrokenChain(f"{self!r} cannot follow itself; give it an id of its own")
        if self.chain_id not in (None, previous.chain_id):
            raise BrokenChain(
                f"{self!r} belongs to chain {self.chain_id}, {previous!r} to {previous.chain_id}; "
                "tie chains together with a RELATION link: event.relate(kind, other)"
            )
        if any(link.type == "PATH" and link.from_id == previous.id for link in self.links):
            return self._with(chainId=previous.chain_id)
        return self._linked(links.path(previous, tags=tags), chainId=previous.chain_id)

    def relate(
        self, kind: str, target: Event | str, *, tags: Mapping[str, Any] | None = None
    ) -> Event:
        """This event with a RELATION link. `kind`: a word of yours; `target`: an event or its id."""
        return self._linked(links.relation(kind, target, tags=tags))

    def end_chain(
        self, previous: Event | str | None = None, *, tags: Mapping[str, Any] | None = None
    ) -> Event:
        """This event as the last of its chain."""
        return self._linked(links.end(previous, tags=tags))

    def _linked(self, link: Link, **context: Any) -> Event:
        present = self.document["context"].get("links", ())
        return self._with(**context, links=(*present, link.document))

    def _with(self, **context: Any) -> Event:
        return Event(
            ReadOnlyDict({**self.document, "context": {**self.document["context"], **context}})
        )
