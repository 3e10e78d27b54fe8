"""Checking a completion record, offline, and saying what it proves and what it does not.

A signature proves that somebody who holds a key said this, unchanged since. The key is in the record, so
a stranger's record says nothing about who they are: compare the key's id with one that you noted from the
learner earlier.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError

from eprlab.progress import keys
from eprlab.progress.errors import NotARecord
from eprlab.progress.record import PAYLOAD, PREDICATE, STATEMENT

LIMIT = 1_000_000
"""Bytes above which a file is not read: a record of the whole course has a few thousand."""
DIGEST = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True)
class Verified:
    """A record whose signature holds and whose parts agree with one another."""

    learner: str
    course: str
    exported_at: str
    keyid: str
    key_is_expected: bool | None
    passes: tuple[dict[str, Any], ...]
    badges: dict[str, Any]

    @property
    def proves(self) -> tuple[str, ...]:
        """What can be relied on."""
        recognised = (
            "that key is the one you named"
            if self.key_is_expected
            else "the key came with the record, so this alone does not say whose it is"
        )
        return (
            f"Whoever holds the key {self.keyid[:16]}… signed this, and not a letter has changed since; "
            f"{recognised}.",
            f"They say of themselves, as {self.learner}: {len(self.passes)} exercises of {self.course} passed, "
            "with answers of these digests. Given an answer's text, you can see whether it is that one.",
            "The parts agree: each digest belongs to a pass, each badge to a session passed whole.",
        )

    @property
    def does_not_prove(self) -> tuple[str, ...]:
        """What cannot be told from the file."""
        return (
            "Who sat at the keyboard, and whether they looked at anybody's answers.",
            "When it was: the times are the learner's own clock's.",
            "That the registry has these events: that needs the registry. Ask it for the event ids.",
            "That no pass was left out.",
        )

    def __str__(self) -> str:
        lines = [
            f"✔ The signature holds: {self.learner}, {self.course}, exported {self.exported_at}",
            "",
        ]
        for told in self.passes:
            helped = f"{told['attempts']} attempts, {told['hints']} hints"
            helped += ", solution seen before" if told["solution_seen"] else ""
            event = told["event"] or "not posted"
            lines.append(f"  {told['exercise']:<26} {helped:<44} {event}")
        for number, badge in sorted(self.badges.items()):
            lines.append(f"  ★ session {number}: announced by message {badge['message']}")
        lines += ["", "This proves:", *(f"  · {line}" for line in self.proves)]
        lines += ["", "It does not prove:", *(f"  · {line}" for line in self.does_not_prove)]
        return "\n".join(lines)


def verify(path: Path, keyid: str | None = None) -> Verified:
    """Checks a record. `keyid`: the id of the key that must have signed it, or its beginning.

    Needs no network and no stack. Raises `NotARecord`, whose message says what is wrong.
    """
    envelope = _envelope(path)
    try:
        statement = json.loads(envelope.payload)
        predicate = statement["predicate"]
        told = predicate["signer"]
        key = keys.public_key(told)
        right_id = keys.keyid_of(told["public"]) == told["keyid"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotARecord(path, "it does not hold a completion record of this course") from None
    if not right_id:
        raise NotARecord(path, "the key's id is not that of the key in it")
    try:
        envelope.verify([key], 1)
    except (VerificationError, ValueError):
        raise NotARecord(
            path, "the signature does not fit: the record was changed, or another key signed it"
        ) from None
    if keyid is not None and not (keyid and key.keyid.startswith(keyid.lower())):
        raise NotARecord(path, f"it was signed by key {key.keyid}, not by {keyid}")
    problem = _disagreement(envelope, statement, predicate)
    if problem:
        raise NotARecord(path, f"the signature holds, but {problem}")
    return Verified(
        learner=predicate["learner"],
        course=f"{predicate['course']['name']} {predicate['course']['version']}",
        exported_at=predicate["exported_at"],
        keyid=key.keyid,
        key_is_expected=None if keyid is None else True,
        passes=tuple(predicate["passes"]),
        badges=dict(predicate["badges"]),
    )


def _envelope(path: Path) -> Envelope:
    try:
        if path.stat().st_size > LIMIT:
            raise NotARecord(path, f"it is larger than {LIMIT:,} bytes")
        return Envelope.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise NotARecord(path, "there is no such file") from None
    except OSError as error:
        raise NotARecord(path, f"it cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotARecord(path, "it is not a signed envelope (DSSE, in JSON)") from None


def _disagreement(envelope: Envelope, statement: Any, predicate: Any) -> str:
    """What does not fit together in a record that is signed, in words; empty if everything does."""
    if envelope.payload_type != PAYLOAD or statement.get("_type") != STATEMENT:
        return "it is not an in-toto statement"
    if statement.get("predicateType") != PREDICATE:
        return f"it is a statement about something else: {str(statement.get('predicateType'))[:80]}"
    try:
        passes = predicate["passes"]
        digests = {told["exercise"]: told["answer_sha256"] for told in passes}
        subjects = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
        if not all(_is_pass(told) for told in passes) or len(digests) != len(passes):
            return "a pass in it is not one that this course writes"
        if subjects != digests or len(statement["subject"]) != len(passes):
            return "its subjects are not the digests of its passes"
        for number, badge in predicate["badges"].items():
            session = predicate["sessions"][number]
            if not session or not set(session) <= digests.keys():
                return f"session {number} has a badge, but not all of its exercises are passed"
            if not isinstance(badge["message"], str):
                return f"the badge of session {number} names no message"
        texts = predicate["learner"], predicate["exported_at"], *predicate["course"].values()
        if not all(
            isinstance(text, str) and len(text) < 100 and text.isprintable() for text in texts
        ):
            return "the learner's name, the time or the course in it is not plain text"
    except (KeyError, TypeError, AttributeError):
        return "parts that this course writes are missing"
    return ""


def _is_pass(told: Any) -> bool:
    event = told["event"]
    return (
        NAME.fullmatch(told["exercise"]) is not None
        and DIGEST.fullmatch(told["answer_sha256"]) is not None
        and all(
            type(told[key]) is int and told[key] >= 0 for key in ("attempts", "hints", "session")
        )
        and isinstance(told["solution_seen"], bool)
        and (event is None or (isinstance(event, str) and event.isalnum()))
        and isinstance(told["at"], str)
    )
