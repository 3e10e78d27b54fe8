"""The embedded stack from outside: started, joined, stopped, hurt and mended through the command."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys

import httpx
import psutil
import pytest

from eprlab.stack.status import Condition
from tests.stack.conftest import Lab, create_receiver, kill, wait_until

COMPONENTS = ("postgres", "broker", "registry")


def test_up_says_what_runs_where_and_all_of_it_answers(lab: Lab) -> None:
    done = lab.run("up")

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("● healthy") == 3
    assert lab.url in done.stdout
    assert httpx.get(f"{lab.url}/healthz/readiness").status_code == 200


def test_status_is_there_for_people_and_for_programs(lab: Lab) -> None:
    answer = json.loads(lab.run("status", "--json").stdout)

    assert (answer["backend"], answer["healthy"]) == ("embedded", True)
    assert {c["name"]: c["pid"] for c in answer["components"]} == lab.pids()
    assert all(10 * 2**20 < c["memory"] < 400 * 2**20 for c in answer["components"])
    assert answer["environment"]["EPR_URL"] == lab.url
    table = lab.run("status").stdout
    assert table.startswith("State")
    assert table.count("● healthy") == 3


def test_a_second_up_joins_the_processes_that_run(lab: Lab) -> None:
    before = lab.pids()

    assert lab.run("up").returncode == 0
    assert lab.pids() == before


def test_a_notebook_joins_and_finds_the_addresses_in_its_environment(lab: Lab) -> None:
    cell = (
        "import os, json; from eprlab import stack; found = stack.up(); "
        "print(json.dumps({'healthy': found.is_healthy, 'url': os.environ['EPR_URL'],"
        " 'pids': {c.name: c.pid for c in found}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", cell], env=lab.environment, capture_output=True, text=True
    )

    assert json.loads(done.stdout) == {"healthy": True, "url": lab.url, "pids": lab.pids()}


def test_two_ups_at_once_make_one_stack(new_lab) -> None:
    lab = new_lab()
    both = [lab.begin("up"), lab.begin("up")]
    ends = [process.communicate(timeout=60) for process in both]

    assert [process.returncode for process in both] == [0, 0], ends
    assert sum("another eprlab command is at work" in stderr for _, stderr in ends) == 1
    roots = [p for p in lab.processes() if p.ppid() not in {q.pid for q in lab.processes()}]
    assert len(roots) == 3


def test_data_survives_a_stop(lab: Lab) -> None:
    receiver = create_receiver(lab.url, "tidetable-build")
    addresses = {name: c.address for name, c in lab.status().items()}

    assert lab.run("down").returncode == 0
    assert lab.processes() == []
    assert {c.condition for c in lab.status().values()} == {Condition.STOPPED}
    assert lab.run("status").returncode == 3

    lab.up()
    assert {name: c.address for name, c in lab.status().items()} == addresses
    found = httpx.get(f"{lab.url}/api/v1/receivers/{receiver}").json()["data"]
    assert found[0]["name"] == "tidetable-build"


@pytest.mark.parametrize("name", COMPONENTS)
def test_up_repairs_a_component_that_was_killed_and_leaves_the_others(lab: Lab, name: str) -> None:
    before = lab.pids()
    kill(before[name])
    assert lab.status()[name].condition is Condition.STOPPED

    assert lab.run("up").returncode == 0
    after = lab.pids()
    assert after[name] not in (None, before[name])
    assert {n: p for n, p in after.items() if n != name} == {
        n: p for n, p in before.items() if n != name
    }
    create_receiver(lab.url, f"tidetable-after-{name}")


def test_up_repairs_a_stack_of_which_nothing_is_left_alive(lab: Lab) -> None:
    for pid in lab.pids().values():
        kill(pid)

    lab.up()


def test_restart_replaces_one_component_only(lab: Lab) -> None:
    before = lab.pids()

    assert lab.run("restart", "registry").returncode == 0
    after = lab.pids()
    assert after["registry"] != before["registry"]
    assert (after["postgres"], after["broker"]) == (before["postgres"], before["broker"])


def test_a_lost_or_damaged_memory_loses_no_process(lab: Lab) -> None:
    before = lab.pids()
    memory = lab.home / "state.json"
    whole = memory.read_text()

    for damaged in ("", whole[:40], "[]"):
        memory.write_text(damaged)
        assert lab.pids() == before
        assert lab.run("up").returncode == 0
        assert lab.pids() == before

    def known(text: str) -> dict[str, tuple[int, int]]:
        return {name: (c["pid"], c["port"]) for name, c in json.loads(text)["components"].items()}

    assert known(memory.read_text()) == known(whole)


def test_a_process_that_took_over_an_old_id_is_left_alone(new_lab) -> None:
    lab = new_lab()
    lab.home.mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        components = {name: {"pid": bystander.pid} for name in COMPONENTS}
        (lab.home / "state.json").write_text(json.dumps({"components": components}))

        assert {c.condition for c in lab.status().values()} == {Condition.STOPPED}
        assert lab.run("down").returncode == 0
        assert bystander.poll() is None
        bystander.communicate(b"\n")


def test_a_taken_port_moves_the_component_and_its_holder_is_named(new_lab) -> None:
    lab = new_lab()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        lab.home.mkdir()
        (lab.home / "state.json").write_text(
            json.dumps({"components": {"postgres": {"port": port}}})
        )

        done = lab.run("up")

    assert done.returncode == 0, done.stderr
    assert f"port {port} is taken by" in done.stderr
    assert f"(process {os.getpid()})" in done.stderr
    assert not lab.status()["postgres"].address.endswith(f":{port}/postgres")


def test_a_port_that_was_asked_for_is_not_moved(new_lab) -> None:
    lab = new_lab()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        done = lab.run("up", EPRLAB_REGISTRY_PORT=port)

    assert done.returncode == 1
    assert f"Registry should use port {port}, but " in done.stderr
    assert "→" in done.stderr
    assert "EPRLAB_REGISTRY_PORT" in done.stderr
    assert lab.processes() == []


def test_two_homes_run_side_by_side(lab: Lab, new_lab) -> None:
    other = new_lab()
    other.up()
    ours, theirs = lab.status().values(), other.status().values()

    assert lab.is_healthy()
    assert {c.address for c in ours}.isdisjoint(c.address for c in theirs)
    receiver = create_receiver(other.url, "harbourmap-build")
    assert httpx.get(f"{lab.url}/api/v1/receivers/{receiver}").status_code == 404


# Moments of a start, each known by what it leaves on disk or in the process list.
MOMENTS = {
    "at once": lambda lab: lab.home.is_dir(),
    "while PostgreSQL's data is made": lambda lab: any((lab.home / "postgres").glob("data*")),
    "while the broker's data is made": lambda lab: (
        lab.home / "broker" / "server.properties"
    ).exists(),
    "while the broker starts": lambda lab: (
        lab.home / "broker" / "data" / "__cluster_metadata-0"
    ).exists(),
    "while the registry starts": lambda lab: (lab.home / "logs" / "registry.log").exists(),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_leaves_nothing_half_started(new_lab, moment: str) -> None:
    lab = new_lab()
    start = lab.begin("up")
    wait_until(lambda: MOMENTS[moment](lab) or start.poll() is not None)
    start.send_signal(signal.SIGINT)
    _, stderr = start.communicate(timeout=60)

    assert start.returncode == 130, stderr
    assert "Interrupted" in stderr
    assert lab.processes() == []


def test_ctrl_c_leaves_alone_what_ran_before(lab: Lab) -> None:
    before = lab.pids()
    kill(before["registry"])
    (lab.home / "logs" / "registry.log").unlink()
    start = lab.begin("up")
    wait_until(MOMENTS["while the registry starts"].__get__(lab))
    start.send_signal(signal.SIGINT)
    start.communicate(timeout=60)

    after = lab.pids()
    assert (after["postgres"], after["broker"]) == (before["postgres"], before["broker"])
    lab.up()


@pytest.mark.parametrize("moment", ["while PostgreSQL's data is made", "while the registry starts"])
def test_up_finishes_what_a_killed_up_began(new_lab, moment: str) -> None:
    lab = new_lab()
    start = lab.begin("up")
    wait_until(lambda: MOMENTS[moment](lab))
    start.kill()
    start.communicate()

    lab.up()
    roots = [p for p in lab.processes() if p.ppid() not in {q.pid for q in lab.processes()}]
    assert len(roots) == 3


def test_a_component_that_dies_is_named_with_its_last_words_and_the_next_step(new_lab) -> None:
    lab = new_lab()
    lab.up()
    lab.run("down")
    (lab.home / "postgres" / "data" / "PG_VERSION").write_text("9.6\n")

    done = lab.run("up")

    assert done.returncode == 1
    assert "PostgreSQL stopped while starting" in done.stderr
    assert "9.6" in done.stderr
    assert "→" in done.stderr
    assert "eprlab reset" in done.stderr
    assert lab.processes() == []


def test_env_can_be_evaluated_by_a_shell(lab: Lab) -> None:
    script = f'eval "$({" ".join(lab.command("env"))})" && curl --fail --silent "$EPR_URL/healthz/readiness"'
    done = subprocess.run(["sh", "-c", script], env=lab.environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_env_of_a_stopped_stack_prints_nothing_to_evaluate(new_lab) -> None:
    done = new_lab().run("env")

    assert (done.returncode, done.stdout) == (1, "")
    assert "eprlab up" in done.stderr


def test_logs_shows_the_last_lines_of_each_component(lab: Lab) -> None:
    done = lab.run("logs", "--lines", "5")

    assert done.returncode == 0
    for name in COMPONENTS:
        assert f"── {name}" in done.stdout
    assert "database system is ready" in lab.run("logs", "postgres", "-n", "200").stdout


def test_logs_can_be_followed(lab: Lab) -> None:
    follower = lab.begin("logs", "registry", "--lines", "1", "--follow")
    try:
        assert follower.stdout is not None
        follower.stdout.readline()
        httpx.get(f"{lab.url}/api/v1/receivers/followed-by-a-test")
        wait_until(lambda: "followed-by-a-test" in follower.stdout.readline())
    finally:
        follower.send_signal(signal.SIGINT)
        follower.communicate(timeout=20)


def test_an_unknown_component_is_refused_with_the_names_of_the_others(lab: Lab) -> None:
    done = lab.run("logs", "zookeeper")

    assert done.returncode == 1
    assert "no component 'zookeeper'" in done.stderr
    assert "postgres, broker, registry" in done.stderr


def test_reset_asks_first_and_then_deletes_everything(new_lab) -> None:
    lab = new_lab()
    lab.up()
    receiver = create_receiver(lab.url, "tidetable-build")

    asked = subprocess.run(
        lab.command("reset"), env=lab.environment, input="n\n", capture_output=True, text=True
    )
    assert asked.returncode == 1
    assert httpx.get(f"{lab.url}/api/v1/receivers/{receiver}").status_code == 200

    assert lab.run("reset", "--yes").returncode == 0
    assert lab.processes() == []
    assert {path.name for path in lab.home.iterdir()} <= {"stack.lock", "state.lock"}


def test_up_refuses_a_backend_it_does_not_know_and_one_that_does_not_work(new_lab) -> None:
    lab = new_lab()
    unknown = lab.run("up", "--backend", "minikube")
    without_engine = lab.run("up", "--backend", "compose", PATH="/nonexistent")

    assert unknown.returncode == without_engine.returncode == 1
    assert "compose, embedded" in unknown.stderr
    assert "there is no docker command" in without_engine.stderr
    assert "eprlab up --backend embedded" in without_engine.stderr


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@as_root
def test_an_ordinary_user_needs_nothing_that_root_has(new_lab, tmp_path) -> None:
    lab = new_lab()
    lab.home.parent.chmod(0o777)
    # The user may read everything (this machine's Python may live in root's home) and write nowhere.
    become = [
        *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
        *("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"),
        "--bounding-set=-all,+dac_read_search",
    ]
    done = subprocess.run(
        [*become, *lab.command("up")],
        env=lab.environment | {"HOME": "/nonexistent"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert {process.uids().real for process in lab.processes()} == {65534}
    create_receiver(lab.url, "tidetable-build")
    stop = subprocess.run(
        [*become, *lab.command("down")], env=lab.environment, capture_output=True, text=True
    )
    assert stop.returncode == 0, stop.stderr
    assert lab.processes() == []


@as_root
def test_somebody_elses_stack_is_refused_in_plain_words(lab: Lab) -> None:
    done = subprocess.run(
        [
            *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
            *("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"),
            *lab.command("up"),
        ],
        env=lab.environment | {"HOME": "/nonexistent"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "cannot be written by this user" in done.stderr
    assert "EPRLAB_HOME=" in done.stderr
    assert "Traceback" not in done.stderr


@as_root
def test_root_in_a_private_folder_keeps_postgres_data_where_its_account_can_go(new_lab) -> None:
    lab = new_lab()
    lab.home.parent.chmod(0o700)

    lab.up()

    command = psutil.Process(lab.pids()["postgres"]).cmdline()
    elsewhere = json.loads((lab.home / "state.json").read_text())["components"]["postgres"][
        "elsewhere"
    ]
    assert any(argument.startswith(elsewhere) for argument in command)
    assert lab.run("reset", "--yes").returncode == 0
    assert not os.path.exists(elsewhere)
