"""One thing that happened in the history, before anybody has recorded it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import cdevents
from epr.records import NVRPP


@dataclass(eq=False, slots=True)
class Step:
    """A CDEvent (or, from the nightly script, a plain payload) and how the registry gets to know it.

    `receiver`: the CDEvents type, or `plab.nightly`. `recorded`: when the registry stores it.
    `gate`: the gate that let it through, and `opened_by` the step that opened that gate. `used`:
    the steps that an agent relied on. They are named by ids that only recording gives: `id`.
    """

    event: cdevents.Event | None
    plain: dict[str, Any] | None
    receiver: str
    unit: NVRPP
    success: bool
    description: str
    occurred: datetime
    recorded: datetime
    gate: str | None = None
    opened_by: Step | None = None
    used: tuple[Step, ...] = ()
    id: str | None = None

    def payload(self, groups: dict[str, str]) -> dict[str, Any]:
        """What is posted. `groups`: ids of the gates by name."""
        if self.event is None:
            return dict(self.plain or {})
        document = self.event.to_dict()
        if self.gate is not None and self.opened_by is not None and self.opened_by.id:
            document["customData"]["causation"] = {
                "cause": self.opened_by.id, "hops": 1, "gate": groups[self.gate],
            }  # fmt: skip
        if self.used:
            document["subject"]["content"]["used"] = [step.id for step in self.used if step.id]
        return document
