"""Apache Kafka as one process: broker and controller together (KRaft), sized for a laptop.

Set-up leaves the jars and an ahead-of-time cache of the classes that a start needs in the virtual
environment (`eprlab.stack.fetch`); with the cache a start takes under half the processor time. It works
without it too.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import socket
import struct
import subprocess
import uuid
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import psutil

from eprlab.stack import jars, ports
from eprlab.stack.embedded import java
from eprlab.stack.embedded.component import Component, only
from eprlab.stack.errors import ComponentDied

# The registry's largest message is a body of 8 MiB with the receiver's schema around it.
MESSAGE_LIMIT = 11 * 1024 * 1024

_SERVER = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "auto.create.topics.enable": "true",
    "num.partitions": "1",
    "message.max.bytes": str(MESSAGE_LIMIT),
    # One broker holds the only copy of everything.
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "2",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "2",
    # A consumer group of one learner need not wait three seconds for others to come.
    "group.initial.rebalance.delay.ms": "0",
    # The default buffer (128 MB) would not fit into the heap.
    "log.cleaner.dedupe.buffer.size": "2097152",
    "log.segment.bytes": "67108864",
    "log.index.size.max.bytes": "1048576",
    "metadata.log.segment.bytes": "16777216",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    # After a crash a new process may take the old one's place only when its session has run out.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
}
_LOGGING = {
    "showDateTime": "true",
    "dateTimeFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "showThreadName": "false",
    "showShortLogName": "true",
    "defaultLogLevel": "warn",
    "log.org.apache.kafka.clients.NetworkClient": "error",
    "log.kafka.server.KafkaRaftServer": "info",
    "log.org.apache.kafka.common.utils.AppInfoParser": "info",
}


class Broker(Component):
    """A Kafka broker in `home/broker`; `start()` returns its bootstrap address.

    >>> broker = Broker("/tmp/somewhere")           # doctest: +SKIP
    >>> broker.start()                              # doctest: +SKIP
    '127.0.0.1:19092'
    """

    name: ClassVar[str] = "broker"
    title: ClassVar[str] = "Apache Kafka"
    default_port: ClassVar[int] = 19092
    version: ClassVar[str] = jars.KAFKA

    @property
    def address(self) -> str:
        return f"{ports.LOOPBACK}:{self.port}"

    @property
    def controller_port(self) -> int:
        """The port on which the broker's controller part listens; no client uses it."""
        return self.state.component(self.name).get("controller_port") or self.default_port + 1

    def remove(self) -> None:
        """Stop it and delete its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- how it runs

    def claim_ports(self) -> None:
        super().claim_ports()
        port = self.controller_port
        if port == self.port or not ports.is_free(port):
            port = ports.first_free(self.default_port + 1)
        self.state.remember(self.name, controller_port=port)

    def prepare(self) -> None:
        self._configuration.write_text(self._properties(self._data), encoding="utf-8")
        if not (self._data / "meta.properties").is_file():
            self._format()

    def command(self) -> Sequence[str]:
        return [
            *java_command(self._java, *self._cache_option),
            "kafka.Kafka",
            str(self._configuration),
        ]

    def environment(self) -> dict[str, str]:
        # Options meant for other Java programs on this machine must not reach the broker.
        return only(os.environ, "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "KAFKA_")

    def recognises(self, process: psutil.Process) -> bool:
        command = process.cmdline()
        return "kafka.Kafka" in command and str(self._configuration) in command

    def port_of(self, process: psutil.Process) -> int | None:
        found = re.search(
            r"^advertised\.listeners=.*:(\d+)$", self._configuration.read_text(), re.M
        )
        return int(found[1]) if found else None

    def answers(self) -> bool:
        """Ask for the API versions, the first request of every client (Kafka protocol, key 18)."""
        request = struct.pack(">hhih", 18, 0, 1, -1)
        try:
            with socket.create_connection((ports.LOOPBACK, self.port), timeout=2) as connection:
                connection.sendall(struct.pack(">i", len(request)) + request)
                return len(connection.recv(4)) == 4
        except OSError:
            return False

    # ---- its files

    @cached_property
    def _java(self) -> java.Java:
        return java.find()

    @property
    def _cache_option(self) -> list[str]:
        usable = self._java.major >= java.AOT_SINCE and aot_cache().is_file()
        return [f"-XX:AOTCache={aot_cache()}"] if usable else []

    @property
    def _configuration(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _properties(self, data: Path) -> str:
        controller = f"{ports.LOOPBACK}:{self.controller_port}"
        places = {
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address}",
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": _escaped(data),
        }
        lines = [f"{key}={value}\n" for key, value in {**_SERVER, **places}.items()]
        return "# Written by eprlab at each start.\n" + "".join(lines)

    def _format(self) -> None:
        """Make the data folder with Kafka's own tool, beside its final place, then move it there.

        So it is whole or absent, whatever happens to this process meanwhile.
        """
        for leftover in self.folder.glob("data*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = self.folder / f"data.{uuid.uuid4().hex[:8]}"
        configuration = unfinished.with_suffix(f"{unfinished.suffix}.properties")
        configuration.write_text(self._properties(unfinished), encoding="utf-8")
        identity = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = [*java_command(self._java, *self._cache_option), "kafka.tools.StorageTool", "format"]
        done = subprocess.run(
            # With "=": an identity may begin with "-", and would be taken for an option.
            [*tool, f"--cluster-id={identity}", "--config", str(configuration)],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
        )
        configuration.unlink(missing_ok=True)
        if done.returncode:
            raise ComponentDied(
                self.title,
                "its data folder could not be created",
                (done.stdout + done.stderr)[-2000:],
                "Look at the free space and the rights of the folder, then: eprlab up",
            )
        unfinished.rename(self._data)


def java_command(runtime: java.Java, *options: str) -> list[str]:
    """Java with the memory and logging options of a small broker, up to the class path."""
    quiet = (
        # Kafka 4.1 still calls what Java 24 and later warn about.
        ["--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"]
        if runtime.major >= 24
        else []
    )
    return [
        str(runtime.program),
        *("-Xms32m", "-Xmx128m", "-Xss512k", "-XX:MaxDirectMemorySize=64m", "-XX:+UseSerialGC"),
        # A stack that lives for a lesson gains nothing from the second compiler.
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        *quiet,
        # Java's own remarks on its cache help nobody who reads the broker's log.
        "-Xlog:disable",
        *(f"-Dorg.slf4j.simpleLogger.{key}={value}" for key, value in _LOGGING.items()),
        *options,
        *("-cp", os.pathsep.join(str(jar) for jar in jars.installed())),
    ]


def aot_cache() -> Path:
    """Where set-up puts the ahead-of-time cache."""
    return jars.folder() / "broker.aot"


def _escaped(path: Path) -> str:
    r"""A path as a value in a properties file, in which `\`, `#` and letters beyond Latin-1 are special."""
    return "".join(
        c if 32 <= ord(c) < 127 and c not in "\\#!=:" else f"\\u{ord(c):04x}" for c in str(path)
    )
