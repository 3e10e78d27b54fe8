"""Documents that the tests of `cdevents` share: examples, ours and the official ones, and mutants."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

HERE = Path(__file__).parent
OFFICIAL = HERE.parents[2] / "shared" / "cdevents"
EXAMPLES = {path.stem: path for path in sorted((HERE / "examples").glob("*.json"))}


def example(name: str) -> dict[str, Any]:
    """Our own example of a type (short name), with everything that the type can say."""
    return json.loads(EXAMPLES[name].read_bytes())


def canonical(value: Any) -> bytes:
    """The same bytes for the same JSON, whatever the order of its members."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


# ----------------------------------------------------------------------------------------- mutants
_VALUES = [
    None, True, 0, 14, 0.5, "", "x", "not a uri", "%zz", "/plab/builder", "https://ferry.example/a",
    "2026-11-01T08:30:00Z", "2026-11-01", "2026-13-01T08:30:00Z", "success", "pass", "high", "unit",
    "PATH", "END", "RELATION", "START", [], ["x"], [None], {}, {"id": "staging"}, {"id": ""},
    {"contextId": "7"}, {"uri": "https://ferry.example/a"}, {"linkType": "END"}, "ferry\n", "ü",
]  # fmt: skip
_NAMES = [
    "id",
    "uri",
    "url",
    "type",
    "source",
    "from",
    "tags",
    "links",
    "version",
    "harbour",
    "name",
]


def mutants(document: dict[str, Any], rng: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """Copies of a document with one to three members changed, removed, renamed or added."""
    for _ in range(count):
        mutant = copy.deepcopy(document)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            _mutate(mutant, rng)
        yield mutant


def _mutate(document: dict[str, Any], rng: random.Random) -> None:
    places = list(_places(document))
    if not places:
        return
    parent, key = rng.choice(places)
    match rng.randrange(4):
        case 0:
            parent[key] = copy.deepcopy(rng.choice(_VALUES))
        case 1:
            del parent[key]
        case 2 if isinstance(parent, dict):
            parent[rng.choice(_NAMES)] = parent.pop(key)
        case _ if isinstance(parent, dict):
            parent[rng.choice(_NAMES)] = copy.deepcopy(rng.choice(_VALUES))
        case _:
            parent.append(copy.deepcopy(rng.choice(_VALUES)))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every member of every object and every item of every list."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in list(pairs):
        yield value, key
        if isinstance(member, dict | list):
            yield from _places(member)


# ---------------------------------------------------------------------------------- official files
class Official:
    """One release of the specification, read from a local folder; references stay inside it."""

    def __init__(self, version: str) -> None:
        folder = OFFICIAL / f"v{version}"
        self.examples = {
            path.stem: path.read_bytes() for path in sorted((folder / "conformance").glob("*.json"))
        }
        schemas = [json.loads(path.read_bytes()) for path in (folder / "schemas").glob("*.json")]
        self.schemas = {self._type(schema): schema for schema in schemas}
        links = [
            json.loads(path.read_bytes()) for path in (folder / "schemas/links").glob("*.json")
        ]
        self.links = {link["$id"].rpartition("/")[2]: link for link in links}
        # No retriever is given: a reference that leaves these documents is an error.
        self._registry = jsonschema_rs.Registry([(link["$id"], link) for link in links])

    @staticmethod
    def _type(schema: dict[str, Any]) -> str:
        return schema["properties"]["context"]["properties"]["type"]["enum"][0]

    def compiled(self, schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(
            schema, validate_formats=True, registry=self._registry
        )

    def validators(
        self, *, repaired: bool = False
    ) -> dict[str, jsonschema_rs.Draft202012Validator]:
        schemas = map(_repaired, self.schemas.values()) if repaired else self.schemas.values()
        return {self._type(schema): self.compiled(schema) for schema in schemas}


def _repaired(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with the two slips mended that `cdevents.vocabulary` names."""
    schema = copy.deepcopy(schema)
    subject = schema["properties"]["subject"]["properties"]
    subject.pop("type", None)
    places = [schema["properties"]["context"]["properties"], subject]
    places += [
        field["properties"]
        for field in subject["content"]["properties"].values()
        if "source" in field.get("properties", {})
    ]
    for place in places:
        place["source"] = {"type": "string", "minLength": 1, "format": "uri-reference"}
    return schema
