import random

import pytest
from cdevents_documents import EXAMPLES, example, mutants

import cdevents
from cdevents.errors import InvalidEvent, Problem, UnknownType


@pytest.mark.parametrize("name", EXAMPLES)
def test_our_example_of_every_type_is_valid(name):
    assert cdevents.problems(example(name)) == ()
    assert cdevents.is_valid(example(name))
    cdevents.validate(example(name))


def _set(path, value):
    def change(document):
        *way, last = path.split(".")
        for step in way:
            document = document[int(step) if step.isdigit() else step]
        document[int(last) if last.isdigit() else last] = value

    return change


def _remove(path):
    def change(document):
        *way, last = path.split(".")
        for step in way:
            document = document[int(step) if step.isdigit() else step]
        del document[last]

    return change


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        # names
        ("build.finished", _set("subject.content.artifactID", "x"),
         "subject.content.artifactID: this name is not known here; did you mean `artifactId`?"),
        ("build.finished", _set("subject.content.artifact_id", "x"), "did you mean `artifactId`?"),
        ("build.finished", _set("subject.content.sha256", "9f86"),
         "anything of your own belongs into `customData`; known: artifactId"),
        ("build.started", _set("subject.content.sha256", "9f86"), "nothing is known here"),
        ("taskrun.started", _set("subject.content.url", "https://ferry.example"), "0.5 calls it `uri`"),
        ("testsuiterun.queued", _set("subject.content.testSuite.url", "https://ferry.example"), "0.5 calls it `uri`"),
        ("build.finished", _set("subject.type", "build"), "subject.type: this name is not known here; 0.5 dropped it"),
        ("build.finished", _set("context.version", "0.4.1"), "0.5 calls it `specversion`"),
        ("build.finished", _set("links", []), "links: this name is not known here; `links` belongs into `context`"),
        ("build.finished", _set("chainId", "142"), "`chainId` belongs into `context`"),
        ("build.finished", _set("specversion", "1.0"), "this looks like a CloudEvent"),
        ("build.finished", _set("subject.customData", {}), "`customData` stands beside `subject`"),
        ("incident.detected", _set("subject.content.environment.name", "x"),
         "subject.content.environment.name: this name is not known here; known: id, source"),
        # what is missing
        ("artifact.signed", _remove("subject.content.signature"),
         "subject.content.signature: it is missing; artifact.signed needs it: a text that is not empty"),
        ("service.deployed", _remove("subject.content.environment.id"), "subject.content.environment.id: it is missing"),
        ("build.finished", _remove("subject.id"), "subject.id: it is missing; what the event is about"),
        ("build.finished", _remove("subject.content"), "subject.content: it is missing; an object, {} if there"),
        ("build.finished", _remove("subject"), "subject: it is missing; an object with id and content"),
        ("build.finished", _remove("context.specversion"), "context.specversion: it is missing; the release of the specification, 0.5.1"),
        ("build.finished", _remove("context.source"), "context.source: it is missing; who sent it"),
        ("build.finished", _remove("context.timestamp"), "context.timestamp: it is missing; when it happened: a time with its zone"),
        ("build.finished", _remove("context.type"), "context.type: it is missing; such as dev.cdevents.artifact.published.0.3.0"),
        # values
        ("pipelinerun.finished", _set("subject.content.outcome", "sucess"),
         "subject.content.outcome: 'sucess' is not allowed; did you mean 'success'? allowed: success, failure, cancel, error"),
        ("testcaserun.finished", _set("subject.content.outcome", "pass"), "'pass' is not allowed; allowed: success"),
        ("testcaserun.started", _set("subject.content.trigger.type", 7), "7 is not allowed; allowed: manual, pipeline"),
        ("ticket.created", _set("subject.content.labels", "time"), "subject.content.labels: it is a text, 'time'; it must be a list"),
        ("ticket.created", _set("subject.content.labels", ["time", 7]), "subject.content.labels[1]: it is a number, 7; it must be a text"),
        ("build.finished", _set("subject.content", []), "subject.content: it is a list; it must be an object"),
        ("build.finished", _set("context.id", ""), "context.id: the text is empty; give one, or leave the member out"),
        ("build.finished", _set("context.id", None), "context.id: it is null; it must be a text"),
        ("build.finished", _set("context.source", "not a uri"),
         "context.source: 'not a uri' is not a URI or a path; write a URI or a path such as /plab/builder"),
        ("build.finished", _set("context.timestamp", "2026-11-01 08:30"),
         "context.timestamp: '2026-11-01 08:30' is not a time with its zone (RFC 3339); write a time"),
        ("build.finished", _set("context.schemaUri", "schemas/build"), "is not an absolute URI; write an absolute URI such as"),
        ("build.finished", _set("customData", [1]), "customData: it is a list; it must be a text or an object"),
        ("build.finished", _set("customData", True), "customData: it is true; it must be"),
        ("build.finished", _set("subject.id", ""), "subject.id: the text is empty"),
        # links
        ("build.finished", _set("context.links", {}), "context.links: it is an object; it must be a list"),
        ("build.finished", _set("context.links.0", "PATH"), "context.links[0]: it is a text, 'PATH'; a link is an object"),
        ("build.finished", _set("context.links.0", {}), "context.links[0].linkType: it is missing; allowed: PATH, RELATION, END"),
        ("build.finished", _set("context.links.0.linkType", "START"),
         "context.links[0].linkType: 'START' is not allowed; allowed: PATH, RELATION, END; START is a message of its own"),
        ("build.finished", _remove("context.links.0.from"),
         'context.links[0].from: it is missing; {"contextId": …}: the event before this one'),
        ("build.finished", _set("context.links.0.from", {"id": "7"}),
         "context.links[0].from.contextId: it is missing; the `context.id` of an event"),
        ("build.finished", _remove("context.links.1.linkKind"), "context.links[1].linkKind: it is missing; a word of yours"),
        ("build.finished", _set("context.links.1.targets", {}), "context.links[1].targets: this name is not known here; did you mean `target`?"),
        # types
        ("build.finished", _set("context.type", "dev.cdevents.build.finishd.0.3.0"),
         "context.type: no type 'dev.cdevents.build.finishd.0.3.0'; did you mean dev.cdevents.build.finished.0.3.0?"),
        ("build.finished", _set("context.type", "build.finished"),
         "context.type: 'build.finished' is a short name; on the wire it is dev.cdevents.build.finished.0.3.0"),
    ],
)  # fmt: skip
def test_a_problem_says_where_what_and_what_would_be_right(name, change, said):
    document = example(name)
    change(document)
    text = "\n".join(map(str, cdevents.problems(document)))
    assert said in text
    with pytest.raises(InvalidEvent) as caught:
        cdevents.validate(document)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    "document", [None, 7, "text", [], [{}], {}, {"context": None}, {"context": []}]
)
def test_what_is_not_an_event_at_all_has_problems_too(document):
    assert cdevents.problems(document)
    assert not cdevents.is_valid(document)


