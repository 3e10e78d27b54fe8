"""How many events a second, beside two other validators and on the same events.

For benches: `measure(examples, official=folder)`. Nothing else imports this module; `jsonschema`
and `fastjsonschema` are needed only here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from . import builders, schemas, vocabulary
from .binding import from_http, to_http
from .event import Event, parse
from .validation import is_valid, validate

Check = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Rate:
    """One measurement. `per_second`: events; `preparing`: seconds before the first one, or None."""

    what: str
    per_second: float
    preparing: float | None = None


def measure(
    examples: Iterable[bytes], *, official: Path | None = None, seconds: float = 0.5
) -> list[Rate]:
    """Rates for a set of valid events, each type in it being checked by its own schema.

    `examples`: events as JSON, 0.5. `official`: the folder of the specification's `*.json` schemas
    with its `links/`; given, the other validators check by them, as published; otherwise by our
    flat ones. `seconds`: how long each line is measured, at least.
    """
    texts = list(examples)
    documents = [json.loads(text) for text in texts]
    events = list(map(parse, texts))
    messages = [to_http(event, "binary") for event in events]
    build = [(_builder(event), _arguments(event)) for event in events]
    names = {event.name for event in events}
    source, rules, links = _rules(names, official)
    rates = [
        _checked(f"{title}, {source}", prepare, rules, links, documents, seconds)
        for title, prepare in (
            ("jsonschema", _jsonschema),
            ("fastjsonschema", _fastjsonschema),
            ("jsonschema-rs", _jsonschema_rs),
        )
    ]
    lines: list[tuple[str, Check, Sequence[Any]]] = [
        ("cdevents.is_valid", is_valid, documents),
        ("cdevents.validate", validate, documents),
        ("cdevents.parse, text to Event", parse, texts),
        ("a builder", lambda call: call[0](**call[1]), build),
        ("Event.to_json", Event.to_json, events),
        ("cdevents.to_http, binary", lambda event: to_http(event, "binary"), events),
        ("cdevents.from_http, binary", lambda m: from_http(m.headers, m.body), messages),
    ]
    return rates + [Rate(what, _rate(check, given, seconds)) for what, check, given in lines]


def _rate(check: Check, values: Sequence[Any], seconds: float) -> float:
    for value in values:  # once untimed: caches fill
        check(value)
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        for value in values:
            check(value)
        done += len(values)
    return done / spent


def _checked(
    what: str,
    prepare: Callable[[dict[str, Any], dict[str, Any]], Check],
    rules: Mapping[str, dict[str, Any]],
    links: dict[str, Any],
    documents: Sequence[dict[str, Any]],
    seconds: float,
) -> Rate:
    began = time.perf_counter()
    checks = {type: prepare(schema, links) for type, schema in rules.items()}
    preparing = time.perf_counter() - began
    rate = _rate(lambda d: checks[d["context"]["type"]](d), documents, seconds)
    return Rate(what, rate, preparing)


def _rules(
    names: set[str], official: Path | None
) -> tuple[str, dict[str, dict[str, Any]], dict[str, Any]]:
    """Where the rules are from, the schemas by type, and what they refer to by address."""
    if official is None:
        flat = {vocabulary.find(name).type: schemas.schema(name) for name in names}
        return "flat schemas", flat, {}
    found = [json.loads(path.read_bytes()) for path in sorted(official.glob("*.json"))]
    links = [json.loads(path.read_bytes()) for path in sorted((official / "links").glob("*.json"))]
    return (
        "official schemas",
        {
            schema["properties"]["context"]["properties"]["type"]["enum"][0]: schema
            for schema in found
        },
        {link["$id"]: link for link in links},
    )


def _jsonschema(schema: dict[str, Any], links: dict[str, Any]) -> Check:
    import jsonschema
    import referencing

    registry = referencing.Registry().with_resources(
        (address, referencing.Resource.from_contents(link)) for address, link in links.items()
    )
    of = jsonschema.validators.validator_for(schema)
    return of(schema, registry=registry, format_checker=of.FORMAT_CHECKER).validate


def _fastjsonschema(schema: dict[str, Any], links: dict[str, Any]) -> Check:
    import fastjsonschema

    # It knows the drafts up to 7 and takes a newer one for draft 4; these schemas mean the same in 7.
    def as_draft_7(rules: dict[str, Any]) -> dict[str, Any]:
        return {**rules, "$schema": schemas.DRAFT}

    # With defaults on it writes into the event that it checks.
    compiled: Check = fastjsonschema.compile(
        as_draft_7(schema),
        handlers={"https": lambda address: as_draft_7(links[address])},
        use_default=False,
    )
    return compiled


def _jsonschema_rs(schema: dict[str, Any], links: dict[str, Any]) -> Check:
    registry = jsonschema_rs.Registry(list(links.items()))
    return jsonschema_rs.validator_for(schema, validate_formats=True, registry=registry).validate


def _builder(event: Event) -> Callable[..., Event]:
    subject, predicate = event.name.split(".")
    return getattr(getattr(builders, subject), predicate)


def _arguments(event: Event) -> dict[str, Any]:
    """What a builder takes to build this event again, but for id, time and links."""
    parameters = {field.key: field.parameter for field in vocabulary.find(event.name).fields}
    content = {parameters[key]: value for key, value in event.content.items()}
    return {"subject_id": event.subject_id, "source": event.source, **content}
