"""Which releases have a component, and how far a bad one reaches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from epr_lineage.entry import Entry
from epr_lineage.errors import NotComparable, NothingFound
from epr_lineage.index import Index
from epr_lineage.model import Kind
from epr_lineage.naming import place_of
from epr_lineage.payloads import purls
from epr_lineage.questions.bills import artifacts_of, billed
from epr_lineage.questions.coverage import Coverage
from epr_lineage.questions.deployments import running
from epr_lineage.rules.identity import own_artifact


@dataclass(frozen=True, slots=True)
class Containing:
    """A release that contains a component: by which bill, and where it runs now."""

    artifact: str
    component: str
    bill: Entry
    runs_in: tuple[str, ...]


@dataclass(frozen=True)
class Releases:
    """Q4. The releases that contain a component in a range of versions.

    `uncomparable`: versions that the range cannot be applied to, and which are left out.
    Coverage: how many of the shipped artifacts have a bill of materials; the others may contain it too.
    """

    releases: tuple[Containing, ...]
    uncomparable: tuple[str, ...]
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a release and version of the component."""
        return pandas.DataFrame(
            [(r.artifact, r.component, ", ".join(r.runs_in), r.bill.id) for r in self.releases],
            columns=["artifact", "contains", "runs in", "bill"],
        )


@dataclass(frozen=True, slots=True)
class Reached:
    """Something that a bad thing reaches: over how many hops, and from which node it was reached."""

    node: str
    hops: int
    via: str


