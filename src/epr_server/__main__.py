"""``python -m epr_server``: reads the settings and serves until it is told to stop."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import sys
import tempfile
from dataclasses import dataclass

import uvicorn
from uvicorn.supervisors import Multiprocess

from epr_server import logs
from epr_server.connection import bounded_by
from epr_server.errors import SettingsError
from epr_server.settings import Settings, read_settings


@dataclass(frozen=True)
class ApplicationFactory:
    """Makes the application in the process that serves; worker processes receive it pickled."""

    settings: Settings

    def __call__(self) -> object:
        from epr_server.app import Application

        logs.configure(as_json=self.settings.json_logging, debug=self.settings.debug)
        return Application(self.settings)


def _config(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        ApplicationFactory(settings),
        factory=True,
        host=settings.host,
        port=settings.port,
        http=bounded_by(settings.max_header_bytes, settings.read_timeout),
        ws="none",
        loop="uvloop",
        workers=settings.workers,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_timeout)),
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
        backlog=2048,
    )


def _serve(settings: Settings) -> int:
    config = _config(settings)
    # uvicorn raises the signal again once it has stopped cleanly; that must not end us with an error.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    if settings.tls_cert:
        config.load()
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_3
    server = uvicorn.Server(config)
    if settings.workers == 1:
        server.run()
        return 0 if server.started else 1
    from epr_server.metrics import MULTIPROCESS

    folder = tempfile.mkdtemp(prefix="epr_server-metrics-")
    os.environ[MULTIPROCESS] = folder
    try:
        Multiprocess(config, target=server.run, sockets=[config.bind_socket()]).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def main() -> int:
    """The exit status: 0 after a clean stop, 2 for wrong settings, other numbers if it cannot start."""
    try:
        settings = read_settings(sys.argv[1:])
    except SettingsError as error:
        print(f"epr_server: {error.message}", file=sys.stderr)
        return 2
    logs.configure(as_json=settings.json_logging, debug=settings.debug)
    return _serve(settings)


if __name__ == "__main__":
    sys.exit(main())
