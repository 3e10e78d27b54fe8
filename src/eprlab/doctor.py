"""What this machine has, what the course uses it for, and what is lost without it.

Only Python, memory and disk decide whether the stack can run; everything else costs a lesson at most.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import psutil

from eprlab.stack import home as homes
from eprlab.stack import jars, ports
from eprlab.stack.compose import engine_problem
from eprlab.stack.embedded import java
from eprlab.stack.embedded.backend import NEEDED_SPACE
from eprlab.stack.embedded.postgres import wheel_programs
from eprlab.stack.errors import StackError
from eprlab.stack.state import StateFile

OLDEST_PYTHON = (3, 11)
# Measured: the stack takes 300 MB, JupyterLab with one kernel about as much again.
NEEDED_MEMORY = 700 * 2**20


class Verdict(StrEnum):
    """The outcome of a check; the sign says it without colour."""

    FOUND = "found"
    MISSING = "missing"
    ELSEWHERE = "done otherwise"
    BROKEN = "in the way"

    @property
    def sign(self) -> str:
        return {"found": "✓", "missing": "–", "done otherwise": "·", "in the way": "✗"}[self.value]


@dataclass(frozen=True)
class Finding:
    """One row: what was looked for, what was found, what it is for, and what to do or to do without."""

    what: str
    verdict: Verdict
    found: str
    needed_for: str
    without_it: str

    @property
    def advice(self) -> str:
        return "" if self.verdict is Verdict.FOUND else self.without_it


@dataclass(frozen=True)
class Report:
    """All findings. `can_run` is False only if the stack cannot run on this machine."""

    findings: tuple[Finding, ...]

    @property
    def can_run(self) -> bool:
        return all(finding.verdict is not Verdict.BROKEN for finding in self.findings)

    @property
    def conclusion(self) -> str:
        """The sentence under the table."""
        if not self.can_run:
            return "The stack cannot run here yet: mend the lines marked ✗."
        missing = [f.what for f in self.findings if f.verdict is Verdict.MISSING]
        if missing:
            return f"Ready. Not on this machine, and not needed to begin: {', '.join(missing)}."
        return "Ready, with everything the course can use."

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"can_run": self.can_run, "findings": [asdict(f) for f in self.findings]}

    def show(self) -> None:
        """Print the table and the conclusion."""
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for column in ("", "What", "Found", "Used for", "Without it"):
            table.add_column(column, overflow="fold")
        for f in self.findings:
            table.add_row(f.verdict.sign, f.what, f.found, f.needed_for, f.advice)
        console = Console(width=None if sys.stdout.isatty() else 140)
        console.print(table)
        console.print(f"\n{self.conclusion}", markup=False)


def examine() -> Report:
    """Run every check; takes a second or two, most of it waiting for other programs to say who they are."""
    return Report(tuple(finding for check in _CHECKS for finding in check()))


# ---- essential


def _python() -> Iterator[Finding]:
    good = sys.version_info >= OLDEST_PYTHON and os.name == "posix"
    yield Finding(
        "Python",
        Verdict.FOUND if good else Verdict.BROKEN,
        f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "everything",
        "Install Python 3.11 or later; on Windows, inside WSL 2.",
    )


def _memory() -> Iterator[Finding]:
    free = psutil.virtual_memory().available
    yield Finding(
        "memory",
        Verdict.FOUND if free >= NEEDED_MEMORY else Verdict.BROKEN,
        f"{free / 2**30:.1f} GB available",
        "the stack and one notebook: 0.7 GB",
        "Close other programs.",
    )


def _disk() -> Iterator[Finding]:
    home = homes.locate()
    place = next(folder for folder in (home, *home.parents) if folder.is_dir())
    free = shutil.disk_usage(place).free
    yield Finding(
        "disk",
        Verdict.FOUND if free >= NEEDED_SPACE else Verdict.BROKEN,
        f"{free / 2**30:.1f} GB free at {place}",
        f"the stack's data: {NEEDED_SPACE / 2**30:.1f} GB",
        "Free some space, or set EPRLAB_HOME to a folder on another disk.",
    )


# ---- put in place by set-up


def _postgres() -> Iterator[Finding]:
    yield _installed(
        "PostgreSQL",
        lambda: _first_version([str(wheel_programs() / "postgres"), "--version"]),
        "the embedded stack",
    )


def _java() -> Iterator[Finding]:
    yield _installed(
        "Java runtime",
        lambda: java.find().version,
        "the embedded stack's broker",
    )


def _kafka() -> Iterator[Finding]:
    yield _installed(
        "Apache Kafka",
        lambda: f"{jars.KAFKA}, {len(jars.installed())} jars",
        "the embedded stack's broker",
    )


def _installed(what: str, look: Callable[[], str | None], needed_for: str) -> Finding:
    # Without one of these the stack can still run in containers.
    lost = Verdict.BROKEN if engine_problem() else Verdict.MISSING
    try:
        found = look()
    except StackError as error:
        return Finding(what, lost, "not found", needed_for, error.remedy)
    return Finding(
        what, Verdict.FOUND if found else lost, found or "does not start", needed_for, "make setup"
    )


# ---- ports


def _ports() -> Iterator[Finding]:
    state = StateFile(homes.locate())
    for name, title, default in (
        ("registry", "the registry", 8042),
        ("broker", "the broker", 19092),
        ("postgres", "PostgreSQL", 5432),
    ):
        ours = state.component(name).get("port", default)
        runs = state.component(name).get("pid") and psutil.pid_exists(state.component(name)["pid"])
        if runs:
            found, verdict = f"{ours}, in use by this stack", Verdict.FOUND
        elif ports.is_free(default):
            found, verdict = f"{default} is free", Verdict.FOUND
        else:
            holder = ports.holder(default) or "another program"
            found, verdict = f"{default} is taken by {holder}", Verdict.ELSEWHERE
        yield Finding(
            f"port {default}",
            verdict,
            found,
            title,
            "Nothing: eprlab takes another port and says which.",
        )


# ---- tools on the workshop's list


@dataclass(frozen=True)
class _Tool:
    program: str
    ask: tuple[str, ...]
    needed_for: str
    without_it: str


_TOOLS = (
    _Tool(
        "git", ("--version",), "getting the course and its updates", "Download an archive instead."
    ),
    _Tool("make", ("--version",), "the short commands", "Run what `make` would: see the Makefile."),
    _Tool(
        "curl", ("--version",), "asking the registry from a shell", "The notebooks ask from Python."
    ),
    _Tool("jq", ("--version",), "reading JSON in a shell", "The notebooks read it in Python."),
    _Tool("go", ("version",), "the original registry and a watcher in Go", "Read those parts."),
    _Tool("golangci-lint", ("version",), "checking your own Go watcher", "Skip that one command."),
)


def _tools() -> Iterator[Finding]:
    for tool in _TOOLS:
        program = shutil.which(tool.program)
        version = _first_version([program, *tool.ask]) if program else None
        verdict = Verdict.FOUND if program else Verdict.MISSING
        found = version or ("found" if program else "not found")
        yield Finding(tool.program, verdict, found, tool.needed_for, tool.without_it)


def _containers() -> Iterator[Finding]:
    problem = engine_problem()
    version = (
        None
        if problem
        else _first_version(["docker", "version", "--format", "{{.Server.Version}}"])
    )
    yield Finding(
        "Docker with Compose",
        Verdict.MISSING if problem else Verdict.FOUND,
        problem or version or "found",
        "the same lessons on Redpanda, and its console",
        "The embedded stack does everything else.",
    )


def _first_version(command: list[str]) -> str | None:
    """The first thing in a program's answer that looks like a version."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return match.group() if match and done.returncode == 0 else None


_CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _python,
    _memory,
    _disk,
    _postgres,
    _java,
    _kafka,
    _ports,
    _tools,
    _containers,
)
