"""Schemas and payloads: the dialect, the refusals, and the bounds on what they may cost."""

import doctest
import json
import time
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epr_server.json_schema import CompiledSchema, SchemaRefused, compile_schema
from epr_server.json_schema import compiled as compiled_module
from epr_server.json_schema.json_text import nesting, parse


def compiled(schema) -> CompiledSchema:
    return compile_schema(json.dumps(schema).encode())


def violations(schema, payload) -> list[str]:
    return compiled(schema).violations(json.dumps(payload).encode())


def refusal(schema) -> str:
    with pytest.raises(SchemaRefused) as caught:
        compile_schema(schema if isinstance(schema, bytes) else json.dumps(schema).encode())
    return caught.value.reason


UNIT_TESTS = {
    "type": "object",
    "required": ["suite"],
    "additionalProperties": False,
    "properties": {"suite": {"type": "string"}, "passed": {"type": "integer"}},
}


# ------------------------------------------------------------------ what a learner sees


def test_a_valid_payload_has_no_violations():
    assert violations(UNIT_TESTS, {"suite": "tides", "passed": 41}) == []


def test_each_violation_has_a_line_in_the_words_of_the_original_registry():
    assert sorted(violations(UNIT_TESTS, {"passed": "all", "flaky": 1, "slow": 2})) == [
        "(root): Additional property flaky is not allowed",
        "(root): Additional property slow is not allowed",
        "(root): suite is required",
        "passed: Invalid type. Expected: integer, given: string",
    ]


def test_a_path_is_dotted_through_objects_and_lists():
    schema = {"properties": {"boats": {"items": {"properties": {"at": {"type": "string"}}}}}}
    assert violations(schema, {"boats": [{"at": "09:10"}, {"at": 910}]}) == [
        "boats.1.at: Invalid type. Expected: string, given: integer"
    ]


def test_the_lines_are_capped_and_the_rest_is_counted():
    lines = violations({"items": {"type": "integer"}}, ["x"] * 100)
    assert len(lines) == 21
    assert lines[-1] == "… and 80 more"


def test_a_line_is_one_line_and_not_endless():
    (line,) = violations({"additionalProperties": False}, {"a\nb" + "c" * 1000: 1})
    assert line.startswith("(root): Additional property a\\u000ab")
    assert len(line) < 400


def test_a_violation_never_shows_the_payload_value():
    secret = "tide-station-key"
    schema = {"properties": {"key": {"enum": ["x"], "pattern": "^x$", "maxLength": 1, "const": 3}}}
    lines = violations(schema, {"key": secret})
    assert len(lines) == 4
    assert secret not in "".join(lines)


def test_alternatives_say_what_is_wrong_with_each():
    schema = {"oneOf": [{"type": "string"}, {"required": ["digest"]}]}
    (line,) = violations(schema, {"name": "tidetable"})
    assert "oneOf" in line
    assert "Expected: string, given: object" in line
    assert "digest is required" in line


