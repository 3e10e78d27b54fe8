"""An index that a real registry and its topic keep current."""

import uuid

import pytest
from delivery_story import UNIT

import epr
from epr_lineage import Index, Kind, lineage_of
from epr_lineage.live import Feed
from eprlab import history

pytestmark = pytest.mark.bus


@pytest.fixture
def server(registry):
    return registry


@pytest.fixture
def alone(start_registry):
    """A registry for histories that are counted as a whole."""
    return start_registry()


@pytest.fixture
def client(server):
    with epr.Client(server.url) as client:
        yield client


@pytest.fixture
def build(client):
    return client.receivers.create(
        name="tidetable-build", type=f"plab.build-{uuid.uuid4().hex[:8]}", schema={}
    )  # fmt: skip


@pytest.fixture
def unit():
    """A unit that no other test has: they share a registry."""
    return UNIT._replace(release=uuid.uuid4().hex[:12])


def feed_of(client, server, **more):
    return Feed(client, brokers=server.brokers, topic=server.topic, **more)


def test_what_was_before_and_what_comes_is_in_the_index(client, server, build, unit):
    before = client.events.post(build, unit, success=True)
    with feed_of(client, server).running() as feed:
        assert before in feed.index
        after = client.events.post(build, unit, success=False)
        assert feed.wait_until(
            lambda index: after in {message.event_id for message in index.announced(None, unit)}
        )
        assert not feed.index[after].success
        assert lineage_of(feed.index).of_kind(Kind.MESSAGE)
        assert feed.index.receivers[build.id].name == "tidetable-build"


def test_a_gate_that_opens_is_captured_with_its_message(client, server, build, unit):
    gate = client.groups.create(name="release-gate", type="plab.gate.release", receivers=[build])
    with feed_of(client, server).running() as feed:
        event = client.events.post(build, unit, success=True)
        assert feed.wait_until(lambda index: index.announced(gate.id, unit))
        assert [m.event_id for m in feed.index.announced(gate.id, unit)] == [event]


def test_switching_a_gate_off_reaches_the_index(client, server, build):
    gate = client.groups.create(name="release-gate", type="plab.gate.release", receivers=[build])
    feed = feed_of(client, server)
    feed.backfill()
    client.groups.disable(gate)
    feed.backfill()
    assert not feed.index.groups[gate.id].enabled


def test_after_a_pause_nothing_is_missing_messages_included(client, server, build, unit):
    feed = feed_of(client, server)
    with feed.running():
        first = client.events.post(build, unit, success=True)
        assert feed.wait_until(lambda index: first in index and index.announced(None, unit))
    meanwhile = [client.events.post(build, unit, success=True) for _ in range(3)]
    with feed.running():
        last = client.events.post(build, unit, success=True)
        everything = [first, *meanwhile, last]
        assert feed.wait_until(
            lambda index: [m.event_id for m in index.announced(None, unit)] == everything
        )
    assert [entry.id for entry in feed.index.of_unit(unit)] == everything


def test_messages_still_on_the_topic_can_be_captured_from_the_beginning(
    client, server, build, unit
):
    event = client.events.post(build, unit, success=True)
    with feed_of(client, server, start="earliest").running() as feed:
        assert feed.wait_until(lambda index: index.announced(None, unit))
        assert feed.index.announced(None, unit)[0].event_id == event


def test_a_registry_that_starts_again_does_not_disturb_the_feed(client, server, build, unit):
    with feed_of(client, server).running() as feed:
        server.stop()
        server.start()
        event = client.events.post(build, unit, success=True)
        assert feed.wait_until(lambda index: event in index)


class Interrupted(Exception):
    pass


def test_a_back_fill_that_was_cut_short_goes_on_and_a_gap_is_repaired(alone):
    with epr.Client(alone.url) as client:
        history.post(client, history.tell(1_050, seed=3))

        def once(read):
            raise Interrupted

        feed = feed_of(client, alone)
        with pytest.raises(Interrupted):
            feed.backfill(once)
        assert len(feed.index) == 1_000
        rest = feed.backfill()
        assert rest.added == 50
        assert rest.read >= 50
        again = feed.backfill(everything=True)
        assert (again.read, again.added) == (1_050, 0)
        holed = Feed(client, Index.of(*list(client.events.find())[:500]))
        assert holed.backfill().added == 550
        assert [e.id for e in holed.index] == [e.id for e in feed.index]


def test_a_posted_history_says_the_same_as_one_in_memory(alone):
    with epr.Client(alone.url) as client:
        history.post(client, history.tell(150, seed=5))
        feed = feed_of(client, alone)
        feed.backfill()
        told = Index.of(history.records(history.tell(150, seed=5)))
        assert not [entry.unread for entry in feed.index if entry.unread]

        def said(index):
            happened = sorted(index, key=lambda entry: (entry.when, entry.description))
            return [(entry.nvrpp, entry.description, entry.occurred_at) for entry in happened]

        assert said(feed.index) == said(told)
        assert flows(feed.index) == flows(told)


def flows(index):
    """Who followed whom, by what CDEvents say of themselves."""
    return {
        (index[cause].name, index[cause].when, entry.name, entry.when)
        for entry in index
        for cause in index.causes(entry)
    }
