"""Watchers as processes: killed at every point of their work, stopped, joined by others.

The program is `watcher_program.py`; its journal says what was begun and what was done.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient

import epr

from .conftest import eventually, tidetable

PROGRAM = Path(__file__).with_name("watcher_program.py")


class Deployers:
    """The processes of one group and their common journal."""

    def __init__(self, registry, type: str, journal: Path) -> None:
        self.registry = registry
        self.type = type
        self.group = f"deployer-{journal.parent.name}"
        self.journal = journal
        self.processes: list[subprocess.Popen] = []
        journal.touch()

    def start(self, *pause: object, instance: str = "one") -> subprocess.Popen:
        arguments = [self.journal, self.registry.brokers, self.registry.topic, self.group, instance,
                     self.type, *pause]  # fmt: skip
        process = subprocess.Popen([sys.executable, PROGRAM, *map(str, arguments)])
        self.processes.append(process)
        return process

    def lines(self) -> list[str]:
        return self.journal.read_text().splitlines()

    def wait_for(self, line: str, times: int = 1) -> None:
        eventually(lambda: self.lines().count(line) >= times, 60, what=f"{times} × {line!r}")

    def done(self) -> Counter[int]:
        return Counter(int(line.split()[1]) for line in self.lines() if line.startswith("done"))

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def deployers(registry, receiver, tmp_path) -> Iterator[Deployers]:
    deployers = Deployers(registry, receiver.type, tmp_path / "journal")
    yield deployers
    deployers.end()


def post(client: epr.Client, receiver: epr.Receiver, values) -> None:
    unit = tidetable()
    for n in values:
        client.events.post(receiver, unit, success=True, payload={"n": n})


@pytest.mark.parametrize(
    ("point", "repeated"), [("before", {}), ("after", {3: 2})], ids=["before", "after"]
)
def test_killed_in_its_work_it_loses_nothing_and_repeats_only_that(
    client, receiver, deployers, point, repeated
):
    post(client, receiver, range(6))
    process = deployers.start(3, point)
    deployers.wait_for("begin 3" if point == "before" else "done 3")
    process.send_signal(signal.SIGKILL)
    process.wait()
    deployers.start()
    eventually(lambda: set(deployers.done()) == set(range(6)), 60)
    assert deployers.done() == Counter(dict.fromkeys(range(6), 1)) + Counter(
        {n: times - 1 for n, times in repeated.items()}
    )
    begun = Counter(line for line in deployers.lines() if line.startswith("begin"))
    assert {line: times for line, times in begun.items() if times > 1} == {"begin 3": 2}


def test_killed_when_idle_it_repeats_nothing(client, receiver, deployers):
    post(client, receiver, range(3))
    process = deployers.start()
    deployers.wait_for("done 2")
    # The commit follows the handler at once; the next message proves that it has happened.
    post(client, receiver, [3])
    deployers.wait_for("done 3")
    process.kill()
    process.wait()
    post(client, receiver, [4])
    deployers.start()
    deployers.wait_for("done 4")
    done = deployers.done()
    assert set(done) == set(range(5))
    assert all(done[n] == 1 for n in (0, 1, 2, 4))
    assert done[3] <= 2  # killed between its handler and its commit, perhaps


@pytest.mark.slow
def test_killed_again_and_again_it_loses_nothing(client, receiver, deployers):
    moments = random.Random(7)
    post(client, receiver, range(40))
    kills = 6
    for kill in range(kills):
        process = deployers.start()
        deployers.wait_for("up", kill + 1)
        target = moments.randint(kill * 5, kill * 5 + 6)
        eventually(lambda target=target: len(deployers.done()) >= target, 60)
        process.kill()
        process.wait()
    deployers.start()
    eventually(lambda: set(deployers.done()) == set(range(40)), 90)
    done = deployers.done()
    repeats = sum(times - 1 for times in done.values())
    assert repeats <= kills
    # In order, but for the steps back that the kills made.
    order = [int(line.split()[1]) for line in deployers.lines() if line.startswith("done")]
    assert sum(b <= a for a, b in itertools.pairwise(order)) <= kills


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_it_finish_commit_and_leave(client, receiver, deployers, signum):
    post(client, receiver, range(3))
    process = deployers.start(1, "slow", instance="")
    deployers.wait_for("begin 1")
    process.send_signal(signum)
    assert process.wait(30) == 0
    assert deployers.lines() == ["up", "begin 0", "done 0", "begin 1", "done 1", "left"]
    # It has left the group: another member need not wait for the session time-out (6 s) to go on.
    assert members(deployers) == 0
    deployers.start(instance="")
    deployers.wait_for("done 2")
    assert deployers.done() == Counter([0, 1, 2])


def test_a_second_ctrl_c_does_not_wait(client, receiver, deployers):
    post(client, receiver, [0])
    process = deployers.start(0, "before", instance="")
    deployers.wait_for("begin 0")
    process.send_signal(signal.SIGINT)
    eventually(lambda: interrupted_again(process), 30)
    assert process.wait(30) != 0
    deployers.start(instance="")
    deployers.wait_for("done 0")


def interrupted_again(process: subprocess.Popen) -> bool:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    return process.poll() is not None


def members(deployers: Deployers) -> int:
    admin = KafkaAdminClient(bootstrap_servers=deployers.registry.brokers)
    try:
        (group,) = admin.describe_groups([deployers.group]).values()
        return len(group["members"])
    finally:
        admin.close()


def test_members_share_the_work_and_take_over_from_one_that_leaves(start_registry, tmp_path):
    registry = start_registry(topic_partitions=4)
    with epr.Client(registry.url) as client:
        receiver = client.receivers.create(name="tidetable-build", type="plab.build", schema={})
        group = Deployers(registry, receiver.type, tmp_path / "journal")
        try:
            first, second = (group.start(instance="") for _ in range(2))
            eventually(lambda: members(group) == 2, 60)
            for n in range(60):  # many units, so many keys: every partition gets some
                client.events.post(receiver, tidetable(), success=True, payload={"n": n})
                if n == 30:
                    first.send_signal(signal.SIGTERM)
            eventually(lambda: set(group.done()) == set(range(60)), 60)
            assert first.wait(30) == 0
            assert members(group) == 1
            # Members stop only between messages, so a change of members repeats none.
            assert set(group.done().values()) == {1}
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0
        finally:
            group.end()


def test_a_member_that_joins_takes_some_of_the_work(start_registry):
    registry = start_registry(topic_partitions=4)
    seen: dict[str, list[int]] = {"first": [], "second": []}

    def member(name: str) -> epr.Watcher:
        watcher = epr.Watcher("sharing", brokers=registry.brokers, topic=registry.topic)
        watcher.on(type="plab.build")(lambda message: seen[name].append(message.payload["n"]))
        return watcher

    with epr.Client(registry.url) as client, member("first").background():
        receiver = client.receivers.create(name="tidetable-build", type="plab.build", schema={})
        posted = 0

        def post_one() -> None:
            nonlocal posted
            client.events.post(receiver, tidetable(), success=True, payload={"n": posted})
            posted += 1

        post_one()
        eventually(lambda: seen["first"])
        with member("second").background():
            eventually(lambda: post_one() or seen["second"], 60)
        for _ in range(5):
            post_one()
        eventually(lambda: len(seen["first"]) + len(seen["second"]) >= posted, 60)
    assert sorted(seen["first"] + seen["second"]) == list(range(posted))


def test_output_of_handlers_appears_in_the_cell_that_started_the_watcher(
    registry, client, receiver
):
    """In a notebook, also when later cells have run since."""
    from jupyter_client.manager import start_new_kernel

    cells = [
        f"""