def test_every_problem_is_reported_at_once():
    document = example("service.deployed")
    document["context"]["source"] = ""
    document["context"]["links"][0] = {"linkType": "PATH"}
    del document["subject"]["content"]["artifactId"]
    document["customData"] = 7
    assert {problem.path for problem in cdevents.problems(document)} == {
        "context.source", "context.links[0].from", "subject.content.artifactId", "customData",
    }  # fmt: skip


def test_an_unknown_type_does_not_hide_the_other_problems():
    document = example("build.finished")
    document["context"]["type"] = "dev.cdevents.build.ended.0.3.0"
    with pytest.raises(UnknownType):
        cdevents.validate(document)
    del document["context"]["id"]
    assert [problem.path for problem in cdevents.problems(document)] == [
        "context.type",
        "context.id",
    ]


def test_there_are_problems_exactly_when_a_document_is_not_valid_and_none_names_a_keyword():
    rng = random.Random(11)
    for name in EXAMPLES:
        for mutant in mutants(example(name), rng, 40):
            problems = cdevents.problems(mutant)
            assert (not problems) == cdevents.is_valid(mutant), mutant
            for problem in problems:
                assert isinstance(problem, Problem)
                assert problem.hint, problem
                assert "additionalProperties" not in problem.message
                assert "anyOf" not in problem.message


def test_a_long_value_is_shortened_in_the_message():
    document = example("build.finished")
    document["context"]["source"] = "no uri " * 1000
    (problem,) = cdevents.problems(document)
    assert len(str(problem)) < 250


def test_a_hostile_document_gets_a_short_answer():
    document = example("build.finished")
    document["subject"]["content"] = {f"boat{i}": i for i in range(100_000)}
    document["x" * 100_000] = 1
    document["context"]["id"] = {"y" * 100_000: 1}
    problems = cdevents.problems(document)
    assert 40 < len(problems) <= 51
    assert len("\n".join(map(str, problems))) < 20_000
    document["context"]["type"] = "dev.cdevents." + "build." * 100_000
    assert len(str(cdevents.problems(document)[0])) < 1000
