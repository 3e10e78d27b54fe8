"""The completion record: a signed statement of what a learner passed, to take away.

An in-toto Statement (https://in-toto.io/Statement/v1) in a DSSE envelope, signed with the learner's own
Ed25519 key. Its subjects are the answers, by digest; its predicate says when, after how many attempts and
hints, as which event in the registry, and by which message a session was announced complete. What such a
record proves, and what not, is in `verifying`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from securesystemslib.dsse import Envelope

from eprlab.exercises.catalogue import Course
from eprlab.progress import keys
from eprlab.progress.errors import NothingToExport
from eprlab.progress.store import Progress, Store, now
from eprlab.version import VERSION

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:provenance-lab:completion:v1"
PAYLOAD = "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Exported:
    """A record that was written: where, how many passes and badges it holds, and the key's id."""

    path: Path
    passes: int
    badges: int
    keyid: str


def export(course: Course, store: Store, path: Path | None = None) -> Exported:
    """Writes the learner's completion record; default: `completion.json` beside their progress.

    Raises `NothingToExport` and `KeyUnusable`.
    """
    progress = store.read()
    passed = [exercise for exercise in course if progress.of(exercise.id).passed]
    if not passed:
        raise NothingToExport(store.learner)
    signer = keys.signer(store.folder)
    statement = _statement(course, progress, signer.public_key)
    body = json.dumps(statement, sort_keys=True, ensure_ascii=False).encode()
    envelope = Envelope(body, PAYLOAD, {})
    envelope.sign(signer)
    target = path or store.folder / "completion.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(envelope.to_dict(), indent=2) + "\n", encoding="utf-8")
    badges = len(statement["predicate"]["badges"])
    return Exported(target, len(passed), badges, signer.public_key.keyid)


def _statement(course: Course, progress: Progress, key: Any) -> dict[str, Any]:
    passes = []
    for exercise in course:
        standing = progress.of(exercise.id)
        if standing.passed:
            passes.append(
                {
                    "exercise": exercise.id,
                    "session": exercise.session,
                    **asdict(standing.passed),
                    "event": standing.receipt or None,
                }
            )
    return {
        "_type": STATEMENT,
        "predicateType": PREDICATE,
        "subject": [
            {"name": told["exercise"], "digest": {"sha256": told["answer_sha256"]}}
            for told in passes
        ],
        "predicate": {
            "course": {"name": "provenance-lab", "version": VERSION},
            "learner": progress.learner,
            "exported_at": now(),
            "sessions": {
                str(session.number): [exercise.id for exercise in session.exercises]
                for session in course.sessions
            },
            "passes": passes,
            "badges": {
                str(session.number): asdict(progress.badges[session.number])
                for session in course.sessions
                if session.number in progress.badges
                and all(progress.of(exercise.id).passed for exercise in session.exercises)
            },
            "signer": {"keyid": key.keyid, "public": key.keyval["public"]},
        },
    }
