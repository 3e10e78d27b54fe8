"""The commands `epr` and `eprcli`, as processes against a real registry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import epr
from epr.cli import app
from epr.records import Event, Group, Receiver

from .conftest import tidetable

BIN = Path(sys.executable).parent


@pytest.fixture
def run(registry):
    """A function that runs a command: `run("epr", "status")`; the result has code, out, err."""

    def run(*arguments: object, stdin: str = "", code: int = 0, **env: str):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("EPR_")}
        environment |= {"EPR_URL": registry.url, "EPR_BROKERS": registry.brokers,
                        "EPR_TOPIC": registry.topic, "COLUMNS": "200"} | env  # fmt: skip
        command = [BIN / str(arguments[0]), *map(str, arguments[1:])]
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=60, env=environment
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def event_flags(receiver: Receiver, unit: epr.NVRPP, payload: str = '{"n": 1}') -> list[str]:
    return ["--name", unit.name, "--version", unit.version, "--release", unit.release,
            "--platform-id", unit.platform_id, "--package", unit.package, "--description", "built",
            "--event-receiver-id", receiver.id, "--payload", payload]  # fmt: skip


def found(done) -> list[dict]:
    return json.loads(done.stdout)


# -------------------------------------------------------------------------------------------- epr
def test_receivers_events_and_groups_are_created_and_found(run, client):
    name = f"cli-{uuid.uuid4().hex[:8]}"
    receiver_id = json.loads(
        run("epr", "receiver", "create", "--name", name, "--type", "plab.build", "--version", "1",
            "--description", "d", "--schema", '{"type": "object"}').stdout
    )["data"]  # fmt: skip
    receiver = client.receivers.get(receiver_id)
    assert (receiver.name, receiver.schema) == (name, {"type": "object"})

    group_id = json.loads(
        run("epr", "group", "create", "--name", name, "--type", "plab.gate", "--description", "d",
            "--event-receiver-ids", f"{receiver_id} {receiver_id}", "--version", "2").stdout
    )["data"]  # fmt: skip
    assert client.groups.get(group_id).event_receiver_ids == (receiver_id, receiver_id)
    assert client.groups.get(group_id).enabled

    unit = tidetable()
    created = run("epr", "event", "create", *event_flags(receiver, unit), "--success")
    assert created.stdout.startswith('{\n    "data": "')  # four spaces, as the reference prints
    event_id = json.loads(created.stdout)["data"]
    assert client.events.get(event_id).success is True

    (shown,) = found(run("epr", "event", "search", "--release", unit.release))
    assert set(shown) == set(Event.__slots__) - {"receiver"}
    assert (shown["id"], shown["payload"], shown["success"]) == (event_id, {"n": 1}, True)
    (shown,) = found(run("epr", "receiver", "search", "--name", name))
    assert set(shown) == set(Receiver.__slots__)
    (shown,) = found(run("epr", "group", "search", "--id", group_id))
    assert set(shown) == set(Group.__slots__)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], [0, 1, 2, 3]),
        (["--success", "true"], [1, 3]),
        (["--success", "FALSE"], [0, 2]),
        (["--limit", "2"], [0, 1]),
        (["--limit", "2", "--newest-first"], [3, 2]),
        (["--since", "1h"], [0, 1, 2, 3]),
        (["--until", "2020-01-01"], []),
        (["--package", "sdist"], []),
    ],
)
def test_searches_are_narrowed(run, client, receiver, unit, flags, expected):
    for n in range(4):
        client.events.post(receiver, unit, success=n % 2 == 1, payload={"n": n})
    done = run("epr", "event", "search", "--release", unit.release, "--type", receiver.type, *flags)
    assert [event["payload"]["n"] for event in found(done)] == expected


def test_fields_and_jsonpath_choose_what_is_shown(run, client, receiver, unit):
    for n in range(2):
        client.events.post(receiver, unit, success=True, payload={"n": n, "sha256": f"9f8{n}"})
    search = ["epr", "event", "search", "--release", unit.release, "--no-indent"]
    assert run(*search, "--fields", "release").stdout == f'[{{"release":"{unit.release}"}},' \
        f'{{"release":"{unit.release}"}}]\n'  # fmt: skip
    for fields in ("name success", "name,success", " name , success "):
        assert found(run(*search, "--fields", fields))[0] == {"name": "tidetable", "success": True}
    assert found(run(*search, "--jsonpath", "$[*].payload.sha256")) == ["9f80", "9f81"]
    assert "no such field: tide" in run(*search, "--fields", "tide", code=2).stderr
    assert "--jsonpath" in run(*search, "--jsonpath", "$[", code=2).stderr


def test_a_table_cannot_be_disturbed_by_what_is_stored(run, client, receiver, unit):
    unit = unit._replace(name="[red]tide\x1b[31mtable\n")
    client.events.post(receiver, unit, success=True, payload={"long": "x" * 500})
    out = run("epr", "event", "search", "--release", unit.release, "-o", "table").stdout
    assert "[red]tide\\x1b[31mtable\\n" in out
    assert "\x1b" not in out
    assert "…" in out
    assert "1 event" in out


def test_files_of_objects_are_stored(run, client, receiver, unit, tmp_path):
    event = unit._asdict() | {"description": "built", "event_receiver_id": receiver.id,
                              "payload": {"n": 1}, "success": True}  # fmt: skip
    one = tmp_path / "one.json"
    one.write_text(json.dumps(event))
    several = tmp_path / "several.json"
    several.write_text(json.dumps([event, event]))
    yaml_one = tmp_path / "one.yaml"
    dated = "2026-11-24"
    yaml_one.write_text(
        f"name: tidetable\nversion: '1.4'\nrelease: {dated}\nplatform_id: any\npackage: wheel\n"
        f"description: d\nsuccess: true\nevent_receiver_id: {receiver.id}\npayload: {{n: 2}}\n"
    )
    yaml_list = tmp_path / "list.yaml"
    yaml_list.write_text("".join(f"- {json.dumps(event)}\n" for _ in range(2)))
    documents = f"---\n{json.dumps(event)}\n---\n{json.dumps(event)}\n"
    for source, count in ((one, 1), (several, 2), (yaml_one, 1), (yaml_list, 2)):
        ids = run("epr", "event", "generate", source, "--no-indent").stdout.splitlines()
        assert len(ids) == count
        assert client.events.get(json.loads(ids[-1])["data"]).event_receiver_id == receiver.id
    assert len(run("epr", "event", "generate", "-", stdin=documents).stdout.split('"data"')) == 3
    assert [e.release for e in client.events.find(receiver=receiver, version="1.4")] == [dated]

    fields = {"name": f"gen-{unit.release}", "type": "plab.scan", "version": "1"}
    fields |= {"description": "d"}
    (tmp_path / "receivers.yaml").write_text(json.dumps([fields | {"schema": {}}]))
    run("epr", "receiver", "generate", tmp_path / "receivers.yaml")
    (scan,) = client.receivers.find(name=fields["name"])
    (tmp_path / "groups.yaml").write_text(json.dumps(fields | {"event_receiver_ids": [scan.id]}))
    run("epr", "group", "generate", tmp_path / "groups.yaml")
    (gate,) = client.groups.find(name=fields["name"])
    assert not gate.enabled  # REST's default


def test_a_file_is_stored_up_to_the_object_that_is_refused(run, client, receiver, unit, tmp_path):
    event = unit._asdict() | {
        "description": "built",
        "event_receiver_id": receiver.id,
        "payload": 1,
    }
    file = tmp_path / "events.json"
    file.write_text(json.dumps([event, event | {"name": " "}, event]))
    done = run("epr", "event", "generate", file, code=1)
    assert done.stdout.count('"data"') == 1
    assert done.stderr.count("\n") == 1
    assert "name cannot be blank" in done.stderr
    assert "number 2 of 3" in done.stderr
    assert len(list(client.events.find(unit))) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "holds no object"), ("5", "not an object"), ("[1]", "not an object"),
     ("{", "neither JSON nor YAML"), ("a: !!python/object:os.system x", "neither JSON nor YAML")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_explained(run, tmp_path, text, reason):
    file = tmp_path / "events.yaml"
    file.write_text(text)
    assert reason in " ".join(run("epr", "event", "generate", file, code=2).stderr.split())


def test_a_dry_run_shows_the_request_and_sends_nothing(run, client, receiver, unit, tmp_path):
    done = run("epr", "event", "create", *event_flags(receiver, unit), "--dry-run")
    body = json.loads(done.stdout)
    assert (body["release"], body["payload"], body["success"]) == (unit.release, {"n": 1}, False)
    assert done.stderr.startswith(f"curl {client.url}/api/v1/events -d ")
    (tmp_path / "event.json").write_text(json.dumps(body))
    run("epr", "event", "generate", tmp_path / "event.json", "--dry-run")
    assert found(run("epr", "event", "search", "--name", "x", "--dry-run")) == {"name": "x"}
    assert list(client.events.find(unit)) == []


def test_booleans_may_be_written_as_the_reference_takes_them(run, client, receiver, unit):
    for flag, expected in (("--success=false", False), ("--success=true", True)):
        done = run("epr", "event", "create", *event_flags(receiver, unit), flag)
        assert client.events.get(json.loads(done.stdout)["data"]).success is expected
    done = run("epr", "group", "create", "--name", "g", "--type", "t", "--description", "d",
               "--event-receiver-ids", receiver.id, "--enabled=false")  # fmt: skip
    assert not client.groups.get(json.loads(done.stdout)["data"]).enabled


def test_a_group_is_switched(run, client, receiver):
    group = client.groups.create(name="gate", type="plab.gate", receivers=[receiver])
    assert json.loads(run("epr", "group", "disable", group.id).stdout)["enabled"] is False
    assert json.loads(run("epr", "group", "enable", group.id).stdout)["enabled"] is True
    assert "not found" in run("epr", "group", "enable", "nope", code=1).stderr


def test_status_as_json_and_as_a_table(run, registry):
    assert json.loads(run("epr", "status").stdout)["service"]["name"] == "server"
    table = run("epr", "status", "--output", "table").stdout
    assert registry.url in table
    assert "ready" in table


def test_errors_are_one_line_and_status_1(run, receiver, unit):
    done = run("epr", "event", "create", *event_flags(receiver, unit._replace(name=" ")), code=1)
    assert done.stderr == "Error: name cannot be blank\n"
    done = run("epr", "status", code=1, EPR_URL="http://127.0.0.1:1")
    assert done.stderr.startswith("Error: GET http://127.0.0.1:1/healthz/status: ")
    assert done.stderr.count("\n") == 1
    assert (
        "--payload"
        in run("epr", "event", "create", *event_flags(receiver, unit, "{"), code=2).stderr
    )
    assert run("epr", "event", "create", "--name", "x", code=2).stderr
    assert (
        "neither true nor false" in run("epr", "event", "search", "--success", "1", code=2).stderr
    )


def test_the_url_flag_wins_over_the_environment(run, registry):
    assert run("epr", "status", "--url", registry.url, EPR_URL="http://127.0.0.1:1").stdout


def test_a_token_is_sent(run, start_registry):
    registry = start_registry(token="harbour-7")
    search = ["epr", "receiver", "search", "--name", "x", "--url", registry.url]
    assert "token" in run(*search, code=1).stderr
    assert found(run(*search, "--token", "harbour-7")) == []
    assert found(run(*search, EPR_TOKEN="harbour-7")) == []


def test_watch_shows_what_is_on_the_topic(run, client, receiver, unit):
    for n in range(3):
        client.events.post(receiver, unit, success=n > 0, payload={"n": n})
    watch = ["epr", "watch", "--type", receiver.type, "--start", "earliest", "--timeout", "30"]
    lines = run(*watch, "--count", 3).stdout.splitlines()
    messages = list(map(json.loads, lines))
    assert [m["data"]["events"][0]["payload"]["n"] for m in messages] == [0, 1, 2]
    assert list(messages[0])[:3] == ["success", "id", "specversion"]
    passed = run(*watch, "--success", "true", "--count", 2, "-o", "table").stdout
    assert unit.release in passed
    assert "failed" not in passed
    assert run(*watch[:4], "--start", "latest", "--count", 1, "--timeout", "1", code=1).stdout == ""
    assert run(*watch, "--count", 1, "--group", f"cli-{unit.release}").stdout


def test_watch_shows_what_arrives(run, client, receiver, unit):
    posting = threading.Event()

    def post() -> None:
        while not posting.wait(0.2):
            client.events.post(receiver, unit, success=True, payload={"n": 1})

    thread = threading.Thread(target=post)
    thread.start()
    try:
        done = run("epr", "watch", "--receiver", receiver.name, "--kind", "event", "--count", 1,
                   "--timeout", "40")  # fmt: skip
    finally:
        posting.set()
        thread.join()
    assert json.loads(done.stdout)["name"] == "tidetable"


def test_a_reader_that_goes_away_is_no_error(registry, run, client, receiver, unit):
    for _ in range(200):
        client.events.post(receiver, unit, success=True, payload={"n": "x" * 500})
    command = f"{BIN}/epr event search --release {unit.release} --url {registry.url} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[\n", "")


def commands(group, path=()) -> list[tuple[str, ...]]:
    """Every command path of the command line, the groups included."""
    here = [path]
    for name, command in getattr(group, "commands", {}).items():
        here += commands(command, (*path, name))
    return here


def test_every_command_has_help():
    paths = commands(typer.main.get_command(app))
    assert len(paths) == 17
    for path in paths:
        shown = CliRunner().invoke(app, [*path, "--help"])
        assert shown.exit_code == 0, path
        # The line after the usage says what the command does.
        assert shown.output.split("\n\n")[1].strip(), path


# ----------------------------------------------------------------------------------------- eprcli
def test_eprcli_creates_and_searches_as_upstream_does(run, client):
    name = f"upstream-{uuid.uuid4().hex[:8]}"
    made = json.loads(
        run("eprcli", "create", "event-receiver", "--name", name, "--type", "plab.build",
            "--version", "1", "--description", "d", "--schema", "{}").stdout
    )  # fmt: skip
    assert (made["events"], made["event_receiver_groups"]) == ([], [])
    receiver = client.receivers.get(made["event_receivers"][0])
    made = json.loads(
        run("eprcli", "create", "event-receiver-group", "--name", name, "--version", "1", "--type",
            "plab.gate", "--description", "d", "--event-receiver-ids", receiver.id, "--disable")
        .stdout
    )  # fmt: skip
    assert not client.groups.get(made["event_receiver_groups"][0]).enabled
    unit = tidetable()
    ids = [
        json.loads(run("eprcli", "create", "event", *event_flags(receiver, unit), *more).stdout)[
            "events"
        ][0]
        for more in (["--success"], [])
    ]
    search = ["eprcli", "search", "event", "--release", unit.release]
    shown = json.loads(run(*search).stdout)["events"]
    assert [e["id"] for e in shown] == ids[-1:]  # the newest only, as upstream
    assert json.loads(run(*search, "--fields", "name").stdout)["events"] == [{"name": "tidetable"}]
    assert json.loads(run(*search, "--fields", "id,success").stdout)["events"] == [
        {"id": ids[1], "success": False}
    ]
    assert json.loads(run(*search, "--success", "true").stdout)["events"][0]["id"] == ids[0]
    jsonpath = ["eprcli", "search", "--jsonpath", "$.events[*].id", *search[2:]]
    assert json.loads(run(*jsonpath).stdout) == ids[-1:]
    dry = ["eprcli", "search", "--dry-run", *search[2:]]
    assert json.loads(run(*dry).stdout) == {"events": [{"release": unit.release}]}
    assert json.loads(run("eprcli", "search", "event", "--name", "nobody").stdout)["events"] == []
    found = json.loads(run("eprcli", "search", "event-receiver", "--name", name).stdout)
    assert found["event_receivers"][0]["schema"] == {}
    found = json.loads(run("eprcli", "search", "event-receiver-group", "--name", name).stdout)
    assert found["event_receiver_groups"][0]["enabled"] is False


def test_eprcli_says_what_is_wrong_in_one_line(run, receiver, unit):
    flags = event_flags(receiver, unit)
    flags[flags.index("--event-receiver-id") + 1] = "nope"
    done = run("eprcli", "create", "event", *flags, code=1)
    assert done.stderr == "eprcli: invalid input: receiver for event does not exist\n"
    assert (
        "refused" in run("eprcli", "search", "--url", "http://127.0.0.1:1", "event", code=1).stderr
    )
    assert run("eprcli", "search", "event", "--success", "perhaps", code=2).stderr
    assert run("eprcli", "sail", code=2).stderr
    assert run("eprcli", "version").stdout.startswith("epr\n")


def test_a_command_that_works_says_nothing_on_stderr(run):
    assert run("epr", "receiver", "search", "--name", "nobody").stderr == ""
