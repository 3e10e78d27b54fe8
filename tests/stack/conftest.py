"""Stacks of their own for these tests, and the means to drive and to hurt them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from eprlab.stack.embedded.backend import Embedded
from eprlab.stack.embedded.process import is_alive
from eprlab.stack.progress import Silent
from eprlab.stack.status import ComponentStatus


@dataclass
class Lab:
    """One home, driven through the command line as a person would."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        ours = ("EPR_", "EPRLAB_")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        return inherited | {"EPRLAB_HOME": str(self.home), "EPRLAB_BACKEND": "embedded"}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "eprlab.cli", *arguments]

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def up(self) -> None:
        done = self.run("up")
        assert done.returncode == 0, done.stderr
        assert self.is_healthy()

    def status(self) -> dict[str, ComponentStatus]:
        return {component.name: component for component in Embedded(self.home).status()}

    def pids(self) -> dict[str, int | None]:
        return {name: component.pid for name, component in self.status().items()}

    def is_healthy(self) -> bool:
        return all(component.is_healthy for component in self.status().values())

    def remove(self) -> None:
        Embedded(self.home).reset(Silent())

    @property
    def url(self) -> str:
        return Embedded(self.home).registry.address

    def processes(self) -> list[psutil.Process]:
        """Every process that has something to do with this home, whoever started it."""
        found = []
        for process in psutil.process_iter():
            try:
                mentions = [*process.cmdline(), process.cwd()]
            except (psutil.Error, OSError):
                continue
            if process.pid != os.getpid() and any(str(self.home) in text for text in mentions):
                found.append(process)
        return found


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.02)


def kill(pid: int) -> None:
    process = psutil.Process(pid)
    process.kill()
    wait_until(lambda: not is_alive(process))


def create_receiver(url: str, name: str) -> str:
    body = {
        "name": name,
        "type": "tidetable.build",
        "version": "1.0.0",
        "description": "tidetable was built",
        "schema": {"type": "object"},
    }
    answer = httpx.post(f"{url}/api/v1/receivers", json=body, timeout=10)
    answer.raise_for_status()
    return answer.json()["data"]


@pytest.fixture
def new_lab(service_home) -> Iterator[Callable[[], Lab]]:
    """A function that makes a fresh home; everything in it is stopped and deleted afterwards."""
    from contextlib import ExitStack

    with ExitStack() as after:

        def make() -> Lab:
            lab = Lab(after.enter_context(service_home()) / "lab")
            after.callback(lab.remove)
            return lab

        yield make


@pytest.fixture(scope="module")
def lab(service_home) -> Iterator[Lab]:
    """A running stack that the tests of a module share; each leaves it running."""
    with service_home() as folder:
        lab = Lab(folder / "lab")
        lab.up()
        yield lab
        lab.remove()
