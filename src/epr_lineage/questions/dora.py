"""The four keys of software delivery (https://dora.dev/guides/dora-metrics/), with their coverage.

They are read from links. Where a link is missing a number is an approximation at best, so each comes
with the share of deployments that it can vouch for.
"""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

import pandas

from epr_lineage.entry import Entry
from epr_lineage.index import Index
from epr_lineage.model import Kind
from epr_lineage.questions.coverage import Coverage
from epr_lineage.questions.deployments import ROLLED_BACK, Deployment, by_place, deployments
from epr_lineage.questions.journey import Origin, origin

DETECTED, RESOLVED = "incident.detected", "incident.resolved"


@dataclass(frozen=True)
class Window:
    """A span of the producers' clock, `since` inclusive, `until` exclusive; None is without limit."""

    since: datetime | None = None
    until: datetime | None = None

    def __contains__(self, moment: datetime) -> bool:
        return (self.since is None or moment >= self.since) and (
            self.until is None or moment < self.until
        )


EVER = Window()


@dataclass(frozen=True)
class Frequency:
    """Q17. How often something new goes live. Coverage: deployments with an unbroken chain to a merge."""

    deployments: tuple[Deployment, ...]
    days: float
    coverage: Coverage

    @property
    def per_day(self) -> float:
        """Deployments a day over the whole span."""
        return len(self.deployments) / self.days if self.days else 0.0

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a day (UTC) that has any: how many."""
        days = pandas.Series(
            [d.at.astimezone(UTC).date() for d in self.deployments], dtype="object"
        )
        counted = days.value_counts().sort_index()
        return pandas.DataFrame({"day": counted.index, "deployments": counted.to_numpy()})


@dataclass(frozen=True, slots=True)
class Led:
    """A deployment, where it came from, and how long that took (None: no change is known)."""

    deployment: Deployment
    origin: Origin
    time: timedelta | None


@dataclass(frozen=True)
class LeadTime:
    """Q18. From merge to production. `median`, `p90`: of those whose change is known, None if none is.

    Coverage: deployments with an unbroken chain; the times of the others are by `origin.how`.
    """

    led: tuple[Led, ...]
    median: timedelta | None
    p90: timedelta | None
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a deployment."""
        return pandas.DataFrame(
            [
                (x.deployment.at, x.deployment.service.id, x.deployment.artifact, x.time,
                 x.origin.how.value, x.origin.change.id if x.origin.change else "",
                 x.deployment.event.id)
                for x in self.led
            ],
            columns=["when", "service", "artifact", "lead time", "known by", "change", "event"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """A deployment that went wrong. `sign`: the incident or the roll-back that says so; `linked`:
    whether it says so by a link, or only by naming the artifact, or by coming next.

    `recovered`: the event that ended it, None if nothing did yet.
    """

    deployment: Deployment
    sign: Entry
    linked: bool
    recovered: Entry | None

    @property
    def time(self) -> timedelta | None:
        """From the sign of failure to recovery. A roll-back without an incident counts from the
        deployment: nobody recorded when it was noticed."""
        if self.recovered is None:
            return None
        noticed = self.deployment.at if self.sign is self.recovered else self.sign.when
        return max(self.recovered.when - noticed, timedelta())


@dataclass(frozen=True)
class FailureRate:
    """Q19. Deployments that went wrong, of all. Coverage: incidents tied to a deployment."""

    failures: tuple[Failure, ...]
    deployments: int
    coverage: Coverage

    @property
    def rate(self) -> float:
        """Between 0 and 1."""
        return len(self.failures) / self.deployments if self.deployments else 0.0

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a failure."""
        return _failures(self.failures)


@dataclass(frozen=True)
class Recovery:
    """Q20. How long a failed deployment lasts. Coverage: failures that are over."""

    failures: tuple[Failure, ...]
    median: timedelta | None
    p90: timedelta | None
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a failure."""
        return _failures(self.failures)


def deployment_frequency(
    index: Index, environment: str = "production", window: Window = EVER
) -> Frequency:
    """Q17. How often do deployments succeed? Roll-backs and removals do not count."""
    went = _went_live(index, environment, window)
    first = window.since or (went[0].at if went else None)
    last = window.until or (went[-1].at if went else None)
    span = (last - first).total_seconds() / 86_400 if first and last else 0.0
    return Frequency(tuple(went), max(span, 1.0) if went else span, _unbroken(index, went))


def lead_time(index: Index, environment: str = "production", window: Window = EVER) -> LeadTime:
    """Q18. How long from a merged change to production?

    For each deployment the nearest `change.merged` by links, else the one of its chain, else the one of
    its artifact.
    """
    led = []
    for deployment in _went_live(index, environment, window):
        came = origin(index, deployment.event)
        took = deployment.at - came.change.when if came.change else None
        led.append(Led(deployment, came, took))
    times = [item.time for item in led if item.time is not None]
    return LeadTime(
        tuple(led),
        _median(times),
        _percentile(times, 90),
        Coverage.over(
            ((item.deployment.event.id, item.origin.unbroken) for item in led),
            "deployments have an unbroken chain",
        ),
    )


def change_failure_rate(
    index: Index, environment: str = "production", window: Window = EVER
) -> FailureRate:
    """Q19. How many deployments go wrong?

    One does if an incident says that it caused it, or, while it is the newest of its place, an incident
    names its artifact or service, or it is rolled back.
    """
    failures, untied, incidents = _judge(index, environment)
    counted = [f for f in failures if f.deployment.at in window]
    tied = [(i.id, i.id not in untied) for i in incidents if i.when in window]
    return FailureRate(
        tuple(counted),
        len(_went_live(index, environment, window)),
        Coverage.over(tied, "incidents are tied to a deployment"),
    )


def recovery_time(index: Index, environment: str = "production", window: Window = EVER) -> Recovery:
    """Q20. How long until a failed deployment is over: its incident resolved, it rolled back, or the
    next one live, whichever is first."""
    failures = [f for f in _judge(index, environment)[0] if f.deployment.at in window]
    times = [failure.time for failure in failures if failure.time is not None]
    return Recovery(
        tuple(failures),
        _median(times),
        _percentile(times, 90),
        Coverage.over(
            ((f.deployment.event.id, f.recovered is not None) for f in failures),
            "failed deployments are over",
        ),
    )


def _went_live(index: Index, environment: str, window: Window) -> list[Deployment]:
    return [d for d in deployments(index, environment) if d.forward and d.at in window]


def _unbroken(index: Index, went: list[Deployment]) -> Coverage:
    judged = ((d.event.id, origin(index, d.event).unbroken) for d in went)
    return Coverage.over(judged, "deployments have an unbroken chain")


def _judge(index: Index, environment: str) -> tuple[list[Failure], set[str], list[Entry]]:
    """The failures of an environment, the ids of incidents that fit no deployment, all incidents."""
    places = by_place(deployments(index, environment))
    detected = [i for i in _incidents(index, environment) if i.name == DETECTED]
    resolved = {
        i.occurrence.subject.id: i
        for i in reversed(_incidents(index, environment))
        if i.name == RESOLVED
    }
    forward = {d.event.id: d for history in places.values() for d in history if d.forward}
    failures: dict[str, Failure] = {}
    untied: set[str] = set()
    for incident in detected:
        found = _blamed(index, places, forward, incident)
        if found is None:
            untied.add(incident.id)
            continue
        deployment, linked = found
        over = _first_after(incident, resolved.get(incident.occurrence.subject.id))
        history = places[deployment.place]
        place = bisect.bisect_right(history, max(deployment.at, incident.when), key=_at)
        after = history[place : place + 1]
        ends = [e for e in (over, after[0].event if after else None) if e is not None]
        recovered = min(ends, key=lambda e: (e.when, e.id), default=None)
        failures.setdefault(
            deployment.event.id, Failure(deployment, incident, linked, recovered)
        )  # fmt: skip
    for history in places.values():
        for before, after in pairwise(history):
            undone = after.event.name == ROLLED_BACK and before.forward
            if undone and before.event.id not in failures:
                linked = before.event.id in index.causes(after.event)
                failures[before.event.id] = Failure(before, after.event, linked, after.event)
    ordered = sorted(failures.values(), key=lambda f: (f.deployment.at, f.deployment.event.id))
    return ordered, untied, detected


def _incidents(index: Index, environment: str) -> list[Entry]:
    found = [
        entry
        for node in index.named(Kind.INCIDENT)
        for entry in index.touching(node)
        if entry.name in (DETECTED, RESOLVED)
        and (place := entry.occurrence.mentioned(Kind.ENVIRONMENT)) is not None
        and environment in (place.id, place.key)
    ]
    return sorted(found, key=lambda entry: (entry.when, entry.id))


def _blamed(
    index: Index,
    places: dict[str, list[Deployment]],
    forward: dict[str, Deployment],
    incident: Entry,
) -> tuple[Deployment, bool] | None:
    for id in index.causes(incident):
        if id in forward:
            return forward[id], True
    occurrence = incident.occurrence
    service = occurrence.mentioned(Kind.SERVICE)
    for history in places.values():
        place = bisect.bisect_right(history, incident.when, key=_at)
        if not place or not history[place - 1].forward:
            continue
        newest = history[place - 1]
        if occurrence.artifact is not None:
            if newest.artifact == occurrence.artifact.key:
                return newest, False
        elif service is not None and service.id == newest.service.id:
            return newest, False
    return None


def _at(deployment: Deployment) -> datetime:
    return deployment.at


def _first_after(incident: Entry, resolved: Entry | None) -> Entry | None:
    return resolved if resolved is not None and resolved.when >= incident.when else None


def _median(times: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(t.total_seconds() for t in times)) if times else None


def _percentile(times: list[timedelta], percent: int) -> timedelta | None:
    """The nearest rank: a value that really occurred."""
    if not times:
        return None
    return sorted(times)[math.ceil(len(times) * percent / 100) - 1]


def _failures(failures: tuple[Failure, ...]) -> pandas.DataFrame:
    return pandas.DataFrame(
        [
            (f.deployment.at, f.deployment.service.id, f.deployment.artifact, f.sign.name,
             "link" if f.linked else "inferred", f.time, f.deployment.event.id, f.sign.id)
            for f in failures
        ],
        columns=["when", "service", "artifact", "sign", "known by", "recovered after", "event",
                 "sign event"],
    )  # fmt: skip
