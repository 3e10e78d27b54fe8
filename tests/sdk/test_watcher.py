"""The watcher against a real broker and registry: what it promises, one promise a test."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

import epr
from epr import errors
from epr.causation import stamped_hops

from .conftest import eventually, tidetable
from .test_messages import EVENT, envelope

QUICK = epr.RetryPolicy(attempts=3, first=0.01, longest=0.05)


@pytest.fixture
def watch(registry):
    """A function that makes watchers of the module's registry; all are stopped at the end."""
    made: list[epr.Watcher] = []

    def make(group: str | None = None, **settings) -> epr.Watcher:
        settings = {"topic": registry.topic, "retry": QUICK} | settings
        watcher = epr.Watcher(
            group or f"deployer-{uuid.uuid4().hex[:8]}", brokers=registry.brokers, **settings
        )
        made.append(watcher)
        return watcher

    yield make
    for watcher in made:
        if watcher.running:
            watcher.stop()


@pytest.fixture
def producer(registry):
    producer = KafkaProducer(bootstrap_servers=registry.brokers, acks="all")
    yield producer
    producer.close()


def numbers(client, receiver, unit, values) -> None:
    for n in values:
        client.events.post(receiver, unit, success=n % 2 == 0, payload={"n": n})


def announced(registry, type: str, count: int) -> list[epr.Message]:
    """The messages of a type that are on the topic, once there are so many."""

    def found() -> list[epr.Message]:
        messages = epr.read_topic(registry.topic, brokers=registry.brokers)
        mine = [m for m in messages if m.type == type]
        return mine if len(mine) >= count else []

    return eventually(found, what=f"{count} messages of type {type}")


def committed(registry, group: str, partition: int = 0) -> int | None:
    consumer = KafkaConsumer(
        bootstrap_servers=registry.brokers, group_id=group, enable_auto_commit=False
    )
    try:
        return consumer.committed(TopicPartition(registry.topic, partition))
    finally:
        consumer.close()


def test_a_new_group_starts_at_the_oldest_message_in_order(client, receiver, unit, watch):
    numbers(client, receiver, unit, range(5))
    seen, watcher = [], watch()

    @watcher.on(type=receiver.type)
    def deploy(message):
        seen.append(message.payload["n"])

    with watcher.background():
        numbers(client, receiver, unit, range(5, 8))
        watcher.wait_for(8)
    assert seen == list(range(8))
    assert deploy.__name__ == "deploy"


def test_a_group_goes_on_where_it_left_off(client, receiver, unit, watch):
    seen = []
    for batch in (range(3), range(3, 5)):
        watcher = watch("deployer-again-" + unit.release)
        watcher.on(type=receiver.type)(lambda message: seen.append(message.payload["n"]))
        numbers(client, receiver, unit, batch)
        with watcher.background():
            watcher.wait_for(len(batch))
            watcher.wait_until_idle()
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, {"receiver", "group", "passed", "failed", "completion"}),
        ({"type": "$type"}, {"passed", "failed"}),
        ({"type": "$type", "success": False}, {"failed"}),
        ({"type": ["nothing", "plab.gate.$name"]}, {"completion"}),
        ({"type": "plab.*"}, {"passed", "failed", "completion"}),
        ({"receiver": "$name"}, {"receiver", "passed", "failed", "completion"}),
        ({"receiver": "$id", "kind": "event"}, {"passed", "failed"}),
        ({"group": "gate-$name"}, {"group", "completion"}),
        ({"kind": "completion"}, {"completion"}),
        ({"kind": "receiver"}, {"receiver"}),
        ({"name": "harbour*"}, {"passed", "failed", "completion"}),
        ({"name": "tidetable"}, set()),
        ({"where": lambda m: m.payload == {"tide": "low"}}, {"failed"}),
    ],
)
def test_conditions_choose_messages(client, make_receiver, watch, conditions, expected):
    receiver = make_receiver()
    type = f"plab.gate.{receiver.name}"
    group = client.groups.create(name=f"gate-{receiver.name}", type=type, receivers=[receiver])
    unit = tidetable()._replace(name=f"harbour-{receiver.name}")
    failed = client.events.post(receiver, unit, success=False, payload={"tide": "low"})
    passed = client.events.post(receiver, unit, success=True, payload={"tide": "high"})
    what = {receiver.id: "receiver", failed: "failed", passed: "passed"}
    words = {"$type": receiver.type, "$name": receiver.name, "$id": receiver.id}

    def filled(value):
        if isinstance(value, list):
            return [filled(v) for v in value]
        for word, text in words.items():
            value = value.replace(word, text) if isinstance(value, str) else value
        return value

    seen, watcher = set(), watch()

    @watcher.on(**{key: filled(value) for key, value in conditions.items()})
    def note(message):
        if message.group is not None and message.group.id == group.id:
            seen.add("group" if message.event is None else "completion")
        elif message.id in what:
            seen.add(what[message.id])

    with watcher.background():
        watcher.wait_until_idle()
    assert seen == expected