@pytest.mark.parametrize(
    ("schema", "payload", "text"),
    [
        ({"additionalItems": False, "items": [{}]}, [1, 2], "No additional items"),
        ({"anyOf": [{"type": "null"}]}, 1, "anyOf"),
        ({"const": 3}, 4, "one value allowed"),
        ({"contains": {"type": "null"}}, [1], "At least one of the items"),
        ({"enum": [1, "b"]}, 2, "Must be one of the following: 1, "),
        ({"exclusiveMaximum": 3}, 3, "less than 3"),
        ({"exclusiveMinimum": 3}, 3, "greater than 3"),
        ({"properties": {"a": False}}, {"a": 1}, "No value is allowed"),
        ({"format": "date-time"}, "noon", "format 'date-time'"),
        ({"maxItems": 1}, [1, 2], "at most 1 items"),
        ({"maxLength": 1}, "ab", "less than or equal to 1"),
        ({"maxProperties": 0}, {"a": 1}, "at most 0 properties"),
        ({"maximum": 1}, 2, "less than or equal to 1"),
        ({"minItems": 1}, [], "at least 1 items"),
        ({"minLength": 1}, "", "greater than or equal to 1"),
        ({"minProperties": 1}, {}, "at least 1 properties"),
        ({"minimum": 1}, 0, "greater than or equal to 1"),
        ({"multipleOf": 2}, 3, "multiple of 2"),
        ({"not": {}}, 1, "(not)"),
        ({"oneOf": [{}, {}]}, 1, "not several"),
        ({"pattern": "^a"}, "b", "pattern '^a'"),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, "property name is not allowed"),
        ({"type": ["string", "null"]}, 1.5, "given: number"),
        ({"type": "string"}, True, "given: boolean"),
        ({"type": "string"}, [], "given: array"),
        ({"type": "string"}, None, "given: null"),
        ({"uniqueItems": True}, [1, 1], "unique"),
    ],
)
def test_each_keyword_explains_itself(schema, payload, text):
    (line,) = violations(schema, payload)
    assert text in line


def test_the_examples_in_the_documentation_are_true():
    failed, attempted = doctest.testmod(compiled_module)
    assert attempted == 3
    assert failed == 0


# ------------------------------------------------------------------ the dialect

DIALECT = [
    # (schema, valid payload, invalid payload); draft 7 keywords are in the differential test
    ({"type": "integer"}, 1.0, 1.5),
    ({"type": "integer"}, 1, True),
    ({"type": "number"}, 1, False),
    ({"const": 1}, 1.0, True),
    ({"$defs": {"n": {"type": "null"}}, "$ref": "#/$defs/n"}, None, 1),
    ({"exclusiveMinimum": True, "minimum": 3}, 4, 3),
    ({"exclusiveMinimum": False, "minimum": 3}, 3, 2),
    ({"exclusiveMaximum": True, "maximum": 3}, 2, 3),
    ({"$schema": "http://json-schema.org/draft-04/schema#", "type": "string"}, "x", 1),
    ({"$schema": "https://example.org/nonsense", "type": "string"}, "x", 1),
    (
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "items": [{"type": "null"}]},
        [None],
        [1],
    ),
    (
        {"format": "uuid"},
        "6f0c2a8e-5d0b-4b52-9b35-0c6f3f1f7a10",
        "6f0c2a8e5d0b4b529b350c6f3f1f7a10",
    ),
    ({"format": "uuid"}, 5, "6f0c2a8e-5d0b-4b52-9b35-0c6f3f1f7a1-"),
    ({"format": "date"}, "2026-02-28", "2026-02-30"),
    ({"format": "email"}, "crew@ferry.example", "crew"),
    ({"format": "hostname"}, "tides.ferry.example", "-tides-"),
    ({"format": "ipv6"}, "::1", "::g"),
    ({"format": "json-pointer"}, "/a/0", "a"),
    ({"format": "regex"}, "^a", "("),
    ({"format": "time"}, "09:10:00Z", "09:10"),
    ({"format": "uri"}, "pkg:pypi/tidetable@1.4.0", "tidetable 1.4.0"),
    ({"format": "uri-reference"}, "/plab/builder", "a b"),
    ({"const": 12345678901234567890123}, 12345678901234567890123, 12345678901234567890124),
    ({"items": {"maximum": 2**70}}, [2**70], [2**70 + 1]),
    ({"multipleOf": 0.01}, 1.10, 1.105),
]


@pytest.mark.parametrize(("schema", "good", "bad"), DIALECT)
def test_the_dialect(schema, good, bad):
    assert violations(schema, good) == []
    assert len(violations(schema, bad)) == 1


