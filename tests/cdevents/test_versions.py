import copy

import pytest
from cdevents_documents import EXAMPLES, example

import cdevents
from cdevents import vocabulary
from cdevents.errors import InvalidEvent, UnknownType, UnsupportedVersion

_SPELLED = {"pipelinerun": "pipelineRun", "taskrun": "taskRun", "testcaserun": "testCaseRun", "testsuiterun": "testSuiteRun", "testoutput": "testOutput"}  # fmt: skip
_HAD_URL = {
    "environment.created", "environment.modified", "pipelinerun.finished", "pipelinerun.queued",
    "pipelinerun.started", "repository.created", "repository.deleted", "repository.modified",
    "taskrun.finished", "taskrun.started",
}  # fmt: skip


def old(name):
    """Our example as a producer of release 0.4.1 would have sent it."""
    document = example(name)
    context, subject = document["context"], document["subject"]
    del context["specversion"]
    context["version"] = "0.4.1"
    context["type"] = vocabulary.TYPES[name].type_in_0_4_1
    kind = name.partition(".")[0]
    subject["type"] = _SPELLED.get(kind, kind)
    content = subject["content"]
    if name in _HAD_URL:
        content["url"] = content.pop("uri")
    if name == "testsuiterun.queued":
        content["testSuite"]["url"] = content["testSuite"].pop("uri")
    if name in ("testcaserun.finished", "testsuiterun.finished"):
        content["outcome"] = "fail"
    return document


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_event_of_0_4_1_becomes_the_same_event_of_0_5_1(name):
    before = old(name)
    kept = copy.deepcopy(before)
    assert cdevents.parse(before).to_dict() == example(name)
    assert before == kept


def test_free_outcomes_of_a_pipeline_run_become_the_four_words_where_the_meaning_is_sure():
    document = old("pipelinerun.finished")
    for word, now in {"pass": "success", "fail": "failure", "error": "error"}.items():
        document["subject"]["content"]["outcome"] = word
        assert cdevents.parse(document).content["outcome"] == now
    document["subject"]["content"]["outcome"] = "mostly fine"
    with pytest.raises(InvalidEvent, match="'mostly fine' is not allowed; allowed: success"):
        cdevents.parse(document)


def test_the_outcome_of_a_task_stays_what_the_producer_wrote():
    document = old("taskrun.finished")
    document["subject"]["content"]["outcome"] = "pass"
    assert cdevents.parse(document).content["outcome"] == "pass"


def test_a_custom_event_of_0_4_1_keeps_its_type_and_content():
    document = {
        "context": {
            "version": "0.4.1", "id": "7", "source": "/plab/loader",
            "type": "dev.cdeventsx.plab-timetable.loaded.0.1.0", "timestamp": "2026-11-01T08:30:00Z",
        },
        "subject": {"id": "winter-2026", "type": "plab-timetable", "content": {"url": "left alone"}},
    }  # fmt: skip
    event = cdevents.parse(document)
    assert event.type == "dev.cdeventsx.plab-timetable.loaded.0.1.0"
    assert event.content == {"url": "left alone"}
    assert event.specversion == "0.5.1"


@pytest.mark.parametrize("version", ["0.5.0", "0.5.1", "0.5.17"])
def test_every_0_5_is_read_as_it_is(version):
    document = example("build.finished")
    document["context"]["specversion"] = version
    assert cdevents.parse(document).to_dict() == document


@pytest.mark.parametrize(
    ("member", "version", "said"),
    [
        ("specversion", "0.6.0-draft", "a draft's meaning may still change; emit 0.5.1"),
        ("specversion", "0.5.0-draft", "a draft's meaning may still change; emit 0.5.1"),
        ("version", "0.4.0-draft", "a draft's meaning may still change; emit 0.5.1"),
        ("version", "draft", "a draft's meaning may still change; emit 0.5.1"),
        ("specversion", "0.6.0", "only 0.4.1 and 0.5.x are; emit 0.5.1"),
        ("specversion", "1.0", "only 0.4.1 and 0.5.x are; emit 0.5.1"),
        ("version", "0.4.0", "only 0.4.1 and 0.5.x are; emit 0.5.1"),
        ("version", "0.3.0", "only 0.4.1 and 0.5.x are; emit 0.5.1"),
        ("version", "0.5.1", "releases have three numbers; write 0.5.1"),
        ("specversion", "0.5", "releases have three numbers; write 0.5.1"),
        ("specversion", "0.5.01", "releases have three numbers; write 0.5.1"),
        ("specversion", "0.4.1", "0.4.1 calls this member `version`"),
    ],
)
def test_other_releases_are_refused_with_the_reason(member, version, said):
    document = example("build.finished")
    del document["context"]["specversion"]
    document["context"][member] = version
    with pytest.raises(UnsupportedVersion) as caught:
        cdevents.parse(document)
    assert said in str(caught.value)
    assert caught.value.version == version


def test_a_draft_type_is_refused_even_under_a_release():
    document = example("build.finished")
    document["context"]["type"] += "-draft"
    with pytest.raises(
        UnsupportedVersion, match=r"0-draft is not read: dev\.cdevents\.build\.finished"
    ):
        cdevents.parse(document)


def _with(**changes):
    document = old("taskrun.finished")
    for path, value in changes.items():
        place, name = path.split("__")
        {**document, "content": document["subject"]["content"]}[place][name] = value
    return document


@pytest.mark.parametrize(
    ("document", "error", "said"),
    [
        (_with(context__type="dev.cdevents.taskrun.finished.0.3.0"), UnknownType,
         "is a type of 0.5.1, but `context.version` says 0.4.1; write `specversion` 0.5.1, or the type dev.cdevents.taskrun.finished.0.2.0"),
        (_with(context__type="dev.cdevents.taskrun.finished.0.1.0"), UnknownType,
         "release 0.4.1 has dev.cdevents.taskrun.finished.0.2.0"),
        (_with(context__type="dev.cdevents.ferry.left.0.1.0"), UnknownType, "the subjects are"),
        (_with(subject__type="build"), InvalidEvent, "subject.type: 'build' in an event of release 0.4.1; it must be 'taskrun'"),
        (_with(subject__type=None), InvalidEvent, "subject.type: None in an event of release 0.4.1"),
        (_with(content__uri="https://ferry.example"), InvalidEvent,
         "subject.content.uri: this name is not known in release 0.4.1; it calls it `url`"),
        (_with(content__url="the usual place"), InvalidEvent, "subject.content.uri: 'the usual place' is not an absolute URI"),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_refused_with_the_reason(document, error, said):
    with pytest.raises(error) as caught:
        cdevents.parse(document)
    assert said in str(caught.value)


def test_a_document_without_a_version_is_told_which_to_write():
    document = example("build.finished")
    del document["context"]["specversion"]
    with pytest.raises(InvalidEvent, match=r"context.specversion: it is missing; .* 0\.5\.1"):
        cdevents.parse(document)
