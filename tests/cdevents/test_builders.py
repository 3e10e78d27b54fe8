import inspect
import json
import uuid

import pytest
from cdevents_documents import EXAMPLES, canonical, example
from hypothesis import given, settings
from hypothesis import strategies as st

import cdevents
from cdevents import builders, links, stub, vocabulary
from cdevents.errors import InvalidEvent, UnknownType


def _builder(name):
    subject, predicate = name.split(".")
    return getattr(getattr(cdevents, subject), predicate)


def _arguments(document):
    """What a builder has to be given so that it makes this document."""
    context, subject = document["context"], document["subject"]
    kind = vocabulary.find(context["type"])
    parameter = {field.key: field.parameter for field in kind.fields}
    return {
        "subject_id": subject["id"],
        "subject_source": subject.get("source"),
        **{parameter[key]: value for key, value in subject["content"].items()},
        "id": context["id"],
        "source": context["source"],
        "timestamp": context["timestamp"],
        "schema_uri": context.get("schemaUri"),
        "chain_id": context.get("chainId"),
        "links": [links.Link(link) for link in context.get("links", ())],
        "custom_data": document.get("customData"),
        "custom_data_content_type": document.get("customDataContentType"),
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_builder_makes_our_example_byte_for_byte(name):
    document = example(name)
    event = _builder(name)(**_arguments(document))
    assert event.to_json() == cdevents.parse(document).to_json()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_builder_needs_no_more_than_the_type_does(name):
    kind = vocabulary.TYPES[name]
    full = _arguments(example(name))
    least = {field.parameter: full[field.parameter] for field in kind.fields if field.required}
    event = _builder(name)("tidetable", source="/plab/builder", **least)
    assert set(event.content) == {field.key for field in kind.fields if field.required}
    assert set(event.to_dict()) == {"context", "subject"}
    assert uuid.UUID(event.id).version == 4
    assert event.timestamp.endswith("Z")


def test_two_events_never_share_an_id():
    made = {cdevents.build.started("tidetable", source="/plab/builder").id for _ in range(100)}
    assert len(made) == 100


def test_a_text_stands_for_the_first_member_of_an_object():
    event = cdevents.testcaserun.started(
        "release-57", source="/plab/tester", environment="staging", trigger="pipeline",
        test_suite_run="unit", test_case="test_next_boat",
    )  # fmt: skip
    assert event.content == {
        "trigger": {"type": "pipeline"},
        "environment": {"id": "staging"},
        "testSuiteRun": {"id": "unit"},
        "testCase": {"id": "test_next_boat"},
    }
    assert cdevents.artifact.published(
        "tidetable", source="/plab/publisher", sbom="sboms/9f86"
    ).content == {"sbom": {"uri": "sboms/9f86"}}


def test_an_event_stands_for_its_subject():
    run = cdevents.pipelinerun.queued("release-57", source="/plab/pipeline")
    task = cdevents.taskrun.started("unit-tests", source="/plab/tester", pipeline_run=run)
    assert task.content == {"pipelineRun": {"id": "release-57", "source": "/plab/pipeline"}}


def test_bytes_of_ones_own_are_sent_in_base64():
    event = cdevents.build.started(
        "tidetable", source="/plab/builder", custom_data=b"\x00log",
        custom_data_content_type="application/octet-stream",
    )  # fmt: skip
    assert event.custom_data == "AGxvZw=="
    again = cdevents.build.started("tidetable", source="/plab/builder", custom_data="AGxvZw==")
    assert again.custom_data == "AGxvZw=="
    with pytest.raises(
        InvalidEvent, match="customData: the text is not base64; give an object, or bytes"
    ):
        cdevents.build.started("tidetable", source="/plab/builder", custom_data="a log")


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: cdevents.artifact.signed("tidetable", source="/plab/signer"), TypeError,
         "artifact.signed() needs signature; signature: a text that is not empty"),
        (lambda: cdevents.artifact.signed("tidetable", signature="MEUC"), TypeError,
         "artifact.signed() needs source; source: who sends it"),
        (lambda: cdevents.artifact.signed("tidetable", source=None, signature="MEUC"), TypeError, "needs source"),
        (lambda: cdevents.artifact.published("tidetable", source="/plab/publisher", sbomm="x"), TypeError,
         "artifact.published() has no 'sbomm'; did you mean 'sbom'?"),
        (lambda: cdevents.build.finished("tidetable", source="/plab/builder", artifactId="x"), TypeError,
         "build.finished() has no 'artifactId'; did you mean 'artifact_id'?"),
        (lambda: cdevents.build.finished("tidetable", source="/plab/builder", boats=14), TypeError,
         "build.finished() has no 'boats'; it has artifact_id; your own data goes into custom_data"),
        (lambda: cdevents.build.finished(source="/plab/builder"), TypeError, "subject_id"),
        (lambda: cdevents.build.finished("", source="/plab/builder"), InvalidEvent, "subject.id: the text is empty"),
        (lambda: cdevents.build.finished("tidetable", source="the builder"), InvalidEvent, "context.source: 'the builder' is not a URI or a path"),
        (lambda: cdevents.pipelinerun.finished("57", source="/p", outcome="passed"), InvalidEvent, "subject.content.outcome: 'passed' is not allowed"),
        (lambda: cdevents.service.removed("tidetable", source="/p", environment={"name": "x"}), InvalidEvent, "subject.content.environment.id: it is missing"),
        (lambda: cdevents.build.started("tidetable", source="/p", custom_data={"at": object()}), ValueError, "customData.at: a object has no JSON form"),
        (lambda: cdevents.custom("dev.cdeventsx.timetable.loaded.0.1.0", "x", source="/p"), UnknownType, "<tool>-<subject>"),
        (lambda: cdevents.custom("build.finished", "x", source="/p"), ValueError, "'build.finished' is not a custom type"),
    ],
)  # fmt: skip
def test_a_builder_says_what_it_was_given_wrong(call, error, said):
    with pytest.raises(error) as caught:
        call()
    assert said in str(caught.value)


