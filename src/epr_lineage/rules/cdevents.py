"""Rules that read CDEvents: their links, chains and subjects, and what was built and deployed."""

from __future__ import annotations

from collections.abc import Iterator

from epr_lineage.index import Index
from epr_lineage.model import Confidence, Edge, Kind
from epr_lineage.naming import CAUSAL, Reference, links_of, place_of
from epr_lineage.payloads.cdevent import RUNS
from epr_lineage.rules.identity import own_artifact
from epr_lineage.rules.world import World, edge, node_id

DEPLOYING = ("service.deployed", "service.upgraded", "service.rolledback")
_MAKING = ("artifact.packaged", "artifact.published")


def path(world: World) -> Iterator[Edge]:
    """A PATH (or END) link of the later event, or one sent on its own, says that it came next."""
    for reference in _references(world, "L9"):
        yield _joined(world.index, reference, reference.cause, reference.effect, "path")


def relation(world: World) -> Iterator[Edge]:
    """A RELATION link says so, in a word of its own: the target triggered or caused the event, or is
    related to it in another way."""
    for reference in _references(world, "L10"):
        yield _joined(world.index, reference, reference.effect, reference.cause, reference.relation)
    for event in world.events:
        for link in links_of(event):
            if link.type == "RELATION" and link.kind not in CAUSAL and link.earlier:
                later = event.id if link.later == "" else link.later
                if later:
                    named = Reference(link.earlier, later, "L10", link.kind, event.id)
                    yield _joined(
                        world.index, named, later, link.earlier, link.kind or "related to"
                    )


def in_chain(world: World) -> Iterator[Edge]:
    """The event carries this chainId; a START link on its own, or an END link, marks its first and
    its last event."""
    for event in world.events:
        if not event.said.chain:
            continue
        chain = node_id(Kind.CHAIN, event.said.chain)
        yield edge("L11", "in", Confidence.DECLARED, event.node, chain, event)
        for link in links_of(event):
            if link.type in ("START", "END"):
                word = "starts" if link.type == "START" else "ends"
                marked = event.node if link.later == "" else _node(world.index, link.later or "")
                yield edge("L11", word, Confidence.DECLARED, marked, chain, event)


def subject(world: World) -> Iterator[Edge]:
    """The CDEvent is about this run, change, service …, and mentions these others."""
    for event in world.events:
        occurrence = event.occurrence
        if occurrence is None:
            continue
        yield edge(
            "L12", "subject", Confidence.REFERENCED, event.node, occurrence.subject.node, event
        )  # fmt: skip
        mentioned = [thing.node for thing in occurrence.mentions]
        if occurrence.artifact is not None:
            mentioned.append(occurrence.artifact.node)
        for node in dict.fromkeys(mentioned):
            if node != occurrence.subject.node:
                yield edge("L12", "mentions", Confidence.REFERENCED, event.node, node, event)


def same_as(world: World) -> Iterator[Edge]:
    """The five identity columns and the purl mean one artifact: the event is about both, and their
    names and versions agree."""
    for event in world.events:
        if (purl := own_artifact(event)) is not None:
            yield edge(
                "L3", "same as", Confidence.REFERENCED,
                node_id(Kind.ARTIFACT, event.nvrpp), node_id(Kind.ARTIFACT, purl), event,
            )  # fmt: skip


def produced(world: World) -> Iterator[Edge]:
    """The run made the artifact: its `build.finished` names it, or what was packaged or published
    links to an event about the run."""
    for event in world.events:
        occurrence = event.occurrence
        if occurrence is None or occurrence.artifact is None:
            continue
        artifact = occurrence.artifact.node
        if occurrence.name == "build.finished":
            yield edge(
                "L13", "produced", Confidence.REFERENCED, occurrence.subject.node, artifact, event
            )  # fmt: skip
        elif occurrence.name in _MAKING:
            for link in occurrence.links:
                origin = world.index.resolve(link.earlier) if link.earlier else None
                run = origin.occurrence.subject if origin and origin.occurrence else None
                if run is not None and run.kind is Kind.RUN and run.key.split()[0] in RUNS[:3]:
                    yield edge(
                        "L13", "produced", Confidence.REFERENCED, run.node, artifact, event, origin
                    )  # fmt: skip


def deployed_as(world: World) -> Iterator[Edge]:
    """The artifact ran as this service in this environment, or still does; the place belongs to
    both."""
    for event in world.events:
        occurrence = event.occurrence
        place = place_of(occurrence) if occurrence else None
        if place is None:
            continue
        node = node_id(Kind.PLACE, place)
        if occurrence.name in DEPLOYING and occurrence.artifact is not None:
            yield edge(
                "L14", "deployed as", Confidence.REFERENCED, occurrence.artifact.node, node, event
            )  # fmt: skip
        environment = occurrence.mentioned(Kind.ENVIRONMENT)
        yield edge("L14", "place of", Confidence.REFERENCED, node, occurrence.subject.node, event)
        yield edge("L14", "place in", Confidence.REFERENCED, node, environment.node, event)


def _references(world: World, rule: str) -> Iterator[Reference]:
    """What the events say about themselves, and what others say about them."""
    seen: dict[Reference, None] = {}
    for event in world.events:
        for reference in world.index.said_by(event):
            seen[reference] = None
        for reference in world.index.stated_causes(event):
            seen[reference] = None
    yield from (reference for reference in seen if reference.rule == rule)


def _joined(index: Index, reference: Reference, source: str, target: str, word: str) -> Edge:
    rule = reference.rule
    evidence = [entry for entry in (index.get(reference.evidence),) if entry]
    return edge(
        rule, word, Confidence.DECLARED, _node(index, source), _node(index, target), *evidence
    )  # fmt: skip


def _node(index: Index, name: str) -> str:
    """The node of the event that an id means; of an event that is not known, by the id itself."""
    entry = index.resolve(name)
    return entry.node if entry else node_id(Kind.EVENT, name)
