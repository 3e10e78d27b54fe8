"""What PostgreSQL, the broker and the registry have in common: a life.

A component lives in a folder of the stack's home, listens on one loopback port that it keeps, is
started, asked whether it is well, and stopped. Subclasses say how; this module says when.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import psutil

from eprlab.stack import home as homes
from eprlab.stack import ports
from eprlab.stack.embedded import process as processes
from eprlab.stack.embedded.account import Account
from eprlab.stack.errors import ComponentDied, DiskFull, Interrupted, NotAnswering, PortTaken
from eprlab.stack.state import StateFile

_POLL = 0.02


class Component(ABC):
    """One server of the embedded stack, in the folder `home/<name>`.

    `port` fixes the port; without it the one used last, the default, or the next free one is taken.
    Objects are light: two of them with the same home speak of the same process.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    default_port: ClassVar[int]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    start_patience: ClassVar[float] = 60.0
    hang_patience: ClassVar[float] = 10.0
    stop_patience: ClassVar[float] = 20.0

    def __init__(self, home: str | Path, *, port: int | None = None) -> None:
        self.home = Path(home).resolve()
        self.folder = self.home / self.name
        self.log = homes.log_file(self.home, self.name)
        self.state = StateFile(self.home)
        self._fixed_port = port
        self._log_begin = 0

    # ---- what a subclass says

    @property
    @abstractmethod
    def version(self) -> str:
        """The version of the program, as its makers write it."""

    @property
    @abstractmethod
    def address(self) -> str:
        """Where clients reach it, in the form that they expect."""

    @abstractmethod
    def prepare(self) -> None:
        """Make everything the process needs on disk; called before each launch."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The program and its arguments."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it serves requests now."""

    @abstractmethod
    def recognises(self, process: psutil.Process) -> bool:
        """Whether this process is this component of this home."""

    @abstractmethod
    def port_of(self, process: psutil.Process) -> int | None:
        """The port that a running process of this component was given."""

    def environment(self) -> dict[str, str]:
        """The environment of the process."""
        return dict(os.environ)

    def account(self) -> Account | None:
        """The account to run under, if it is not the caller's."""
        return None

    def working_folder(self) -> Path:
        """The folder the process works in."""
        return self.folder

    def is_current(self, process: psutil.Process) -> bool:
        """Whether a running process was started with what it should be started with now."""
        return True

    def is_temporary_failure(self, log_tail: str) -> bool:
        """Whether the process died of something that passes by itself."""
        return False

    # ---- its life

    @property
    def port(self) -> int:
        """The port it has, or will have when it is started."""
        if self._fixed_port:
            return self._fixed_port
        if recorded := self.state.component(self.name).get("port"):
            return recorded
        process = self.process  # the record may be lost while the process runs
        return (self.port_of(process) if process else None) or self.default_port

    @property
    def process(self) -> psutil.Process | None:
        """Its living process, or None."""
        return processes.find(self.state.component(self.name).get("pid"), self.recognises)

    @property
    def is_healthy(self) -> bool:
        """Whether its process lives and serves requests."""
        process = self.process
        return process is not None and self._serves(process)

    def start(self, give_up: threading.Event | None = None) -> str:
        """Start it unless it runs and answers, wait until it answers, and return its address.

        A process that lives but has stopped answering, or that was started for other addresses, is
        replaced. If the start fails, is
        interrupted (Ctrl-C) or `give_up` is set, a process that this call launched is stopped again.

        Raises ComponentDied, NotAnswering, PortTaken, DiskFull or Interrupted.
        """
        give_up = give_up or threading.Event()
        running = self.process
        if running is not None:
            if self.is_current(running) and self._wait(
                running, give_up, patience=self.hang_patience
            ):
                self._remember(running.pid)
                return self.address
            processes.stop(running, self.stop_signal, patience=5)
        deadline = time.monotonic() + self.start_patience
        try:
            while True:
                process = self._launch()
                if self._wait(process, give_up, patience=deadline - time.monotonic()):
                    return self.address
                if process is not None and processes.is_alive(process):
                    raise NotAnswering(
                        self.title,
                        self.start_patience,
                        processes.tail(self.log, 8, since=self._log_begin),
                        f"Try once more: eprlab restart {self.name}; the whole log: eprlab logs {self.name}",
                    )
                self._explain_death(deadline)
        except BaseException:
            self.stop(patience=2)  # it has served nobody yet, so there is nothing to finish
            raise

    def stop(self, *, patience: float | None = None) -> None:
        """Stop it and wait until it has ended; nothing happens if it does not run.

        After `patience` seconds (default: `stop_patience`) it is killed.
        """
        process = self.process
        if process is not None:
            seconds = self.stop_patience if patience is None else patience
            processes.stop(process, self.stop_signal, patience=seconds)
        self.state.remember(self.name, pid=None)

    # ---- how

    def _launch(self) -> psutil.Process | None:
        homes.create(self.home)
        self.folder.mkdir(exist_ok=True)
        self.claim_ports()
        self.prepare()
        self._log_begin = processes.rotate(self.log)
        pid = processes.launch(
            self.command(),
            folder=self.working_folder(),
            log=self.log,
            environment=self.environment(),
            account=self.account(),
        )
        self._remember(pid)
        try:
            return psutil.Process(pid)
        except psutil.NoSuchProcess:
            return None

    def _remember(self, pid: int) -> None:
        self.state.remember(self.name, pid=pid, port=self.port, version=self.version)

    def claim_ports(self) -> None:
        """Settle on the port for this start and remember it."""
        port = self.port
        if not ports.is_free(port):
            if self._fixed_port:
                variable = f"EPRLAB_{self.name.upper()}_PORT"
                raise PortTaken(self.title, port, ports.holder(port), variable)
            port = ports.first_free(self.default_port)
        self.state.remember(self.name, port=port)

    def _wait(
        self, process: psutil.Process | None, give_up: threading.Event, *, patience: float
    ) -> bool:
        """Wait until the process serves; False if it ended or the time is up."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if give_up.is_set():
                raise Interrupted(self.title)
            if process is None or not processes.is_alive(process):
                return False
            if self._serves(process):
                return True
            give_up.wait(_POLL)
        return False

    def _serves(self, process: psutil.Process) -> bool:
        # An answer counts only if the port is ours: another checkout may have been quicker.
        return (
            processes.is_alive(process) and self.answers() and processes.listens(process, self.port)
        )

    def _explain_death(self, deadline: float) -> None:
        """Raise the reason why the process ended, or return if another try makes sense."""
        log_tail = processes.tail(self.log, 12, since=self._log_begin)
        if "No space left on device" in log_tail:
            raise DiskFull(
                f"{self.title} stopped because the disk that holds {self.home} is full.",
                "Free some space (df -h shows how much there is), then: eprlab up",
            )
        if time.monotonic() < deadline:
            if self.is_temporary_failure(log_tail):
                time.sleep(_POLL * 5)
                return
            if "ddress already in use" in log_tail or not ports.is_free(self.port):
                # Somebody took a port between our look and the launch. The next try looks again, and
                # says so if it was the one that is fixed.
                time.sleep(_POLL * 5)
                return
        last = next((line for line in reversed(log_tail.splitlines()) if line.strip()), "no output")
        raise ComponentDied(
            self.title,
            last.strip()[:200],
            log_tail,
            f"The whole log: eprlab logs {self.name}; start over without data: eprlab reset",
        )


def only(environment: Mapping[str, str], *prefixes: str) -> dict[str, str]:
    """The environment without variables that start with one of the prefixes."""
    return {key: value for key, value in environment.items() if not key.startswith(prefixes)}


def option(command: Sequence[str], name: str) -> int | None:
    """The number that follows an option on a command line, if it is there."""
    words = list(command)
    value = words[words.index(name) + 1 : words.index(name) + 2] if name in words else []
    return int(value[0]) if value and value[0].isdecimal() else None