def test_a_custom_event_takes_any_content():
    event = cdevents.custom(
        "dev.cdeventsx.plab-timetable.loaded.0.1.0", "winter-2026", source="/plab/loader",
        content={"boats": [1, 2, None]}, chain_id="142",
    )  # fmt: skip
    assert event.custom
    assert event.name == "plab-timetable.loaded"
    assert event.content == {"boats": (1, 2, None)}
    assert cdevents.parse(event.to_json()) == event


def test_signature_and_docstring_tell_an_editor_what_a_type_takes():
    for name, kind in vocabulary.TYPES.items():
        build = _builder(name)
        parameters = inspect.signature(build).parameters
        for field in kind.fields:
            assert (
                parameters[field.parameter].default is inspect.Parameter.empty
            ) == field.required
            assert f"`{field.parameter}`: {field.shape.says}" in build.__doc__
        assert list(parameters)[:2] == ["subject_id", "source"]
        assert kind.meaning in build.__doc__
    assert repr(cdevents.artifact) == "<builders: deleted, downloaded, packaged, published, signed>"


def test_the_stub_for_editors_says_what_the_table_says():
    assert stub.PATH.read_text("utf-8") == stub.text(), "run: python -m cdevents.stub"
    names = {"custom", *vocabulary.SUBJECTS}
    assert names <= set(vars(builders))


# ---------------------------------------------------------------------------- any event whatsoever
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_SOME_TEXT = _TEXT.filter(bool)
_SEGMENT = st.text("abcxyz0189-._~", min_size=1, max_size=8)
_PATH = st.builds("/plab/{}".format, _SEGMENT)
_URI = st.builds("https://ferry.example/{}?q={}".format, _SEGMENT, _SEGMENT)


def _value(schema):
    match schema:
        case {"enum": options}:
            return st.sampled_from(options)
        case {"type": "string", "format": "uri"}:
            return _URI
        case {"type": "string", "format": "uri-reference"}:
            return _PATH | _URI
        case {"type": "string", "minLength": 1}:
            return _SOME_TEXT
        case {"type": "string"}:
            return _TEXT
        case {"type": "array"}:
            return st.lists(_TEXT, max_size=3)
        case {"properties": members}:
            required = schema.get("required", ())
            return st.fixed_dictionaries(
                {key: _value(rule) for key, rule in members.items() if key in required},
                optional={
                    key: _value(rule) for key, rule in members.items() if key not in required
                },
            )


@st.composite
def any_event(draw):
    kind = draw(st.sampled_from(list(vocabulary.TYPES.values())))
    content = draw(
        st.fixed_dictionaries(
            {f.parameter: _value(f.shape.schema) for f in kind.fields if f.required},
            optional={f.parameter: _value(f.shape.schema) for f in kind.fields if not f.required},
        )
    )
    tags = st.dictionaries(_TEXT, _TEXT, max_size=2)
    embedded = st.one_of(
        st.builds(links.path, _SOME_TEXT, tags=tags),
        st.builds(links.relation, _SOME_TEXT, _SOME_TEXT),
        st.builds(links.end, st.none() | _SOME_TEXT),
    )
    return _builder(kind.name)(
        draw(_SOME_TEXT),
        source=draw(_PATH | _URI),
        id=draw(_SOME_TEXT),
        chain_id=draw(st.none() | _SOME_TEXT),
        links=draw(st.lists(embedded, max_size=3)),
        custom_data=draw(
            st.none() | st.binary(max_size=9) | st.dictionaries(_TEXT, _TEXT, max_size=2)
        ),
        **content,
    )


@settings(max_examples=200, deadline=None)
@given(any_event())
def test_any_event_survives_every_way_of_writing_and_reading_it(event):
    assert cdevents.problems(event.to_dict()) == ()
    assert cdevents.parse(event.to_json()) == event
    assert canonical(json.loads(event.to_json())) == canonical(event.to_dict())
    for mode in ("structured", "binary"):
        http = cdevents.to_http(event, mode)
        assert cdevents.from_http(http.headers, http.body) == event
        assert all(value.isascii() and value.isprintable() for value in http.headers.values())
        kafka = cdevents.to_kafka(event, mode)
        assert cdevents.from_kafka(kafka.headers, kafka.value) == event
