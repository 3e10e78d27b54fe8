"""What runs where, now or at any moment; and every deployment there was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pandas

from epr_lineage.entry import Entry
from epr_lineage.index import Index
from epr_lineage.model import Kind
from epr_lineage.payloads import Thing
from epr_lineage.questions.coverage import Coverage
from epr_lineage.rules.identity import own_artifact

WENT_LIVE = ("service.deployed", "service.upgraded")
ROLLED_BACK, REMOVED = "service.rolledback", "service.removed"


@dataclass(frozen=True, slots=True)
class Deployment:
    """An artifact that came to run (or a service that ceased to) somewhere.

    `artifact` is its key, a purl where it has one; None of a removal.
    """

    event: Entry
    service: Thing
    environment: Thing
    artifact: str | None

    @property
    def place(self) -> str:
        """The key of its place's node."""
        return f"{self.service.key} @ {self.environment.key}"

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.when

    @property
    def forward(self) -> bool:
        """Whether something new went live: neither undone nor removed."""
        return self.event.name in WENT_LIVE


def deployments(
    index: Index, environment: str | None = None, service: str | None = None
) -> list[Deployment]:
    """The deployments that succeeded, roll-backs and removals included, in the order in which they
    happened. `environment`, `service`: ids (or keys of nodes); None for all."""
    found = []
    for place in index.named(Kind.PLACE):
        for entry in index.touching(place):
            deployment = _deployment(entry)
            if deployment and _called(deployment.environment, environment):
                found += [deployment] if _called(deployment.service, service) else []
    return sorted(found, key=lambda deployment: (deployment.at, deployment.event.id))


def by_place(deployed: Iterable[Deployment]) -> dict[str, list[Deployment]]:
    """The deployments of each place, in their order."""
    places: dict[str, list[Deployment]] = {}
    for deployment in deployed:
        places.setdefault(deployment.place, []).append(deployment)
    return places


@dataclass(frozen=True)
class Running:
    """Q3. What runs where as of `at` (None: now), one deployment for each place.

    Coverage: of how many of these artifacts the registry has a record of their making.
    """

    at: datetime | None
    places: tuple[Deployment, ...]
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a place: service, environment, artifact, since when, and the event that says so."""
        return pandas.DataFrame(
            [
                (d.service.id, d.environment.id, d.artifact, d.at, d.event.name, d.event.id)
                for d in self.places
            ],
            columns=["service", "environment", "artifact", "since", "by", "event"],
        )


def running(index: Index, environment: str | None = None, at: datetime | None = None) -> Running:
    """Q3. What runs now, or ran as far as the registry knew at a moment (by its own clock).

    The last event of a place says it; a roll-back makes it the older artifact again.
    """
    current = []
    for history in by_place(deployments(index, environment)).values():
        known = [d for d in history if at is None or d.event.created_at <= at]
        if known and known[-1].artifact is not None:
            current.append(known[-1])
    current.sort(key=lambda d: (d.environment.id, d.service.id))
    made = Coverage.over(
        ((d.artifact or "", _was_made(index, d.artifact or "")) for d in current),
        "running artifacts have a record of how they were made",
    )
    return Running(at, tuple(current), made)


def _deployment(entry: Entry) -> Deployment | None:
    occurrence = entry.occurrence
    if occurrence is None or entry.failed:
        return None
    environment = occurrence.mentioned(Kind.ENVIRONMENT)
    if occurrence.name not in (*WENT_LIVE, ROLLED_BACK, REMOVED) or environment is None:
        return None
    artifact = occurrence.artifact.key if occurrence.artifact else None
    return Deployment(entry, occurrence.subject, environment, artifact)


def _called(thing: Thing, name: str | None) -> bool:
    return name is None or name in (thing.id, thing.key)


def _was_made(index: Index, artifact: str) -> bool:
    return any(own_artifact(entry) for entry in index.touching(f"{Kind.ARTIFACT}:{artifact}"))