@dataclass(frozen=True)
class Blast:
    """Q5. Everything that a bad component, artifact, run or build event reaches, nearest first.

    `counts`: how many of each kind. `runs_now`: the places that run it at present.
    Coverage: as of `Releases`.
    """

    start: str
    reached: tuple[Reached, ...]
    counts: dict[str, int]
    runs_now: tuple[str, ...]
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a node."""
        return pandas.DataFrame(
            [
                (
                    r.hops,
                    r.node.partition(":")[0],
                    r.node.partition(":")[2],
                    r.via.partition(":")[2],
                )
                for r in self.reached
            ],
            columns=["hops", "kind", "what", "via"],
        )


def releases_with(index: Index, component: str, versions: str = "") -> Releases:
    """Q4. Which releases contain this component? `component`: a purl, with or without a version.

    `versions`: a range such as `<0.3.2` (PEP 440), when the purl has none. Raises `NothingFound` for
    what is no purl, `NotComparable` for what is no range.
    """
    wanted = purls.parse(component)
    if wanted is None:
        raise NothingFound(component, "give a purl such as pkg:pypi/knotlib")
    try:
        allowed = SpecifierSet(versions, prereleases=True)
    except InvalidSpecifier:
        raise NotComparable(versions) from None
    live = _live(index)
    found, uncomparable = [], []
    for node in index.named(Kind.COMPONENT):
        purl = purls.parse(node.partition(":")[2])
        if purl is None or purl.base != wanted.base:
            continue
        if wanted.version and purl.version != wanted.version:
            continue
        inside = _inside(purl.version, allowed)
        if inside is None:
            uncomparable.append(purl.full)
        elif inside:
            for bill in index.touching(node):
                found += [
                    Containing(artifact, purl.full, bill, tuple(live.get(artifact, ())))
                    for artifact in artifacts_of(index, bill)
                ]
    unique = {(item.artifact, item.component): item for item in found}
    return Releases(
        tuple(unique[key] for key in sorted(unique)), tuple(uncomparable), billed(index)
    )  # fmt: skip


def blast_radius(index: Index, start: str) -> Blast:
    """Q5. What does a bad thing reach? `start`: the purl of a component or artifact, a unit, the id of
    the event that made it, or the id of any node. Raises `NothingFound`."""
    begin = _node(index, start)
    hops, via = {begin: 0}, {begin: begin}
    waiting = [begin]
    for node in waiting:  # grows while it is read: breadth first
        for distance, further in _spread(index, node):
            if further not in hops:
                hops[further], via[further] = hops[node] + distance, node
                waiting.append(further)
    reached = [Reached(node, hops[node], via[node]) for node in waiting[1:]]
    reached.sort(key=lambda item: (item.hops, item.node))
    live = _live(index)
    runs = {
        f"{Kind.PLACE}:{place}"
        for item in (begin, *(r.node for r in reached))
        for place in live.get(item.partition(":")[2], ())
    }
    return Blast(
        begin,
        tuple(reached),
        dict(Counter(item.node.partition(":")[0] for item in reached)),
        tuple(sorted(place.partition(":")[2] for place in runs)),
        billed(index),
    )


def _inside(version: str, allowed: SpecifierSet) -> bool | None:
    if not allowed:
        return True
    try:
        return allowed.contains(Version(version))
    except InvalidVersion:
        return None


def _live(index: Index) -> dict[str, list[str]]:
    """The places at which each artifact runs now."""
    live: dict[str, list[str]] = {}
    for deployment in running(index).places:
        live.setdefault(deployment.artifact or "", []).append(deployment.place)
    return live


def _node(index: Index, start: str) -> str:
    kinds = {kind.value for kind in Kind}
    kind, _, rest = start.partition(":")
    if kind in kinds and rest and kind != "pkg":
        node = start
    elif purl := purls.parse(start):
        component = f"{Kind.COMPONENT}:{purl.full}"
        node = component if index.touching(component) else f"{Kind.ARTIFACT}:{purl.full}"
        if not purl.version:
            node = f"{Kind.COMPONENT}:{purl.base}"
            if any(_base(other) == purl.base for other in index.named(Kind.COMPONENT)):
                return node
    elif unit := index.unit_called(start):
        node = f"{Kind.ARTIFACT}:{unit}"
    else:
        entry = index.resolve(start)
        node = entry.node if entry else start
    known = index.get(node.partition(":")[2]) if node.startswith("event:") else None
    if known is None and not index.touching(node):
        raise NothingFound(start, "give a purl, a unit, an event's id or the id of a node")
    return node


def _spread(index: Index, node: str) -> list[tuple[int, str]]:
    """Where a fault in a node goes on to: hops (0 for another name of the same thing) and node."""
    kind, _, key = node.partition(":")
    further: list[tuple[int, str]] = []
    if kind == Kind.COMPONENT:
        purl = purls.parse(key)
        if purl and not purl.version:
            further += [(0, other) for other in index.named(Kind.COMPONENT) if _base(other) == key]
        for bill in index.touching(node):
            further += [
                (1, f"{Kind.ARTIFACT}:{artifact}") for artifact in artifacts_of(index, bill)
            ]
    elif kind == Kind.ARTIFACT:
        if index.touching(component := f"{Kind.COMPONENT}:{key}"):
            further.append((0, component))
        for entry in index.touching(node):
            own = own_artifact(entry)
            if own and key in (own, str(entry.nvrpp)):
                further += [(0, f"{Kind.ARTIFACT}:{own}"), (0, f"{Kind.ARTIFACT}:{entry.nvrpp}")]
            occurrence = entry.occurrence
            if occurrence and occurrence.artifact and occurrence.artifact.key == key:
                further += [(1, place) for place in _places(entry)]
    elif kind == Kind.EVENT and (entry := index.get(key)):
        made = own_artifact(entry)
        further.append((1, f"{Kind.ARTIFACT}:{made or entry.nvrpp}"))
    elif kind == Kind.RUN:
        for entry in index.touching(node):
            if (made := own_artifact(entry)) and entry.occurrence.subject.node == node:
                further.append((1, f"{Kind.ARTIFACT}:{made}"))
    return further


def _places(entry: Entry) -> list[str]:
    place = None if entry.failed else place_of(entry.occurrence)
    return [f"{Kind.PLACE}:{place}"] if place else []


def _base(node: str) -> str:
    purl = purls.parse(node.partition(":")[2])
    return purl.base if purl else ""