@pytest.mark.parametrize(
    ("schema", "payload"),
    [
        ({"enum": []}, 1),
        ({"format": "tide-height"}, "x"),
        ({"prefixItems": [{"type": "string"}]}, [5]),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}),
        ({"unevaluatedProperties": False}, {"a": 1}),
        ({"contentEncoding": "base64", "contentMediaType": "application/json"}, "%"),
        ({"const": {"$ref": "http://tides.example/x"}}, {"$ref": "http://tides.example/x"}),
        ({"default": {"$ref": "#/nowhere"}, "examples": [{"$ref": "elsewhere.json"}]}, 1),
        (True, {"anything": 1}),
    ],
)
def test_what_says_nothing_about_a_payload(schema, payload):
    assert violations(schema, payload) == []


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "nope"}, "#/type must be one of array, boolean"),
        ({"properties": {"a/b": {"type": 5}}}, "#/properties/a~1b/type must be one of"),
        ({"required": "suite"}, "#/required: Invalid type. Expected: array, given: string"),
        ({"required": ["suite", "suite"]}, "#/required: Array items must be unique"),
        ({"enum": [1, 1.0]}, "#/enum lists a value twice"),
        ({"minLength": -1}, "#/minLength: Must be greater than or equal to 0"),
        ({"multipleOf": 0}, "#/multipleOf: Must be greater than 0"),
        ({"properties": 5}, "#/properties: Invalid type"),
        ({"additionalProperties": "x"}, "#/additionalProperties: Invalid type"),
        ({"minimum": "x"}, "#/minimum: Invalid type"),
        ({"exclusiveMinimum": True}, "true needs minimum beside it"),
        ({"pattern": "("}, "#/pattern is not a regular expression"),
        ({"pattern": "(?=a)"}, "look-around"),
        ({"pattern": r"(a)\1"}, "back-references"),
        ({"patternProperties": {"(?<!a)b": {}}}, "#/patternProperties/"),
        ({"pattern": "(a{1000}){1000}"}, "not too large"),
        ({"$ref": 5}, "#/$ref must be a text"),
        ({"$ref": "#/definitions/none"}, "there is no #/definitions/none"),
        ({"properties": {"a": {"$ref": "#/required"}}, "required": ["a"]}, "is not a schema"),
        ({"$ref": "#tides"}, "nothing here has that name"),
        ({"$ref": "#/definitions/~2"}, "not a JSON pointer"),
        ({"$ref": "http://[tides"}, "is not a URI"),
        ({"$id": "http://[tides"}, "#/$id is not a URI"),
        ("{}", "not as a text that holds one"),
        (5, "a schema is a JSON object, true or false"),
        (None, "a schema is a JSON object, true or false"),
        ([], "a schema is a JSON object, true or false"),
        (b"", "it is not JSON"),
        (b"{", "it is not JSON"),
        (b'{"title":"\xff"}', "it is not JSON"),
        (rb'{"title":"\ud800"}', "no low surrogate"),
        (rb'{"title":"a\u0000"}', "U+0000"),
        (b'{"minimum":1e999999999}', "more than 4,300 digits"),
        (b'{"minimum":' + b"1" * 5000 + b"}", "more than 4,300 digits"),
    ],
)
def test_a_refused_schema_says_what_is_wrong_and_where(schema, text):
    assert text in refusal(schema)


def test_an_escaped_backslash_before_u0000_is_not_a_nul():
    assert compile_schema(rb'{"title":"\\u0000"}').violations(rb'"\\u0000"') == []


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'"\xff"', "not JSON"),
        (rb'"\ud800"', "no low surrogate"),
        (rb'{"a":["\u0000"]}', "U+0000"),
        (rb'{"\u0000":1}', "U+0000"),
        (b"[" * 50_000 + b"]" * 50_000, "nested too deeply"),
        (b"1" * 5000, "more than 4,300 digits"),
        (b"1e4301", "more than 4,300 digits"),
        (b"NaN", "not JSON"),
    ],
)
def test_unusable_payload_text_is_a_violation(payload, text):
    (line,) = compile_schema(b"true").violations(payload)
    assert line.startswith("(root): ")
    assert text in line


