"""Tail, lag, partitions and the journey, against a real registry and a real topic."""

from __future__ import annotations

import re
import threading

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

import epr
from eprlab import views
from tests.views.conftest import HOSTILE, WHEEL, wait_until


def safe(html: str) -> bool:
    """Whether nothing of the hostile text became markup or stayed unseen."""
    return not re.search("<script|<img|\u202e|\u200b", html)


def about(tail: views.TopicTail, receiver: epr.Receiver) -> list:
    """The lines about a receiver's events; its own announcement may be among the others."""
    return [line for line in tail.lines if line.type == receiver.type]


def test_the_tail_shows_messages_as_they_arrive(client, make_receiver, place):
    receiver = make_receiver()
    with views.TopicTail(**place) as tail:
        wait_until(lambda: tail.looks)
        event = client.events.create(receiver, WHEEL, success=True)
        wait_until(lambda: about(tail, receiver))

    (line,) = about(tail, receiver)
    assert (line.type, line.passed) == (receiver.type, "yes")
    assert line.unit == str(WHEEL)
    assert line.at is not None
    assert line.partition >= 0
    assert line.offset >= 0
    assert event.receiver.type in tail.snapshot()


def test_a_paused_tail_misses_nothing(client, make_receiver, place):
    receiver = make_receiver()
    with views.TopicTail(**place) as tail:
        wait_until(lambda: tail.looks)
        tail.pause()
        assert "paused" in tail.snapshot()
        for _ in range(3):
            client.events.post(receiver, WHEEL, success=True)
        seen = tail.looks
        wait_until(lambda: tail.looks > seen + 2)
        assert not about(tail, receiver)
        tail.resume()
        wait_until(lambda: len(about(tail, receiver)) == 3)


def test_the_filter_looks_at_every_column(client, make_receiver, place):
    build, scan = make_receiver("tidetable-build"), make_receiver("tidetable-scan")
    with views.TopicTail(**place) as tail:
        wait_until(lambda: tail.looks)
        client.events.post(build, WHEEL, success=True)
        client.events.post(scan, WHEEL._replace(version="1.5.0"), success=False)
        wait_until(lambda: about(tail, build) and about(tail, scan))
        tail.filter("SCAN 1.5.0")
        assert [line.type for line in tail.lines] == [scan.type]
        assert "1 of " in tail.snapshot()
        assert "pass the filter" in tail.snapshot()
        tail.filter("")
        assert about(tail, build)


def test_the_tail_replays_from_an_offset(client, make_receiver, place):
    receiver = make_receiver()
    with views.TopicTail(**place, start="earliest") as tail:
        ids = [client.events.post(receiver, WHEEL, success=True) for _ in range(4)]
        wait_until(lambda: sum(line.type == receiver.type for line in tail.lines) == len(ids))
        third = [line for line in tail.lines if line.type == receiver.type][2]
        ends = dict.fromkeys(range(100), 10**6) | {third.partition: third.offset}
        tail.replay(ends)
        wait_until(lambda: tail.lines and tail.lines[0].offset == third.offset)
        assert all(
            line.offset >= third.offset for line in tail.lines if line.partition == third.partition
        )


@pytest.fixture
def own_topic(services, topic):
    admin = KafkaAdminClient(bootstrap_servers=services.brokers)
    admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    producer = KafkaProducer(bootstrap_servers=services.brokers)

    def send(value: bytes | None, key: bytes | None = None) -> None:
        producer.send(topic, value, key=key).get(10)

    yield topic, services.brokers, send
    producer.close()
    admin.delete_topics([topic])
    admin.close()


def test_what_is_no_message_and_hostile_keys_are_shown_as_text(own_topic):
    topic, brokers, send = own_topic
    with views.TopicTail(topic, brokers=brokers, start="earliest") as tail:
        send(b"not JSON", HOSTILE.encode())
        send(None, b"no value")
        send(b"\xff\xfe", b"\xff\x00")
        wait_until(lambda: len(tail.lines) == 3)
        shown = tail.snapshot()
    assert "no message: " in shown
    assert "&lt;script&gt;" in shown
    assert safe(shown)


def test_the_partition_map_counts_keys_and_offsets(own_topic):
    topic, brokers, send = own_topic
    for number in range(9):
        send(b"{}", f"boat-{number % 3}".encode())
    send(b"{}", HOSTILE.encode())
    with views.PartitionMap(topic, brokers=brokers) as shown:
        wait_until(lambda: sum(sum(shown.keys_in(n).values()) for n in range(3)) == 10)
        assert [one.number for one in shown.partitions] == [0, 1, 2]
        assert sum(one.held for one in shown.partitions) == 10
        for boat in ("boat-0", "boat-1", "boat-2"):  # a key is in one partition only
            assert sorted(shown.keys_in(n).get(boat, 0) for n in range(3)) == [0, 0, 3]
    assert "3 partitions, 10 offsets" in shown.snapshot()
    assert safe(shown.snapshot())


