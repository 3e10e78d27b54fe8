"""What eprlab asks of Docker Compose and how it reads the answers, with an engine that only remembers."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

import pytest

from eprlab import stack
from eprlab.stack.compose import _objects, engine_problem
from eprlab.stack.errors import BackendUnavailable, ComponentDied, PortTaken
from eprlab.stack.progress import Silent


class Engine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def commands(self) -> list[dict]:
        log = self.folder / "commands"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def verbs(self) -> list[str]:
        lines = [command["words"] for command in self.commands()]
        return [words[words.index("--file") + 2] for words in lines if "--file" in words]


@pytest.fixture
def engine(tmp_path, monkeypatch) -> Engine:
    programs = tmp_path / "bin"
    programs.mkdir()
    shutil.copy(Path(__file__).parent / "data" / "docker", programs / "docker")
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("RECORDED_ENGINE", str(tmp_path))
    monkeypatch.setenv("EPRLAB_HOME", str(tmp_path / "lab"))
    for name in ("EPRLAB_BACKEND", "EPR_URL", "EPR_BROKERS", "EPR_TOPIC", "EPR_DB"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return Engine(tmp_path)


def test_containers_are_chosen_where_an_engine_answers(engine: Engine) -> None:
    assert engine_problem() is None

    status = stack.up(progress=Silent())

    assert status.backend == "compose"
    assert status.is_healthy
    assert status["broker"].title == "Redpanda"
    assert status["broker"].version == "v26.2.3"
    assert os.environ["EPR_URL"] == status["registry"].address
    up = next(c for c in engine.commands() if "up" in c["words"])
    assert {"--detach", "--build", "--wait"} <= set(up["words"])
    assert set(up["ports"]) == {
        f"EPRLAB_{n}_PORT" for n in ("BROKER", "POSTGRES", "REGISTRY", "CONSOLE")
    }


def test_the_wish_for_processes_wins_over_an_engine(engine: Engine, monkeypatch) -> None:
    monkeypatch.setenv("EPRLAB_BACKEND", "embedded")

    from eprlab.stack import backends
    from eprlab.stack.home import locate

    assert backends.choose(locate(), None).name == "embedded"
    assert engine.verbs() == []


def test_down_keeps_the_volumes_and_reset_deletes_them(engine: Engine) -> None:
    stack.up(progress=Silent())
    stack.down(progress=Silent())
    assert not stack.status().is_running
    stack.reset(progress=Silent())

    downs = [c["words"] for c in engine.commands() if "down" in c["words"]]
    assert ["--volumes" in words for words in downs] == [False, True]


def test_a_taken_port_is_moved_and_remembered(engine: Engine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        stack.up(progress=Silent())
        stack.down(progress=Silent())
        home = engine.folder / "lab"
        state = json.loads((home / "state.json").read_text())
        state["components"]["registry"]["port"] = taken
        (home / "state.json").write_text(json.dumps(state))

        status = stack.up(progress=Silent())

    assert status["registry"].address != f"http://127.0.0.1:{taken}"
    assert stack.env().url == status["registry"].address


def test_a_port_that_was_asked_for_is_not_moved(engine: Engine, monkeypatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("EPRLAB_CONSOLE_PORT", str(other.getsockname()[1]))
        with pytest.raises(PortTaken, match="Redpanda Console"):
            stack.up(progress=Silent())

    assert "up" not in engine.verbs()


def test_a_failure_shows_what_the_engine_said_and_another_way(engine: Engine) -> None:
    (engine.folder / "fails").touch()

    with pytest.raises(ComponentDied) as failure:
        stack.up(progress=Silent())

    assert "the disk is full" in str(failure.value)
    assert "eprlab up --backend embedded" in failure.value.remedy


def test_the_other_backend_is_refused_while_one_runs(engine: Engine) -> None:
    stack.up(progress=Silent())

    with pytest.raises(BackendUnavailable, match="eprlab down"):
        stack.up("embedded", progress=Silent())


def test_restart_and_logs_name_the_service(engine: Engine) -> None:
    stack.up(progress=Silent())
    stack.restart("broker", progress=Silent())

    assert stack.logs("broker") == "broker says <hello>\n"
    assert "&lt;hello&gt;" in stack.logs("broker")._repr_html_()
    assert next(c["words"][-1] for c in engine.commands() if "restart" in c["words"]) == "broker"


def test_two_homes_are_two_projects(engine: Engine, monkeypatch) -> None:
    stack.status()
    stack.up(progress=Silent())
    monkeypatch.setenv("EPRLAB_HOME", str(engine.folder / "other"))
    stack.up(progress=Silent())

    projects = {c["words"][2] for c in engine.commands() if "--project-name" in c["words"]}
    assert len(projects) == 2


@pytest.mark.parametrize("text", ['{"a":1}\n{"a":2}\n', '[{"a":1},{"a":2}]'])
def test_lists_are_read_as_new_and_as_old_versions_write_them(text: str) -> None:
    assert _objects(text) == [{"a": 1}, {"a": 2}]
    assert _objects("") == []
