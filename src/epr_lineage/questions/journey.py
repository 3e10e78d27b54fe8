"""Which events a question is about: those of a chain, of an artifact, of a unit, or around an event."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from epr.records import NVRPP
from epr_lineage.entry import Entry
from epr_lineage.errors import NothingFound
from epr_lineage.index import Index
from epr_lineage.model import Kind
from epr_lineage.payloads import purls

MERGED = "change.merged"


def journey(index: Index, what: str | NVRPP) -> list[Entry]:
    """The events of one journey, oldest recorded first.

    `what`: a chain's id, a purl, a unit (or its five parts joined by slashes), or an event's id, which
    stands for its chain, or, if it has none, for its unit. Raises `NothingFound`.
    """
    found: list[Entry] = []
    if isinstance(what, NVRPP):
        found = list(index.of_unit(what))
    elif purl := purls.parse(what):
        found = index.touching(f"{Kind.ARTIFACT}:{purl.full}")
    elif unit := index.unit_called(what):
        found = list(index.of_unit(unit))
    elif entry := index.resolve(what):
        chain = entry.said.chain
        found = (
            index.touching(f"{Kind.CHAIN}:{chain}") if chain else list(index.of_unit(entry.nvrpp))
        )
    else:
        found = index.touching(f"{Kind.CHAIN}:{what}")
    if not found:
        raise NothingFound(str(what), "give a chain's id, a purl, a unit or an event's id")
    return found


def event_called(index: Index, id: str) -> Entry:
    """The event with this EPR or CDEvents id. Raises `NothingFound`."""
    found = index.resolve(id)
    if found is None:
        raise NothingFound(id, "give the id of an event that is in the index")
    return found


class How(StrEnum):
    """How an event's origin is known, from the best evidence to the weakest."""

    LINKS = "links"
    CHAIN = "same chain"
    ARTIFACT = "same artifact"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Origin:
    """The merge that an event goes back to, and how that is known."""

    change: Entry | None
    how: How

    @property
    def unbroken(self) -> bool:
        """Whether every step back to the change is linked."""
        return self.how is How.LINKS


def origin(index: Index, entry: Entry) -> Origin:
    """The nearest `change.merged` behind an event: by its links; else in its chain; else the one that
    its artifact's other events go back to."""
    if (found := _by_links(index, entry)) is not None:
        return Origin(found, How.LINKS)
    if (found := _in_chain(index, entry.said.chain)) is not None:
        return Origin(found, How.CHAIN)
    artifact = entry.occurrence.artifact if entry.occurrence else None
    for other in index.touching(artifact.node) if artifact else ():
        change = other.occurrence.mentioned(Kind.CHANGE) if other.occurrence else None
        for named in index.touching(change.node) if change else ():
            if named.name == MERGED:
                return Origin(named, How.ARTIFACT)
        if (found := _in_chain(index, other.said.chain)) is not None:
            return Origin(found, How.ARTIFACT)
    return Origin(None, How.UNKNOWN)


def _by_links(index: Index, entry: Entry) -> Entry | None:
    seen, waiting = {entry.id}, deque([entry])
    while waiting:
        here = waiting.popleft()
        if here.name == MERGED:
            return here
        for id in index.causes(here):
            if id not in seen:
                seen.add(id)
                waiting.append(index[id])
    return None


def _in_chain(index: Index, chain: str | None) -> Entry | None:
    members = index.touching(f"{Kind.CHAIN}:{chain}") if chain else ()
    return next((member for member in members if member.name == MERGED), None)