def test_the_lag_of_a_group_grows_and_is_worked_off(client, make_receiver, place, registry):
    receiver = make_receiver("tidetable-lag")
    heard = []
    watcher = epr.Watcher("lag-deployer", start="latest", **place)
    watcher.on(type=receiver.type)(lambda message: heard.append(message.id))

    with views.GroupLag("lag-deployer", **place, interval=0.1) as lag:
        with watcher.background():
            client.events.post(receiver, WHEEL, success=True)
            wait_until(lambda: len(heard) == 1)
            wait_until(lambda: any(one.member for one in lag.lags))
        wait_until(lambda: lag.behind("lag-deployer") == 0)
        for _ in range(5):
            client.events.post(receiver, WHEEL, success=True)
        wait_until(lambda: lag.behind("lag-deployer") == 5)
        assert "5 behind in all" in lag.snapshot()
        assert "nobody" in lag.snapshot()
        again = epr.Watcher("lag-deployer", **place)
        again.on(type=receiver.type)(lambda message: heard.append(message.id))
        with again.background():
            wait_until(lambda: lag.behind("lag-deployer") == 0)


def test_a_group_that_never_was_has_everything_before_it(make_receiver, place):
    make_receiver()
    with views.GroupLag("nobody-ever", **place, interval=0.1) as lag:
        wait_until(lambda: lag.looks or lag.problem)
        assert not lag.problem
        assert all(one.committed is None for one in lag.lags)
        assert lag.behind("nobody-ever") == sum(one.end - one.first for one in lag.lags) > 0


def test_the_journey_has_real_times_in_a_possible_order(client, make_receiver, place):
    receiver = make_receiver("tidetable-journey")
    way = views.journey(receiver, WHEEL, success=True, client=client, description=HOSTILE, **place)

    at = {(step.lane, step.says.split()[0]): step.at for step in way.steps}
    assert at["client", "sends"] <= at["client", "has"]
    assert at["client", "sends"] <= at["watcher", "has"]
    assert {lane for lane, _ in at} == {"client", "registry", "topic", "watcher"}
    assert at["registry", "records"] == client.events.get(way.event.id).created_at
    assert at["topic", "has"] == way.message.timestamp
    assert [step.at for step in way.steps] == sorted(step.at for step in way.steps)
    assert way.total > 0


def test_the_journey_draws_itself_and_says_the_same_in_words(client, make_receiver, place):
    way = views.journey(make_receiver(), WHEEL, client=client, **place)
    html = way._repr_html_()
    assert html.count("<circle") == len(way.steps)
    assert "client sends the event for tidetable/1.4.0" in html
    assert f"partition {way.message.partition}, offset {way.message.offset}" in html
    assert "ms from the client to the watcher" in html


def test_a_journey_to_another_topic_ends_with_what_to_look_at(client, make_receiver, own_topic):
    topic, brokers, _ = own_topic
    with pytest.raises(epr.errors.WaitTimedOut, match="EPR_TOPIC"):
        views.journey(
            make_receiver(), WHEEL, client=client, topic=topic, brokers=brokers, timeout=0.5
        )


def test_a_view_that_stops_ends_its_thread_and_leaves_a_picture(place, client, make_receiver):
    receiver = make_receiver()
    tail = views.TopicTail(**place)
    wait_until(lambda: tail.looks)
    client.events.post(receiver, WHEEL, success=True)
    wait_until(lambda: about(tail, receiver))
    tail.stop()
    tail.stop()

    assert not tail.running
    assert not [t for t in threading.enumerate() if t.name == "eprlab-TopicTail"]
    data, _ = tail._repr_mimebundle_()
    assert "stopped" in data["text/html"]
    assert receiver.type in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert " read" in data["text/plain"]


def test_all_views_can_be_stopped_at_once(place):
    made = [views.TopicTail(**place), views.GroupLag(**place), views.PartitionMap(**place)]
    assert views.stop_all() == 3
    assert not any(view.running for view in made)
    assert views.stop_all() == 0


def test_a_broker_that_is_not_there_is_said_and_tried_again(monkeypatch):
    monkeypatch.setattr("eprlab.views.broker.PATIENCE", 300)
    with views.TopicTail("anything", brokers="127.0.0.1:1") as tail:
        wait_until(lambda: tail.problem)
        assert "EPR_BROKERS" in tail.snapshot()
        assert tail.running
