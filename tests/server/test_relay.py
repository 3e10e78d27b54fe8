"""From the commit to the topic: nothing lost, nothing out of order, whoever dies in between."""

import os
import signal

import httpx
import pytest

from .conftest import Ferry, execute, wait_for


def test_messages_follow_the_order_of_the_log(registry, open_topic):
    ferry = Ferry(registry.url)
    build = ferry.receiver()
    group = ferry.group([build])
    made = [build, group]
    for number in range(20):
        made += [ferry.event(build, version=str(number)), group]
    ferry.http.patch(f"/api/v1/groups/{group}", json={"enabled": False})
    made += [group, ferry.event(build)]
    messages = open_topic(registry).up_to(made[-1])
    assert [message["id"] for message in messages if message["id"] in set(made)] == made
    assert messages[-2]["type"] == "epr.event.receiver.group.modified"
    assert messages[-2]["data"]["event_receiver_groups"][0]["enabled"] is False


def test_an_event_and_what_it_opens_have_the_same_key(registry, open_topic):
    ferry = Ferry(registry.url)
    build = ferry.receiver()
    group = ferry.group([build], type="plab.gate.keyed")
    event = ferry.event(build)
    topic = open_topic(registry)
    topic.until(lambda messages: any(m["type"] == "plab.gate.keyed" for m in messages))
    keys = {m["id"]: r.key for m, r in zip(topic.up_to(event), topic._records, strict=True)}
    assert keys[event] == keys[group] != keys[build]


def start_registry_without_broker(start_registry, **flags):
    """Nothing listens on the broker's port: events are stored and wait."""
    return start_registry(brokers="127.0.0.1:9", until="liveness", **flags)


def test_a_group_is_announced_as_it_was_when_it_was_made(start_registry, open_topic, services):
    first = start_registry_without_broker(start_registry)
    ferry = Ferry(first.url)
    group = ferry.group([ferry.receiver()])
    ferry.http.patch(f"/api/v1/groups/{group}", json={"enabled": False})
    first.stop()
    second = start_registry(db=first.db, topic=first.topic)
    messages = open_topic(second).until(lambda found: len(found) >= 3)
    assert [
        (m["type"], m["data"]["event_receiver_groups"][0]["enabled"])
        for m in messages if m["id"] == group
    ] == [("epr.event.receiver.group.created", True), ("epr.event.receiver.group.modified", False)]  # fmt: skip


def test_without_a_broker_events_are_stored_and_announced_later(start_registry, open_topic):
    first = start_registry_without_broker(start_registry)
    ready = httpx.get(f"{first.url}/healthz/readiness", timeout=10)
    assert ready.status_code == 503
    assert "broker" in ready.json()["problems"]
    assert httpx.get(f"{first.url}/healthz/liveness").status_code == 200
    ferry = Ferry(first.url)
    build = ferry.receiver()
    events = [ferry.event(build, version=str(number)) for number in range(30)]
    first.kill()
    second = start_registry(db=first.db, topic=first.topic)
    messages = open_topic(second).up_to(events[-1])
    assert [message["id"] for message in messages] == [build, *events]


def test_many_receivers_and_groups_are_published_in_pages(start_registry, open_topic):
    first = start_registry_without_broker(start_registry)
    ferry = Ferry(first.url)
    made = []
    for number in range(45):  # more than two pages of receivers
        made.append(ferry.receiver(f"receiver-{number}"))
        made.append(ferry.event(made[-1]))
    first.stop()
    second = start_registry(db=first.db, topic=first.topic)
    assert [m["id"] for m in open_topic(second).up_to(made[-1])] == made


def test_another_process_takes_over_when_the_publishing_one_dies(start_registry, open_topic):
    first = start_registry()
    second = start_registry(db=first.db, topic=first.topic)
    ferry = Ferry(second.url)
    build = ferry.receiver()
    before = ferry.event(build)
    topic = open_topic(second)
    topic.up_to(before)
    first.kill()
    after = [ferry.event(build, version=str(number)) for number in range(20)]
    messages = topic.up_to(after[-1])
    seen = list(dict.fromkeys(message["id"] for message in messages))
    assert seen == [build, before, *after]


def test_a_message_of_the_largest_body_arrives(registry, open_topic):
    ferry = Ferry(registry.url)
    build = ferry.receiver(schema={"title": "x" * 1_000_000})
    ferry.group([build], type="plab.gate.large")
    text = "x" * (8 * 1024 * 1024 - 1000)
    event = ferry.event(build, payload={"log": text})
    topic = open_topic(registry)
    messages = topic.until(lambda found: any(m["type"] == "plab.gate.large" for m in found))
    assert {m["id"]: m for m in messages}[event]["data"]["events"][0]["payload"]["log"] == text


def test_turning_the_position_back_publishes_the_log_again(start_registry, open_topic):
    server = start_registry()
    ferry = Ferry(server.url)
    build = ferry.receiver()
    event = ferry.event(build)
    topic = open_topic(server)
    topic.up_to(event)
    execute(server.db, "UPDATE epr_relay SET seq = 0")
    later = ferry.event(build)
    messages = topic.until(lambda found: len(found) >= 5 and found[-1]["id"] == later)
    assert [message["id"] for message in messages][-3:] == [build, event, later]


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs SIGSTOP")
def test_a_stopped_publisher_is_not_waited_for_by_writers(start_registry):
    first = start_registry()
    second = start_registry(db=first.db, topic=first.topic)
    ferry = Ferry(second.url)
    build = ferry.receiver()
    os.kill(first.process.pid, signal.SIGSTOP)
    try:
        assert [ferry.event(build) for _ in range(10)]
    finally:
        os.kill(first.process.pid, signal.SIGCONT)
    wait_for(lambda: "server_relay_behind 0.0" in ferry.http.get("/metrics").text, "the relay")
