"""The registry as a process: `python -m epr_server` of this checkout."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import ClassVar

import psutil

from eprlab.stack import ports
from eprlab.stack.embedded.component import Component, only, option
from eprlab.stack.settings import TOPIC_PARTITIONS


class Registry(Component):
    """A registry in `home/registry` over a database and a broker; `start()` returns its base URL.

    It waits for the broker itself and creates the topic, so only the database must exist before.
    """

    name: ClassVar[str] = "registry"
    title: ClassVar[str] = "Registry"
    default_port: ClassVar[int] = 8042

    def __init__(
        self, home: str | Path, *, database: str, brokers: str, topic: str, port: int | None = None
    ) -> None:
        super().__init__(home, port=port)
        self._database = database
        self._brokers = brokers
        self._topic = topic

    @property
    def version(self) -> str:
        return installed_version("provenance-lab")

    @property
    def address(self) -> str:
        return f"http://{ports.LOOPBACK}:{self.port}"

    def prepare(self) -> None:
        """Nothing: what the registry keeps is in the database."""

    def command(self) -> Sequence[str]:
        return [
            *(sys.executable, "-m", "epr_server"),
            *("--host", ports.LOOPBACK, "--port", str(self.port)),
            *("--brokers", self._brokers, "--topic", self._topic, "--db", self._database),
            *("--topic-partitions", str(TOPIC_PARTITIONS)),
        ]

    def environment(self) -> dict[str, str]:
        # The flags say everything: neither this shell's settings nor a settings file must leak in.
        return {**only(os.environ, "EPR_"), "XDG_CONFIG_HOME": str(self.folder)}

    def recognises(self, process: psutil.Process) -> bool:
        return "epr_server" in process.cmdline() and process.cwd() == str(self.folder)

    def port_of(self, process: psutil.Process) -> int | None:
        return option(process.cmdline(), "--port")

    def is_current(self, process: psutil.Process) -> bool:
        return process.cmdline() == list(self.command())

    def answers(self) -> bool:
        connection = http.client.HTTPConnection(ports.LOOPBACK, self.port, timeout=2)
        try:
            connection.request("GET", "/healthz/readiness")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
