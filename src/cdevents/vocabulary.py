"""The vocabulary of CDEvents 0.5.1: one table of facts, from which everything else follows.

45 event types over 14 subjects. Every event has the same envelope (`schemas`); what differs is
`subject.content`. A row of `_TYPES` says: the type's short name and version | its content fields,
`*` marks a required one | what it means. What a field looks like follows from its name (`_FIELDS`),
and a row says `name:shape` where one type departs from that.

Source: the schemas of the CDEvents specification, tag v0.5.1 (https://cdevents.dev). Where they
contradict its text or each other, the text is followed, which is stricter in two places:

- the testing types' schemas let a `source` be any text; here it is a URI reference as everywhere;
- `ticket.closed` still takes a `subject.type`, which 0.5 abolished.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .errors import UnknownType

SPEC_VERSION = "0.5.1"
PREFIX = "dev.cdevents."
CUSTOM_PREFIX = "dev.cdeventsx."
# The specification's own pattern. It has no anchor-free repetition: time is linear in the text.
CUSTOM_TYPE = r"^dev\.cdeventsx\.[a-zA-Z0-9]+-[a-zA-Z]+\.[a-zA-Z]+\.[0-9]\.[0-9]\.[0-9]$"


# ---------------------------------------------------------------------------------------- shapes
@dataclass(frozen=True, slots=True)
class Shape:
    """What a value looks like.

    `schema`: its JSON Schema, without `$ref`. `says`: the same in words, for messages and
    docstrings. `lead`: for an object, the member that a plain string stands for in a builder.
    `annotation`: the Python type that a builder takes.
    """

    schema: Mapping[str, Any]
    says: str
    annotation: str = "str"
    lead: str | None = None


TEXT = Shape({"type": "string"}, "a text")
SOME_TEXT = Shape({"type": "string", "minLength": 1}, "a text that is not empty")
URI = Shape(
    {"type": "string", "format": "uri"}, "an absolute URI such as https://ferry.example/runs/7"
)
SOME_URI = Shape({"type": "string", "minLength": 1, "format": "uri"}, URI.says)
URI_REFERENCE = Shape(
    {"type": "string", "minLength": 1, "format": "uri-reference"},
    "a URI or a path such as /plab/builder, without spaces",
)
TIME = Shape(
    {"type": "string", "format": "date-time"},
    "a time with its zone (RFC 3339) such as 2026-11-01T08:30:00Z",
)
TEXTS = Shape({"type": "array", "items": {"type": "string"}}, "a list of texts", "Sequence[str]")


def _one_of(*values: str) -> Shape:
    literal = f"Literal[{', '.join(f'{value!r}' for value in values)}]".replace("'", '"')
    return Shape({"type": "string", "enum": values}, f"one of {', '.join(values)}", literal)


def _usually(shape: Shape, *values: str) -> Shape:
    return Shape(shape.schema, f"{shape.says}, usually one of {', '.join(values)}")


def _object(name: str, /, *, extra: bool = False, **members: Shape) -> Shape:
    """A name that ends in `_` is required. The first member is the one a plain string stands for."""
    keys = {member.rstrip("_"): shape for member, shape in members.items()}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {key: shape.schema for key, shape in keys.items()},
        "required": [member[:-1] for member in members if member.endswith("_")],
    }
    if not schema["required"]:
        del schema["required"]
    if not extra:
        schema["additionalProperties"] = False
    lead = next(iter(keys))
    return Shape(schema, f"an object with {', '.join(keys)}", f"str | {name}", lead)


_TEST_KINDS = (
    "performance", "functional", "unit", "security", "compliance", "integration", "e2e", "other",
)  # fmt: skip
REFERENCE = _object("Reference", id_=SOME_TEXT, source=URI_REFERENCE)

SHAPES: Mapping[str, Shape] = MappingProxyType({
    "text": TEXT,
    "some-text": SOME_TEXT,
    "texts": TEXTS,
    "uri": URI,
    "some-uri": SOME_URI,
    "uri-reference": URI_REFERENCE,
    "reference": REFERENCE,
    "sbom": _object("Sbom", uri_=URI_REFERENCE),
    "trigger": _object(
        "Trigger", extra=True,
        type=_one_of("manual", "pipeline", "event", "schedule", "other"), uri=URI,
    ),
    "test-case": _object(
        "TestCase", id_=SOME_TEXT, version=TEXT, name=TEXT, type=_one_of(*_TEST_KINDS), uri=URI
    ),
    "test-suite": _object("TestSuite", id_=SOME_TEXT, version=TEXT, name=TEXT, uri=URI),
    "outcome": _one_of("success", "failure", "cancel", "error"),
    "severity": _one_of("low", "medium", "high", "critical"),
    "output-type": _one_of("report", "video", "image", "log", "other"),
    "ticket-type": _usually(TEXT, "bug", "enhancement", "incident", "task", "question"),
    "priority": _usually(TEXT, "low", "medium", "high"),
    "resolution": _usually(SOME_TEXT, "completed", "withdrawn", "duplicate"),
})  # fmt: skip

# --------------------------------------------------------------------------------------- the table
_FIELDS = """
text         description errors format group milestone name owner pipelineName reason summary taskName updatedBy
some-text    artifactId creator signature user
texts        assignees labels
uri          uri viewUrl
some-uri     ticketURI
reference    change environment pipelineRun repository service testCaseRun testSuiteRun
sbom         sbom
trigger      trigger
test-case    testCase
test-suite   testSuite
outcome      outcome
severity     severity
output-type  outputType
ticket-type  ticketType
priority     priority
resolution   resolution
"""

_TYPES = """
artifact.deleted       0.2.0 | user                                       | an artifact was removed from where it was published
artifact.downloaded    0.2.0 | user                                       | an artifact was fetched from where it was published
artifact.packaged      0.3.0 | change* sbom                               | an artifact was put into the form in which it is shipped
artifact.published     0.3.0 | sbom user                                  | an artifact can be fetched by others
artifact.signed        0.3.0 | signature*                                 | an artifact was signed
branch.created         0.3.0 | repository                                 | a branch was made in a repository
branch.deleted         0.3.0 | repository                                 | a branch was removed from a repository
build.finished         0.3.0 | artifactId:text                            | a build ended
build.queued           0.3.0 |                                            | a build waits for its turn
build.started          0.3.0 |                                            | a build began
change.abandoned       0.3.0 | repository                                 | a change was given up
change.created         0.4.0 | description:some-text repository           | a change was proposed
change.merged          0.3.0 | repository                                 | a change became part of its target branch
change.reviewed        0.3.0 | repository                                 | somebody gave a verdict on a change
change.updated         0.3.0 | repository                                 | a proposed change was altered
environment.created    0.3.0 | name uri                                   | a place to run services in was made
environment.deleted    0.3.0 | name                                       | a place to run services in was removed
environment.modified   0.3.0 | name uri                                   | a place to run services in was altered
incident.detected      0.3.0 | description environment* service artifactId            | something in an environment went wrong
incident.reported      0.3.0 | description environment* ticketURI* service artifactId | an incident got a ticket
incident.resolved      0.3.0 | description environment* service artifactId            | an incident is over
pipelinerun.finished   0.3.0 | pipelineName uri outcome errors            | a run of a pipeline ended
pipelinerun.queued     0.3.0 | pipelineName uri                           | a run of a pipeline waits for its turn
pipelinerun.started    0.3.0 | pipelineName* uri*                         | a run of a pipeline began
repository.created     0.3.0 | name*:some-text owner uri* viewUrl         | a repository was made
repository.deleted     0.3.0 | name owner uri viewUrl                     | a repository was removed
repository.modified    0.3.0 | name owner uri viewUrl                     | a repository's settings were altered
service.deployed       0.3.0 | environment* artifactId*                   | a service runs in an environment where it did not
service.published      0.3.0 | environment                                | a service can be reached
service.removed        0.3.0 | environment                                | a service no longer runs in an environment
service.rolledback     0.3.0 | environment* artifactId*                   | a service went back to an earlier artifact
service.upgraded       0.3.0 | environment* artifactId*                   | a service went on to a newer artifact
taskrun.finished       0.3.0 | taskName uri pipelineRun outcome:text errors | one task of a pipeline's run ended
taskrun.started        0.3.0 | taskName uri pipelineRun                   | one task of a pipeline's run began
testcaserun.finished   0.3.0 | outcome* severity reason environment* testSuiteRun testCase | one test ended
testcaserun.queued     0.3.0 | trigger environment* testSuiteRun testCase | one test waits for its turn
testcaserun.skipped    0.2.0 | reason environment testSuiteRun testCase   | one test was left out
testcaserun.started    0.3.0 | trigger environment* testSuiteRun testCase | one test began
testoutput.published   0.3.0 | outputType* format* uri testCaseRun        | a test's report, log or picture can be fetched
testsuiterun.finished  0.3.0 | environment* testSuite outcome* severity reason | a suite of tests ended
testsuiterun.queued    0.3.0 | trigger environment* testSuite             | a suite of tests waits for its turn
testsuiterun.started   0.3.0 | trigger environment* testSuite             | a suite of tests began
ticket.closed          0.2.0 | summary ticketType group creator:some-text assignees priority labels milestone uri*:uri-reference resolution* updatedBy | a ticket was closed
ticket.created         0.2.0 | summary* ticketType group creator* assignees priority labels milestone uri*:uri-reference | a ticket was opened
ticket.updated         0.2.0 | summary ticketType group creator assignees priority labels milestone updatedBy uri*:uri-reference | a ticket was altered
"""


@dataclass(frozen=True, slots=True)
class Field:
    """One member of `subject.content`. `key`: its name on the wire, in camel case."""

    key: str
    shape: Shape
    required: bool

    @property
    def parameter(self) -> str:
        """The name in Python: `artifactId` is `artifact_id`, `ticketURI` is `ticket_uri`."""
        return re.sub(r"(?<=[a-z])([A-Z]+)", r"_\1", self.key).lower()


@dataclass(frozen=True, slots=True)
class EventType:
    """One row of the table."""

    subject: str
    predicate: str
    version: str
    fields: tuple[Field, ...]
    meaning: str

    @property
    def name(self) -> str:
        """Short: `artifact.published`."""
        return f"{self.subject}.{self.predicate}"

    @property
    def type(self) -> str:
        """As on the wire: `dev.cdevents.artifact.published.0.3.0`."""
        return f"{PREFIX}{self.name}.{self.version}"

    @property
    def type_in_0_4_1(self) -> str:
        """The same in release 0.4.1. From there to 0.5 every type went up by one minor version."""
        major, minor, patch = self.version.split(".")
        return f"{PREFIX}{self.name}.{major}.{int(minor) - 1}.{patch}"


_SHAPE_OF = {
    key: SHAPES[shape]
    for shape, *keys in map(str.split, _FIELDS.strip().splitlines())
    for key in keys
}


def _rows() -> Iterator[EventType]:
    for line in _TYPES.strip().splitlines():
        head, fields, meaning = (part.strip() for part in line.split("|"))
        name, version = head.split()
        subject, predicate = name.split(".")
        yield EventType(subject, predicate, version, tuple(map(_field, fields.split())), meaning)


def _field(word: str) -> Field:
    name, _, shape = word.partition(":")
    key = name.rstrip("*")
    return Field(key, SHAPES[shape] if shape else _SHAPE_OF[key], required=name.endswith("*"))


# Short name to type, in alphabetical order.
TYPES: Mapping[str, EventType] = MappingProxyType({row.name: row for row in _rows()})
SUBJECTS: tuple[str, ...] = tuple(dict.fromkeys(row.subject for row in TYPES.values()))

# The type as on the wire to the same.
BY_TYPE: Mapping[str, EventType] = MappingProxyType({row.type: row for row in TYPES.values()})


def find(name: str) -> EventType:
    """The type called `name`: short (`artifact.published`) or as on the wire, with its version.

    Raises `UnknownType` for anything else, custom types included: they are not in the vocabulary.
    """
    found = TYPES.get(name) or BY_TYPE.get(name)
    if found is None:
        raise _unknown(name)
    return found


def is_custom(type: str) -> bool:
    """Whether `type` is a well-formed custom type, `dev.cdeventsx.<tool>-<subject>.<predicate>.<version>`."""
    # fullmatch: in Python `$` lets a line feed through, in JSON Schema it does not.
    return re.fullmatch(CUSTOM_TYPE[1:-1], type, re.ASCII) is not None


def _unknown(given: str) -> UnknownType:
    if len(given) > 200:  # a message must not be as long as what a stranger sent
        return _unknown(f"{given[:199]}…")
    if given.startswith(CUSTOM_PREFIX):
        return UnknownType(
            given,
            f"{given!r} is not a well-formed custom type",
            f"write {CUSTOM_PREFIX}<tool>-<subject>.<predicate>.<version>, letters only, and "
            f"a version of three digits: {CUSTOM_PREFIX}plab-timetable.loaded.0.1.0",
        )
    name, version = _split(given)
    if name in TYPES:
        row = TYPES[name]
        also = f"; {row.type_in_0_4_1} is read too, in events of release 0.4.1"
        if version is None:
            return UnknownType(given, "the type is not complete", f"write {row.type}", row.type)
        if version.endswith("-draft"):
            return UnknownType(
                given,
                f"version {version} is a draft",
                f"drafts are not read; emit {row.type}",
                row.type,
            )
        return UnknownType(
            given, f"{name} has no version {version}", f"CDEvents {SPEC_VERSION} has {row.type}{also}", row.type
        )  # fmt: skip
    subject, _, predicate = name.partition(".")
    known = [row.predicate for row in TYPES.values() if row.subject == subject]
    if near := difflib.get_close_matches(predicate, known, 1, 0.6):
        near = [f"{subject}.{near[0]}"]
    elif not known:
        near = difflib.get_close_matches(name, TYPES, 1, 0.75)
    if near:
        wanted = TYPES[near[0]].type if given.startswith(PREFIX) else near[0]
        return UnknownType(given, f"no type {given!r}", f"did you mean {wanted}?", wanted)
    if known:
        return UnknownType(given, f"{subject} has no {predicate!r}", f"it has {', '.join(known)}")
    return UnknownType(
        given,
        f"no type {given!r}",
        f"the subjects are {', '.join(SUBJECTS)}; a type of your own begins with {CUSTOM_PREFIX}",
    )


def _split(given: str) -> tuple[str, str | None]:
    """`dev.cdevents.artifact.published.0.3.0` to (`artifact.published`, `0.3.0`)."""
    words = given.removeprefix(PREFIX).split(".", 2)
    return ".".join(words[:2]), words[2] if len(words) == 3 else None
