"""Seen-stores: what is marked, for whom, and that effect and mark are one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading

import pytest

import epr
from epr.messages import Message

from .test_messages import EVENT, GROUP, envelope


def message(n: int) -> Message:
    return Message.parse(envelope([EVENT | {"id": f"E{n}"}], id=f"E{n}"))


@pytest.fixture(params=["memory", "sqlite"])
def seen(request, tmp_path):
    return epr.MemorySeen() if request.param == "memory" else epr.SQLiteSeen(tmp_path / "seen")


def test_a_mark_is_for_one_message_and_one_handler(seen):
    seen.mark(message(1), "deploy")
    seen.mark(message(1), "deploy")
    assert seen.seen(message(1), "deploy")
    assert not seen.seen(message(1), "notify")
    assert not seen.seen(message(2), "deploy")


def test_completions_of_one_group_are_marked_apart(seen):
    first, second = (
        Message.parse(envelope([EVENT | {"id": id}], None, [GROUP], id="G1")) for id in ("E1", "E2")
    )
    seen.mark(first, "deploy")
    assert seen.seen(first, "deploy")
    assert not seen.seen(second, "deploy")


def test_memory_forgets_the_oldest_marks():
    seen = epr.MemorySeen(capacity=2)
    for n in range(3):
        seen.mark(message(n))
    assert [seen.seen(message(n)) for n in range(3)] == [False, True, True]


def test_marks_in_a_file_outlive_the_process(tmp_path):
    first = epr.SQLiteSeen(tmp_path / "seen.sqlite")
    first.mark(message(1), "deploy")
    first.close()
    assert epr.SQLiteSeen(tmp_path / "seen.sqlite").seen(message(1), "deploy")


def deployments(seen: epr.SQLiteSeen) -> int:
    with seen.once(message(99)) as transaction:
        (count,) = transaction.execute("select count(*) from deployments").fetchone()
    seen._connection.execute("delete from epr_seen where identity = ?", (message(99).identity,))
    return count


def test_the_effect_and_the_mark_are_one_transaction(tmp_path):
    seen = epr.SQLiteSeen(tmp_path / "deployer.sqlite")
    with seen.once(message(0)) as transaction:
        transaction.execute("create table deployments (version text)")

    def deploy(n: int, *, fails: bool = False) -> bool:
        with seen.once(message(n)) as transaction:
            if transaction is None:
                return False
            transaction.execute("insert into deployments values ('1.4.0')")
            if fails:
                raise ConnectionError("the harbour does not answer")
            return True

    assert deploy(1)
    assert not deploy(1)
    with pytest.raises(ConnectionError):
        deploy(2, fails=True)
    assert deployments(seen) == 1
    assert deploy(2)
    assert deployments(seen) == 2


def test_two_threads_with_the_same_message_do_it_once(tmp_path):
    stores = [epr.SQLiteSeen(tmp_path / "deployer.sqlite") for _ in range(2)]
    with stores[0].once(message(0)) as transaction:
        transaction.execute("create table deployments (version text)")

    def deploy(seen: epr.SQLiteSeen) -> None:
        for n in range(1, 30):
            with seen.once(message(n)) as transaction:
                if transaction is not None:
                    transaction.execute("insert into deployments values ('1.4.0')")

    threads = [threading.Thread(target=deploy, args=(seen,)) for seen in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert deployments(stores[0]) == 29


def test_a_crash_in_the_transaction_leaves_neither_effect_nor_mark(tmp_path):
    file = tmp_path / "deployer.sqlite"
    program = f"""
import os, epr
from epr.messages import Message
seen = epr.SQLiteSeen({str(file)!r})
with seen.once(Message.parse({envelope([EVENT])!r})) as transaction:
    transaction.execute("create table deployments (version text)")
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", program]).returncode == 9
    seen = epr.SQLiteSeen(file)
    assert not seen.seen(Message.parse(envelope([EVENT])))
    with pytest.raises(sqlite3.OperationalError), seen.once(message(5)) as transaction:
        transaction.execute("select * from deployments")
