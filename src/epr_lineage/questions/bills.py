"""Bills of materials: which artifact has one, what two of them differ in, why a component is there."""

from __future__ import annotations

from dataclasses import dataclass

import networkx
import pandas

from epr_lineage.entry import Entry
from epr_lineage.errors import NothingFound
from epr_lineage.index import Index
from epr_lineage.model import Kind
from epr_lineage.payloads import purls
from epr_lineage.questions.coverage import Coverage
from epr_lineage.questions.deployments import WENT_LIVE
from epr_lineage.rules.identity import own_artifact
from epr_lineage.rules.supply import bills_at, described

SHIPPED = ("artifact.published", "artifact.packaged", *WENT_LIVE)


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
        if entry.said.sbom is not None and (unit or key in artifacts_of(index, entry)):
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
    if entry.said.sbom is not None and key in artifacts_of(index, entry):
        return True
    occurrence = entry.occurrence
    about = (
        occurrence is not None
        and occurrence.artifact is not None
        and occurrence.artifact.key == key
    )
    return about and occurrence.sbom_uri is not None and bool(bills_at(index, occurrence.sbom_uri))


def artifacts_of(index: Index, bill: Entry) -> list[str]:
    """The artifacts of a bill, by purl where they have one."""
    keys = described(bill)
    named = [key for key in keys if key.startswith("pkg:")]
    own = own_artifact(bill)
    return list(dict.fromkeys(named or ([own] if own else keys)))


def _versions(bill: Entry) -> dict[str, str]:
    """Package to version; of a package that is there in several versions, all of them."""
    versions: dict[str, set[str]] = {}
    for component in bill.said.sbom.components:
        if purl := purls.parse(component):
            versions.setdefault(purl.base, set()).add(purl.version)
    return {package: ", ".join(sorted(found)) for package, found in versions.items()}
