"""What releases are made of: who has a component, how far a bad one reaches, why it is there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import networkx
import pandas
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from epr_lineage.entry import Entry
from epr_lineage.errors import NotComparable, NothingFound
from epr_lineage.index import Index
from epr_lineage.model import Kind
from epr_lineage.payloads import purls
from epr_lineage.questions.coverage import Coverage
from epr_lineage.questions.deployments import WENT_LIVE, running
from epr_lineage.rules.identity import own_artifact
from epr_lineage.rules.supply import bills_at, described

SHIPPED = ("artifact.published", "artifact.packaged", *WENT_LIVE)


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


@dataclass(frozen=True, slots=True)
class BillDifference:
    """What differs between two bills of materials, by package: versions before and after."""

    added: dict[str, str]
    removed: dict[str, str]
    changed: dict[str, tuple[str, str]]

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a package that differs."""
        rows = [(name, "", version, "added") for name, version in self.added.items()]
        rows += [(name, version, "", "removed") for name, version in self.removed.items()]
        rows += [(name, *versions, "changed") for name, versions in self.changed.items()]
        return pandas.DataFrame(sorted(rows), columns=["package", "before", "after", "what"])


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
                    for artifact in _described(index, bill)
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


def why_component(index: Index, artifact: str, component: str) -> tuple[str, ...]:
    """Why is this component in that artifact? The shortest way of dependencies, as purls, from the
    artifact to the component; `()` if its bill does not say. Raises `NothingFound` without a bill."""
    bill = bill_of(index, artifact)
    sbom, wanted = bill.said.sbom, purls.parse(component)
    graph = networkx.DiGraph(sbom.depends)
    targets = [c for c in sbom.components if wanted and c in (wanted.full, component)]
    targets += [c for c in sbom.components if wanted and purls.parse(c).base == wanted.full]
    if not sbom.subject or sbom.subject not in graph:
        return ()
    for target in targets:
        if target in graph and networkx.has_path(graph, sbom.subject, target):
            return tuple(networkx.shortest_path(graph, sbom.subject, target))
    return ()


def bill_difference(index: Index, before: str, after: str) -> BillDifference:
    """What differs between the bills of two artifacts (purls or units). Raises `NothingFound`."""
    old, new = (_versions(bill_of(index, artifact)) for artifact in (before, after))
    return BillDifference(
        added={name: new[name] for name in sorted(new.keys() - old.keys())},
        removed={name: old[name] for name in sorted(old.keys() - new.keys())},
        changed={
            name: (old[name], new[name])
            for name in sorted(old.keys() & new.keys())
            if old[name] != new[name]
        },
    )


def bill_of(index: Index, artifact: str) -> Entry:
    """The event with the newest bill of materials of an artifact. Raises `NothingFound`."""
    purl, unit = purls.parse(artifact), index.unit_called(artifact)
    key = purl.full if purl else artifact
    events = list(index.of_unit(unit)) if unit else index.touching(f"{Kind.ARTIFACT}:{key}")
    for entry in reversed(events):
        if entry.said.sbom is not None and (unit or key in _described(index, entry)):
            return entry
        uri = entry.occurrence.sbom_uri if entry.occurrence else None
        for bill in bills_at(index, uri) if uri else ():
            return bill
    raise NothingFound(artifact, "no event with its bill of materials is in the index")


def billed(index: Index) -> Coverage:
    """How many of the artifacts that were packaged, published or deployed have a bill of materials."""
    shipped: dict[str, bool] = {}
    for node in index.named(Kind.ARTIFACT):
        key = node.partition(":")[2]
        if not key.startswith("pkg:"):
            continue
        events = index.touching(node)
        if any(entry.name in SHIPPED for entry in events):
            shipped[key] = any(_has_bill(index, entry, key) for entry in events)
    return Coverage.over(shipped.items(), "shipped artifacts have a bill of materials")


def _has_bill(index: Index, entry: Entry, key: str) -> bool:
    if entry.said.sbom is not None and key in _described(index, entry):
        return True
    occurrence = entry.occurrence
    about = (
        occurrence is not None
        and occurrence.artifact is not None
        and occurrence.artifact.key == key
    )
    return about and occurrence.sbom_uri is not None and bool(bills_at(index, occurrence.sbom_uri))


def _described(index: Index, bill: Entry) -> list[str]:
    """The artifacts of a bill, by purl where they have one."""
    keys = described(bill)
    named = [key for key in keys if key.startswith("pkg:")]
    own = own_artifact(bill)
    return list(dict.fromkeys(named or ([own] if own else keys)))


def _versions(bill: Entry) -> dict[str, str]:
    parsed = (purls.parse(component) for component in bill.said.sbom.components)
    return {purl.base: purl.version for purl in parsed if purl}


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
            further += [(1, f"{Kind.ARTIFACT}:{artifact}") for artifact in _described(index, bill)]
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
    environment = entry.occurrence.mentioned(Kind.ENVIRONMENT)
    if entry.occurrence.subject.kind is not Kind.SERVICE or environment is None or entry.failed:
        return []
    return [f"{Kind.PLACE}:{entry.occurrence.subject.key} @ {environment.key}"]


def _base(node: str) -> str:
    purl = purls.parse(node.partition(":")[2])
    return purl.base if purl else ""
