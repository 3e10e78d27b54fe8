"""One payload, read by everybody who knows its vocabulary. Never raises, whatever is in it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from epr_lineage.payloads import action, attestation, causation, cdevent, purls, sbom
from epr_lineage.payloads.facts import NOTHING, Occurrence, Said
from epr_lineage.payloads.text import LONGEST, Unreadable, digest

MOST_MEMBERS = 64
"""Members of an object that are looked into for an SBOM or an attestation."""
_DIGESTS = frozenset({"sha256", "digest"})
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def read(payload: Any) -> tuple[Said, tuple[str, ...]]:
    """What a payload says, and a reason for each part of it that could not be read.

    The vocabularies may be mixed: a CDEvent may carry an SBOM in its customData, and either may be
    the data of a structured CloudEvent.
    """
    if not isinstance(payload, dict) or not payload:
        return NOTHING, ()
    reasons: list[str] = []
    carried = _carried(payload)
    said: dict[str, Any] = {}
    occurrence = None
    if cdevent.looks_like_one(carried):
        occurrence = said["occurrence"] = _try(cdevent.read, carried, reasons)
    elif cdevent.looks_like_a_link(carried) and (
        found := _try(cdevent.read_link, carried, reasons)
    ):
        said["links"], said["chain"] = (found[0],), found[1]
    parts = list(_parts(payload, carried))
    members = frozenset().union(*parts)  # most vocabularies are ruled out by their words' absence
    if members & causation.MARKS:
        said["causes"] = tuple(
            dict.fromkeys(cause for part in parts for cause in causation.causes(part))
        )
    if members & sbom.MARKS and (found := _first(sbom, parts, reasons)):
        said["sbom"], problems = found
        reasons += problems
    if members & attestation.MARKS:
        said["attestation"] = _first(attestation, parts, reasons)
    if members & action.MARKS:
        said["action"] = _first(action, parts, reasons)
    said["digests"] = _digests(parts if members & _DIGESTS else [], occurrence)
    if "traceparent" in members:
        said["trace"] = next((found for part in parts if (found := _trace(part))), None)
    said["chain"] = said.get("chain") or _chain(payload, occurrence)
    said["actor"] = _id(payload.get("authid"))
    known = {key: value for key, value in said.items() if value}
    return (Said(**known) if known else NOTHING), tuple(reasons)


def envelope_in(payload: Any) -> Mapping[str, Any] | None:
    """The first DSSE envelope in a payload, where `read` would look for it; None if there is none."""
    if not isinstance(payload, dict):
        return None
    parts = _parts(payload, _carried(payload))
    return next((part for part in parts if attestation.is_envelope(part)), None)


def _try(reader: Callable[[Any], Any], value: Any, reasons: list[str]) -> Any:
    try:
        return reader(value)
    except Unreadable as error:
        reasons.append(str(error))
    except Exception as error:  # whatever a stranger's payload provokes: it is listed, not fatal
        reasons.append(f"{reader.__module__.rpartition('.')[2]}: {type(error).__name__}")
    return None


def _first(vocabulary: Any, parts: list[Mapping[str, Any]], reasons: list[str]) -> Any:
    for part in parts:
        if vocabulary.looks_like_one(part):
            return _try(vocabulary.read, part, reasons)
    return None


def _carried(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of a structured CloudEvent, else the payload itself."""
    data = payload.get("data")
    if payload.get("specversion") == "1.0" and isinstance(data, dict):
        return data
    return payload


def _parts(payload: Mapping[str, Any], carried: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects in which something may stand: outermost first, none twice."""
    outer = [payload] if carried is payload else [payload, carried]
    subject = carried.get("subject")
    for inner in (
        carried.get("customData"),
        subject.get("content") if isinstance(subject, dict) else None,
    ):
        if isinstance(inner, dict):
            outer.append(inner)
    yield from outer
    skip = {"context", "subject", "customData"}
    for part in outer:
        for number, (key, value) in enumerate(part.items()):
            if number == MOST_MEMBERS:
                break
            if isinstance(value, dict) and key not in skip and value is not carried:
                yield value


def _digests(parts: list[Mapping[str, Any]], occurrence: Occurrence | None) -> tuple[str, ...]:
    found = []
    for part in parts:
        if sbom.looks_like_one(part) or attestation.looks_like_one(part):
            continue  # those speak of their own digests
        found += [digest(part.get("sha256")), digest(part.get("digest"))]
    if occurrence and occurrence.artifact and (purl := purls.parse(occurrence.artifact.id)):
        found.append(purl.digest)
    return tuple(dict.fromkeys(item for item in found if item))


def _chain(payload: Mapping[str, Any], occurrence: Occurrence | None) -> str | None:
    return (occurrence.chain if occurrence else None) or _id(payload.get("correlationid"))


def _trace(part: Mapping[str, Any]) -> str | None:
    stated = part.get("traceparent")
    found = _TRACEPARENT.fullmatch(stated) if isinstance(stated, str) else None
    return found[1] if found else None


def _id(value: Any) -> str | None:
    return sys.intern(value) if isinstance(value, str) and 0 < len(value) <= LONGEST else None
