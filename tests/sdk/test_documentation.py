"""The reference page and the package's docstring: their examples are run."""

from __future__ import annotations

import doctest
import fnmatch
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import epr
from epr import errors

PAGE = Path(__file__).parents[2] / "book" / "sdk.md"


@pytest.fixture
def addresses(start_registry, monkeypatch):
    """A registry where nothing has happened yet, in the environment."""
    registry = start_registry()
    monkeypatch.setenv("EPR_URL", registry.url)
    monkeypatch.setenv("EPR_BROKERS", registry.brokers)
    monkeypatch.setenv("EPR_TOPIC", registry.topic)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def test_every_example_on_the_page_is_true(addresses):
    text = PAGE.read_text("utf-8")
    ran = doctest.testfile(
        str(PAGE), module_relative=False,
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.REPORT_NDIFF,
    )  # fmt: skip
    assert ran.attempted > 40
    assert ran.failed == 0

    (console,) = re.findall(r"```console\n(.*?)```", text, re.S)
    commands = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", console, re.M)
    assert len(commands) == 5
    for command, expected in commands:
        done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
        shown = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
        for line in expected.splitlines():
            pattern = re.sub(r"([\[\]*?])", r"[\1]", line).replace("…", "*")
            assert fnmatch.filter(shown, pattern), (command, line, shown)


def test_every_exported_name_and_every_error_a_call_raises_is_on_the_page():
    text = PAGE.read_text("utf-8") + epr.__doc__
    assert [name for name in epr.__all__ if name not in text] == []
    raised = [
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type)
        and issubclass(kind, errors.EPRError)
        and not issubclass(kind, errors.WatcherError)
        and kind not in (errors.EPRError, errors.ResponseError)
    ]
    assert [name for name in raised if f"`{name}`" not in text] == []
