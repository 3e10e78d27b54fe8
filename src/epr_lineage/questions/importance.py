"""What everything hangs on: the receivers, artifacts, components and events with the most behind them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import networkx
import pandas

from epr_lineage.flow import flow_of
from epr_lineage.index import Index
from epr_lineage.model import Kind
from epr_lineage.questions.bills import billed
from epr_lineage.questions.components import releases_with
from epr_lineage.questions.coverage import Coverage
from epr_lineage.questions.deployments import deployments


@dataclass(frozen=True, slots=True)
class Leaned:
    """A node (`label`: its name, of a receiver), and how many others depend on it: at once (`direct`) and over any number of steps."""

    node: str
    direct: int
    reach: int
    label: str = ""


@dataclass(frozen=True)
class Importance:
    """Q14. The most depended-on of each kind, most first. Coverage: as of `components.Releases`."""

    ranked: dict[Kind, tuple[Leaned, ...]]
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a node, by kind."""
        return pandas.DataFrame(
            [
                (
                    kind.value,
                    leaned.label or leaned.node.partition(":")[2],
                    leaned.direct,
                    leaned.reach,
                )
                for kind, ranked in self.ranked.items()
                for leaned in ranked
            ],
            columns=["kind", "what", "direct", "reach"],
        )


def most_depended_on(index: Index, top: int = 10) -> Importance:
    """Q14. What is most depended on?

    A receiver: by gates that wait for it, and units that have been through these. An artifact: by
    places that it was deployed to, and deployments. A component: by releases. An event: by the events
    that name it, and by all that follow from it.
    """
    return Importance(
        {
            Kind.RECEIVER: _top(_receivers(index), top),
            Kind.ARTIFACT: _top(_artifacts(index), top),
            Kind.COMPONENT: _top(_components(index), top),
            Kind.EVENT: _top(_events(index, top), top),
        },
        billed(index),
    )


def _top(found: list[Leaned], top: int) -> tuple[Leaned, ...]:
    ordered = sorted(found, key=lambda leaned: (-leaned.direct, -leaned.reach, leaned.node))
    return tuple(leaned for leaned in ordered[:top] if leaned.direct)


def _receivers(index: Index) -> list[Leaned]:
    gates: Counter[str] = Counter()
    reach: Counter[str] = Counter()
    for group in tuple(index.groups.values()):
        for member in set(group.event_receiver_ids):
            gates[member] += 1
            units = {entry.nvrpp for entry in index.touching(f"{Kind.RECEIVER}:{member}")}
            reach[member] += len(units)
    names = {receiver.id: receiver.name for receiver in tuple(index.receivers.values())}
    return [
        Leaned(f"{Kind.RECEIVER}:{id}", gates[id], reach[id], names.get(id, id)) for id in gates
    ]


def _artifacts(index: Index) -> list[Leaned]:
    places: dict[str, list[str]] = {}
    for deployment in deployments(index):
        if deployment.artifact:
            places.setdefault(deployment.artifact, []).append(deployment.place)
    return [Leaned(f"{Kind.ARTIFACT}:{key}", len(set(at)), len(at)) for key, at in places.items()]


def _components(index: Index) -> list[Leaned]:
    bases = {node.partition("@")[0].partition(":")[2] for node in index.named(Kind.COMPONENT)}
    found = []
    for base in sorted(bases):
        releases = releases_with(index, base).releases
        versions = {release.component for release in releases}
        found.append(
            Leaned(f"{Kind.COMPONENT}:{base}", len({r.artifact for r in releases}), len(versions))
        )
    return found


def _events(index: Index, top: int) -> list[Leaned]:
    graph = flow_of(index)
    busiest = sorted(graph.out_degree, key=lambda pair: (-pair[1], pair[0]))[:top]
    return [
        Leaned(f"{Kind.EVENT}:{id}", degree, len(networkx.descendants(graph, id)))
        for id, degree in busiest
    ]
