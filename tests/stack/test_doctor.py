"""The doctor: one row for each thing on the workshop's list, and only what is essential stops it."""

from __future__ import annotations

import json

import pytest

from eprlab import doctor
from eprlab.doctor import Finding, Report, Verdict
from tests.stack.conftest import Lab

ON_THE_LIST = (
    *("Python", "memory", "disk", "PostgreSQL", "Java runtime", "Apache Kafka"),
    *("port 8042", "port 19092", "port 5432"),
    *("git", "make", "curl", "jq", "go", "golangci-lint", "Docker with Compose"),
)


def test_everything_on_the_list_is_looked_for(new_lab) -> None:
    done = new_lab().run("doctor", "--json")
    findings = json.loads(done.stdout)["findings"]

    assert done.returncode == 0
    assert tuple(finding["what"] for finding in findings) == ON_THE_LIST
    assert all(finding["needed_for"] and finding["without_it"] for finding in findings)


def test_a_machine_without_any_tool_can_still_run_the_stack(new_lab) -> None:
    done = new_lab().run("doctor", PATH="/nonexistent")

    assert done.returncode == 0
    assert "and not needed to begin: git, make, curl, jq, go" in " ".join(done.stdout.split())


def test_the_ports_of_a_running_stack_count_as_its_own(lab: Lab) -> None:
    findings = json.loads(lab.run("doctor", "--json").stdout)["findings"]

    assert sum("in use by this stack" in finding["found"] for finding in findings) == 3


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("OLDEST_PYTHON", (99, 0), "Python"),
        ("NEEDED_MEMORY", 2**60, "memory"),
        ("NEEDED_SPACE", 2**60, "disk"),
    ],
)
def test_too_little_of_what_is_essential_is_in_the_way(monkeypatch, name, value, what) -> None:
    monkeypatch.setattr(doctor, name, value)
    report = doctor.examine()

    assert not report.can_run
    assert [f.what for f in report.findings if f.verdict is Verdict.BROKEN] == [what]
    assert "mend the lines marked ✗" in report.conclusion


def test_set_up_is_the_advice_when_its_parts_are_missing(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("eprlab.stack.jars.folder", lambda: tmp_path)
    monkeypatch.setattr(doctor, "engine_problem", lambda: "there is no docker command.")

    kafka = next(f for f in doctor.examine().findings if f.what == "Apache Kafka")

    assert kafka.verdict is Verdict.BROKEN
    assert kafka.advice == "Run the set-up: make setup"


def test_advice_is_given_only_where_something_is_missing() -> None:
    found = Finding("jq", Verdict.FOUND, "1.7", "reading JSON", "Read it in Python.")
    missing = Finding("jq", Verdict.MISSING, "not found", "reading JSON", "Read it in Python.")

    assert (found.advice, missing.advice) == ("", "Read it in Python.")
    assert Report((found,)).conclusion == "Ready, with everything the course can use."
    assert Report((missing,)).can_run
