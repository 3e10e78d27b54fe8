"""CDEvents, of 0.5.x and 0.4.1: read by `cdevents`, kept as an `Occurrence`. Links on their own too.

Names of things: a change, a run, an incident or a ticket is known by its id and by who names it, so
a reference without a `source` means one of the event's own source, as the specification says. An
environment or a service is named by many (who deploys, who watches) and by its id alone, unless a
source is stated.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import cdevents
from epr_lineage.model import Kind
from epr_lineage.payloads import purls
from epr_lineage.payloads.facts import Link, Occurrence, Thing
from epr_lineage.payloads.text import Unreadable, optional, text, words

RUNS = ("pipelinerun", "taskrun", "build", "testcaserun", "testsuiterun")
_KINDS = {
    **dict.fromkeys(RUNS, Kind.RUN),
    "change": Kind.CHANGE,
    "environment": Kind.ENVIRONMENT,
    "service": Kind.SERVICE,
    "incident": Kind.INCIDENT,
    "ticket": Kind.TICKET,
    "artifact": Kind.ARTIFACT,
}
_MENTIONS = {
    "change": "change",
    "environment": "environment",
    "service": "service",
    "pipelineRun": "pipelinerun",
    "testSuiteRun": "testsuiterun",
    "testCaseRun": "testcaserun",
    "repository": "repository",
}
_ACTORS = ("user", "creator", "updatedBy")
_TEXTS = ("description", "summary", "reason", "errors")
TRIGGERED, CAUSED, ABOUT = "triggered by", "caused by", "about"
_RELATIONS = {
    "trigger": TRIGGERED, "triggered": TRIGGERED, "triggeredby": TRIGGERED,
    "cause": CAUSED, "caused": CAUSED, "causedby": CAUSED,
    "artifact": ABOUT, "about": ABOUT,
}  # fmt: skip
MOST_LINKS = 1_000


def looks_like_one(value: Mapping[str, Any]) -> bool:
    """Whether somebody meant this as a CDEvent; it may still be a wrong one."""
    context = value.get("context")
    kind = context.get("type") if isinstance(context, dict) else None
    return isinstance(kind, str) and kind.startswith("dev.cdevents")


def looks_like_a_link(value: Mapping[str, Any]) -> bool:
    """Whether somebody meant this as a stand-alone link."""
    return "linkType" in value and "context" not in value


def read(document: Mapping[str, Any]) -> Occurrence:
    """What the CDEvent says. Raises `Unreadable` for one that is invalid or of an unknown release."""
    document = _valid(document)
    context, about = document["context"], document["subject"]
    source = text(context["source"], "context.source")
    _, family, subject_type, predicate, *_ = context["type"].split(".")
    custom = family == "cdeventsx"
    content = about["content"]
    links = context.get("links", ())
    if len(links) > MOST_LINKS:
        raise Unreadable(f"it has {len(links)} links; at most {MOST_LINKS} are read")
    subject = _thing(
        subject_type,
        text(about["id"], "subject.id"),
        optional(about.get("source"), "subject.source") or "",
        source,
    )
    return Occurrence(
        name=text(f"{subject_type}.{predicate}", "context.type"),
        id=text(context["id"], "context.id"),
        source=source,
        subject=subject,
        chain=optional(context.get("chainId"), "context.chainId"),
        links=tuple(_embedded(link) for link in links),
        mentions=() if custom else tuple(_mentions(content, source)),
        artifact=None if custom else _artifact(subject, content),
        sbom_uri=_sbom_uri(content),
        outcome="" if custom else optional(content.get("outcome"), "outcome") or "",
        text=next((found for key in _TEXTS if (found := words(content.get(key)))), ""),
        actors=() if custom else tuple(_actors(content)),
    )


def _valid(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document, if it is valid; one of an earlier release as it is said now."""
    current = document["context"].get("specversion") == cdevents.SPEC_VERSION
    if current and cdevents.is_valid(document):
        return document  # what `parse` would say, without its frozen copy
    try:
        return cdevents.parse(document).document
    except cdevents.errors.CDEventsError as error:
        raise Unreadable(f"not a valid CDEvent: {_first_line(error)}") from None


def read_link(document: Mapping[str, Any]) -> tuple[Link, str | None]:
    """A stand-alone link and its chain. Raises `Unreadable`."""
    try:
        link = cdevents.parse_link(document)
    except cdevents.errors.CDEventsError as error:
        raise Unreadable(f"not a valid CDEvents link: {_first_line(error)}") from None
    ends = {
        "START": (None, link.start_id),
        "PATH": (link.from_id, link.to_id),
        "END": (link.from_id, link.end_id),
        "RELATION": (link.target_id, link.source_id),
    }
    earlier, later = (optional(end, "a link's contextId") for end in ends[link.type])
    return Link(link.type, relation(link.kind or ""), earlier, later), optional(
        link.chain_id, "chainId"
    )


@lru_cache(maxsize=4_096)
def relation(kind: str) -> str:
    """A `linkKind`, which is free text, in our words: TRIGGER is `triggered by`, CAUSE `caused by`.

    Others stay as they are, in lower case.
    """
    squeezed = re.sub(r"[^a-z]", "", kind.lower())
    return _RELATIONS.get(squeezed, kind.lower()[:64])


def artifact(value: str) -> Thing:
    """An artifact by what an event calls it; a purl in its canonical spelling."""
    purl = purls.parse(value)
    return Thing(Kind.ARTIFACT, purl.full if purl else value, value)


@lru_cache(maxsize=65_536)
def _thing(type: str, id: str, stated: str, default: str) -> Thing:
    kind = _KINDS.get(type, Kind.RESOURCE)
    if kind is Kind.ARTIFACT:
        return artifact(id)
    source = stated if kind in (Kind.ENVIRONMENT, Kind.SERVICE) else stated or default
    typed = type if kind in (Kind.RUN, Kind.RESOURCE) else ""
    return Thing(kind, " ".join(part for part in (typed, source, id) if part), id, source)


def _mentions(content: Mapping[str, Any], source: str) -> Iterator[Thing]:
    for key, value in content.items():
        if (type := _MENTIONS.get(key)) and isinstance(value, dict):
            stated = optional(value.get("source"), f"{key}.source") or ""
            yield _thing(type, text(value.get("id"), f"{key}.id"), stated, source)
    if uri := optional(content.get("ticketURI"), "ticketURI"):
        yield Thing(Kind.TICKET, uri, uri)


def _artifact(subject: Thing, content: Mapping[str, Any]) -> Thing | None:
    if subject.kind is Kind.ARTIFACT:
        return subject
    named = optional(content.get("artifactId"), "artifactId")
    return artifact(named) if named else None


def _sbom_uri(content: Mapping[str, Any]) -> str | None:
    sbom = content.get("sbom")
    return optional(sbom.get("uri"), "sbom.uri") if isinstance(sbom, dict) else None


def _actors(content: Mapping[str, Any]) -> Iterator[str]:
    for key in _ACTORS:
        if actor := optional(content.get(key), key):
            yield actor


def _embedded(link: Mapping[str, Any]) -> Link:
    kind = link["linkType"]
    end = link.get("target" if kind == "RELATION" else "from", {})
    return Link(
        sys.intern(kind),
        relation(link.get("linkKind") or ""),
        optional(end.get("contextId"), "a link's contextId"),
        "",
    )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:300]
