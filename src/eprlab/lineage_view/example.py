"""The explorer on the book's page: one small story, written by hand, the same on every machine.

python -m eprlab.lineage_view.example      # writes it anew, after a change of rules or script
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from epr import NVRPP, Event, Group, Receiver
from epr_lineage import trace
from eprlab.lineage_view.explorer import Explorer, explore

PAGE = Path("book/images/explorer.html")
"""Where the book expects it, relative to the checkout."""

_BEGIN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
_WHEEL = NVRPP("tidetable", "1.4.0", "2026.11.1", "py3-none-any", "wheel")
_STEPS = ("build", "unit-tests", "scan", "approval", "deploy")
_TOLD: tuple[tuple[str, int, bool, str, dict[str, Any]], ...] = (
    ("build", 0, True, "wheel built", {"sha256": "9f86d081", "size": 18_231}),
    ("unit-tests", 2, False, "1 of 12 tests failed", {"failed": ["test_midnight"]}),
    ("unit-tests", 9, True, "12 tests passed", {"failed": []}),
    ("scan", 11, True, "no findings", {"findings": 0, "tool": "gull"}),
    ("approval", 42, True, "approved for the quay", {"role": "release engineer"}),
)


def example() -> Explorer:
    """One release on its way through two gates; the second waits for its deployment."""
    receivers = {
        step: Receiver(
            f"R{number}", f"tidetable-{step}", f"plab.{step}", "1.0.0", step, {}, "", _BEGIN
        )
        for number, step in enumerate(_STEPS)
    }
    events = [
        Event(
            f"E{number:02}", *_WHEEL, description, payload, success,
            _BEGIN + timedelta(minutes=minute), receivers[step].id,
        )
        for number, (step, minute, success, description, payload) in enumerate(_TOLD, 1)
    ]  # fmt: skip
    gates = [
        Group(id, name, "plab.gate", "1.0.0", name, True, members, _BEGIN, _BEGIN)
        for id, name, members in (
            ("G1", "tidetable-release-gate", ("R0", "R1", "R2")),
            ("G2", "tidetable-quay-gate", ("R3", "R4")),
        )
    ]
    lineage = trace(events, list(receivers.values()), gates)
    return explore(lineage, "tidetable 1.4.0 on its way to the quay", records=events)


if __name__ == "__main__":
    PAGE.write_text(example()._repr_html_() + "\n", encoding="utf-8")