def test_a_number_too_large_for_a_float_is_still_compared():
    assert compile_schema(b'{"maximum":1e400}').violations(b"1e399") == []
    assert compile_schema(b'{"maximum":1e399}').violations(b"1e400") != []


# ------------------------------------------------------------------ references


def test_ordinary_recursion_works():
    tree = {"properties": {"child": {"$ref": "#"}, "n": {"type": "integer"}}}
    assert violations(tree, {"child": {"child": {"n": 1}}}) == []
    assert violations(tree, {"child": {"child": {"n": "x"}}}) == [
        "child.child.n: Invalid type. Expected: integer, given: string"
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"not": {"anyOf": [{"$ref": "#"}]}},
        {"if": {"$ref": "#"}},
        {"dependencies": {"a": {"$ref": "#"}}},
        {
            "definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}},
            "$ref": "#/definitions/a",
        },
        {"properties": {"a": {"oneOf": [{"$ref": "#/properties/a"}]}}},
    ],
)
def test_recursion_that_makes_no_progress_is_refused(schema):
    assert "leads back to itself" in refusal(schema)


@pytest.mark.parametrize(
    "reference",
    [
        "http://127.0.0.1:9/schema.json",
        "https://cdevents.dev/0.4.1/schema/links/embeddedlinksarray",
        "file:///etc/hostname",
        "other.json",
        "../links.json#/definitions/a",
        "//tides.example/x",
        "urn:example:tides",
    ],
)
def test_a_reference_to_another_document_is_refused_and_named(reference):
    reason = refusal({"properties": {"links": {"$ref": reference}}})
    assert f'"{reference}" at #/properties/links' in reason
    assert "Bundle it" in reason


def test_a_file_that_exists_is_not_read():
    there = Path(__file__).as_uri()
    nowhere = Path(__file__).with_name("no-such-file").as_uri()
    assert refusal({"$ref": there}).replace(there, "X") == refusal({"$ref": nowhere}).replace(
        nowhere, "X"
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"definitions": {"s": {"$id": "http://ferry.example/s.json", "type": "string"}},
         "properties": {"a": {"$ref": "http://ferry.example/s.json"}}},
        {"$id": "http://ferry.example/root.json",
         "$defs": {"s": {"$id": "s.json", "definitions": {"x": {"type": "string"}}}},
         "properties": {"a": {"$ref": "s.json#/definitions/x"}}},
        {"$id": "http://ferry.example/root.json", "definitions": {"s": {"type": "string"}},
         "properties": {"a": {"$ref": "http://ferry.example/root.json#/definitions/s"}}},
        {"definitions": {"s": {"$id": "#text", "type": "string"}},
         "properties": {"a": {"$ref": "#text"}}},
        {"$defs": {"s": {"$anchor": "text", "type": "string"}},
         "properties": {"a": {"$ref": "#text"}}},
        {"definitions": {"a b/c~d": {"type": "string"}},
         "properties": {"a": {"$ref": "#/definitions/a%20b~1c~0d"}}},
        {"components": {"schemas": {"s": {"type": "string"}}},
         "properties": {"a": {"$ref": "#/components/schemas/s"}}},
        {"properties": {"a": {"$ref": "#/properties/b/items/0"}, "b": {"items": [{"type": "string"}]}}},
    ],
)  # fmt: skip
def test_every_way_to_name_a_schema_in_the_same_document_works(schema):
    assert violations(schema, {"a": "x"}) == []
    assert violations(schema, {"a": 1}) == ["a: Invalid type. Expected: string, given: integer"]


def test_keywords_beside_a_ref_are_ignored_as_in_draft_7():
    schema = {"definitions": {"any": {}}, "$ref": "#/definitions/any", "type": "string"}
    assert violations(schema, 5) == []


def test_properties_named_like_keywords_are_properties():
    schema = {"properties": {name: {"type": "string"} for name in ("$ref", "$id", "id", "enum")}}
    assert len(violations(schema, {"$ref": 1, "$id": 2, "id": 3, "enum": 4})) == 4