import epr
client = epr.Client({registry.url!r})
watcher = epr.Watcher(brokers={registry.brokers!r}, topic={registry.topic!r})
@watcher.on(type={receiver.type!r})
def deploy(message):
    print("deploying", message.payload["n"])
def post(n):
    client.events.post({receiver.id!r}, epr.NVRPP(*"abcde"), success=True, payload={{"n": n}})
    watcher.wait_for(n)
""",
        "_ = watcher.start()",
        "post(1); print('posted')",
        "post(2); watcher.stop()",
    ]
    manager, kernel = start_new_kernel(
        kernel_name="python3", env={k: v for k, v in os.environ.items() if k[:4] != "EPR_"}
    )
    try:
        numbers: dict[str, int] = {}
        outputs: dict[int, str] = {}
        for number, cell in enumerate(cells):
            id = kernel.execute(cell)
            numbers[id] = number
            state = ("", "")
            while state != (id, "idle"):
                message = kernel.get_iopub_msg(timeout=60)
                assert message["msg_type"] != "error", message["content"]
                parent = message["parent_header"].get("msg_id", "")
                if message["msg_type"] == "stream":
                    text = outputs.get(numbers[parent], "") + message["content"]["text"]
                    outputs[numbers[parent]] = text
                state = (parent, message["content"].get("execution_state", ""))
    finally:
        kernel.stop_channels()
        manager.shutdown_kernel(now=True)
    assert outputs == {1: "deploying 1\ndeploying 2\n", 2: "posted\n"}
