"""The life of one component: pieces alone, and deaths that a healthy machine does not show."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack

import httpx
import psutil
import pytest
from kafka import KafkaConsumer, KafkaProducer

from eprlab.stack import jars, ports
from eprlab.stack.embedded import Broker, Component, Postgres, java
from eprlab.stack.embedded import process as processes
from eprlab.stack.errors import ComponentDied, DiskFull, Interrupted, NotAnswering, NotSetUp
from tests.stack.conftest import wait_until


class Small(Component):
    """A component that runs whatever program a test gives it, and answers on its port."""

    name = "small"
    title = "Small"
    default_port = 24042
    version = "1"
    start_patience = 10.0
    program = "import http.server, sys; http.server.test(port=int(sys.argv[1]), bind='127.0.0.1')"
    fleeting = ""

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def prepare(self):
        """It keeps nothing."""

    def command(self):
        return [sys.executable, "-c", self.program, str(self.port), str(self.folder)]

    def recognises(self, process):
        return str(self.folder) in process.cmdline()

    def port_of(self, process):
        return int(process.cmdline()[3])

    def answers(self):
        try:
            httpx.head(f"http://{self.address}/", timeout=0.5)
            return True
        except httpx.HTTPError:
            return False

    def is_temporary_failure(self, log_tail):
        return bool(self.fleeting) and self.fleeting in log_tail


@pytest.fixture
def small(tmp_path):
    component = Small(tmp_path / "lab")
    yield component
    component.stop()


def test_start_is_idempotent_and_stop_too(small: Small) -> None:
    address = small.start()
    process = small.process

    assert small.start() == address
    assert small.process == process
    small.stop()
    small.stop()
    assert small.process is None
    assert not processes.is_alive(process)


def test_the_process_is_nobodys_child_and_in_a_session_of_its_own(small: Small) -> None:
    small.start()

    assert small.process.pid not in {child.pid for child in psutil.Process().children()}
    assert os.getsid(small.process.pid) != os.getsid(0)


def test_a_process_that_hangs_is_replaced(small: Small, monkeypatch) -> None:
    small.start()
    first = small.process
    first.suspend()
    monkeypatch.setattr(small, "hang_patience", 0.5)

    small.start()

    assert small.process.pid != first.pid
    assert not processes.is_alive(first)


def test_a_full_disk_is_named(small: Small, monkeypatch) -> None:
    words = "could not write block 7: No space left on device"
    monkeypatch.setattr(small, "program", f"import sys; sys.exit({words!r})")

    with pytest.raises(DiskFull, match="df -h"):
        small.start()


def test_a_death_is_explained_with_its_last_words(small: Small, monkeypatch) -> None:
    monkeypatch.setattr(small, "program", "raise SystemExit('the tide tables are missing')")

    with pytest.raises(ComponentDied, match="the tide tables are missing") as death:
        small.start()

    assert "eprlab logs small" in death.value.remedy


def test_an_earlier_death_does_not_explain_a_later_one(small: Small, monkeypatch) -> None:
    small.log.parent.mkdir(parents=True)
    small.log.write_text("bind: Address already in use\nNo space left on device\n")
    monkeypatch.setattr(small, "program", "raise SystemExit('fog')")

    with pytest.raises(ComponentDied, match="fog"):
        small.start()


def test_a_failure_that_passes_is_tried_again(small: Small, monkeypatch) -> None:
    once = (
        "import os, sys; mark = sys.argv[2] + '/mark'\n"
        "if not os.path.exists(mark): open(mark, 'w').close(); sys.exit('not yet')\n"
    )
    monkeypatch.setattr(small, "program", once + Small.program)
    monkeypatch.setattr(small, "fleeting", "not yet")

    small.start()

    assert small.is_healthy


def test_silence_ends_in_an_error_and_no_process(small: Small, monkeypatch) -> None:
    monkeypatch.setattr(
        small, "program", "import time; print('thinking', flush=True); time.sleep(600)"
    )
    monkeypatch.setattr(small, "start_patience", 0.5)

    with pytest.raises(NotAnswering, match="thinking"):
        small.start()

    assert small.process is None


def test_a_start_that_is_given_up_leaves_no_process(small: Small, monkeypatch) -> None:
    monkeypatch.setattr(small, "program", "import time; time.sleep(600)")
    give_up = threading.Event()
    threading.Timer(0.3, give_up.set).start()

    with pytest.raises(Interrupted):
        small.start(give_up)

    assert small.process is None


def test_somebody_elses_server_on_the_port_is_not_taken_for_ours(small: Small, monkeypatch) -> None:
    """The port is free when we look and taken when our process wants it."""
    with ExitStack() as others:
        prepare = small.prepare

        def snatch() -> None:
            prepare()
            if not small.log.exists():
                other = others.enter_context(socket.socket())
                other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                other.bind(("127.0.0.1", small.port))
                other.listen()
                taken.append(small.port)

        taken: list[int] = []
        monkeypatch.setattr(small, "prepare", snatch)
        small.start()

    assert small.port == taken[0] + ports.STEP
    assert processes.listens(small.process, small.port)


def test_a_long_log_is_put_aside_once(tmp_path) -> None:
    log = tmp_path / "broker.log"
    log.write_bytes(b"x" * 6_000_000)
    processes.rotate(log)

    assert not log.exists()
    assert (tmp_path / "broker.log.1").stat().st_size == 6_000_000
    assert processes.tail(log, 5) == ""


def test_postgres_alone_serves_a_database(services) -> None:
    from eprlab.stack.embedded.postgres import wheel_programs

    done = subprocess.run(
        [wheel_programs() / "psql", "-XAtc", "SHOW fsync", services.postgres],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "on\n"


def test_a_database_with_any_name_is_made_once(service_home) -> None:
    with service_home() as home:
        postgres = Postgres(home)
        try:
            postgres.start()
            name = 'tide\'table "1"'
            assert postgres.create_database(name) == postgres.create_database(name)
        finally:
            postgres.remove()


@pytest.mark.bus
def test_the_broker_takes_the_registrys_largest_message(services, topic) -> None:
    largest = b"x" * (8 * 2**20)
    producer = KafkaProducer(bootstrap_servers=services.brokers, max_request_size=9 * 2**20)
    producer.send(topic, largest).get(timeout=30)
    producer.close()
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=services.brokers,
        auto_offset_reset="earliest",
        consumer_timeout_ms=20_000,
    )

    assert len(next(consumer).value) == len(largest)
    consumer.close()


def test_a_path_with_every_kind_of_character_reaches_the_broker(service_home) -> None:
    with service_home() as folder:
        home = folder / "fähre = #1 \\ boat"
        broker = Broker(home)
        try:
            broker.start()
            assert (home / "broker" / "data" / "meta.properties").is_file()
        finally:
            broker.remove()


def test_a_missing_jar_is_a_matter_of_set_up(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(jars, "folder", lambda: tmp_path)

    with pytest.raises(NotSetUp, match="make setup"):
        jars.installed()


def test_a_jar_that_is_not_the_published_one_is_refused(monkeypatch, tmp_path) -> None:
    real = jars.installed()
    copies = tmp_path / "jars"
    copies.mkdir()
    for jar in real:
        shutil.copyfile(jar, copies / jar.name)
    (copies / real[0].name).write_bytes(b"something else")
    monkeypatch.setattr(jars, "resolve", lambda: sorted(copies.iterdir()))
    monkeypatch.setattr(jars, "folder", lambda: tmp_path / "kafka")

    with pytest.raises(NotSetUp, match=real[0].name):
        jars.install()

    assert not (tmp_path / "kafka").exists()


def test_without_a_suitable_java_the_way_out_is_said(monkeypatch, tmp_path) -> None:
    old = tmp_path / "bin" / "java"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    old.chmod(0o755)
    monkeypatch.setattr(java, "find_spec", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", f"{old.parent}:{os.environ['PATH']}")
    with pytest.raises(NotSetUp, match=r"11\.0\.2"):
        java.find()

    old.write_text("#!/bin/sh\necho 'openjdk version \"21.0.5\"' >&2\n")
    assert java.find() == java.Java(old, "21.0.5")


def test_the_holder_of_a_port_is_named() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]

        assert not ports.is_free(port)
        assert f"(process {os.getpid()})" in str(ports.holder(port))
    assert ports.is_free(port)
    assert ports.holder(port) is None


def test_state_is_changed_by_one_writer_at_a_time(tmp_path) -> None:
    from eprlab.stack.state import StateFile

    def write(component: str) -> None:
        for port in range(30):
            StateFile(tmp_path).remember(component, port=port)

    writers = [threading.Thread(target=write, args=(f"part{n}",)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    state = json.loads((tmp_path / "state.json").read_text())
    assert state["components"] == {f"part{n}": {"port": 29} for n in range(4)}


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("mount") is None, reason="only root can mount a small disk"
)
def test_a_disk_that_is_too_small_is_refused_before_anything_starts(new_lab, tmp_path) -> None:
    lab = new_lab()
    lab.home.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=50m", "tmpfs", str(lab.home)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a file system")
    try:
        done = lab.run("up")
        assert done.returncode == 1
        assert "50 MB left; the stack needs 300 MB" in done.stderr
        assert "EPRLAB_HOME=" in done.stderr
        assert lab.processes() == []
    finally:
        subprocess.run(["umount", str(lab.home)], check=True)
    wait_until(lambda: not any(lab.home.iterdir()))