def test_a_document_on_the_shelf_may_be_referred_to():
    schema = json.dumps(
        {
            "$id": "https://cdevents.dev/0.4.1/schema/build-finished-event",
            "properties": {"links": {"$ref": "links/embeddedlinksarray"}},
        }
    ).encode()
    shelf = {
        "https://cdevents.dev/0.4.1/schema/links/embeddedlinksarray": b'{"type":"array","items":'
        b'{"$ref":"embeddedlink#/definitions/end"}}',
        "https://cdevents.dev/0.4.1/schema/links/embeddedlink": b'{"definitions":{"end":'
        b'{"required":["linkType"]}}}',
    }
    schema_with_links = compile_schema(schema, documents=shelf)
    assert schema_with_links.violations(b'{"links":[{"linkType":"END"}]}') == []
    assert schema_with_links.violations(b'{"links":[{}]}') == ["links.0: linkType is required"]
    with pytest.raises(SchemaRefused, match="Bundle it"):
        compile_schema(schema)


# ------------------------------------------------------------------ hostile schemas and payloads


def doubling(steps: int) -> dict:
    """``steps`` definitions, each asking twice for the next: 2**steps checks of one value."""
    definitions = {
        f"d{n}": {"allOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 2} for n in range(steps)
    }
    return {"definitions": {**definitions, f"d{steps}": {}}, "$ref": "#/definitions/d0"}


def nested(key: str, levels: int) -> dict:
    value: dict = {}
    for _ in range(levels):
        value = {key: value}
    return value


def within(seconds: float, action):
    """The bound is three orders of magnitude above the work allowed, and below the work asked."""
    started = time.monotonic()
    result = action()
    assert time.monotonic() - started < seconds
    return result


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (doubling(40), "checking one value can take"),
        (doubling(2000), "too intertwined"),
        (nested("not", 200), "nested more than 100 levels"),
        ({"properties": {f"p{n}": {} for n in range(20_000)}}, "more than 10,000 subschemas"),
        ({"patternProperties": {f"^p{n}$": {} for n in range(300)}}, "300 regular expressions"),
        ({"title": "x" * 2_000_000}, "1,048,576 is the limit"),
        (
            {"definitions": {f"d{i}": {"allOf": [{"$ref": f"#/definitions/d{j}"}
                                                 for j in range(i + 1, 80)]} for i in range(80)}},
            "too intertwined",
        ),
        (
            {"definitions": {f"d{i}": {"properties": {f"p{j}": {"$ref": f"#/definitions/d{j}"}
                                                      for j in range(60)},
                                       "additionalProperties": {"$ref": "#/definitions/d0"}}
                             for i in range(60)},
             "$ref": "#/definitions/d0"},
            "too many of its rules",
        ),
        (
            {"definitions": {
                f"d{i}": {"properties": {"a": {"allOf": [{"$ref": f"#/definitions/d{i + 1}"}] * 2}}}
                for i in range(40)} | {"d40": {}},
             "$ref": "#/definitions/d0"},
            "branch at each level",
        ),
    ],
)  # fmt: skip
def test_an_explosive_schema_is_refused_when_the_receiver_is_made(schema, text):
    assert text in within(30, lambda: refusal(schema))


def test_a_schema_that_doubles_with_depth_takes_shallow_payloads_and_refuses_deep_ones():
    schema = {"properties": {"c": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}}
    assert violations(schema, nested("c", 8)) == []
    (line,) = within(30, lambda: violations(schema, nested("c", 60)))
    assert "levels of nesting are too many for this schema; its limit is 12" in line


def test_a_long_chain_at_each_level_cannot_exhaust_the_stack():
    schema: dict = {"properties": {"c": {"$ref": "#"}}}
    for _ in range(45):
        schema = {"allOf": [schema]}
    assert violations(schema, nested("c", 90)) == []
    (line,) = violations(schema, nested("c", 900))
    assert "its limit is 105" in line


