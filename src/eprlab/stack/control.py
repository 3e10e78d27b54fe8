"""The operations on the stack, one at a time per home.

Each takes the lock of the home, so that a second `up` waits for the first and then finds everything
running. The lock belongs to the process and dies with it: nothing has to be cleaned up after a crash.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from eprlab.stack import backends
from eprlab.stack import home as homes
from eprlab.stack.errors import Busy, DiskFull, NotWritable
from eprlab.stack.progress import Report, suited
from eprlab.stack.status import Addresses, Log, StackStatus

PATIENCE = 300


def up(backend: str | None = None, *, progress: Report | None = None) -> StackStatus:
    """Start what does not run, wait until all of it answers, and say what runs where.

    Joins a stack that runs already; puts the EPR_* variables into `os.environ`, so that
    `epr.Client()` and `epr.Watcher()` find it. `backend` is "embedded" or "compose"; without it the
    one in use, `EPRLAB_BACKEND`, or the one that works on this machine is taken.

    Raises a StackError that says which component, why, and the command that mends it.
    """
    home = homes.locate()
    with _report(progress) as report, _alone(home, report):
        chosen = backends.choose(home, backend)
        chosen.state.change(lambda state: state.update(backend=chosen.name))
        chosen.up(report)
    os.environ.update(chosen.addresses().as_environment())
    return status()


def down(*, progress: Report | None = None) -> StackStatus:
    """Stop everything. The data stays, and the next `up` finds it."""
    home = homes.locate()
    if home.is_dir():
        with _report(progress) as report, _alone(home, report):
            backends.current(home).down(report)
    return status()


def restart(component: str | None = None, *, progress: Report | None = None) -> StackStatus:
    """Stop and start one component, or all of them. Raises UnknownComponent."""
    home = homes.locate()
    with _report(progress) as report, _alone(home, report):
        chosen = backends.current(home)
        if component is None:
            chosen.down(report)
            chosen.up(report)
        else:
            chosen.restart(component, report)
    return status()


def reset(*, progress: Report | None = None) -> StackStatus:
    """Stop everything and delete every event, message and log. There is no way back."""
    home = homes.locate()
    if home.is_dir():
        with _report(progress) as report, _alone(home, report):
            backends.current(home).reset(report)
    return status()


def status() -> StackStatus:
    """How each component is at this moment. Asks the processes, not the state file."""
    chosen = backends.current(homes.locate())
    return StackStatus(chosen.name, chosen.status(), chosen.addresses())


def env() -> Addresses:
    """Where clients find the stack: the EPR_* variables."""
    return backends.current(homes.locate()).addresses()


def logs(component: str, lines: int = 50) -> Log:
    """The last lines that a component wrote. Raises UnknownComponent."""
    return Log(backends.current(homes.locate()).log(component, lines))


def follow(component: str) -> Iterator[str]:
    """Lines as a component writes them, without end. Raises UnknownComponent."""
    return backends.current(homes.locate()).follow(component)


@contextmanager
def _alone(home: Path, report: Report) -> Iterator[None]:
    """Hold the lock of the home, and say in plain words what the file system refuses."""
    try:
        homes.create(home)
        with _lock(home / "stack.lock", report):
            yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk that holds {home} is full ({error}).",
                "Free some space (df -h shows how much there is), then repeat the command.",
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise NotWritable(
                f"{error.filename or home} cannot be written by this user ({error.strerror}).",
                "Use the account that started the stack first, or a folder of your own: "
                "EPRLAB_HOME=~/lab eprlab up",
            ) from error
        raise


@contextmanager
def _lock(path: Path, report: Report) -> Iterator[None]:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report.note("another eprlab command is at work here; waiting for it")
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout:
            raise Busy(
                f"Another eprlab command has held {path} for {PATIENCE} s.",
                "Look for it (ps aux | grep eprlab) and end it; its lock goes with it.",
            ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _report(given: Report | None) -> Iterator[Report]:
    if given is not None:
        yield given
    else:
        with suited() as report:
            yield report
