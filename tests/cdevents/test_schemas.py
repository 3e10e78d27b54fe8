import json
import random

import jsonschema_rs
import pytest
from cdevents_documents import EXAMPLES, example, mutants

import cdevents
from cdevents import vocabulary
from epr_server.json_schema import compile_schema


def test_a_schema_is_flat_small_and_names_its_type():
    for name, kind in vocabulary.TYPES.items():
        text = json.dumps(cdevents.schema(name), separators=(",", ":"))
        assert "$ref" not in text
        assert len(text) < 3100
        assert cdevents.schema(kind.type) == json.loads(text)
        assert json.loads(text)["title"] == kind.type


def test_a_schema_may_be_changed_without_changing_the_next_one():
    cdevents.schema("build.finished")["properties"].clear()
    assert cdevents.schema("build.finished")["properties"]


def test_there_is_an_example_of_every_type_and_it_says_all_that_the_type_can_say():
    assert set(EXAMPLES) == set(vocabulary.TYPES)
    for name, kind in vocabulary.TYPES.items():
        assert set(example(name)["subject"]["content"]) == {field.key for field in kind.fields}


@pytest.mark.parametrize("draft", ["Draft6", "Draft7", "Draft201909", "Draft202012"])
def test_every_draft_since_6_reads_a_schema_alike(draft):
    rng = random.Random(5)
    validator = getattr(jsonschema_rs, f"{draft}Validator")
    for name in EXAMPLES:
        schema = {k: v for k, v in cdevents.schema(name).items() if k != "$schema"}
        compiled = validator(schema, validate_formats=True)
        document = example(name)
        for mutant in (document, *mutants(document, rng, 30)):
            if _type(mutant) == _type(document):
                assert compiled.is_valid(mutant) == cdevents.is_valid(mutant), mutant


def test_the_registry_compiles_every_schema_and_gives_the_same_verdicts():
    rng = random.Random(6)
    for name in EXAMPLES:
        compiled = compile_schema(json.dumps(cdevents.schema(name)).encode())
        document = example(name)
        for mutant in (document, *mutants(document, rng, 30)):
            if _type(mutant) == _type(document):
                assert (not compiled.violations(json.dumps(mutant).encode())) == cdevents.is_valid(
                    mutant
                ), mutant


def test_a_custom_type_takes_any_content_or_what_its_own_schema_says():
    type = "dev.cdeventsx.plab-timetable.loaded.0.1.0"
    content = {
        "type": "object",
        "properties": {"boats": {"type": "integer"}},
        "required": ["boats"],
    }
    event = cdevents.custom(type, "winter-2026", source="/plab/loader", content={"boats": 14})
    anything = jsonschema_rs.Draft7Validator(cdevents.schema(type))
    boats = jsonschema_rs.Draft7Validator(cdevents.schema(type, content=content))
    assert anything.is_valid(event.to_dict())
    assert boats.is_valid(event.to_dict())
    without = event.to_dict()
    without["subject"]["content"] = {}
    assert anything.is_valid(without)
    assert not boats.is_valid(without)


def test_the_content_of_a_type_of_the_vocabulary_is_not_up_for_redefinition():
    with pytest.raises(ValueError, match=r"build.finished has its own content; .* customData"):
        cdevents.schema("build.finished", content={"type": "object"})


def _type(document):
    context = document.get("context")
    return context.get("type") if isinstance(context, dict) else None
