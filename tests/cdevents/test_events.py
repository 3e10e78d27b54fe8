import copy
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cdevents_documents import EXAMPLES, canonical, example

import cdevents
from cdevents import Event
from cdevents.clock import moment, timestamp
from cdevents.errors import BrokenChain, InvalidEvent, NotJSON


def _merged(**more):
    chain = {"chain_id": "142"} | more
    return cdevents.change.merged("tidetable!142", source="/plab/forge", **chain)


def _built(**more):
    return cdevents.build.finished("tidetable-1.5.0", source="/plab/builder", **more)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_event_says_byte_for_byte_what_was_read(name):
    text = EXAMPLES[name].read_bytes()
    for form in (text, text.decode(), json.loads(text)):
        event = cdevents.parse(form)
        assert event.name == name
        assert event.to_dict() == json.loads(text)
        assert event.to_json() == json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode()  # fmt: skip


def test_the_properties_say_what_the_document_says():
    event = cdevents.parse(EXAMPLES["service.deployed"].read_bytes())
    context, subject = event.document["context"], event.document["subject"]
    assert event.specversion == "0.5.1"
    assert event.id == context["id"]
    assert event.source == context["source"] == "/plab/deployer"
    assert event.type == "dev.cdevents.service.deployed.0.3.0"
    assert event.timestamp == context["timestamp"]
    assert event.schema_uri == "https://ferry.example/schemas/service.deployed"
    assert event.chain_id == context["chainId"]
    assert [link.type for link in event.links] == ["PATH", "RELATION", "END"]
    assert event.subject_id == subject["id"]
    assert event.subject_source == subject["source"]
    assert event.content["environment"]["id"] == "staging"
    assert event.custom_data == {"plab": {"release": "2026.11.1", "boats": 14}}
    assert event.custom_data_content_type == "application/json"
    assert not event.custom
    assert "service.deployed" in repr(event)
    assert event.subject_id in repr(event)


def test_what_is_absent_is_none_or_empty():
    event = _built()
    assert (event.chain_id, event.schema_uri, event.subject_source) == (None, None, None)
    assert (event.custom_data, event.custom_data_content_type) == (None, None)
    assert event.links == ()
    assert event.content == {}


def test_an_event_cannot_be_changed():
    event = _built()
    with pytest.raises(AttributeError):
        event.document = {}
    with pytest.raises(TypeError, match="cannot be changed"):
        event.content["artifactId"] = "tidetable"
    given = event.to_dict()
    twin = Event(given)
    given["subject"]["id"] = "another"
    assert twin == event


def test_events_are_equal_by_what_they_say_and_can_be_kept_in_sets():
    event = _built()
    twin = cdevents.parse(event.to_json())
    assert twin == event
    assert len({event, twin, _built()}) == 2
    assert pickle.loads(pickle.dumps(event)) == event
    assert copy.deepcopy(event) == event


def test_there_is_no_event_that_is_not_valid():
    document = example("build.finished")
    document["context"]["source"] = ""
    for make in (Event, cdevents.parse):
        with pytest.raises(InvalidEvent):
            make(document)
    old = example("build.finished")
    old["context"]["version"] = "0.4.1"
    del old["context"]["specversion"]
    old["context"]["type"] = "dev.cdevents.build.finished.0.2.0"
    old["subject"]["type"] = "build"
    with pytest.raises(InvalidEvent, match=r"this is release 0.4.1; read it with `cdevents.parse`"):
        Event(old)


def test_what_is_no_object_is_no_event():
    with pytest.raises(InvalidEvent, match="it is a list; an event is an object"):
        cdevents.parse(b"[]")
    with pytest.raises(NotJSON):
        cdevents.parse(b"tidetable")


