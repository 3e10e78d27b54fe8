"""Processes that outlive the one that started them, and how to find them again.

A component is launched in a session of its own and handed to init at once: no signal meant for the
notebook or the shell reaches it, and no zombie stays behind in a kernel. It is recognised by what it
is (its command line and working folder), never by a process id alone, because ids are used again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from eprlab.stack.embedded.account import Account

# The shell starts the component in the background, prints its process id, and ends.
_DETACH = '"$@" >&2 </dev/null & echo $!'
_LOG_LIMIT = 5_000_000


def launch(
    command: Sequence[str],
    *,
    folder: Path,
    log: Path,
    environment: Mapping[str, str],
    account: Account | None = None,
) -> int:
    """Start a detached process that works in `folder` and writes to `log`; return its id.

    Raises OSError when the log cannot be opened or the account cannot be assumed.
    """
    with log.open("ab") as output:
        started = subprocess.run(
            ["/bin/sh", "-c", _DETACH, "detach", *command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,
            check=True,
            **(account.subprocess_options() if account else {}),
        )
    return int(started.stdout)


def rotate(log: Path) -> int:
    """Keep one older log beside the current one, so that neither grows without bound.

    Returns the length of the log that is written on, in bytes.
    """
    try:
        length = log.stat().st_size
    except FileNotFoundError:
        return 0
    if length > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
        return 0
    return length


def find(recorded: int | None, is_it: Callable[[psutil.Process], bool]) -> psutil.Process | None:
    """The living process that `is_it` recognises: the recorded one if it still is, else any.

    Looking at all processes finds a component whose launcher was killed before it could write the
    process id down.
    """
    if recorded is not None:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(recorded)
            if is_alive(process) and is_it(process):
                return process
    found = [process for process in psutil.process_iter() if _recognised(process, is_it)]
    ids = {process.pid for process in found}
    for process in found:
        with contextlib.suppress(psutil.Error):
            if process.ppid() not in ids:
                return process
    return None


def _recognised(process: psutil.Process, is_it: Callable[[psutil.Process], bool]) -> bool:
    try:
        return is_it(process) and is_alive(process)
    except (psutil.Error, OSError):
        return False


def is_alive(process: psutil.Process) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def working_in(folder: Path) -> list[psutil.Process]:
    """Every living process whose working folder is this one."""
    wanted = str(folder)
    return [p for p in psutil.process_iter() if _recognised(p, lambda p: p.cwd() == wanted)]


def stop(process: psutil.Process, gentle: signal.Signals, *, patience: float) -> None:
    """Ask a process to end with `gentle`; after `patience` seconds kill it and its children."""
    family = [process]
    with contextlib.suppress(psutil.Error):
        family += process.children(recursive=True)
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        process.send_signal(gentle)
    if wait_for_end([process], patience):
        # Children of a component that has ended cleanly end with it; what stays is stuck.
        wait_for_end(family, 2)
    kill(family)


def kill(processes: Iterable[psutil.Process]) -> None:
    """End processes at once and wait until they are gone."""
    processes = [process for process in processes if is_alive(process)]
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            process.kill()
    wait_for_end(processes, 5)


def wait_for_end(processes: Sequence[psutil.Process], seconds: float) -> bool:
    """Wait until all the processes have ended; say whether they did.

    psutil's own waiting looks once a second at processes that are not our children.
    """
    deadline = time.monotonic() + seconds
    while any(is_alive(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def memory(process: psutil.Process) -> int:
    """Resident bytes of a process and its children, pages they share counted once.

    Linux tells the proportional share; elsewhere it is the parent's resident size plus what each
    child has for itself, as far as the system says.
    """
    total = 0
    family = [process]
    with contextlib.suppress(psutil.Error):
        family += process.children(recursive=True)
    for member in family:
        try:
            full = member.memory_full_info()
            total += getattr(full, "pss", 0) or full.uss
        except (psutil.Error, OSError):
            with contextlib.suppress(psutil.Error):
                total += member.memory_info().rss
    return total


def listens(process: psutil.Process, port: int) -> bool:
    """Whether the process or one of its children listens on a port; True when it cannot be told."""
    try:
        family = [process, *process.children(recursive=True)]
        return any(
            connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
            for member in family
            for connection in member.net_connections(kind="tcp")
        )
    except (psutil.AccessDenied, PermissionError):
        return True
    except psutil.Error:
        return False


def tail(log: Path, lines: int, *, since: int = 0) -> str:
    """The last lines of a log after byte `since`; empty when there is none. Reads the end only."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(since, file.tell() - lines * 400))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def follow(log: Path) -> Iterator[str]:
    """Lines as they are written to a log, without end; a rotated log is followed to its successor."""
    file, inode = None, None
    while True:
        with contextlib.suppress(FileNotFoundError):
            now = log.stat().st_ino
            if file is None or now != inode:
                opened_first = file is None
                file, inode = log.open(encoding="utf-8", errors="replace"), now
                if opened_first:
                    file.seek(0, os.SEEK_END)
        line = file.readline() if file else ""
        if line:
            yield line.rstrip("\n")
        else:
            time.sleep(0.1)
