"""Running the application: uvicorn in this process, or in several over one listening socket."""

from __future__ import annotations

import os
import signal
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from epr_server import logs
from epr_server.connection import BoundedConnection
from epr_server.settings import Settings


@dataclass(frozen=True)
class ApplicationFactory:
    """Makes the application in the process that serves; worker processes receive it pickled."""

    settings: Settings
    parent: int
    """The process that started this one, or is this one."""

    def __call__(self) -> ASGIApp:
        from epr_server.app import Application

        logs.configure(as_json=self.settings.json_logging, debug=self.settings.debug)
        return Application(self.settings, parent=self.parent)


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration for this server; it has to survive pickling too."""

    def __init__(self, settings: Settings, application: Callable[[], ASGIApp]) -> None:
        self.max_header_bytes = settings.max_header_bytes
        self.read_timeout = settings.read_timeout
        super().__init__(
            application,
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            http=BoundedConnection,
            loop="auto",  # uvloop where there is one
            ws="none",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=max(1, round(settings.shutdown_timeout)),
            ssl_certfile=settings.tls_cert or None,
            ssl_keyfile=settings.tls_key or None,
        )

    def load(self) -> None:
        super().load()
        if self.ssl is not None:
            self.ssl.minimum_version = ssl.TLSVersion.TLSv1_3


def serve(settings: Settings) -> int:
    """Serves until SIGTERM or SIGINT; the exit status: 0 after a clean stop, 3 if it cannot start."""
    config = ServerConfig(settings, ApplicationFactory(settings, os.getpid()))
    # uvicorn raises the signal again once it has stopped cleanly; that must not end us with an error.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    if settings.workers == 1:
        server = uvicorn.Server(config)
        server.run()
        return 0 if server.started else STARTUP_FAILURE
    with tempfile.TemporaryDirectory(prefix="epr_server-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # see epr_server.metrics
        supervisor = Multiprocess(config, sockets=[config.bind_socket()])
        supervisor.run()
    failed = any(worker.exitcode == STARTUP_FAILURE for worker in supervisor.processes)
    return STARTUP_FAILURE if failed else 0