def test_the_offset_is_committed_after_the_handler_and_not_before(
    registry, client, receiver, unit, watch
):
    entered, finish = threading.Event(), threading.Event()
    watcher = watch()

    @watcher.on(type=receiver.type)
    def deploy(message):
        entered.set()
        assert finish.wait(30)

    client.events.post(receiver, unit, success=True)
    offset = announced(registry, receiver.type, 1)[0].offset
    with watcher.background():
        assert entered.wait(30)
        assert (committed(registry, watcher.group) or 0) <= offset
        finish.set()
        watcher.wait_for(1)
        eventually(lambda: committed(registry, watcher.group) == offset + 1)


def test_a_handler_that_recovers_is_tried_again_and_nothing_is_dead_lettered(
    client, receiver, unit, watch
):
    tries, watcher = [], watch()

    @watcher.on(type=receiver.type)
    def deploy(message):
        tries.append(message.payload["n"])
        if tries.count(1) < 3 and message.payload["n"] == 1:
            raise ConnectionError("the harbour does not answer")

    numbers(client, receiver, unit, range(3))
    with watcher.background():
        stats = watcher.wait_for(3)
    assert tries == [0, 1, 1, 1, 2]
    assert (stats.handled, stats.retried, stats.dead_lettered) == (3, 2, 0)
    assert "the harbour does not answer" in stats.last_error


def test_a_handler_that_never_succeeds_leaves_a_dead_letter_and_the_rest_goes_on(
    registry, client, receiver, unit, watch
):
    dead_letter_topic = f"{registry.topic}.{unit.release}"
    watcher = watch(dead_letter_topic=f"{dead_letter_topic}.dead-letter")

    @watcher.on(type=receiver.type)
    def deploy(message):
        if message.payload["n"] == 1:
            raise ValueError("no berth\nfree \x1b[31m" + "!" * 1000)

    numbers(client, receiver, unit, range(3))
    with watcher.background():
        watcher.wait_for(2)
        watcher.wait_until_idle()
    (letter,) = epr.read_dead_letters(dead_letter_topic, brokers=registry.brokers)
    (original,) = [
        m
        for m in epr.read_topic(registry.topic, brokers=registry.brokers)
        if m.offset == letter.offset
    ]
    assert (letter.raw, letter.key) == (original.raw, original.key)
    assert letter.message().payload == {"n": 1}
    assert letter.error.startswith(r"ValueError: no berth\nfree \x1b[31m!!!")
    assert len(letter.error) <= 500
    assert (letter.attempts, letter.group, letter.handler) == (3, watcher.group, "deploy")
    assert (letter.topic, letter.partition) == (registry.topic, 0)
    assert len(letter.traceback_sha256) == 64
    assert datetime.fromisoformat(letter.failed_at).tzinfo is not None
    assert watcher.stats.dead_lettered == 1


def test_giving_up_is_not_tried_again(client, receiver, unit, watch):
    watcher = watch()

    @watcher.on(type=receiver.type)
    def deploy(message):
        raise errors.GiveUp("this release was withdrawn")

    numbers(client, receiver, unit, [0])
    with watcher.background():
        watcher.wait_until_idle()
    assert (watcher.stats.dead_lettered, watcher.stats.retried) == (1, 0)


@pytest.mark.parametrize(
    "exception",
    [SystemExit, KeyboardInterrupt, asyncio.CancelledError, TimeoutError, StopIteration],
)
def test_no_exception_of_a_handler_ends_the_watcher(client, receiver, unit, watch, exception):
    watcher = watch()

    @watcher.on(type=receiver.type)
    def deploy(message):
        if message.payload["n"] == 0:
            raise exception

    numbers(client, receiver, unit, range(2))
    with watcher.background():
        watcher.wait_for(1)
    assert watcher.stats.dead_lettered == 1


