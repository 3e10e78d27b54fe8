"""tidetable's way through its gate, told in records, for the tests of lineage."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from epr_lineage import Event, Group, Message, Receiver, Unit

MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WHEEL = Unit("tidetable", "1.4.0", "2026.11.1", "py3-none-any", "wheel")

BUILD = Receiver("R-BUILD", "tidetable-build", "plab.build", "1.0.0")
TESTS = Receiver("R-TESTS", "tidetable-unit-tests", "plab.unit-tests", "1.0.0")
SCAN = Receiver("R-SCAN", "tidetable-scan", "plab.scan", "1.0.0")
DEPLOY = Receiver("R-DEPLOY", "tidetable-deploy", "plab.deploy", "1.0.0")
RECEIVERS = (BUILD, TESTS, SCAN, DEPLOY)
GATE = Group("G-GATE", "tidetable-release-gate", "plab.gate.release", (BUILD.id, TESTS.id, SCAN.id))


def event(number: int, receiver: Receiver | str, success: bool = True, unit=WHEEL, **rest) -> Event:
    """Event E<number>, recorded `number` minutes into the morning."""
    return Event(
        id=f"E{number:02}",
        unit=unit,
        receiver_id=receiver if isinstance(receiver, str) else receiver.id,
        success=success,
        recorded_at=MORNING + timedelta(minutes=number),
        **rest,
    )


def other(**parts: str) -> Unit:
    """The wheel's identity with a part changed."""
    return replace(WHEEL, **parts)


BUILT = event(1, BUILD, description="wheel built")
BROKE = event(2, TESTS, success=False, description="1 of 12 tests failed")
FIXED = event(3, TESTS, description="12 tests passed")
SCANNED = event(4, SCAN, description="no findings")
ANNOUNCED = Message("epr.dev.events", 0, 7, GATE.id, GATE.type, SCANNED.id, GATE.id)
DEPLOYED = event(5, DEPLOY, description="deployed", payload={"causationid": GATE.id})
EVENTS = (BUILT, BROKE, FIXED, SCANNED, DEPLOYED)
