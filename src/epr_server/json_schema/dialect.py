"""The registry's dialect: draft 7, plus what the original's hybrid of drafts 4, 6 and 7 adds.

==============================  ======================================================
``$schema``                     any URI is accepted and none changes anything
``exclusiveMinimum: true``      draft 4's form, with ``minimum`` (likewise ``…Maximum``)
``id``                          draft 4's name for ``$id``
``$defs``, ``$anchor``          work as targets of ``$ref``
``enum: []``                    says nothing; a repeated value in ``enum`` is an error
``format``                      asserted, not only an annotation; an unknown format passes
``content…``                    annotations only, as in the original and in later drafts
``prefixItems`` and the like    keywords of later drafts are ignored
==============================  ======================================================

Regular expressions are those of ECMA 262 that run in linear time: no look-around, no
back-references. Three things differ from the original on purpose, because draft 7 says otherwise:
inline flags such as ``(?i)`` are not regular expressions, ``date-time`` and ``time`` want all of
RFC 3339 (the original also takes a bare date or a time without its offset), and a format says
nothing about a number. (epr-contract.md, section 9; draft-handrews-json-schema-validation-01.)
"""

from typing import Any

import jsonschema_rs

from epr_server.json_schema.document import Document, Pointer, show
from epr_server.json_schema.exceptions import SchemaRefused

# Bounds one compiled pattern, some 2 ms: "(a{1,100}b){50}" fits, "(a{1000}){1000}" does not.
PATTERN_BYTES = 500_000
MAX_PATTERNS = 200

_BOUNDS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))
_ANNOTATIONS = ("$schema", "contentEncoding", "contentMediaType")


def translate(document: Document) -> None:
    """Rewrite a document's subschemas, in place, from the registry's dialect into draft 7.

    Raises:
        SchemaRefused: a draft 4 bound without its limit, a repeated value in ``enum``, or too many
            regular expressions.
    """
    patterns = sum(_patterns(place.schema) for place in document.subschemas.values())
    if patterns > MAX_PATTERNS:
        raise SchemaRefused(f"it has {patterns:,} regular expressions; {MAX_PATTERNS} is the limit")
    for pointer, place in document.subschemas.items():
        if isinstance(place.schema, dict):
            _translate(place.schema, pointer)


def validator(schema: Any) -> jsonschema_rs.Draft7Validator:
    """Compile a translated schema.

    Raises:
        jsonschema_rs.ValidationError: it is not a draft 7 schema.
    """
    return jsonschema_rs.Draft7Validator(
        schema,
        validate_formats=True,
        # Draft 7 proper does not know this one; the original asserts it.
        formats={"uuid": is_uuid},
        pattern_options=jsonschema_rs.RegexOptions(size_limit=PATTERN_BYTES),
        # Messages and errors must not carry copies of a large payload.
        mask="value",
        offline=True,
    )


def is_uuid(text: str) -> bool:
    """RFC 9562's text form, in either case: ``6f0c2a8e-5d0b-4b52-9b35-0c6f3f1f7a10``."""
    return (
        len(text) == 36
        and text[8] == text[13] == text[18] == text[23] == "-"
        and all(character in "0123456789abcdefABCDEF-" for character in text)
        and text.count("-") == 4
    )


def _patterns(schema: Any) -> int:
    if not isinstance(schema, dict):
        return 0
    named = schema.get("patternProperties")
    return ("pattern" in schema) + (len(named) if isinstance(named, dict) else 0)


def _translate(schema: dict[str, Any], pointer: Pointer) -> None:
    for keyword in _ANNOTATIONS:
        schema.pop(keyword, None)
    for exclusive, limit in _BOUNDS:
        _translate_bound(schema, exclusive, limit, pointer)
    if schema.get("additionalProperties") is False:
        # Without this the validator reports one unnamed property instead of each by name.
        schema.setdefault("properties", {})
    values = schema.get("enum")
    if values == []:
        del schema["enum"]
    elif isinstance(values, list):
        _refuse_repeats(values, pointer)


def _translate_bound(schema: dict[str, Any], exclusive: str, limit: str, pointer: Pointer) -> None:
    flag = schema.get(exclusive)
    if flag is True:
        if limit not in schema:
            raise SchemaRefused(f"{show(pointer)}/{exclusive}: true needs {limit} beside it")
        schema[exclusive] = schema.pop(limit)
    elif flag is False:
        del schema[exclusive]


def _refuse_repeats(values: list[Any], pointer: Pointer) -> None:
    if not _all_different.is_valid(values):
        raise SchemaRefused(f"{show(pointer)}/enum lists a value twice")


# JSON's equality (1 equals 1.0, true does not equal 1), in linear time.
_all_different = jsonschema_rs.Draft7Validator({"uniqueItems": True})
