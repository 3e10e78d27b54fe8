"""An index that a real registry and its topic keep current."""

import pytest
from delivery_story import UNIT

import epr
from epr_lineage import Index, Kind, lineage_of
from epr_lineage.live import Feed
from eprlab import history

pytestmark = pytest.mark.bus


@pytest.fixture
def server(start_registry):
    return start_registry()


@pytest.fixture
def client(server):
    with epr.Client(server.url) as client:
        yield client


@pytest.fixture
def build(client):
    return client.receivers.create(name="tidetable-build", type="plab.build", schema={})


def feed_of(client, server, **more):
    return Feed(client, brokers=server.brokers, topic=server.topic, **more)


def test_what_was_before_and_what_comes_is_in_the_index(client, server, build):
    before = client.events.post(build, UNIT, success=True)
    with feed_of(client, server).running() as feed:
        assert before in feed.index
        after = client.events.post(build, UNIT, success=False)
        assert feed.wait_until(
            lambda index: after in {message.event_id for message in index.announced(None, UNIT)}
        )
        assert not feed.index[after].success
        assert lineage_of(feed.index).of_kind(Kind.MESSAGE)
        assert feed.index.receivers[build.id].name == "tidetable-build"


def test_a_gate_that_opens_is_captured_with_its_message(client, server, build):
    gate = client.groups.create(name="release-gate", type="plab.gate.release", receivers=[build])
    with feed_of(client, server).running() as feed:
        event = client.events.post(build, UNIT, success=True)
        assert feed.wait_until(lambda index: index.announced(gate.id, UNIT))
        assert [m.event_id for m in feed.index.announced(gate.id, UNIT)] == [event]


def test_switching_a_gate_off_reaches_the_index(client, server, build):
    gate = client.groups.create(name="release-gate", type="plab.gate.release", receivers=[build])
    feed = feed_of(client, server)
    feed.backfill()
    client.groups.disable(gate)
    feed.backfill()
    assert not feed.index.groups[gate.id].enabled


def test_after_a_pause_nothing_is_missing_messages_included(client, server, build):
    feed = feed_of(client, server)
    with feed.running():
        first = client.events.post(build, UNIT, success=True)
        assert feed.wait_until(lambda index: first in index and index.announced(None, UNIT))
    meanwhile = [client.events.post(build, UNIT, success=True) for _ in range(3)]
    with feed.running():
        last = client.events.post(build, UNIT, success=True)
        everything = [first, *meanwhile, last]
        assert feed.wait_until(
            lambda index: [m.event_id for m in index.announced(None, UNIT)] == everything
        )
    assert [entry.id for entry in feed.index] == everything


def test_messages_that_are_still_on_the_topic_can_be_captured_from_the_beginning(
    client, server, build
):
    event = client.events.post(build, UNIT, success=True)
    with feed_of(client, server, start="earliest").running() as feed:
        assert feed.wait_until(lambda index: index.announced(None, UNIT))
        assert feed.index.announced(None, UNIT)[0].event_id == event


def test_a_registry_that_starts_again_does_not_disturb_the_feed(client, server, build):
    with feed_of(client, server).running() as feed:
        server.stop()
        server.start()
        event = client.events.post(build, UNIT, success=True)
        assert feed.wait_until(lambda index: event in index)


class Interrupted(Exception):
    pass


def test_a_back_fill_that_was_cut_short_goes_on_and_a_gap_is_repaired(client, server):
    history.post(client, history.tell(1_200, seed=3))

    def once(read):
        raise Interrupted

    feed = feed_of(client, server)
    with pytest.raises(Interrupted):
        feed.backfill(once)
    assert len(feed.index) == 1_000
    rest = feed.backfill()
    assert rest.added == 200
    assert rest.read >= 200
    again = feed.backfill(everything=True)
    assert (again.read, again.added) == (1_200, 0)
    holed = Feed(client, Index.of(*list(client.events.find())[:500]))
    holed._reached = feed._reached
    assert holed.backfill(everything=True).added == 700
    assert [e.id for e in holed.index] == [e.id for e in feed.index]


def test_a_posted_history_says_the_same_as_one_in_memory(client, server):
    history.post(client, history.tell(150, seed=5))
    feed = feed_of(client, server)
    feed.backfill()
    told = Index.of(history.records(history.tell(150, seed=5)))
    assert not [entry.unread for entry in feed.index if entry.unread]

    def said(index):
        return [
            (
                entry.nvrpp,
                entry.description,
                entry.occurred_at,
                entry.said.occurrence,
                entry.success,
            )
            for entry in sorted(index, key=lambda e: (e.when, e.description))
        ]

    assert [entry[:3] for entry in said(feed.index)] == [entry[:3] for entry in said(told)]
    assert flows(feed.index) == flows(told)


def flows(index):
    """Who followed whom, by what CDEvents say of themselves."""
    return {
        (index[cause].name, index[cause].when, entry.name, entry.when)
        for entry in index
        for cause in index.causes(entry)
    }
