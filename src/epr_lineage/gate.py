"""Is the gate open, why not, and when was it announced? The registry's rule, as pure functions.

The rule (EPR wire contract, section 11): a group is complete for one unit when, for each of its
receivers, the *latest* event with exactly that unit was a success. It is judged again after each
event on a member; an enabled group that is complete then is announced, each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from epr.records import NVRPP, Event, Group, Receiver
from epr_lineage.clocks import in_order


class Receipt(Protocol):
    """What a gate needs to know of an event; `epr.Event` has it, and so has an index's entry."""

    @property
    def id(self) -> str: ...
    @property
    def nvrpp(self) -> NVRPP: ...
    @property
    def event_receiver_id(self) -> str: ...
    @property
    def success(self) -> bool: ...
    @property
    def description(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


class Standing(StrEnum):
    """How one receiver of a group stands for one unit."""

    PASSED = "passed"
    FAILED = "failed"
    MISSING = "never arrived"


@dataclass(frozen=True)
class Member:
    """One receiver of a gate, how it stands, and the event that says so (None if none came)."""

    receiver_id: str
    standing: Standing
    event: Receipt | None


@dataclass(frozen=True)
class Gate:
    """A group's state for one unit."""

    group: Group
    unit: NVRPP
    members: tuple[Member, ...]

    @property
    def open(self) -> bool:
        """Whether every receiver's latest event is a success (switched off or not)."""
        return all(member.standing is Standing.PASSED for member in self.members)

    @property
    def waits_for(self) -> tuple[Member, ...]:
        """The members that keep it shut."""
        return tuple(member for member in self.members if member.standing is not Standing.PASSED)


def judge(
    group: Group, events: Iterable[Receipt], unit: NVRPP, as_of: datetime | None = None
) -> Gate:
    """The state of `group` for `unit`, from any collection of events.

    With `as_of`, only what the registry had recorded by then counts.
    """
    latest: dict[str, Receipt] = {}
    for event in in_order([event for event in events if event.nvrpp == unit]):
        if as_of is None or event.created_at <= as_of:
            latest[event.event_receiver_id] = event
    return Gate(
        group,
        unit,
        tuple(
            Member(receiver_id, _standing(latest.get(receiver_id)), latest.get(receiver_id))
            for receiver_id in dict.fromkeys(group.event_receiver_ids)
        ),
    )


def why_shut(gate: Gate, receivers: Iterable[Receiver] = ()) -> list[str]:
    """What keeps the gate from being announced, one sentence each; empty if nothing does."""
    names = {receiver.id: receiver.name for receiver in receivers}
    reasons = []
    for member in gate.waits_for:
        name = names.get(member.receiver_id, member.receiver_id)
        if member.event is None:
            reasons.append(f"{name} has no event for {gate.unit}")
        else:
            reasons.append(
                f"the latest event of {name} failed: {member.event.description or member.event.id}"
            )
    if not gate.group.enabled:
        reasons.append(f"the group {gate.group.name} is switched off, so it announces nothing")
    return reasons


@dataclass(frozen=True)
class Switched:
    """A step of a history: somebody turned a group on or off."""

    group_id: str
    enabled: bool


@dataclass(frozen=True)
class Announcement:
    """A group-complete message that the rule demands: for which group, after which event."""

    group: Group
    event: Event


def announcements(history: Iterable[Event | Group | Switched]) -> Iterator[Announcement]:
    """Replays a history in its order and yields each completion that has to be announced.

    A `Group` in the history is its creation. Neither creating nor switching announces anything.
    """
    groups: dict[str, Group] = {}
    latest: dict[tuple[str, NVRPP], bool] = {}
    for step in history:
        if isinstance(step, Group):
            groups[step.id] = step
        elif isinstance(step, Switched):
            groups[step.group_id] = replace(groups[step.group_id], enabled=step.enabled)
        else:
            latest[step.event_receiver_id, step.nvrpp] = step.success
            for group in groups.values():
                if (
                    group.enabled
                    and step.event_receiver_id in group.event_receiver_ids
                    and all(latest.get((member, step.nvrpp)) for member in group.event_receiver_ids)
                ):
                    yield Announcement(group, step)


def _standing(event: Receipt | None) -> Standing:
    if event is None:
        return Standing.MISSING
    return Standing.PASSED if event.success else Standing.FAILED
