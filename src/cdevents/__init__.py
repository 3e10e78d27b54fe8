"""CDEvents for Python: say what happened in a delivery pipeline in the words everybody else uses.

One job: make, check, read and carry CDEvents 0.5.1 (https://cdevents.dev), and read those of
release 0.4.1. Nothing is ever fetched over a network.

Make one. There is a builder for each of the 45 types, in a namespace for each of the 14 subjects:

    >>> import cdevents
    >>> merged = cdevents.change.merged(
    ...     "tidetable!142", source="/plab/forge", repository="tidetable",
    ...     chain_id=cdevents.new_chain_id(),
    ... )
    >>> built = cdevents.build.finished(
    ...     "tidetable-1.5.0", source="/plab/builder",
    ...     artifact_id="pkg:pypi/tidetable@1.5.0", follows=merged,
    ... )
    >>> built.chain_id == merged.chain_id, built.links[0].from_id == merged.id
    (True, True)
    >>> own = cdevents.custom(
    ...     "dev.cdeventsx.plab-timetable.loaded.0.1.0", "winter-2026",
    ...     source="/plab/loader", content={"boats": 14},
    ... )

Read one, and be told what is wrong with it:

    >>> cdevents.parse(built.to_json()) == built
    True
    >>> document = built.to_dict()
    >>> document["subject"]["content"]["artifactID"] = "tidetable"
    >>> print(cdevents.problems(document)[0])
    subject.content.artifactID: this name is not known here; did you mean `artifactId`?

Carry it, over HTTP or Kafka, as a CloudEvent in structured or binary mode:

    >>> message = cdevents.to_http(built, "binary")
    >>> message.headers["ce-type"]
    'dev.cdevents.build.finished.0.3.0'
    >>> cdevents.from_http(message.headers, message.body) == built
    True

Have a registry refuse what is not one: `cdevents.receiver("build.finished", client)`.

Modules, in the order in which they build on each other:

- `errors`       what can go wrong
- `json_text`    JSON read strictly; values that cannot change
- `clock`        RFC 3339
- `vocabulary`   the facts: one table
- `schemas`      flat JSON Schemas, made from it
- `validation`   problems, each with its place and a hint
- `versions`     which releases are read; 0.4.1 to 0.5.1
- `links`        PATH, RELATION, END, START, embedded and stand-alone
- `event`        `Event` and `parse`
- `signatures`   what a builder takes and says about itself
- `builders`     a function for each type (`builders.pyi`, for editors, is written by `stub`)
- `shapes`       the types of the builders' arguments
- `binding`      CloudEvents over HTTP and Kafka
- `receivers`    types as receivers of an Event Provenance Registry
- `throughput`   how fast it is, beside other validators; imported by benches only

May be imported by anybody. Imports none of this repo's packages; `receiver` without a client looks
for `epr`.
"""

from . import errors, links, vocabulary
from .binding import (
    HTTPMessage,
    KafkaMessage,
    from_cloudevent,
    from_http,
    from_kafka,
    to_cloudevent,
    to_http,
    to_kafka,
)
from .builders import (
    artifact,
    branch,
    build,
    change,
    custom,
    environment,
    incident,
    pipelinerun,
    repository,
    service,
    taskrun,
    testcaserun,
    testoutput,
    testsuiterun,
    ticket,
)
from .event import Event, new_chain_id, parse
from .links import Link, parse_link
from .receivers import receiver
from .schemas import schema
from .validation import is_valid, problems, validate
from .vocabulary import SPEC_VERSION

__all__ = [
    "SPEC_VERSION",
    "Event",
    "HTTPMessage",
    "KafkaMessage",
    "Link",
    "artifact",
    "branch",
    "build",
    "change",
    "custom",
    "environment",
    "errors",
    "from_cloudevent",
    "from_http",
    "from_kafka",
    "incident",
    "is_valid",
    "links",
    "new_chain_id",
    "parse",
    "parse_link",
    "pipelinerun",
    "problems",
    "receiver",
    "repository",
    "schema",
    "service",
    "taskrun",
    "testcaserun",
    "testoutput",
    "testsuiterun",
    "ticket",
    "to_cloudevent",
    "to_http",
    "to_kafka",
    "validate",
    "vocabulary",
]