def test_what_is_no_message_goes_to_the_dead_letters_and_stops_nothing(
    services, watch, producer, topic
):
    watcher, seen = watch(topic=topic), []
    watcher.on()(lambda message: seen.append(message.id))
    poison = [b"not json", b"\xff\x00", b"[" * 100_000, b"{}", None, envelope([EVENT], id=None)]
    for value in [*poison, envelope([EVENT])]:
        producer.send(topic, value=value, key=b"k", headers=[("tide", b"low")]).get(10)
    with watcher.background():
        watcher.wait_for(1)
        watcher.wait_until_idle()
    letters = list(epr.read_dead_letters(topic, brokers=services.brokers))
    assert [letter.raw for letter in letters] == [value or b"" for value in poison]
    assert all((letter.attempts, letter.handler) == (0, "") for letter in letters)
    assert "not JSON" in letters[0].error
    with pytest.raises(errors.NotAnEnvelope):
        letters[-1].message()
    assert (watcher.stats.poison, watcher.stats.dead_lettered) == (6, 6)
    assert seen == ["E1"]


def test_several_handlers_each_get_the_message_and_fail_alone(client, receiver, unit, watch):
    seen, watcher = [], watch()

    @watcher.on(type=receiver.type)
    def deploy(message):
        raise ValueError("no berth free")

    @watcher.on(type=receiver.type)
    def notify(message):
        seen.append(message.payload["n"])

    numbers(client, receiver, unit, range(2))
    with watcher.background():
        watcher.wait_for(2)
        watcher.wait_until_idle()
    assert seen == [0, 1]
    assert (watcher.stats.handled, watcher.stats.dead_lettered) == (2, 2)


def test_async_handlers_share_one_event_loop(registry, client, receiver, unit, watch):
    loops, found, watcher = [], [], watch()
    shared = {}

    @watcher.on(type=receiver.type)
    async def look(message):
        loops.append(asyncio.get_running_loop())
        other = shared.setdefault("client", epr.AsyncClient(registry.url))
        found.append((await other.events.get(message.event.id)).payload["n"])

    numbers(client, receiver, unit, range(3))
    with watcher.background():
        watcher.wait_for(3)
    assert found == [0, 1, 2]
    assert len(set(map(id, loops))) == 1


def test_a_handler_that_triggers_itself_is_stopped(client, receiver, unit, watch):
    watcher = watch(max_hops=3)
    hops = []

    @watcher.on(type=receiver.type)
    def echo(message):
        hops.append(message.payload["n"])
        client.events.post(receiver, unit, success=True, payload={"n": message.payload["n"] + 1})

    numbers(client, receiver, unit, [0])
    with watcher.background():
        eventually(lambda: watcher.stats.loops)
        watcher.wait_until_idle()
    assert hops == [0, 1, 2, 3]
    assert (watcher.stats.loops, watcher.stats.dead_lettered) == (1, 1)
    assert "narrow its conditions" in watcher.stats.last_error


def test_a_loop_through_two_services_is_seen_by_the_stamp_in_the_payload(
    client, make_receiver, unit, watch
):
    build, scan = make_receiver(), make_receiver()
    stamps = []

    def service(listens_to, posts_to):
        watcher = watch(max_hops=4)

        @watcher.on(type=listens_to.type)
        def answer(message):
            stamps.append(stamped_hops(message.payload))
            payload = epr.caused_by(message, {"of": message.event.id})
            client.events.post(posts_to, unit, success=True, payload=payload)

        return watcher

    builder, scanner = service(scan, build), service(build, scan)
    with builder.background(), scanner.background():
        client.events.post(build, unit, success=True, payload={})
        eventually(lambda: builder.stats.loops + scanner.stats.loops)
    assert stamps == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("hops", [-1, "9", True, 10**9, None, [], {}])
def test_a_stamp_that_makes_no_sense_counts_for_nothing(hops):
    assert stamped_hops({"causation": {"hops": hops}}) == 0
    assert stamped_hops({"causation": hops}) == 0


def test_repeated_events_from_elsewhere_are_no_loop(client, receiver, unit, watch):
    watcher = watch(max_hops=2)
    watcher.on(type=receiver.type)(lambda message: None)
    numbers(client, receiver, unit, range(20))
    with watcher.background():
        assert watcher.wait_for(20).loops == 0


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_message_announced_twice_is_handled_once(
    registry, client, receiver, unit, watch, producer, tmp_path, kind
):
    seen = epr.MemorySeen() if kind == "memory" else epr.SQLiteSeen(tmp_path / "seen.sqlite")
    watcher, handled = watch(seen=seen), []
    watcher.on(type=receiver.type)(lambda message: handled.append(message.id))
    id = client.events.post(receiver, unit, success=True)
    with watcher.background():
        watcher.wait_for(1)
        (raw,) = [
            m.raw for m in epr.read_topic(registry.topic, brokers=registry.brokers) if m.id == id
        ]
        producer.send(registry.topic, raw).get(10)
        eventually(lambda: watcher.stats.duplicates == 1)
    assert handled == [id]


