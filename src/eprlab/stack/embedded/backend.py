"""The three processes as one stack: started side by side, stopped in the opposite order."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import psutil

from eprlab.stack import home as homes
from eprlab.stack import ports
from eprlab.stack.embedded import process as processes
from eprlab.stack.embedded.broker import Broker
from eprlab.stack.embedded.component import Component
from eprlab.stack.embedded.postgres import Postgres
from eprlab.stack.embedded.registry import Registry
from eprlab.stack.errors import DiskFull, PortTaken, UnknownComponent, Unsupported
from eprlab.stack.interrupt import shielded
from eprlab.stack.progress import Report
from eprlab.stack.settings import TOPIC, port_setting
from eprlab.stack.state import StateFile
from eprlab.stack.status import Addresses, ComponentStatus, Condition

NEEDED_SPACE = 300 * 2**20


class Embedded:
    """PostgreSQL, Apache Kafka and the registry as processes of this machine."""

    name: ClassVar[str] = "embedded"

    def __init__(self, home: Path) -> None:
        if os.name != "posix":
            raise Unsupported(
                "The stack runs on Linux, macOS and WSL 2, not on Windows itself.",
                "Install WSL 2 and clone the repository there; the site can be read anywhere.",
            )
        self.home = home
        self.state = StateFile(home)
        self.postgres = Postgres(home, port=port_setting("postgres"))
        self.broker = Broker(home, port=port_setting("broker"))

    @property
    def registry(self) -> Registry:
        """The registry over the addresses that the other two have now."""
        return Registry(
            self.home,
            database=self.postgres.url("epr"),
            brokers=self.broker.address,
            topic=TOPIC,
            port=port_setting("registry"),
        )

    @property
    def components(self) -> tuple[Component, ...]:
        """In the order in which they depend on each other."""
        return (self.postgres, self.broker, self.registry)

    def component(self, name: str) -> Component:
        """A component by name. Raises UnknownComponent."""
        for component in self.components:
            if component.name == name:
                return component
        names = ", ".join(component.name for component in self.components)
        raise UnknownComponent(f"The stack has no component {name!r}.", f"Choose one of: {names}")

    # ---- operations

    def up(self, report: Report) -> None:
        """Start what does not run; on failure or Ctrl-C stop again what this call started."""
        homes.create(self.home)
        self._require_space()
        before = {c.name for c in self.components if c.process is not None}
        self._settle_ports(report)
        give_up = threading.Event()
        started: list[Future[None]] = []
        with ThreadPoolExecutor(max_workers=2, thread_name_prefix="eprlab-up") as pool:
            try:
                started.append(pool.submit(self._start, self.broker, report, give_up))
                started.append(pool.submit(self._start_registry, report, give_up))
                wait(started, return_when=FIRST_EXCEPTION)
                _raise_first_cause(started)
                # Another program may have taken a port between the choice and the start.
                self.registry.start(give_up)
            except BaseException:
                with shielded():
                    give_up.set()
                    wait(started)
                    for component in reversed(self.components):
                        if component.name not in before:
                            component.stop()
                raise

    def _start_registry(self, report: Report, give_up: threading.Event) -> None:
        self._start(self.postgres, report, give_up)
        self.postgres.create_database("epr")
        self._start(self.registry, report, give_up)

    def _settle_ports(self, report: Report) -> None:
        """Choose the ports of what does not run, so that the registry can be told the broker's."""
        for component in self.components:
            if component.process is None:
                wished = component.port
                component.claim_ports()
                if component.port != wished:
                    holder = ports.holder(wished) or "another program"
                    report.note(
                        f"port {wished} is taken by {holder}; {component.title} uses {component.port}"
                    )

    def _start(self, component: Component, report: Report, give_up: threading.Event) -> None:
        if component.is_healthy:
            component.start(give_up)  # replaces it if it was started for other addresses
            report.note(f"{component.title} runs")
        else:
            with report.step(component.title, "start and wait until it answers"):
                component.start(give_up)

    def down(self, report: Report) -> None:
        """Stop what runs. The data stays."""
        for component in reversed(self.components):
            if component.process is not None:
                with report.step(component.title, "stop"):
                    component.stop()

    def restart(self, name: str, report: Report) -> None:
        """Stop one component and start it again."""
        component = self.component(name)
        with report.step(component.title, "stop"):
            component.stop()
        self.up(report)

    def reset(self, report: Report) -> None:
        """Stop everything and delete all that the stack wrote."""
        self.down(report)
        with report.step("data", "delete"):
            self.broker.remove()
            self.postgres.remove()
            for component in self.components:
                shutil.rmtree(component.folder, ignore_errors=True)
            shutil.rmtree(self.home / "logs", ignore_errors=True)
            self.state.path.unlink(missing_ok=True)

    # ---- questions

    def status(self) -> tuple[ComponentStatus, ...]:
        """How each component is."""
        return tuple(_status(component) for component in self.components)

    def addresses(self) -> Addresses:
        """Where clients find it, or will find it when it is started."""
        return Addresses(
            url=self.registry.address,
            brokers=self.broker.address,
            topic=TOPIC,
            db=self.postgres.url("epr"),
        )

    def log(self, name: str, lines: int) -> str:
        """The last lines that a component wrote."""
        return processes.tail(self.component(name).log, lines)

    def follow(self, name: str) -> Iterator[str]:
        """What a component writes from now on, without end."""
        return processes.follow(self.component(name).log)

    def _require_space(self) -> None:
        free = shutil.disk_usage(self.home).free
        if free < NEEDED_SPACE:
            raise DiskFull(
                f"The disk that holds {self.home} has {free / 2**20:.0f} MB left; "
                f"the stack needs {NEEDED_SPACE / 2**20:.0f} MB.",
                "Free some space, or keep the data elsewhere: EPRLAB_HOME=/another/disk/lab eprlab up",
            )


def _status(component: Component) -> ComponentStatus:
    process = component.process
    condition, pid, memory = Condition.STOPPED, None, None
    if process is not None:
        condition = Condition.HEALTHY if component.is_healthy else Condition.UNHEALTHY
        with suppress(psutil.Error):
            pid, memory = process.pid, processes.memory(process)
    return ComponentStatus(
        name=component.name,
        title=component.title,
        condition=condition,
        version=component.version,
        address=component.address,
        pid=pid,
        memory=memory,
    )


def _raise_first_cause(futures: list[Future[None]]) -> None:
    """Raise the exception of the first future that has one; a port that was asked for comes first."""
    errors = [f.exception() for f in futures if f.done() and f.exception() is not None]
    for error in sorted(errors, key=lambda error: not isinstance(error, PortTaken)):
        raise error
