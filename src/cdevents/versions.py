"""Which releases of the specification are read, and how an old event becomes a new one.

0.5.x is read as it is, 0.4.1 is converted to 0.5.1, everything else is refused. A draft most of
all: what its words will mean is not settled, and evidence must not change its meaning later.

What 0.5 changed since 0.4.1 (tried on all of the official examples):

- `context.version` is called `specversion`;
- `subject.type` is gone, since the event's type says it;
- `url` is called `uri` in the content of eleven types, and has to be one;
- test outcomes are `success` and `failure`, no longer `pass` and `fail`, and the outcome of a
  pipeline's run is one of four words, no longer any text;
- every type's version went up by one minor step.
"""

from __future__ import annotations

import re
from typing import Any

from . import vocabulary
from .errors import InvalidEvent, Problem, UnknownType, UnsupportedVersion
from .vocabulary import SPEC_VERSION, EventType

_READ_AS_IT_IS = re.compile(r"0\.5\.(0|[1-9][0-9]*)", re.ASCII)
_OUTCOMES = {"pass": "success", "fail": "failure"}
_NEW_OUTCOMES = {"testcaserun.finished", "testsuiterun.finished", "pipelinerun.finished"}
_SUITE_HAD_URL = "testsuiterun.queued"


def upgrade(document: dict[str, Any]) -> dict[str, Any]:
    """A document of a release that is read, as 0.5; the given one if it is that already.

    The given document is not changed. The result is not yet validated, and a document that names no
    version is returned for validation to complain about.

    Raises `UnsupportedVersion` for a draft and for any release but 0.4.1 and 0.5.x; `UnknownType`
    and `InvalidEvent` for a 0.4.1 document that cannot be converted.
    """
    context = document.get("context")
    if not isinstance(context, dict):
        return document
    _refuse_draft(context.get("type"))
    new, old = context.get("specversion"), context.get("version")
    if isinstance(new, str) and new:
        if not _READ_AS_IT_IS.fullmatch(new):
            raise _unsupported(new)
        return document
    if isinstance(old, str) and old and new is None:
        if old != "0.4.1":
            raise _unsupported(old)
        return _from_0_4_1(document)
    return document


def _refuse_draft(type: Any) -> None:
    if isinstance(type, str) and type.endswith("-draft"):
        raise UnsupportedVersion(
            type.rpartition(".")[2], f"{type} is of a draft; emit the type of {SPEC_VERSION}"
        )


def _unsupported(version: str) -> UnsupportedVersion:
    if "draft" in version:
        return UnsupportedVersion(
            version, f"a draft's meaning may still change; emit {SPEC_VERSION}"
        )
    if version == "0.4.1":
        return UnsupportedVersion(
            version, "release 0.4.1 calls this member `version`; the producer mixes two releases"
        )
    if version.startswith("0.5"):
        return UnsupportedVersion(version, f"releases have three numbers; write {SPEC_VERSION}")
    return UnsupportedVersion(version, f"only 0.4.1 and 0.5.x are; emit {SPEC_VERSION}")


def _from_0_4_1(document: dict[str, Any]) -> dict[str, Any]:
    context = dict(document["context"])
    given = context.get("type")
    custom = isinstance(given, str) and vocabulary.is_custom(given)
    kind = None if custom else _kind_in_0_4_1(given)
    # In place, so that the members keep their order.
    context = {("specversion" if key == "version" else key): v for key, v in context.items()}
    context["specversion"] = SPEC_VERSION
    if kind is not None:
        context["type"] = kind.type
    new = {**document, "context": context}
    subject = document.get("subject")
    if isinstance(subject, dict):
        subject = dict(subject)
        named = subject.pop("type", None)
        wanted = kind.subject if kind else str(given).split(".")[2]
        # Release 0.4.1 demands it, and the conformance examples spell `taskRun` in one word.
        if not isinstance(named, str) or (named.lower() != wanted.lower()):
            raise InvalidEvent(
                [
                    Problem(
                        "subject.type",
                        f"{named!r} in an event of release 0.4.1",
                        f"it must be {wanted!r}",
                    )
                ]
            )
        if kind is not None and isinstance(subject.get("content"), dict):
            subject["content"] = _content(subject["content"], kind)
        new["subject"] = subject
    return new


def _kind_in_0_4_1(given: Any) -> EventType:
    kind = _BY_OLD_TYPE.get(given) if isinstance(given, str) else None
    if kind is not None:
        return kind
    try:
        now = vocabulary.find(str(given))
    except UnknownType as error:
        if error.suggestion is None or error.suggestion not in _OLD_TYPE:
            raise
        hint = f"release 0.4.1 has {_OLD_TYPE[error.suggestion]}"
        raise UnknownType(str(given), error.problems[0].message, hint) from None
    raise UnknownType(
        str(given),
        f"{given} is a type of {SPEC_VERSION}, but `context.version` says 0.4.1",
        f"write `specversion` {SPEC_VERSION}, or the type {now.type_in_0_4_1}",
        now.type,
    )


def _content(content: dict[str, Any], kind: EventType) -> dict[str, Any]:
    if any(field.key == "uri" for field in kind.fields) and kind.subject not in (
        "ticket",
        "testoutput",
    ):
        content = _renamed(content, "subject.content")
    if kind.name == _SUITE_HAD_URL and isinstance(content.get("testSuite"), dict):
        suite = _renamed(content["testSuite"], "subject.content.testSuite")
        content = {**content, "testSuite": suite}
    if kind.name in _NEW_OUTCOMES and isinstance(outcome := content.get("outcome"), str):
        content = {**content, "outcome": _OUTCOMES.get(outcome, outcome)}
    return content


def _renamed(members: dict[str, Any], path: str) -> dict[str, Any]:
    if "uri" in members:
        raise InvalidEvent(
            [Problem(f"{path}.uri", "this name is not known in release 0.4.1", "it calls it `url`")]
        )
    return {("uri" if key == "url" else key): value for key, value in members.items()}


_OLD_TYPE = {kind.type: kind.type_in_0_4_1 for kind in vocabulary.TYPES.values()}
_BY_OLD_TYPE = {kind.type_in_0_4_1: kind for kind in vocabulary.TYPES.values()}