def test_an_expression_tree_with_several_node_types_is_accepted():
    node = {"$ref": "#/definitions/node"}
    types = {"anyOf": [
        {"properties": {"op": {"const": op}, "args": {"items": node}}, "required": ["op", "args"]}
        for op in ("and", "or")
    ] + [{"type": "string"}]}  # fmt: skip
    schema = {"definitions": {"node": types}, "$ref": "#/definitions/node"}
    tree = {"op": "and", "args": ["built", {"op": "or", "args": ["tested", "waived"]}]}
    assert violations(schema, tree) == []
    assert violations(schema, {"op": "nor", "args": []}) != []


def test_a_payload_too_large_for_a_heavy_schema_is_refused():
    schema = {"items": {"required": [f"field{n}" for n in range(20_000)]}}
    (line,) = within(30, lambda: violations(schema, [{}] * 100_000))
    assert "are too many for this schema" in line


@pytest.mark.parametrize(
    ("rule", "item"),
    [
        ({"enum": [{"n": n} for n in range(500)]}, {"n": 499}),
        ({"allOf": [{"const": {"n": [1, 2, 3, 4, 5]}}] * 50}, {"n": [1, 2, 3, 4, 5]}),
        ({"allOf": [{"multipleOf": 0.01}] * 50}, 1.1),
        ({"allOf": [{"format": "uuid"}] * 50}, "6f0c2a8e-5d0b-4b52-9b35-0c6f3f1f7a10"),
        ({"allOf": [{"format": "idn-email"}] * 50}, "crew@ferry.example"),
        ({"allOf": [{"contains": {"const": 5}}] * 50}, [1, 2, 3, 4, 5]),
        ({"patternProperties": {f"^({n}|x)+$": {} for n in range(100)}}, {"tide": 1}),
    ],
)
def test_keywords_that_cost_more_shrink_the_payload_that_is_taken(rule, item):
    schema = compiled({"items": rule})
    text = json.dumps(item).encode()
    assert schema.violations(b"[" + text + b"]") == []
    (line,) = within(30, lambda: schema.violations(b"[" + text + (b"," + text) * 400_000 + b"]"))
    assert "are too many for this schema" in line


def test_a_large_payload_with_violations_everywhere_is_answered_in_one_line():
    payload = b"[" + b'"",' * 2_000_000 + b"1]"
    schema = compile_schema(b'{"items":{"type":"integer"}}')
    assert within(30, lambda: schema.violations(payload)) == [
        "(root): it does not match, and is too large to list what is wrong with it"
    ]


def test_the_end_of_a_pattern_is_the_end_of_the_text():
    assert violations({"pattern": "^[a-c]*$"}, "abc\n") != []


def test_a_pattern_that_backtracks_elsewhere_runs_in_linear_time():
    schema = compiled({"pattern": "^(a+)+$"})
    assert len(within(30, lambda: schema.violations(b'"' + b"a" * 100_000 + b'b"'))) == 1


# ------------------------------------------------------------------ against another validator

SCHEMAS = [
    True,
    False,
    {},
    UNIT_TESTS,
    {"type": ["integer", "null"]},
    {"enum": [0, "a", None, [1], {"a": 1}]},
    {"const": {"a": [1, None]}},
    {"minimum": -1, "exclusiveMaximum": 3, "multipleOf": 2},
    {"minLength": 1, "maxLength": 2, "pattern": "^[a-c]*$"},
    {"items": {"type": "integer"}, "maxItems": 2, "uniqueItems": True},
    {"items": [{"type": "string"}, {"type": "null"}], "additionalItems": {"type": "boolean"}},
    {"contains": {"const": 1}},
    {"patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": {"type": "null"}},
    {"propertyNames": {"enum": ["a", "b"]}, "minProperties": 1},
    {"dependencies": {"a": ["b"], "b": {"required": ["c"]}}},
    {"if": {"type": "object"}, "then": {"required": ["a"]}, "else": {"type": "integer"}},
    {"if": {"type": "string"}, "then": {"minLength": 2}},
    {"allOf": [{"type": "object"}, {"required": ["b"]}]},
    {"anyOf": [{"type": "string"}, {"minimum": 2}]},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}, {"required": ["a"]}]},
    {"not": {"anyOf": [{"type": "array"}, {"required": ["a"]}]}},
    {"properties": {"a": {"$ref": "#"}, "b": {"type": "array", "items": {"$ref": "#"}}},
     "additionalProperties": False},
    {"definitions": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/definitions/n"}}},
    {"items": {"anyOf": [{"$ref": "#"}, {"type": "integer"}]}, "type": "array"},
]  # fmt: skip