def test_replaying_from_an_offset_a_time_or_an_end(registry, client, receiver, unit, watch):
    numbers(client, receiver, unit, range(3))
    stored = announced(registry, receiver.type, 3)
    group = f"replay-{unit.release}"

    def seen_from(start) -> list[int]:
        seen, watcher = [], watch(group, start=start)
        watcher.on(type=receiver.type)(lambda message: seen.append(message.payload["n"]))
        with watcher.background():
            watcher.wait_until_idle()
        return seen

    assert seen_from(None) == [0, 1, 2]
    assert seen_from(None) == []
    assert seen_from("earliest") == [0, 1, 2]
    assert seen_from({0: stored[1].offset}) == [1, 2]
    assert seen_from(stored[2].timestamp)[-1] == 2
    assert seen_from(datetime.now(UTC) + timedelta(days=1)) == []
    assert seen_from("latest") == []


def test_starting_at_the_latest_sees_what_comes_after_the_start(client, receiver, unit, watch):
    numbers(client, receiver, unit, range(3))
    for _ in range(3):
        seen, watcher = [], watch(start="latest")
        watcher.on(type=receiver.type)(lambda message, seen=seen: seen.append(message.payload["n"]))
        with watcher.background():
            numbers(client, receiver, unit, [7])
            watcher.wait_for(1)
        assert seen[-1] == 7
        assert len(seen) <= 2  # the relay may still be sending what was posted just before


def test_a_handler_may_stop_its_watcher(client, receiver, unit, watch):
    watcher, seen = watch(), []

    @watcher.on(type=receiver.type)
    def deploy(message):
        seen.append(message.payload["n"])
        if len(seen) == 2:
            watcher.stop()

    numbers(client, receiver, unit, range(5))
    watcher.start()
    eventually(lambda: not watcher.running)
    assert seen == [0, 1]


def test_stopping_finishes_the_handler_at_work(registry, client, receiver, unit, watch):
    watcher, entered, finish = watch(), threading.Event(), threading.Event()

    @watcher.on(type=receiver.type)
    def deploy(message):
        entered.set()
        assert finish.wait(30)

    numbers(client, receiver, unit, range(2))
    watcher.start()
    assert entered.wait(30)
    with pytest.raises(errors.WaitTimedOut, match="has not finished"):
        watcher.stop(timeout=0.2)
    finish.set()
    watcher.stop()
    assert watcher.stats.handled == 1
    rest = watch(watcher.group)
    seen = []
    rest.on(type=receiver.type)(lambda message: seen.append(message.payload["n"]))
    with rest.background():
        rest.wait_for(1)
        rest.wait_until_idle()
    assert seen == [1]


def test_a_handler_longer_than_the_poll_interval_keeps_its_place(client, receiver, unit, watch):
    watcher = watch(max_poll_interval=1.5, session_timeout=6)
    seen = []

    @watcher.on(type=receiver.type)
    def deploy(message):
        seen.append(message.payload["n"])
        if message.payload["n"] == 0:
            time.sleep(4)  # the work itself: longer than twice the interval

    numbers(client, receiver, unit, range(3))
    with watcher.background():
        stats = watcher.wait_for(3)
        watcher.wait_until_idle()
    assert seen == [0, 1, 2]
    assert stats.lost == 0


def test_waiting_in_vain_says_what_happened_instead(client, receiver, unit, watch):
    watcher = watch()

    @watcher.on(type=receiver.type)
    def deploy(message):
        raise ValueError("no berth free")

    numbers(client, receiver, unit, [0])
    with watcher.background():
        eventually(lambda: watcher.stats.dead_lettered)
        with pytest.raises(errors.WaitTimedOut, match=r"0 of 1 handled.*no berth free"):
            watcher.wait_for(1, timeout=0.2)
    with pytest.raises(TimeoutError, match="not running"):
        watcher.wait_for(1, timeout=5)


