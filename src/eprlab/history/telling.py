"""The months: the changes of all services, beside each other, as one stream in order of recording."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from eprlab.history.catalogue import SERVICES, Service
from eprlab.history.chance import ODDS, Chance, Odds
from eprlab.history.release import Release, Running
from eprlab.history.step import Step

END = datetime(2026, 11, 1, tzinfo=UTC)
"""The history ends where the course's own story begins."""
LONGEST = 730
"""Days that a history lasts at most; a longer one is told more densely."""
PER_CHANGE = 13.3
"""Events that a change leaves behind, roughly and rather too few: the history ends in time."""


def tell(
    events: int, seed: int = 2026, *, odds: Odds = ODDS, end: datetime = END
) -> Iterator[Step]:
    """Exactly `events` steps, oldest recorded first, of about two months for 1,000 and 18 for 100,000.

    The same arguments tell the same history. Memory does not grow with its length: a release is
    told when its turn comes.
    """
    chance = Chance(seed)
    began = end - timedelta(days=min(60 + events / 200, LONGEST))
    count = max(int(events / PER_CHANGE), 1) * 2  # more than are needed: many end early
    waiting: list[tuple[datetime, int, Step]] = []
    order = itertools.count()
    given = 0
    if events < 1:
        return
    for planned, steps in _changes(chance, odds, seed, began, end, count // 2, count):
        # Nothing of this change or of a later one can be recorded before it was planned.
        while waiting and waiting[0][0] <= planned:
            yield heapq.heappop(waiting)[2]
            given += 1
            if given == events:
                return
        for step in steps:
            heapq.heappush(waiting, (step.recorded, next(order), step))
            if chance.happens(odds.twice):
                again = replace(step, recorded=step.recorded + chance.minutes(1))
                heapq.heappush(waiting, (again.recorded, next(order), again))
    while waiting and given < events:
        yield heapq.heappop(waiting)[2]
        given += 1


def _changes(
    chance: Chance, odds: Odds, seed: int, began: datetime, end: datetime, wanted: int, count: int
) -> Iterator[tuple[datetime, list[Step]]]:
    """When each change begins, in order, and its steps."""
    gap = (end - began - timedelta(days=4)) / wanted  # the last one has to come to its end
    running = {service.name: Running() for service in SERVICES}
    free = {service.name: began for service in SERVICES}
    numbers = {service.name: 0 for service in SERVICES}
    builds: dict[tuple[str, str], int] = {}
    for number in range(count):
        planned = began + gap * number
        service = chance.random.choices(SERVICES, [s.share for s in SERVICES])[0]
        numbers[service.name] += 1
        now = planned + chance.minutes(60)
        month = f"{now.year}.{now.month}"
        builds[service.name, month] = builds.get((service.name, month), 0) + 1
        release = Release(
            service=service,
            version=_version(service, numbers[service.name]),
            number=numbers[service.name],
            release=f"{month}.{builds[service.name, month]}",
            chance=chance,
            odds=odds,
            seed=seed,
            age=min(number / wanted, 0.999),
            running=running[service.name],
            now=now,
            # One release of a service after the other: what runs where must not depend on luck.
            not_before=free[service.name],
        )
        steps = list(release.steps())
        free[service.name] = max(free[service.name], release.now)
        yield planned, steps


def _version(service: Service, number: int) -> str:
    major, minor = service.first
    return f"{major}.{minor + number // 8}.{number % 8}"