# ------------------------------------------------------------------------------------------ chains
def test_an_event_that_follows_joins_the_chain_and_links_to_the_one_before():
    merged = _merged()
    built = _built().follow(merged, tags={"queue": "plab"})
    assert built.chain_id == "142"
    (link,) = built.links
    assert (link.type, link.from_id, link.tags) == ("PATH", merged.id, {"queue": "plab"})
    assert built == cdevents.parse(built.to_json())


def test_following_leaves_the_event_itself_as_it_was():
    built = _built()
    before = built.to_json()
    built.follow(_merged())
    assert built.to_json() == before


def test_an_event_may_follow_several_and_none_of_them_twice():
    merged = _merged()
    tested, scanned = _built(follows=merged), _built(follows=merged)
    deployed = cdevents.service.deployed(
        "tidetable", source="/plab/deployer", environment="staging",
        artifact_id="pkg:pypi/tidetable@1.5.0", follows=[tested, scanned, tested],
    )  # fmt: skip
    assert [link.from_id for link in deployed.links] == [tested.id, scanned.id]
    assert deployed.follow(scanned) == deployed


def test_a_chain_carries_through_from_change_to_production():
    event = _merged(chain_id=cdevents.new_chain_id())
    path = [event]
    for _ in range(5):
        event = _built(follows=event)
        path.append(event)
    assert {event.chain_id for event in path} == {path[0].chain_id}
    assert [event.links[0].from_id for event in path[1:]] == [event.id for event in path[:-1]]
    assert path[-1].end_chain(path[-2]).links[-1].type == "END"


@pytest.mark.parametrize(
    ("event", "previous", "said"),
    [
        (_built(), _built(), "belongs to no chain; build the first event of a chain with chain_id=cdevents.new_chain_id()"),
        (_built(chain_id="141"), _merged(), "belongs to chain 141"),
        (_built(id="7", chain_id="142"), _built(id="7", chain_id="142"), "cannot follow itself"),
    ],
)  # fmt: skip
def test_a_chain_is_not_broken_silently(event, previous, said):
    with pytest.raises(BrokenChain) as caught:
        event.follow(previous)
    assert said in str(caught.value)


def test_an_event_is_related_to_another_by_a_word_of_ones_own():
    incident = (
        _built().relate("CAUSE", "7", tags={"sure": False}).relate("TRIGGER", _merged(id="8"))
    )
    assert [(link.kind, link.target_id) for link in incident.links] == [
        ("CAUSE", "7"),
        ("TRIGGER", "8"),
    ]
    assert incident.links[0].tags == {"sure": False}


# ------------------------------------------------------------------------------------------- clock
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-01T08:30:00Z", datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
        ("2026-11-01t08:30:00z", datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
        ("2026-11-01T09:30:00.25+01:00", datetime(2026, 11, 1, 8, 30, 0, 250_000, UTC)),
        ("2026-11-01T08:30:00.123456789Z", datetime(2026, 11, 1, 8, 30, 0, 123_456, UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_timestamp_is_kept_as_written_and_read_as_a_moment(text, meant):
    event = _built(timestamp=text)
    assert event.timestamp == text
    assert event.time == moment(text) == meant
    assert event.time.tzinfo is not None


def test_a_moment_is_written_with_its_zone():
    assert timestamp(datetime(2026, 11, 1, 8, 30, tzinfo=UTC)) == "2026-11-01T08:30:00Z"
    summer = timezone(timedelta(hours=2))
    assert timestamp(datetime(2026, 7, 1, 8, 30, tzinfo=summer)) == "2026-07-01T08:30:00+02:00"
    assert moment(timestamp()).tzinfo is not None
    with pytest.raises(InvalidEvent, match=r"context.timestamp: 2026-11-01 08:30:00 has no zone"):
        _built(timestamp=datetime(2026, 11, 1, 8, 30))


def test_canonical_bytes_do_not_depend_on_the_order_of_members():
    document = example("build.finished")
    turned = dict(reversed(document.items()))
    assert canonical(cdevents.parse(turned).to_dict()) == canonical(document)