def test_a_function_defined_again_replaces_itself_and_conditions_may_be_stacked(watch):
    watcher = watch()
    cell = """
@watcher.on(type="plab.build")
@watcher.on(type="plab.scan")
def deploy(message): ...
"""
    for _ in range(2):
        exec(cell, {"watcher": watcher, "__name__": "__main__"})
    assert [route.match.types for route in watcher._routes] == [("plab.scan",), ("plab.build",)]


def test_misuse_is_explained(registry, watch):
    watcher = watch()
    with pytest.raises(errors.WatcherMisused, match="no handler"):
        watcher.run()
    with pytest.raises(errors.WatcherMisused, match="parentheses"):
        watcher.on(print)
    watcher.on()(print)
    with watcher.background(), pytest.raises(errors.WatcherMisused, match="running already"):
        watcher.start()
    assert repr(watcher).endswith("stopped>")


def test_a_second_member_of_the_same_instance_name_ends_the_first(client, receiver, unit, watch):
    first, second = (
        watch("deployer-" + unit.release, instance="quay-1", session_timeout=6) for _ in range(2)
    )
    for watcher in (first, second):
        watcher.on(type=receiver.type)(lambda message: None)
    first.start()
    with second.background():
        eventually(lambda: not first.running, 60)
        numbers(client, receiver, unit, [1])
        second.wait_for(1)
    with pytest.raises(errors.WatcherMisused, match="taken its place"):
        first.stop()


def test_a_broker_that_is_not_there_is_named(registry):
    quick = {"bootstrap_timeout_ms": 300}
    watcher = epr.Watcher("deployer", brokers="127.0.0.1:1", topic=registry.topic, kafka=quick)
    watcher.on()(print)
    with pytest.raises(errors.BrokerUnavailable, match=r"127\.0\.0\.1:1.*EPR_BROKERS"):
        watcher.start()
    with pytest.raises(errors.BrokerUnavailable):
        list(epr.read_topic(registry.topic, brokers="127.0.0.1:1", timeout=0.3))


def test_a_watcher_waits_for_a_topic_that_does_not_exist_yet(
    services, start_registry, topic, caplog
):
    watcher = epr.Watcher(brokers=services.brokers, topic=topic)
    seen = []
    watcher.on()(lambda message: seen.append(message.kind))
    with pytest.raises(errors.WaitTimedOut, match="a running registry makes it"):
        watcher.start(timeout=1)
    eventually(lambda: not watcher.running)
    assert list(epr.read_topic(topic, brokers=services.brokers)) == []
    starting = threading.Thread(target=watcher.start)
    starting.start()
    eventually(lambda: "does not exist yet" in caplog.text)
    registry = start_registry(topic=topic)
    starting.join(30)
    with epr.Client(registry.url) as client:
        client.receivers.create(name="tidetable-build", type="plab.build", schema={})
        watcher.wait_for(1)
    watcher.stop()
    assert seen == ["receiver"]


def test_what_happens_is_logged_in_one_line_each(client, receiver, unit, watch, caplog):
    caplog.set_level(logging.INFO, "epr.watcher")
    watcher = watch()

    @watcher.on(type=receiver.type)
    def deploy(message):
        if message.payload["n"] == 1:
            raise ValueError("two\nlines")

    numbers(client, receiver, unit, range(2))
    with watcher.background():
        watcher.wait_for(1)
        watcher.wait_until_idle()
    lines = [r.getMessage() for r in caplog.records if r.name == "epr.watcher"]
    assert any(
        line.startswith(f"handled handler=deploy type={receiver.type} id=") for line in lines
    )
    assert any(line.startswith("failed handler=deploy") and "attempt=3/3" in line for line in lines)
    assert any(line.startswith("dead-lettered topic=") for line in lines)
    assert not any("\n" in line for line in lines)


def test_reading_a_topic_ends_and_keeps_order(registry, client, receiver, unit):
    numbers(client, receiver, unit, range(4))
    found = [m.payload["n"] for m in announced(registry, receiver.type, 4)]
    assert found == [0, 1, 2, 3]
    assert list(epr.read_dead_letters("no.such.topic", brokers=registry.brokers)) == []


def test_addresses_come_from_the_environment(registry, client, receiver, unit, monkeypatch):
    monkeypatch.setenv("EPR_BROKERS", registry.brokers)
    monkeypatch.setenv("EPR_TOPIC", registry.topic)
    watcher, seen = epr.Watcher(), []
    watcher.on(type=receiver.type)(lambda message: seen.append(json.loads(message.raw)["type"]))
    numbers(client, receiver, unit, [0])
    with watcher.background():
        watcher.wait_for(1)
    assert seen == [receiver.type]