# A machine that is busy with something else is not a failure.
calm = settings(deadline=None)

keys = st.sampled_from(["a", "b", "c", "suite", "passed"])
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-4, 4),
    st.integers(-(10**30), 10**30),
    st.sampled_from([-1.0, 0.5, 2.0, 1e300]),
    # No line ends: in Python's regular expressions, unlike in JSON Schema's, $ matches before one.
    st.text("abcé ", max_size=3),
)
payloads = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)
)

theirs = [jsonschema.Draft7Validator(schema) for schema in SCHEMAS]
ours = [compiled(schema) for schema in SCHEMAS]


@calm
@given(payloads)
def test_our_verdict_is_that_of_python_jsonschema(payload):
    text = json.dumps(payload).encode()
    for schema, our, their in zip(SCHEMAS, ours, theirs, strict=True):
        found = our.violations(text)
        assert (found == []) == their.is_valid(payload), (schema, payload, found)


names = st.sampled_from(["a", "b", "c"])
pointers = st.sampled_from(["#", "#/definitions/a", "#/definitions/b", "#/properties/a", "other"])
schemas = st.recursive(
    st.one_of(
        st.booleans(),
        st.builds(lambda ref: {"$ref": ref}, pointers),
        st.builds(lambda kind: {"type": kind}, st.sampled_from(["string", "integer", "object"])),
        st.builds(lambda limit: {"minimum": limit}, st.integers() | st.booleans()),
        st.builds(lambda pattern: {"pattern": pattern}, st.text("ab()*[", max_size=5)),
    ),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(names, inner, max_size=3),
            "definitions": st.dictionaries(names, inner, max_size=3),
            "dependencies": st.dictionaries(names, inner | st.lists(names), max_size=2),
            "items": inner | st.lists(inner, max_size=3),
            "additionalProperties": inner,
            "allOf": st.lists(inner, max_size=3),
            "anyOf": st.lists(inner, max_size=3) | st.integers(),
            "not": inner,
        },
    ),
    max_leaves=12,
)


def verdict(schema_json: bytes, payload_json: bytes) -> list[str]:
    """The reason of a refusal, or the violations: in any case lines of text."""
    try:
        return compile_schema(schema_json).violations(payload_json)
    except SchemaRefused as refused:
        return [f"{refused.reason}: refused"]


@calm
@given(schemas, payloads)
def test_any_schema_is_either_refused_with_a_reason_or_checks_any_payload(schema, payload):
    for line in verdict(json.dumps(schema).encode(), json.dumps(payload).encode()):
        assert "\n" not in line
        assert ": " in line or line.startswith("…")


@calm
@given(st.binary(max_size=40) | st.text('{}[]":,\\u0dD8e1-.', max_size=20).map(str.encode))
def test_any_bytes_are_either_a_schema_or_refused_with_a_reason(text):
    assert all(line.strip() for line in verdict(text, text))


@calm
@given(payloads)
def test_json_text_is_read_exactly(value):
    assert parse(json.dumps(value).encode()) == value


@calm
@given(payloads)
def test_nesting_counts_the_levels_of_brackets(value):
    def levels(item) -> int:
        match item:
            case dict():
                return 1 + max(map(levels, item.values()), default=0)
            case list():
                return 1 + max(map(levels, item), default=0)
            case _:
                return 0

    assert nesting(value) == levels(value)
