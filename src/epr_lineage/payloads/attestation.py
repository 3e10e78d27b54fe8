"""In-toto statements, signed in a DSSE envelope or bare: what they claim, and by which keys.

https://github.com/in-toto/attestation (Statement v1, v0.1), https://github.com/secure-systems-lab/dsse.
Nothing is verified here; `epr_lineage.authenticity` does that, with keys that you trust.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from epr_lineage.payloads.facts import Attestation
from epr_lineage.payloads.text import Unreadable, digest, optional, sha256, text

IN_TOTO = "application/vnd.in-toto+json"
_STATEMENT = "https://in-toto.io/Statement/"
MARKS = frozenset({"payloadType", "_type"})
"""Members without which there is nothing of this kind in an object."""
MOST_SUBJECTS = 1_000


def looks_like_one(value: Mapping[str, Any]) -> bool:
    """Whether somebody meant this as a DSSE envelope or as an in-toto statement."""
    return is_envelope(value) or _is_statement(value)


def is_envelope(value: Mapping[str, Any]) -> bool:
    """Whether it has the members of a DSSE envelope."""
    return "payload" in value and "payloadType" in value and "signatures" in value


def read(value: Mapping[str, Any]) -> Attestation:
    """What it claims. Raises `Unreadable`."""
    statement, keyids = (value, ()) if _is_statement(value) else _opened(value)
    if not _is_statement(statement):
        raise Unreadable("the envelope's payload is not an in-toto statement")
    subjects = statement.get("subject")
    if not isinstance(subjects, list) or not subjects or len(subjects) > MOST_SUBJECTS:
        raise Unreadable("the statement names no subject, or more than can be read")
    return Attestation(
        digest=sha256(value),
        predicate_type=optional(statement.get("predicateType"), "predicateType") or "",
        subjects=tuple(_subjects(subjects)),
        keyids=keyids,
    )


def _is_statement(value: Any) -> bool:
    kind = value.get("_type") if isinstance(value, dict) else None
    return isinstance(kind, str) and kind.startswith(_STATEMENT)


def _opened(envelope: Mapping[str, Any]) -> tuple[Any, tuple[str, ...]]:
    if envelope["payloadType"] != IN_TOTO:
        raise Unreadable(f"the envelope's payloadType is not {IN_TOTO}")
    try:
        statement = json.loads(base64.b64decode(envelope["payload"], validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise Unreadable("the envelope's payload is not JSON in base64") from None
    signatures = envelope["signatures"]
    if not isinstance(signatures, list):
        raise Unreadable("the envelope's signatures is not a list")
    keyids = [s.get("keyid") for s in signatures[:100] if isinstance(s, dict)]
    return statement, tuple(text(keyid, "a signature's keyid") for keyid in keyids if keyid)


def _subjects(listed: list[Any]) -> Iterator[tuple[str, str]]:
    for subject in listed:
        found = digest(subject.get("digest")) if isinstance(subject, dict) else None
        if found is None:
            raise Unreadable("a subject of the statement has no sha256 digest")
        yield optional(subject.get("name"), "a subject's name") or "", found
