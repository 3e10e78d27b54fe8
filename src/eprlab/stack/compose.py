"""The stack in containers: Redpanda, PostgreSQL, the registry and Redpanda Console.

Everything goes through the `docker compose` command line and `compose.yaml`, so that what eprlab does
can be done by hand. The project's name and the ports carry over between commands in the state file.

Checked by parser, schema and a recorded engine; not run: no container engine was at hand.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from eprlab.stack import home as homes
from eprlab.stack import ports
from eprlab.stack.errors import ComponentDied, PortTaken, UnknownComponent
from eprlab.stack.interrupt import shielded
from eprlab.stack.progress import Report
from eprlab.stack.settings import TOPIC, port_setting, port_variable
from eprlab.stack.state import StateFile
from eprlab.stack.status import Addresses, ComponentStatus, Condition

# Our name of a component, the service in compose.yaml, what people call it, its port.
_SERVICES = {
    "postgres": ("PostgreSQL", 5432),
    "broker": ("Redpanda", 19092),
    "registry": ("Registry", 8042),
    "console": ("Redpanda Console", 8080),
}
_START_SECONDS = "300"


def engine_problem() -> str | None:
    """Why containers cannot be used here, or None when an engine with Compose answers."""
    if shutil.which("docker") is None:
        return "there is no docker command."
    for command, problem in (
        (["compose", "version"], "docker has no compose command (version 2 is a plug-in)."),
        (["version", "--format", "{{.Server.Version}}"], "the container engine does not answer."),
    ):
        try:
            done = subprocess.run(
                ["docker", *command], stdin=subprocess.DEVNULL, capture_output=True, timeout=10
            )
        except (OSError, subprocess.TimeoutExpired):
            return problem
        if done.returncode:
            return problem
    return None


class Compose:
    """The stack of one home as a Compose project."""

    name: ClassVar[str] = "compose"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.state = StateFile(home)
        self.file = homes.checkout() / "compose.yaml"
        self.project = "provenance-lab-" + hashlib.sha256(os.fsencode(home)).hexdigest()[:6]

    # ---- operations

    def up(self, report: Report) -> None:
        """Build what has to be built, start the containers and wait until each is healthy."""
        running = {c["Service"] for c in self._containers() if c.get("State") == "running"}
        for service in _SERVICES:
            if service not in running:
                self._claim_port(service, report)
        try:
            with report.step("containers", "fetch, build, start and wait until they are healthy"):
                self._change(
                    "up", "--detach", "--build", "--wait", "--wait-timeout", _START_SECONDS
                )
        except BaseException:
            with shielded():
                started = {c["Service"] for c in self._containers()} - running
                if started:
                    self._run("stop", *sorted(started))
            raise

    def down(self, report: Report) -> None:
        """Remove the containers. The volumes, and with them the data, stay."""
        if self._containers():
            with report.step("containers", "stop"):
                self._change("down")

    def restart(self, name: str, report: Report) -> None:
        """Restart one container and wait until it is healthy."""
        service = self._service(name)
        with report.step(_SERVICES[service][0], "restart"):
            self._change("restart", service)
        self.up(report)

    def reset(self, report: Report) -> None:
        """Remove the containers and the volumes with all data."""
        with report.step("containers and volumes", "remove"):
            self._change("down", "--volumes", "--remove-orphans")
        self.state.path.unlink(missing_ok=True)

    # ---- questions

    def status(self) -> tuple[ComponentStatus, ...]:
        """How each container is."""
        containers = {c["Service"]: c for c in self._containers()}
        return tuple(
            ComponentStatus(
                name=service,
                title=title,
                condition=_condition(containers.get(service, {})),
                version=_version(containers.get(service, {})),
                address=self._address(service),
            )
            for service, (title, _) in _SERVICES.items()
        )

    def addresses(self) -> Addresses:
        """Where clients on this machine find it."""
        return Addresses(
            url=self._address("registry"),
            brokers=self._address("broker"),
            topic=TOPIC,
            db=self._address("postgres"),
        )

    def log(self, name: str, lines: int) -> str:
        """The last lines that a container wrote."""
        service = self._service(name)
        return self._run(
            "logs", "--no-color", "--no-log-prefix", "--tail", str(lines), service
        ).stdout

    def follow(self, name: str) -> Iterator[str]:
        """What a container writes from now on."""
        command = self._command("logs", "--no-color", "--no-log-prefix", "--tail", "0", "--follow")
        with subprocess.Popen(
            [*command, self._service(name)],
            env=self._environment(),
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    yield line.rstrip("\n")
            finally:
                process.terminate()

    # ---- how

    def _port(self, service: str) -> int:
        recorded = self.state.component(service).get("port")
        return port_setting(service) or recorded or _SERVICES[service][1]

    def _claim_port(self, service: str, report: Report) -> None:
        title, default = _SERVICES[service]
        port = self._port(service)
        if not ports.is_free(port):
            if port_setting(service):
                raise PortTaken(title, port, ports.holder(port), port_variable(service))
            taken, port = port, ports.first_free(default)
            report.note(f"port {taken} is taken; {title} uses {port}")
        self.state.remember(service, port=port)

    def _address(self, service: str) -> str:
        place = f"{ports.LOOPBACK}:{self._port(service)}"
        if service == "postgres":
            return f"postgres://postgres@{place}/epr"
        return place if service == "broker" else f"http://{place}"

    def _service(self, name: str) -> str:
        if name not in _SERVICES:
            raise UnknownComponent(
                f"The stack has no component {name!r}.", f"Choose one of: {', '.join(_SERVICES)}"
            )
        return name

    def _containers(self) -> list[dict[str, Any]]:
        done = self._run("ps", "--all", "--format", "json")
        return _objects(done.stdout) if done.returncode == 0 else []

    def _command(self, *arguments: str) -> list[str]:
        return [
            *("docker", "compose", "--project-name", self.project, "--file", str(self.file)),
            *arguments,
        ]

    def _environment(self) -> dict[str, str]:
        chosen = {port_variable(service): str(self._port(service)) for service in _SERVICES}
        return {**os.environ, **chosen}

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = self._command(*arguments)
        try:
            return subprocess.run(
                command,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
        except OSError as error:
            return subprocess.CompletedProcess(command, 127, "", str(error))

    def _change(self, *arguments: str) -> None:
        done = self._run(*arguments)
        if done.returncode:
            raise ComponentDied(
                "The container stack",
                f"`docker compose {arguments[0]}` failed",
                "\n".join(done.stderr.splitlines()[-12:]),
                "Look at the containers: eprlab status; or do without them: eprlab up --backend embedded",
            )


def _objects(text: str) -> list[dict[str, Any]]:
    """JSON objects, one a line as Compose writes them since 2.21, or in one list as it did before."""
    text = text.strip()
    if text.startswith("["):
        return json.loads(text)
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _condition(container: dict[str, Any]) -> Condition:
    if not container or container["State"] != "running":
        return Condition.STOPPED
    return Condition.HEALTHY if container.get("Health") in ("healthy", "") else Condition.UNHEALTHY


def _version(container: dict[str, Any]) -> str:
    return container.get("Image", "").rpartition(":")[2] or "–"
