"""When a gate opens: the histories of contract section 11, and the same under concurrency."""

import asyncio
from collections import Counter

import httpx
import pytest

from .conftest import Ferry


@pytest.fixture(scope="module")
def ferry(registry):
    return Ferry(registry.url)


def openings(ferry, topic, group: str) -> list[tuple[str, str]]:
    """Version of the unit and id of the event, for each time the group was announced complete."""
    marker = ferry.receiver("marker")
    messages = topic.up_to(ferry.event(marker, name="marker"))
    return [
        (message["version"], message["data"]["events"][0]["id"])
        for message in messages
        if message["id"] == group and message["type"] == "plab.gate.release"
    ]


# Each step: receiver a or b, whether it passed, whether the gate opens; or what happens to the group.
HISTORIES = {
    "the last receiver opens the gate": ["a+ .", "b+ C"],
    "every later success announces it again": ["a+ .", "b+ C", "b+ C", "a+ C"],
    "a failure says nothing and shuts it": ["a+ .", "b+ C", "a- .", "b+ ."],
    "a repaired failure opens it again": ["a+ .", "b+ C", "a- .", "b+ .", "a+ C"],
    "a failure that came first is forgotten": ["a- .", "a+ .", "b+ C"],
    "one receiver is not enough": ["a+ .", "a+ .", "a+ ."],
    "a group that is off says nothing": ["off", "a+ .", "b+ ."],
    "switching on announces nothing by itself": ["off", "a+ .", "b+ .", "on", "b+ C"],
    "a failing last event leaves it shut": ["a+ .", "b- ."],
    "both failed and both repaired": ["a- .", "b- .", "b+ .", "a+ C"],
}


@pytest.mark.parametrize("steps", HISTORIES.values(), ids=HISTORIES)
def test_history(ferry, registry, open_topic, steps):
    receivers = {
        "a": ferry.receiver("tidetable-build"),
        "b": ferry.receiver("tidetable-unit-tests"),
    }
    group = ferry.group(list(receivers.values()))
    expected = []
    for step in steps:
        if step in ("on", "off"):
            ferry.http.patch(f"/api/v1/groups/{group}", json={"enabled": step == "on"})
            continue
        what, opens = step.split()
        event = ferry.event(receivers[what[0]], success=what[1] == "+")
        if opens == "C":
            expected.append(("1.4.0", event))
    assert openings(ferry, open_topic(registry), group) == expected


def test_events_from_before_the_group_count(ferry, registry, open_topic):
    build, tests = ferry.receiver(), ferry.receiver("tidetable-unit-tests")
    ferry.event(build)
    ferry.event(tests)
    group = ferry.group([build, tests])
    last = ferry.event(build)
    assert openings(ferry, open_topic(registry), group) == [("1.4.0", last)]


def test_a_receiver_listed_twice_counts_once(ferry, registry, open_topic):
    build = ferry.receiver()
    group = ferry.group([build, build])
    event = ferry.event(build)
    assert openings(ferry, open_topic(registry), group) == [("1.4.0", event)]


def test_groups_that_share_a_receiver_are_judged_each_by_itself(ferry, registry, open_topic):
    build, tests = ferry.receiver(), ferry.receiver("tidetable-unit-tests")
    alone = ferry.group([build])
    both = ferry.group([build, tests])
    off = ferry.group([build, tests], enabled=False)
    event = ferry.event(build)
    topic = open_topic(registry)
    assert openings(ferry, topic, alone) == [("1.4.0", event)]
    assert openings(ferry, topic, both) == []
    assert openings(ferry, topic, off) == []


@pytest.mark.parametrize("part", ["name", "version", "release", "platform_id", "package"])
def test_all_five_parts_of_the_identity_must_agree(ferry, registry, open_topic, part):
    build, tests = ferry.receiver(), ferry.receiver("tidetable-unit-tests")
    group = ferry.group([build, tests])
    ferry.event(build, **{part: "another"})
    ferry.event(tests)
    assert openings(ferry, open_topic(registry), group) == []


@pytest.mark.slow
def test_receipts_of_one_moment_on_two_workers_open_the_gate_exactly_once(
    start_registry, open_topic
):
    trials = 300
    server = start_registry(workers=2)
    ferry = Ferry(server.url)
    receivers = [ferry.receiver(), ferry.receiver("tidetable-unit-tests")]
    group = ferry.group(receivers)

    async def race() -> None:
        # Many connections, so that both workers have some of them.
        limits = httpx.Limits(max_connections=40, max_keepalive_connections=40)
        async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=60) as http:

            async def post(receiver: str, version: int) -> None:
                body = Ferry.event_body(receiver, version=str(version))
                answer = await http.post("/api/v1/events", json=body)
                assert answer.status_code == 200, answer.text

            for first in range(0, trials, 20):
                await asyncio.gather(
                    *(post(r, v) for v in range(first, first + 20) for r in receivers)
                )

    asyncio.run(race())
    opened = openings(ferry, open_topic(server), group)
    assert Counter(version for version, _ in opened) == Counter(map(str, range(trials)))
