"""Compile a schema once; check payloads against it in microseconds."""

from collections.abc import Mapping
from types import MappingProxyType

import jsonschema_rs

from epr_server.json_schema.cost import Cost, estimate
from epr_server.json_schema.dialect import translate, validator
from epr_server.json_schema.document import Document, show
from epr_server.json_schema.exceptions import NotUsableJson, SchemaRefused, TooCostly
from epr_server.json_schema.json_text import nesting, parse
from epr_server.json_schema.violations import lines, text_of

MAX_SCHEMA_BYTES = 1 << 20
MAX_SCHEMA_NESTING = 100
# Listing violations costs about 3 µs each, and the validator lists all of them or one.
MAX_LISTED = 20_000

_NO_DOCUMENTS: Mapping[str, bytes] = MappingProxyType({})


class CompiledSchema:
    """A schema ready to check payloads. Safe to share and to keep: it never changes."""

    __slots__ = ("_cost", "_validator")

    def __init__(self, checker: jsonschema_rs.Draft7Validator, cost: Cost) -> None:
        self._validator = checker
        self._cost = cost

    def violations(self, payload_json: bytes) -> list[str]:
        """What is wrong with a payload, one line each; ``[]`` if it is valid.

        A line reads ``<dotted path or (root)>: <text>``. There are at most 20 and one that counts
        the rest. Text that is not usable JSON, and a payload too large or too deep to be checked
        against this schema in bounded time, are violations too. Nothing is raised.

        >>> schema = compile_schema(b'{"properties": {"passed": {"type": "integer"}}}')
        >>> schema.violations(b'{"passed": 41}')
        []
        >>> schema.violations(b'{"passed": "all"}')
        ['passed: Invalid type. Expected: integer, given: string']
        """
        try:
            payload = parse(payload_json)
            weight = self._cost.weight_for(payload, payload_json)
        except (NotUsableJson, TooCostly) as error:
            return [f"(root): {error}"]
        if self._validator.is_valid(payload):
            return []
        if weight * _values_at_most(payload_json) > MAX_LISTED:
            return ["(root): it does not match, and is too large to list what is wrong with it"]
        return lines(self._validator.iter_errors(payload))


def compile_schema(
    schema_json: bytes, *, documents: Mapping[str, bytes] = _NO_DOCUMENTS
) -> CompiledSchema:
    """Check a receiver's schema and make it ready for use.

    Args:
        schema_json: the schema as JSON text: an object, ``true`` or ``false``.
        documents: schemas that a ``$ref`` may name by URI beside those in the schema itself, as
            JSON text by absolute URI. Nothing is ever fetched.

    Raises:
        SchemaRefused: not JSON, not a schema, a reference that leads nowhere, outside or back to
            itself, or a schema that could take unbounded time.
    """
    if len(schema_json) > MAX_SCHEMA_BYTES:
        raise SchemaRefused(f"it has {len(schema_json):,} bytes; {MAX_SCHEMA_BYTES:,} is the limit")
    try:
        schema = parse(schema_json)
    except NotUsableJson as error:
        raise SchemaRefused(str(error)) from None
    if not isinstance(schema, dict | bool):
        hint = ", not as a text that holds one" if isinstance(schema, str) else ""
        raise SchemaRefused(f"a schema is a JSON object, true or false; send it as that{hint}")
    if nesting(schema) > MAX_SCHEMA_NESTING:
        raise SchemaRefused(f"it is nested more than {MAX_SCHEMA_NESTING} levels deep; flatten it")
    document = Document(schema, documents)
    translate(document)
    cost = estimate(document)
    try:
        return CompiledSchema(validator(document.root), cost)
    except jsonschema_rs.ValidationError as error:
        raise SchemaRefused(_reason(error)) from None


def _reason(error: jsonschema_rs.ValidationError) -> str:
    where = show(tuple(map(str, error.instance_path)))
    match list(error.instance_path)[-2:]:
        case [*_, "type"]:
            return (
                f"{where} must be one of array, boolean, integer, null, number, object and string, "
                "or a list of some of them"
            )
        case [*_, "pattern"] | ["patternProperties", *_]:
            return (
                f"{where} is not a regular expression that runs in linear time "
                "(no look-around, no back-references, no inline flags, not too large)"
            )
    return f"{where}: {text_of(error)}"


def _values_at_most(payload_json: bytes) -> int:
    # Each value but the first follows one of these three characters.
    return 1 + sum(payload_json.count(character) for character in (b"[", b"{", b","))
