"""What a payload can say, as small frozen values: all that the index keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from epr_lineage.model import Kind


class Thing(NamedTuple):
    """Something that a payload names: a run, a change, a service, an artifact, a person.

    `key` is the key of its node; `id` and `source` are what the payload said (source "" if it did
    not say one).
    """

    kind: Kind
    key: str
    id: str
    source: str = ""

    @property
    def node(self) -> str:
        """The id of its node."""
        return f"{self.kind}:{self.key}"


class Link(NamedTuple):
    """One link of a CDEvent, embedded or on its own.

    `type`: PATH, RELATION, END or START. `kind`: a RELATION's, in our words (`cdevent.relation`).
    `earlier`, `later`: the CDEvents ids of the events that it joins; "" is the event it is embedded
    in, None if the link does not say. Of a RELATION, `later` is the one that is related and
    `earlier` the one it is related to.
    """

    type: str
    kind: str
    earlier: str | None
    later: str | None


class Cause(NamedTuple):
    """What an event was caused by: an event's id, and a group's if it was a gate's opening."""

    event_id: str | None
    group_id: str | None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What a CDEvent says happened.

    `name`: `build.finished`; of a custom type `plab-agentaction.performed`. `artifact`: the key of
    the artifact that it is about (a purl where it is one). `outcome`: "" where the type has none.
    `text`: the words in it that a person would read first. `actors`: who it says acted.
    """

    name: str
    id: str
    source: str
    subject: Thing
    chain: str | None = None
    links: tuple[Link, ...] = ()
    mentions: tuple[Thing, ...] = ()
    artifact: Thing | None = None
    sbom_uri: str | None = None
    outcome: str = ""
    text: str = ""
    actors: tuple[str, ...] = ()

    def mentioned(self, kind: Kind) -> Thing | None:
        """The first thing of a kind that it is about or mentions."""
        return next((t for t in (self.subject, *self.mentions) if t.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Sbom:
    """A bill of materials, inline or by descriptor.

    `digest`: `sha256:…` of the document, as a descriptor states it; of an inline one we compute it
    over its JSON with sorted keys. `subject`: the purl that it describes, None if it does not say.
    `components`: purls. `depends`: pairs of purls, the first needs the second.
    """

    digest: str
    uri: str | None
    inline: bool
    subject: str | None
    subject_digest: str | None
    components: tuple[str, ...]
    depends: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Attestation:
    """An in-toto statement, signed (in a DSSE envelope) or not.

    `digest`: `sha256:…` over the envelope's JSON with sorted keys; it is the attestation's key.
    `subjects`: name and `sha256:…` of each artifact. `keyids`: of the signatures; whether these are
    valid is another question (`epr_lineage.authenticity`).
    """

    digest: str
    predicate_type: str
    subjects: tuple[tuple[str, str], ...]
    keyids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something an agent did: which tool, on what evidence (event ids), who approved it."""

    agent: str
    tool: str
    decision: str = ""
    planner: str = ""
    arguments: str = ""
    used: tuple[str, ...] = ()
    approved_by: str | None = None
    approval: str = ""
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Everything that one payload says. What it does not say is None or empty.

    `links`: stand-alone links, and the chain they belong to in `chain` (which otherwise repeats
    the occurrence's, or is a CloudEvent's `correlationid`). `digests`: `sha256:…` of the artifact.
    `trace`: a trace id. `actor`: a CloudEvent's `authid`.
    """

    occurrence: Occurrence | None = None
    links: tuple[Link, ...] = ()
    chain: str | None = None
    causes: tuple[Cause, ...] = ()
    digests: tuple[str, ...] = ()
    sbom: Sbom | None = None
    attestation: Attestation | None = None
    action: Action | None = None
    trace: str | None = None
    actor: str | None = None


NOTHING = Said()
"""Of a payload that says nothing we know how to read. Shared, so that it costs no memory."""
