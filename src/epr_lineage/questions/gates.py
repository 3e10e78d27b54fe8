"""Gates: why one is shut, and whether those that opened were announced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pandas

from epr.records import NVRPP, Group
from epr_lineage.entry import Entry
from epr_lineage.errors import NothingFound
from epr_lineage.gate import Gate, Member, Standing, announcements, why_shut
from epr_lineage.index import Index
from epr_lineage.questions.coverage import Coverage


@dataclass(frozen=True)
class WhyClosed:
    """Q6. A gate's state. `missing`: members whose event never arrived; `failed`: whose last one did.

    `reasons`: one sentence each; empty if it is open. Coverage: members that have passed.
    """

    gate: Gate
    missing: tuple[Member, ...]
    failed: tuple[Member, ...]
    reasons: tuple[str, ...]
    coverage: Coverage
    names: dict[str, str]

    @property
    def open(self) -> bool:
        """Whether it is open."""
        return self.gate.open

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a member: receiver, how it stands, and the event that says so."""
        return pandas.DataFrame(
            [
                (self.names.get(m.receiver_id, m.receiver_id), m.standing.value,
                 m.event.id if m.event else "", m.event.created_at if m.event else None)
                for m in self.gate.members
            ],
            columns=["receiver", "standing", "event", "recorded"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expected:
    """A completion that the rule demands to be announced, and on which offset it was (None: not)."""

    group: Group
    unit: NVRPP
    event: Entry
    offset: int | None


@dataclass(frozen=True)
class Announcing:
    """Q7. What had to be announced, and what was. `lost`: demanded, not captured. `unexpected`: places
    on the topic (topic, partition, offset) of completions that the rule does not demand.

    Only events that were recorded since the capture began count. Coverage: captured announcements.
    """

    expected: tuple[Expected, ...]
    unexpected: tuple[tuple[str, int, int], ...]
    since: datetime | None
    coverage: Coverage

    @property
    def lost(self) -> tuple[Expected, ...]:
        """What was demanded and not captured."""
        return tuple(item for item in self.expected if item.offset is None)

    @property
    def frame(self) -> pandas.DataFrame:
        """One row an expected announcement."""
        return pandas.DataFrame(
            [(e.group.name, str(e.unit), e.event.id, e.offset) for e in self.expected],
            columns=["gate", "unit", "completed by", "offset"],
        ).astype({"offset": "Int64"})


def why_closed(
    index: Index, group: str, unit: NVRPP | str, as_of: datetime | None = None
) -> WhyClosed:
    """Q6. Why is this gate closed? `group`: an id or a name. Raises `NothingFound`."""
    found = index.unit_called(str(unit))
    if found is None:
        raise NothingFound(str(unit), "give a unit, or its five parts joined by slashes")
    gate = index.gate(_group(index, group).id, found, as_of)
    if gate is None:
        raise NothingFound(f"{group} for {unit}", "none of the gate's receivers has an event of it")
    names = {receiver.id: receiver.name for receiver in tuple(index.receivers.values())}
    return WhyClosed(
        gate,
        tuple(m for m in gate.members if m.standing is Standing.MISSING),
        tuple(m for m in gate.members if m.standing is Standing.FAILED),
        tuple(why_shut(gate, index.receivers.values())),
        Coverage.over(
            ((m.receiver_id, m.standing is Standing.PASSED) for m in gate.members),
            "receivers have passed",
        ),
        names,
    )


def gate_board(index: Index, group: str | None = None) -> pandas.DataFrame:
    """Every gate: one row a unit and group, whether it is open, and what it waits for."""
    names = {receiver.id: receiver.name for receiver in tuple(index.receivers.values())}
    wanted = _group(index, group).id if group else None
    rows = [
        (gate.group.name, str(unit), "open" if gate.open else "shut",
         ", ".join(names.get(m.receiver_id, m.receiver_id) for m in gate.waits_for))
        for unit in index.units
        for gate in index.gates(unit)
        if wanted in (None, gate.group.id)
    ]  # fmt: skip
    return pandas.DataFrame(rows, columns=["gate", "unit", "state", "waits for"])


def unannounced(index: Index) -> Announcing:
    """Q7. Was every gate that opened announced? Compares what the rule demands with what was captured.

    A group that is switched off now is taken to have been off throughout.
    """
    captured = [m for m in tuple(index.messages.values()) if m.group_id is not None]
    moments = [m.timestamp for m in tuple(index.messages.values()) if m.timestamp is not None]
    since = min(moments, default=None)
    observed: dict[tuple[str, NVRPP, str], list[tuple[str, int, int]]] = {}
    for message in sorted(captured, key=lambda m: m.place):
        key = (message.group_id, message.nvrpp, message.event_id)
        observed.setdefault(key, []).append(message.place)
    expected, demanded = [], set()
    for group, event in _demanded(index):
        key = (group.id, event.nvrpp, event.id)
        demanded.add(key)
        if since is None or event.created_at >= since or key in observed:
            places = observed.get(key)
            expected.append(Expected(group, event.nvrpp, event, places[0][2] if places else None))
    extra = [p for key, places in observed.items() for p in places if key not in demanded]
    return Announcing(
        tuple(expected),
        tuple(sorted(extra)),
        since,
        Coverage.over(
            ((e.event.id, e.offset is not None) for e in expected),
            "announcements that the rule demands were captured",
        ),
    )


def _demanded(index: Index) -> Iterator[tuple[Group, Entry]]:
    for entries in index.units.values():
        touched = {entry.event_receiver_id for entry in entries}
        groups = [g for g in tuple(index.groups.values()) if touched & set(g.event_receiver_ids)]
        if not groups:
            continue
        history = sorted((*groups, *entries), key=lambda item: (item.created_at, item.id))
        for announcement in announcements(history):
            yield announcement.group, announcement.event


def _group(index: Index, name: str) -> Group:
    if name in index.groups:
        return index.groups[name]
    called = [group for group in tuple(index.groups.values()) if group.name == name]
    if not called:
        raise NothingFound(name, "give the id or the name of a group")
    return max(called, key=lambda group: group.created_at)
