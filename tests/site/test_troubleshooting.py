"""Every message that the set-up page explains, brought about: the page is keyed by what is really said."""

import os
import re
import socket
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import jgo
import pytest
from filelock import FileLock

import epr
from eprlab import lab as jupyter
from eprlab.stack import backends, jars
from eprlab.stack import home as homes
from eprlab.stack.embedded import Postgres, backend, java, postgres
from eprlab.stack.embedded.backend import Embedded
from eprlab.stack.errors import StackError
from tests.stack.test_component import Small

ROOT = Path(__file__).resolve().parents[2]
SETUP = (ROOT / "book" / "setup.md").read_text(encoding="utf-8")
EXPLAINED = re.findall(r"^`([^`]+)`$", SETUP, re.MULTILINE)


@contextmanager
def listening():
    """Somebody else's server, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def small(tmp_path, program, monkeypatch, **changes):
    """What is said when a component runs this program and is started."""
    component = Small(tmp_path / "lab")
    for name, value in {"program": program, **changes}.items():
        monkeypatch.setattr(component, name, value)
    component.start()


def old_python(tmp_path, monkeypatch):
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\n[ "$1" = -c ] && exit 1\necho Python 3.9.2\n')
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    done = subprocess.run(
        ["sh", "environment/setup.sh", str(tmp_path / "venv")],
        cwd=ROOT,
        env={**os.environ, "PYTHON": str(python)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    raise StackError(done.stderr, "")


def taken_port(tmp_path, monkeypatch):
    said = []
    with listening() as port:
        monkeypatch.setattr(Postgres, "default_port", port)
        home = homes.create(tmp_path / "lab")
        Embedded(home)._settle_ports(SimpleNamespace(note=said.append))
    raise StackError(said[0], "")


def fixed_port(tmp_path, monkeypatch):
    with listening() as port:
        Small(homes.create(tmp_path / "lab"), port=port).start()


def death(tmp_path, monkeypatch):
    small(tmp_path, "raise SystemExit('the tide tables are missing')", monkeypatch)


def silence(tmp_path, monkeypatch):
    small(tmp_path, "import time; time.sleep(600)", monkeypatch, start_patience=0.5)


def full_disk(tmp_path, monkeypatch):
    small(tmp_path, "raise SystemExit('write: No space left on device')", monkeypatch)


def small_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(backend, "NEEDED_SPACE", 2**60)
    Embedded(homes.create(tmp_path / "lab"))._require_space()


def no_postgres(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    postgres.wheel_programs()


def no_jars(tmp_path, monkeypatch):
    monkeypatch.setattr(jars, "folder", lambda: tmp_path)
    jars.installed()


def no_way_to_maven(tmp_path, monkeypatch):
    def refuse(coordinates):
        raise OSError("Network is unreachable")

    monkeypatch.setattr(jgo, "resolve", refuse)
    jars.resolve()


def no_java(tmp_path, monkeypatch):
    monkeypatch.setattr(java, "find_spec", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    java.find()


def windows(tmp_path, monkeypatch):
    monkeypatch.setattr(backend, "os", SimpleNamespace(name="nt"))
    Embedded(tmp_path)


def another_command(tmp_path, monkeypatch):
    with FileLock(tmp_path / "stack.lock", is_singleton=False):
        script = (
            "import sys; from pathlib import Path; from eprlab.stack import control; "
            "from eprlab.stack.progress import Silent; control.PATIENCE = 0.1\n"
            "with control._alone(Path(sys.argv[1]), Silent()): pass"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True
        )
    raise StackError(done.stderr, "")


def other_backend(tmp_path, monkeypatch):
    home = homes.create(tmp_path / "lab")
    monkeypatch.setattr(
        backends, "StateFile", lambda home: SimpleNamespace(read=lambda: {"backend": "compose"})
    )
    monkeypatch.setattr(backends, "_runs", lambda backend: True)
    backends.choose(home, "embedded")


def no_registry(tmp_path, monkeypatch):
    with listening() as port:
        pass  # nobody listens there any more
    with epr.Client(f"http://127.0.0.1:{port}", retry=epr.RetryPolicy(attempts=1)) as client:
        client.events.get("01JDB5Q2W8K3M6Y7Z9A1C4E5F0")


def no_notebooks(tmp_path, monkeypatch):
    monkeypatch.setattr(homes, "checkout", lambda: tmp_path)
    jupyter.first_notebook()


SITUATIONS = {
    "Provenance Lab needs Python 3.11 or newer": old_python,
    "port … is taken by": taken_port,
    "should use port": fixed_port,
    "stopped while starting": death,
    "runs but did not answer within": silence,
    "MB left; the stack needs": small_disk,
    "stopped because the disk": full_disk,
    "PostgreSQL's programs are not installed.": no_postgres,
    "The broker's program is not installed": no_jars,
    "Apache Kafka … could not be fetched": no_way_to_maven,
    "the embedded broker needs Java": no_java,
    "not on Windows itself": windows,
    "Another eprlab command has held": another_command,
    "would take its place": other_backend,
    "check that the registry runs there": no_registry,
    "There are no notebooks in": no_notebooks,
}


def situation(message):
    return next((make for words, make in SITUATIONS.items() if words in message), None)


@pytest.mark.parametrize("message", [m for m in EXPLAINED if "not joined within" not in m])
def test_what_the_page_explains_is_what_is_said(message, tmp_path, monkeypatch):
    pattern = ".*".join(re.escape(part.strip()) for part in message.split("…"))
    with pytest.raises((StackError, epr.errors.EPRError)) as said:
        situation(message)(tmp_path, monkeypatch)
    assert re.search(pattern, " ".join(str(said.value).split()), re.DOTALL)


def test_a_watcher_on_a_topic_that_is_not_there_says_what_the_page_explains(services, topic):
    message = next(m for m in EXPLAINED if "not joined within" in m)
    pattern = ".*".join(re.escape(part.strip()) for part in message.split("…"))
    watcher = epr.Watcher(brokers=services.brokers, topic=topic)
    watcher.on(type="plab.build")(print)
    with pytest.raises(epr.errors.WaitTimedOut) as said:
        watcher.start(timeout=2)
    assert re.search(pattern, str(said.value))


def test_enough_is_explained_and_each_once():
    assert len(EXPLAINED) == len(set(EXPLAINED)) >= 15


def test_every_situation_is_explained():
    made = [situation(message) for message in EXPLAINED if "not joined within" not in message]
    assert set(made) == set(SITUATIONS.values())
