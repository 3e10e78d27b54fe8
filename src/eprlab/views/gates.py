"""The gate board: which unit has passed which receiver of a gate, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from epr import Client, Event, Group
from epr.records import NVRPP
from epr_lineage import Gate, Standing, judge
from eprlab.views.errors import ViewError
from eprlab.views.live import LiveView
from eprlab.views.markup import Markup, table

MARKS = {Standing.PASSED: "✓ passed", Standing.FAILED: "✗ failed", Standing.MISSING: "○ missing"}
MOST = 50
OVERLAP = timedelta(seconds=10)


class GateBoard(LiveView):
    """Shows a gate for each unit that has reached it: a row a unit, a column a receiver.

    `gate`: a group or its name. `where`: which units (`name="tidetable"`). `client`: default
    `epr.Client()`. The newest 50 units are shown.
    """

    def __init__(
        self,
        gate: Group | str,
        *,
        client: Client | None = None,
        interval: float = 1.0,
        **where: Any,
    ) -> None:
        self._client = client or Client()
        self._own = client is None
        self._wanted, self._where = gate, where
        self._gates: list[Gate] = []
        self._latest: dict[tuple[NVRPP, str], Event] = {}
        self._read_to: dict[str, datetime] = {}
        self._names: Mapping[str, str] = {}
        name = gate if isinstance(gate, str) else gate.name
        super().__init__(f"Gate {name}", interval=interval)

    @property
    def gates(self) -> dict[NVRPP, Gate]:
        """How the gate stands for each unit, as last seen; the newest unit first."""
        return {gate.unit: gate for gate in self._gates}

    def look(self) -> None:
        group = self._group()
        for receiver in group.event_receiver_ids:
            since = self._read_to.get(receiver)
            for event in self._client.events.find(receiver=receiver, since=since, **self._where):
                self._take(event)
        newest: dict[NVRPP, datetime] = {}
        for (unit, _), event in self._latest.items():
            newest[unit] = max(newest.get(unit, event.created_at), event.created_at)
        units = sorted(newest, key=newest.__getitem__, reverse=True)[:MOST]
        self._names = {
            id: self._names.get(id) or self._client.receivers.get(id).name
            for id in group.event_receiver_ids
        }
        self._gates = [judge(group, self._receipts(unit, group), unit) for unit in units]

    def draw(self) -> Markup:
        receivers = list(self._names)
        rows = []
        for gate in self._gates:
            by_receiver = {member.receiver_id: member for member in gate.members}
            cells = [_cell(by_receiver[id]) if id in by_receiver else "" for id in receivers]
            missing = ", ".join(
                self._names.get(m.receiver_id, m.receiver_id) for m in gate.waits_for
            )
            verdict = "open" if gate.open else f"shut: waits for {missing}"
            rows.append((str(gate.unit), *cells, verdict))
        return table(
            ("unit", *self._names.values(), "gate"), rows, "Units at the gate, newest first"
        )

    def note(self) -> str:
        return f"open for {sum(gate.open for gate in self._gates)} of {len(self._gates)} units"

    def release(self) -> None:
        if self._own:
            self._client.close()

    def _take(self, event: Event) -> None:
        """Of a receiver's receipts for a unit only the latest counts; the rest is not kept."""
        place = event.nvrpp, event.event_receiver_id
        known = self._latest.get(place)
        if known is None or (known.created_at, known.id) < (event.created_at, event.id):
            self._latest[place] = event
        # Of two events, the one that is stored later may bear the earlier time.
        read_to = event.created_at - OVERLAP
        before = self._read_to.get(event.event_receiver_id, read_to)
        self._read_to[event.event_receiver_id] = max(before, read_to)

    def _receipts(self, unit: NVRPP, group: Group) -> list[Event]:
        found = (self._latest.get((unit, receiver)) for receiver in group.event_receiver_ids)
        return [event for event in found if event is not None]

    def _group(self) -> Group:
        """The group as it is now: it can be switched off, or made after the view."""
        if isinstance(self._wanted, str):
            found = list(self._client.groups.find(name=self._wanted))
            if not found:
                raise ViewError(f"there is no group named {self._wanted!r} yet; create it, or wait")
            return found[-1]
        return self._client.groups.get(self._wanted.id)


def _cell(member: Any) -> str:
    mark = MARKS[member.standing]
    said = member.event.description if member.event else ""
    return f"{mark} · {said}" if said else mark
