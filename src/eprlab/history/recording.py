"""Recording a history: as records in memory, or in a real registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cdevents
from epr.client import Client
from epr.fingerprint import ReceiverFingerprint
from epr.records import Event, Group, Receiver
from eprlab.history.catalogue import ACTED, APPROVED, GATES
from eprlab.history.chance import Chance
from eprlab.history.release import NIGHTLY
from eprlab.history.step import Step
from eprlab.history.telling import END

TYPES = (
    "change.created", "change.reviewed", "change.merged", "change.abandoned", "build.started",
    "build.finished", "testsuiterun.started", "testsuiterun.finished", "taskrun.finished",
    "artifact.packaged", "artifact.signed", "artifact.published", "testcaserun.finished",
    "service.deployed", "service.upgraded", "service.rolledback", "incident.detected",
    "incident.resolved", APPROVED, ACTED,
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """The receivers (by the name that steps use) and the gates that a history needs."""

    receivers: dict[str, Receiver]
    groups: dict[str, Group]

    @property
    def group_ids(self) -> dict[str, str]:
        """Ids of the gates by name."""
        return {name: group.id for name, group in self.groups.items()}


def setting_in(registry: Any) -> Setting:
    """Finds or creates receivers and gates. `registry`: an `epr.Client`, or `InMemory`."""
    receivers = {name: cdevents.receiver(name, registry) for name in TYPES}
    receivers[NIGHTLY] = registry.receivers.find_or_create(
        name="plab-nightly", type="plab.nightly", version="1.0.0",
        description="what the nightly script left behind (seeded)", schema={},
    )  # fmt: skip
    groups = {
        name: registry.groups.find_or_create(
            name=name, type=f"plab.gate.{name}", version="1.0.0", description=f"seeded: {name}",
            receivers=[receivers[member] for member in members],
        )
        for name, members in GATES.items()
    }  # fmt: skip
    return Setting(receivers, groups)


@dataclass
class InMemory:
    """Takes the place of a registry where records are wanted without one: same calls, same records.

    Its clock is that of the steps; ids are ULIDs of that clock.
    """

    began: datetime
    seed: int
    _made: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = Chance(self.seed ^ 0x5EED)
        self.receivers, self.groups = _Receivers(self), _Groups(self)

    def id_at(self, moment: datetime) -> str:
        """A new id, of a moment."""
        return self._chance.ulid(int(moment.timestamp() * 1000))


class _Receivers:
    def __init__(self, registry: InMemory) -> None:
        self.registry = registry

    def find_or_create(
        self, *, name: str, type: str, schema: Any, version: str, description: str | None
    ) -> Receiver:
        at = self.registry.began
        mark = ReceiverFingerprint.new(
            {"name": name, "type": type, "version": version, "description": description}
        ).fingerprint
        return Receiver(
            self.registry.id_at(at), name, type, version, description or name, schema, mark or "", at
        )  # fmt: skip


class _Groups:
    def __init__(self, registry: InMemory) -> None:
        self.registry = registry

    def find_or_create(
        self, *, name: str, type: str, receivers: Iterable[Receiver], version: str, description: str
    ) -> Group:
        at = self.registry.began
        members = tuple(receiver.id for receiver in receivers)
        return Group(
            self.registry.id_at(at), name, type, version, description, True, members, at, at
        )  # fmt: skip


def records(
    steps: Iterable[Step], seed: int = 2026, began: datetime = END - timedelta(days=3650)
) -> Iterator[Receiver | Group | Event]:
    """The records that a registry would have, one after the other: first receivers and gates, then
    an event for each step. Both clocks are the history's."""
    registry = InMemory(began, seed)
    setting = setting_in(registry)
    yield from setting.receivers.values()
    yield from setting.groups.values()
    for step in steps:
        step.id = registry.id_at(step.recorded)
        yield Event(
            step.id, *step.unit, step.description, step.payload(setting.group_ids), step.success,
            step.recorded.astimezone(UTC), setting.receivers[step.receiver].id,
        )  # fmt: skip


def post(
    client: Client, steps: Iterable[Step], progress: Callable[[int], None] | None = None
) -> Setting:
    """Posts a history to a registry, one event after the other; `progress` is told how many.

    The registry's own clock says now for all of it: only the producers' clock tells months.
    Raises what the client raises.
    """
    setting = setting_in(client)
    for number, step in enumerate(steps, start=1):
        step.id = client.events.post(
            setting.receivers[step.receiver], step.unit, success=step.success,
            payload=step.payload(setting.group_ids), description=step.description,
        )  # fmt: skip
        if progress is not None:
            progress(number)
    return setting
