"""What notebook 00 asks of the machine and of the learner."""

import re
import socket
from importlib import metadata

import pytest

from eprlab import start
from eprlab.doctor import OLDEST_PYTHON
from eprlab.stack import home as homes
from eprlab.start.facts import Port, facts
from eprlab.start.listing import Listing
from eprlab.start.paths import chosen
from eprlab.start.ports import _who
from eprlab.start.versions import locked


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("EPRLAB_HOME", str(tmp_path / "lab"))
    monkeypatch.setenv("EPRLAB_LEARNER", "heron-3f2a")


def test_a_path_is_remembered_and_can_be_changed():
    assert chosen() == ""
    assert start.choose("taster").startswith("taster: 45 min.")
    assert chosen() == "taster"
    start.choose("full")
    assert chosen() == "full"


@pytest.mark.parametrize("nonsense", ["", "everything", None, 7, "x" * 500])
def test_a_path_that_there_is_not_is_answered_with_those_there_are(nonsense):
    assert start.choose(nonsense).endswith("Choose one of: full, half-day, taster.")
    assert chosen() == ""


def test_the_time_of_a_path_is_that_of_its_sessions():
    minutes = {session.number: session.minutes for session in facts().sessions}
    full = next(way for way in facts().ways if way.name == "full")
    assert full.minutes == sum(minutes.values())
    assert "6 h 30 min" in repr(start.paths())


def test_a_session_of_the_facts_is_as_long_as_its_notebook_says():
    from eprlab.exercises.catalogue import course

    for session in course().sessions:
        told = next(each for each in facts().sessions if each.number == session.number)
        assert (told.title, told.minutes) == (session.title, session.minutes)
        assert told.path == session.notebook


def test_this_environment_is_as_locked():
    listing = start.versions()
    assert listing.conclusion == "All as locked."
    assert all(row[0] == "✓" for row in listing.rows)


def test_what_differs_from_the_lock_is_named():
    have = {"httpx": "0.29.0"}

    def installed(name):
        if name == "pandas":
            raise metadata.PackageNotFoundError(name)
        return have.get(name) or locked()[name]

    listing = start.versions(installed=installed)
    assert {row[1]: row[3] for row in listing.rows if row[0] == "✗"} == {
        "httpx": "0.29.0",
        "pandas": "missing",
    }
    assert "Different from the lock: httpx, pandas." in listing.conclusion


def test_the_lock_is_read_whole():
    assert locked()["httpx"] == "0.28.1"
    assert len(locked()) > 100
    assert all(re.match(r"\d", version) for version in locked().values())


def test_who_has_a_port_is_said():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        wanted = Port(port, "console", "Redpanda Console", "Compose")
        assert re.fullmatch(r"taken by .+ \(process \d+\)", _who(wanted, None))
        assert _who(wanted, {"pid": 1, "port": port}) == "this stack"
        assert _who(wanted, {"pid": 1, "port": 8052}) == "this stack uses 8052 instead"
    assert _who(wanted, None) == "free"
    assert len(start.ports().rows) == len(facts().ports)


def test_the_doctors_findings_are_a_table():
    listing = start.tools()
    assert [row[1] for row in listing.rows][:3] == ["Python", "memory", "disk"]
    assert listing.conclusion.startswith("Ready")


def test_a_listing_is_text_whatever_is_in_it():
    listing = Listing("Boats", ("Name", "Note"), (("<b>Tern</b>", "x" * 50 + " & more"),), "a < b")
    html = listing._repr_html_()
    assert "&lt;b&gt;Tern&lt;/b&gt;" in html and "&amp; more" in html and "a &lt; b" in html
    assert "<b>" not in html
    assert repr(listing).splitlines()[0] == "Boats"
    assert "x" * 50 in repr(listing)


def test_every_place_names_the_same_oldest_python():
    root = homes.checkout()
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    assert f'requires-python = ">={facts().python}"' in project
    assert ".".join(map(str, OLDEST_PYTHON)) == facts().python
    for page in ("README.md", "book/index.md", "book/setup.md", "environment/setup.sh"):
        named = re.findall(r"Python (3\.\d+) or newer", (root / page).read_text(encoding="utf-8"))
        assert set(named) == {facts().python}, page
