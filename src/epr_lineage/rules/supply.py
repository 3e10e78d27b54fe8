"""Rules about what things are made of, who vouches for them, and who acted."""

from __future__ import annotations

from collections.abc import Iterator

from epr_lineage.entry import Entry
from epr_lineage.index import Index
from epr_lineage.model import Confidence, Edge, Kind
from epr_lineage.payloads import purls
from epr_lineage.payloads.text import digest
from epr_lineage.rules.identity import own_artifact
from epr_lineage.rules.world import World, edge, node_id


def described_by(world: World) -> Iterator[Edge]:
    """The artifact's bill of materials is in, or described by, this event; it lists components, and
    which of them needs which. A component that we build ourselves is an artifact too."""
    for event in world.events:
        yield from _bills(world.index, event)
        sbom = event.said.sbom
        if sbom is None:
            continue
        for artifact in described(event):
            yield edge(
                "L15", "described by", Confidence.REFERENCED,
                node_id(Kind.ARTIFACT, artifact), event.node, event,
            )  # fmt: skip
        for purl in sbom.components:
            node = node_id(Kind.COMPONENT, purl)
            yield edge("L15", "contains", Confidence.REFERENCED, event.node, node, event)
            parsed = purls.parse(purl)
            if parsed and parsed.version:
                base = node_id(Kind.COMPONENT, parsed.base)
                yield edge("L15", "version of", Confidence.REFERENCED, node, base, event)
            for built in world.index.touching(node_id(Kind.ARTIFACT, purl)):
                if own_artifact(built) == purl:
                    ours = node_id(Kind.ARTIFACT, purl)
                    yield edge("L15", "same as", Confidence.REFERENCED, ours, node, event, built)
                    break
        for needing, needed in sbom.depends:
            if needing in sbom.components:
                yield edge(
                    "L15", "depends on", Confidence.REFERENCED,
                    node_id(Kind.COMPONENT, needing), node_id(Kind.COMPONENT, needed), event,
                )  # fmt: skip


def described(event: Entry) -> list[str]:
    """The keys of the artifacts that an SBOM event describes: by its subject, and by its columns."""
    sbom = event.said.sbom
    if sbom is None:
        return []
    keys = [sbom.subject] if sbom.subject else []
    parsed = purls.parse(sbom.subject) if sbom.subject else None
    # Its columns say what it is a receipt for, unless the SBOM names something else.
    if parsed is None or (parsed.name, parsed.version) == (event.nvrpp.name, event.nvrpp.version):
        keys.append(str(event.nvrpp))
    return keys


def _bills(index: Index, event: Entry) -> Iterator[Edge]:
    """`sbom.uri` of a package names the document that another event holds or describes."""
    occurrence = event.occurrence
    if occurrence is None or occurrence.sbom_uri is None or occurrence.artifact is None:
        return
    for bill in bills_at(index, occurrence.sbom_uri):
        if bill.id != event.id:
            yield edge(
                "L15", "described by", Confidence.REFERENCED,
                occurrence.artifact.node, bill.node, event, bill,
            )  # fmt: skip


def bills_at(index: Index, uri: str) -> list[Entry]:
    """The events that hold or describe the SBOM at a URI: the digest in it, else the URI itself."""
    found = next((d for part in uri.replace("/", " ").split() if (d := digest(part))), None)
    if found is None:
        return []
    return [e for e in index.with_digest(found) if e.said.sbom and e.said.sbom.digest == found]


def attests(world: World) -> Iterator[Edge]:
    """The event carries a statement about an artifact, found by its digest, signed by these keys.
    Whether a signature is valid is not looked at here."""
    for event in world.events:
        attestation = event.said.attestation
        if attestation is None:
            continue
        node = node_id(Kind.ATTESTATION, attestation.digest)
        yield edge("L16", "carries", Confidence.DECLARED, event.node, node, event)
        for _, claimed in attestation.subjects:
            for artifact in attested(world.index, claimed):
                yield edge("L16", "attests", Confidence.DECLARED, node, artifact, event)
        for keyid in attestation.keyids:
            key = node_id(Kind.KEY, keyid)
            yield edge("L16", "signed by", Confidence.DECLARED, node, key, event)


def attested(index: Index, claimed: str) -> list[str]:
    """The nodes of the artifacts with a digest; if no event states it, one for the digest itself."""
    holders = [e for e in index.with_digest(claimed) if claimed in e.said.digests]
    named = [node_id(Kind.ARTIFACT, own_artifact(e) or e.nvrpp) for e in holders]
    return list(dict.fromkeys(named)) or [node_id(Kind.ARTIFACT, claimed)]


def traced_by(world: World) -> Iterator[Edge]:
    """The event happened within this trace: its `traceparent` says so."""
    for event in world.events:
        if event.said.trace:
            yield edge(
                "L17", "traced by", Confidence.DECLARED,
                event.node, node_id(Kind.TRACE, event.said.trace), event,
            )  # fmt: skip


def acted(world: World) -> Iterator[Edge]:
    """Somebody did this: an agent, on the evidence of these events and with this person's approval,
    or whoever the CDEvent's content or the CloudEvent's `authid` names."""
    for event in world.events:
        action = event.said.action
        if action is not None:
            yield _by(event, action.agent, "performed by", Confidence.DECLARED)
            if action.approved_by:
                yield _by(event, action.approved_by, "approved by", Confidence.DECLARED)
            for used in action.used:
                known = world.index.resolve(used)
                target = known.node if known else node_id(Kind.EVENT, used)
                yield edge("L18", "used", Confidence.DECLARED, event.node, target, event)
        if event.said.actor:
            yield _by(event, event.said.actor, "performed by", Confidence.REFERENCED)
        for actor in event.occurrence.actors if event.occurrence else ():
            yield _by(event, actor, "performed by", Confidence.REFERENCED)


def _by(event: Entry, who: str, word: str, confidence: Confidence) -> Edge:
    return edge("L18", word, confidence, event.node, node_id(Kind.AGENT, who), event)
