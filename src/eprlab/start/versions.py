"""What the course was made with, and whether this machine has the same."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from eprlab.stack import home as homes
from eprlab.stack import jars
from eprlab.stack.errors import StackError
from eprlab.start.facts import facts
from eprlab.start.listing import Listing

PINNED = re.compile(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE | re.IGNORECASE)


def locked(file: Path | None = None) -> dict[str, str]:
    """The version of every package in requirements.txt, the one table that set-up installs from."""
    path = file or homes.checkout() / "requirements.txt"
    return dict(PINNED.findall(path.read_text(encoding="utf-8")))


def versions(
    wanted: Mapping[str, str] | None = None, installed: Callable[[str], str] = metadata.version
) -> Listing:
    """What was locked and what is installed, for the packages that the lessons lean on.

    `wanted` and `installed` stand for the lock and the environment; tests give their own.
    """
    pins = locked() if wanted is None else wanted
    rows, drifted = [], []
    for name, want, have, used_for in _compared(pins, installed):
        same = have == want
        rows.append(("✓" if same else "✗", name, want, have, used_for))
        if not same:
            drifted.append(name)
    conclusion = (
        f"Different from the lock: {', '.join(drifted)}. Outputs may differ from the pages; "
        "make setup installs what was locked."
        if drifted
        else "All as locked."
    )
    columns = ("State", "What", "Locked", "Here", "Used for")
    return Listing("Versions", columns, tuple(rows), conclusion)


def _compared(
    pins: Mapping[str, str], installed: Callable[[str], str]
) -> Iterator[tuple[str, str, str, str]]:
    oldest = facts().python
    here = platform.python_version()
    enough = tuple(map(int, here.split(".")[:2])) >= tuple(map(int, oldest.split(".")))
    yield "Python", here if enough else f"{oldest} or newer", here, "everything"
    yield "Apache Kafka", jars.KAFKA, _kafka(), "the broker without containers"
    for package in facts().packages:
        try:
            have = installed(package.name)
        except metadata.PackageNotFoundError:
            have = "missing"
        yield package.name, pins.get(package.name, "not locked"), have, package.used_for


def _kafka() -> str:
    try:
        jars.installed()
    except StackError:
        return "missing"
    return jars.KAFKA
