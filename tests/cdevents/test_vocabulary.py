import inspect
import typing

import pytest

import cdevents
from cdevents import builders, shapes, vocabulary
from cdevents.errors import UnknownType


def test_there_are_45_types_of_14_subjects_each_with_a_namespace_in_the_package():
    assert len(vocabulary.TYPES) == 45
    assert len(vocabulary.SUBJECTS) == 14
    for kind in vocabulary.TYPES.values():
        assert callable(getattr(getattr(cdevents, kind.subject), kind.predicate))


def test_a_type_is_found_by_its_short_name_and_by_its_name_on_the_wire():
    short = vocabulary.find("artifact.published")
    assert short.type == "dev.cdevents.artifact.published.0.3.0"
    assert short.type_in_0_4_1 == "dev.cdevents.artifact.published.0.2.0"
    assert vocabulary.find(short.type) is short


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("artifact.publishd", "no type 'artifact.publishd'; did you mean artifact.published?"),
        ("dev.cdevents.artefact.published.0.3.0", "did you mean dev.cdevents.artifact.published.0.3.0?"),
        ("dev.cdevents.artifact.published", "not complete; write dev.cdevents.artifact.published.0.3.0"),
        ("dev.cdevents.artifact.published.9.0.0", "artifact.published has no version 9.0.0; CDEvents 0.5.1 has"),
        ("dev.cdevents.artifact.published.0.2.0", "dev.cdevents.artifact.published.0.2.0 is read too, in events of release 0.4.1"),
        ("dev.cdevents.artifact.published.0.3.0-draft", "version 0.3.0-draft is a draft; drafts are not read"),
        ("service.sank", "service has no 'sank'; it has deployed, published, removed, rolledback, upgraded"),
        ("ferry.left", "the subjects are artifact, branch, build"),
        ("dev.cdeventsx.timetable.loaded.0.1.0", "not a well-formed custom type; write dev.cdeventsx.<tool>-<subject>"),
    ],
)  # fmt: skip
def test_an_unknown_type_is_answered_with_the_one_that_was_meant(given, said):
    with pytest.raises(UnknownType) as caught:
        vocabulary.find(given)
    assert said in str(caught.value)
    assert caught.value.given == given


@pytest.mark.parametrize(
    ("type", "well_formed"),
    [
        ("dev.cdeventsx.plab-timetable.loaded.0.1.0", True),
        ("dev.cdeventsx.plab7-timetable.loaded.0.1.0", True),
        ("dev.cdeventsx.plab-timetable.loaded.0.1.0\n", False),
        ("dev.cdeventsx.plab-timetable.loaded.0.1.٣", False),
        ("dev.cdeventsx.plab-timetable.loaded.0.10.0", False),
        ("dev.cdeventsx.timetable.loaded.0.1.0", False),
        ("dev.cdevents.plab-timetable.loaded.0.1.0", False),
    ],
)
def test_a_custom_type_names_tool_and_subject(type, well_formed):
    assert vocabulary.is_custom(type) is well_formed
    document = cdevents.custom(
        "dev.cdeventsx.plab-timetable.loaded.0.1.0", "winter-2026", source="/plab/loader"
    ).to_dict()
    document["context"]["type"] = type
    assert cdevents.is_valid(document) is well_formed


def test_no_field_has_the_name_of_an_argument_that_every_builder_takes():
    envelope = set(shapes.Envelope.__annotations__) | {"subject_id"}
    for kind in vocabulary.TYPES.values():
        names = [field.parameter for field in kind.fields]
        assert not envelope & set(names)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("shape", "typed"),
    [
        ("reference", shapes.Reference),
        ("sbom", shapes.Sbom),
        ("trigger", shapes.Trigger),
        ("test-case", shapes.TestCase),
        ("test-suite", shapes.TestSuite),
    ],
)
def test_the_typed_dicts_say_what_the_shapes_say(shape, typed):
    schema = vocabulary.SHAPES[shape].schema
    hints = typing.get_type_hints(typed)
    assert set(hints) == set(schema["properties"])
    assert typed.__required_keys__ == set(schema.get("required", ()))
    for key, rule in schema["properties"].items():
        assert typing.get_args(hints[key]) == rule.get("enum", ())


def test_the_envelope_is_what_the_builders_take():
    takes = inspect.signature(builders.custom).parameters.keys() - {"type", "subject_id", "content"}
    assert set(shapes.Envelope.__annotations__) == takes
    assert shapes.Envelope.__required_keys__ == {"source"}
