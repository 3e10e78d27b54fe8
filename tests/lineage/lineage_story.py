"""tidetable's way through its gate, told in records, for the tests of lineage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import epr
from epr.messages import Message
from epr.records import NVRPP, Event, Group, Receiver

MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WHEEL = NVRPP("tidetable", "1.4.0", "2026.11.1", "py3-none-any", "wheel")


def receiver(id: str, name: str, type: str) -> Receiver:
    return Receiver(id, name, type, "1.0.0", name, {}, "f" * 64, MORNING)


def group(
    id: str, name: str, members: tuple[str, ...], enabled: bool = True, type="plab.gate"
) -> Group:
    return Group(id, name, type, "1.0.0", name, enabled, members, MORNING, MORNING)


def event(
    number: int, at: Receiver | str, success: bool = True, unit=WHEEL, description="", payload=None
) -> Event:
    """Event E<number>, recorded `number` minutes into the morning."""
    return Event(
        f"E{number:02}",
        *unit,
        description=description,
        payload=payload,
        success=success,
        created_at=MORNING + timedelta(minutes=number),
        event_receiver_id=at if isinstance(at, str) else at.id,
    )


def message(
    offset: int, about: Event, of: Group | None = None, type: str = "plab.build"
) -> Message:
    """The message that announces an event, or that a group is complete with it."""
    return Message(
        id=of.id if of else about.id,
        type=of.type if of else type,
        source="epr",
        success=about.success,
        nvrpp=about.nvrpp,
        event=about,
        receiver=None,
        group=of,
        raw=b"",
        topic="epr.dev.events",
        partition=0,
        offset=offset,
    )


def other(**parts: str) -> NVRPP:
    """The wheel's identity with a part changed."""
    return WHEEL._replace(**parts)


BUILD = receiver("R-BUILD", "tidetable-build", "plab.build")
TESTS = receiver("R-TESTS", "tidetable-unit-tests", "plab.unit-tests")
SCAN = receiver("R-SCAN", "tidetable-scan", "plab.scan")
DEPLOY = receiver("R-DEPLOY", "tidetable-deploy", "plab.deploy")
RECEIVERS = (BUILD, TESTS, SCAN, DEPLOY)
GATE = group(
    "G-GATE", "tidetable-release-gate", (BUILD.id, TESTS.id, SCAN.id), type="plab.gate.release"
)

BUILT = event(1, BUILD, description="wheel built")
BROKE = event(2, TESTS, success=False, description="1 of 12 tests failed")
FIXED = event(3, TESTS, description="12 tests passed")
SCANNED = event(4, SCAN, description="no findings")
ANNOUNCED = message(7, SCANNED, GATE)
DEPLOYED = event(
    5,
    DEPLOY,
    description="deployed",
    payload=epr.caused_by(ANNOUNCED, {}),
)
EVENTS = (BUILT, BROKE, FIXED, SCANNED, DEPLOYED)
