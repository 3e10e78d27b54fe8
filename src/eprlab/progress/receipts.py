"""Passing as provenance: a receipt in the registry for each exercise passed, a gate for each session.

Each exercise has a receiver; the receivers of a session's exercises are a group. A learner's unit is

    NVRPP(name=<learner>, version=<the course's>, release="session-02",
          platform_id="provenance-lab", package="learner")

so the registry's own rule does the rest: when the latest event on every receiver of the group is a
success for that unit, it announces `plab.course.session-complete`, and that message is the badge.

A registry that does not answer costs nothing: passes are in the learner's file, and `settle` hands in
what is missing at the next chance, including after `eprlab reset` has emptied the registry.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import epr
from eprlab.exercises.catalogue import Session
from eprlab.progress.store import Badge, Progress, Standing, Store
from eprlab.version import VERSION

TYPE_PASSED = "plab.course.exercise-passed"
TYPE_COMPLETE = "plab.course.session-complete"
PATIENCE = 10.0
"""Seconds to wait for the registry's announcement on the topic."""

SCHEMA = {
    "type": "object",
    "properties": {
        "learner": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
        "exercise": {"type": "string", "pattern": "^[a-z0-9-]{1,60}$"},
        "answer_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "attempts": {"type": "integer", "minimum": 1},
        "hints": {"type": "integer", "minimum": 0, "maximum": 3},
        "solution_seen": {"type": "boolean"},
        "passed_at": {"type": "string", "maxLength": 40},
    },
    "required": [
        *("learner", "exercise", "answer_sha256", "attempts", "hints", "solution_seen", "passed_at")
    ],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Settled:
    """What `settle` did: receipts that were handed in now, and a badge that came."""

    receipts: tuple[str, ...] = ()
    badge: Badge | None = None


def unit(learner: str, session: Session) -> epr.NVRPP:
    """The learner's unit for a session."""
    release = f"session-{session.number:02d}"
    return epr.NVRPP(learner, VERSION, release, platform_id="provenance-lab", package="learner")


def receivers(client: epr.Client, session: Session) -> dict[str, epr.Receiver]:
    """The session's receivers by exercise, found or made."""
    return {
        exercise.id: client.receivers.find_or_create(
            name=f"course-{session.number:02d}-{exercise.id}",
            type=TYPE_PASSED,
            version=VERSION,
            description=f"{exercise.title}: passed",
            schema=SCHEMA,
        )
        for exercise in session.exercises
    }


def group(client: epr.Client, session: Session, members: Mapping[str, epr.Receiver]) -> epr.Group:
    """The session's gate, found or made."""
    return client.groups.find_or_create(
        name=f"course-session-{session.number:02d}",
        type=TYPE_COMPLETE,
        version=VERSION,
        description=f"{session.title}: every exercise passed",
        receivers=list(members.values()),
    )


def settle(client: epr.Client, store: Store, session: Session) -> Settled:
    """Hands in what the registry does not have yet, and fetches the badge if the session is complete.

    May be called at any time and any number of times. Raises what the client raises.
    """
    progress = store.read()
    passed = [e.id for e in session.exercises if progress.of(e.id).passed]
    if not passed:
        return Settled()
    members = receivers(client, session)
    gate = group(client, session, members)
    who = unit(store.learner, session)
    began = datetime.now(UTC)
    handed_in: list[str] = []
    held: dict[str, str] = {}
    for id in passed:
        known = client.events.latest(who, receiver=members[id])
        if known is None or not known.success:
            payload = _payload(store.learner, id, progress.of(id))
            known = client.events.create(
                members[id], who, success=True, description=f"{id} passed", payload=payload
            )
            handed_in.append(id)
        held[id] = known.id
    badge = None
    complete = len(passed) == len(session.exercises)
    if complete and (handed_in or session.number not in progress.badges):
        badge = _badge(gate, who, held, began if handed_in else None)

    def note(progress: Progress) -> None:
        for id, event in held.items():
            progress.of(id).receipt = event
        if badge is not None:
            progress.badges[session.number] = badge

    store.change(note)
    return Settled(tuple(handed_in), badge)


def _payload(learner: str, id: str, standing: Standing) -> dict[str, object]:
    passed = standing.passed
    return {
        "learner": learner,
        "exercise": id,
        "answer_sha256": passed.answer_sha256,
        "attempts": max(passed.attempts, 1),
        "hints": min(passed.hints, 3),
        "solution_seen": passed.solution_seen,
        "passed_at": passed.at,
    }


def _badge(
    gate: epr.Group, who: epr.NVRPP, held: Mapping[str, str], since: datetime | None
) -> Badge | None:
    """The announcement of the completed session, read from the topic; None if it has not come."""
    start = since - timedelta(minutes=1) if since else "earliest"  # the broker's clock may differ
    deadline = time.monotonic() + (PATIENCE if since else 0)
    while True:
        for message in epr.read_topic(start=start):
            about = message.kind == "completion" and message.nvrpp == who
            if about and message.group.id == gate.id and message.event.id in held.values():
                place = f"{message.topic}/{message.partition}/{message.offset}"
                at = message.event.created_at.isoformat()
                return Badge(message.id, message.event.id, at, place)
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.1)
