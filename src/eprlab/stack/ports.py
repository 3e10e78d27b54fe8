"""Which loopback port a component gets.

The defaults are the upstream ones, so that every command in the course can be pasted. A port that
is taken moves the component up by ten, below the range from which the system hands out ports to
outgoing connections; the choice is recorded in the state file and kept as long as it is free.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import psutil

LOOPBACK = "127.0.0.1"
STEP = 10
TRIES = 400


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without this a port whose last connections are in TIME_WAIT would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # macOS lets a loopback bind pass beside a server that listens on all addresses.
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) != 0


def holder(port: int) -> str | None:
    """Who listens on a port, as "name (process id)", or None when the system does not say."""
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                if connection.pid is None:
                    return None
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    return None


def first_free(preferred: int) -> int:
    """The preferred port, or the next one in steps of ten that is free.

    Raises OSError when none of them is.
    """
    for port in candidates(preferred):
        if is_free(port):
            return port
    raise OSError(f"no free loopback port from {preferred} upwards in steps of {STEP}")


def candidates(preferred: int) -> Iterator[int]:
    """The ports to try, in order."""
    return (port for port in range(preferred, preferred + STEP * TRIES, STEP) if port < 65536)
