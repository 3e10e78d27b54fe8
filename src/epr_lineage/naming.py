"""What an event names: other events, gates, and things. By this the index finds it again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from epr.records import NVRPP
from epr_lineage.entry import Entry
from epr_lineage.model import Kind
from epr_lineage.payloads import Link, Occurrence
from epr_lineage.payloads.cdevent import CAUSED, TRIGGERED

CAUSAL = (TRIGGERED, CAUSED)
"""Relations of a RELATION link that say that one event made the other happen."""


class Reference(NamedTuple):
    """One event names another. `cause`, `effect`: EPR ids or CDEvents ids; `evidence`: who says so."""

    cause: str
    effect: str
    rule: str
    relation: str
    evidence: str


def gates_named(entry: Entry) -> Iterator[tuple[str, NVRPP]]:
    """The gates (group and unit) that may have caused this event, as far as it says."""
    for event_id, group_id in entry.said.causes:
        if group_id is None or event_id is None:
            # An id alone may be a group's: CloudEvents' id of a gate's message is.
            yield group_id or event_id, entry.nvrpp


def references(entry: Entry) -> Iterator[Reference]:
    """Which events this one names as causes, or, as a link on its own, joins."""
    for event_id, group_id in entry.said.causes:
        if event_id:
            yield Reference(event_id, entry.id, "L7", group_id or "", entry.id)
    for link in links_of(entry):
        later = entry.id if link.later == "" else link.later
        if link.earlier is None or later is None:
            continue
        if link.type in ("PATH", "END"):
            yield Reference(link.earlier, later, "L9", "path", entry.id)
        elif link.kind in CAUSAL:
            yield Reference(link.earlier, later, "L10", link.kind, entry.id)
    if entry.said.action is not None:
        for used in entry.said.action.used:
            yield Reference(used, entry.id, "L18", "used", entry.id)


def nodes_named(entry: Entry) -> Iterator[str]:
    """The nodes, other than events, that the edges of this event lead to."""
    yield f"{Kind.RECEIVER}:{entry.event_receiver_id}"
    yield f"{Kind.ARTIFACT}:{entry.nvrpp}"
    said, occurrence = entry.said, entry.occurrence
    if said.chain:
        yield f"{Kind.CHAIN}:{said.chain}"
    if occurrence is not None:
        yield occurrence.subject.node
        yield from (thing.node for thing in occurrence.mentions)
        if occurrence.artifact is not None:
            yield occurrence.artifact.node
        yield from (f"{Kind.AGENT}:{actor}" for actor in occurrence.actors)
        if (place := place_of(occurrence)) is not None:
            yield f"{Kind.PLACE}:{place}"
    if said.sbom is not None:
        if said.sbom.subject:
            yield f"{Kind.ARTIFACT}:{said.sbom.subject}"
        yield from (f"{Kind.COMPONENT}:{purl}" for purl in said.sbom.components)
    if said.attestation is not None:
        yield f"{Kind.ATTESTATION}:{said.attestation.digest}"
        yield from (f"{Kind.KEY}:{keyid}" for keyid in said.attestation.keyids)
    if said.action is not None:
        yield f"{Kind.AGENT}:{said.action.agent}"
        if said.action.approved_by:
            yield f"{Kind.AGENT}:{said.action.approved_by}"
    if said.actor:
        yield f"{Kind.AGENT}:{said.actor}"
    if said.trace:
        yield f"{Kind.TRACE}:{said.trace}"


def place_of(occurrence: Occurrence) -> str | None:
    """`service @ environment` of an event about a service somewhere; None of others."""
    environment = occurrence.mentioned(Kind.ENVIRONMENT)
    if occurrence.subject.kind is not Kind.SERVICE or environment is None:
        return None
    return f"{occurrence.subject.key} @ {environment.key}"


def links_of(entry: Entry) -> tuple[Link, ...]:
    """The links that an event embeds, or the one that it is."""
    return entry.occurrence.links if entry.occurrence else entry.said.links
