"""What the process is told: flags, environment variables, a settings file, read once at start.

A flag wins over the environment, the environment over the file, the file over the default
(contract section 13). Every setting is a flag ``--name-like-this``, a variable
``EPR_NAME_LIKE_THIS`` and a key ``name-like-this`` of the YAML file; ``python -m epr_server --help``
lists them. Booleans are read strictly: a misspelt one is an error, not ``false``.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from epr_server.errors import SettingsError

MEBIBYTE = 1024 * 1024


def _setting(default: Any, help: str) -> Any:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Settings:
    """All settings, with their defaults. Sizes in bytes, times in seconds."""

    host: str = _setting("localhost", "address to listen on")
    port: int = _setting(8042, "port to listen on")
    brokers: str = _setting("localhost:9092", "Kafka API bootstrap servers, comma separated")
    topic: str = _setting("epr.dev.events", "topic the messages go to; created if missing")
    topic_partitions: int = _setting(1, "partitions of the topic, if it has to be created")
    db: str = _setting(
        "postgres://localhost:5432",
        "PostgreSQL URL; user postgres and database postgres unless it names others",
    )
    tls_cert: str = _setting("", "certificate file (PEM); with --tls-key: serve TLS 1.3 only")
    tls_key: str = _setting("", "private key file (PEM)")
    json_logging: bool = _setting(False, "log JSON lines instead of key=value lines")
    debug: bool = _setting(False, "log more")
    token: str = _setting("", "ask for this bearer token (better given as EPR_TOKEN)")
    workers: int = _setting(1, "processes that serve; each with its own database connections")
    max_body_bytes: int = _setting(8 * MEBIBYTE, "largest request body")
    arriving_bytes: int = _setting(
        128 * MEBIBYTE, "bytes of request bodies that may be arriving at once, per worker"
    )
    max_schema_bytes: int = _setting(1 * MEBIBYTE, "largest JSON Schema of a receiver")
    max_header_bytes: int = _setting(64 * 1024, "largest request line and headers together")
    read_timeout: float = _setting(30.0, "time a request may take to arrive")
    statement_timeout: float = _setting(15.0, "time a database statement may take")
    shutdown_timeout: float = _setting(10.0, "time requests in flight are given to finish")
    db_pool: int = _setting(8, "largest number of database connections for reading, per worker")
    queue_events: int = _setting(4096, "events that may wait to be stored, per worker")
    queue_bytes: int = _setting(
        64 * MEBIBYTE, "payload bytes of events that may be under way, per worker"
    )
    batch_events: int = _setting(512, "events stored in one transaction, at most")
    search_limit: int = _setting(10_000, "records a search returns, at most")
    search_bytes: int = _setting(32 * MEBIBYTE, "payload bytes a search returns, at most")

    @property
    def dsn(self) -> str:
        """`db` with what it leaves out filled in: user postgres, database postgres."""
        url = urlsplit(self.db)
        if url.username is None:
            url = url._replace(netloc=f"postgres@{url.netloc}")
        if url.path in ("", "/"):
            url = url._replace(path="/postgres")
        return url.geturl()

    @property
    def max_message_bytes(self) -> int:
        """The largest message: a payload, its receiver twice, and the rest of the envelope."""
        return self.max_body_bytes + 2 * self.max_schema_bytes + 64 * 1024


def _option(setting: Field[Any]) -> str:
    return setting.name.replace("_", "-")


def _read(setting: Field[Any], value: Any, source: str) -> Any:
    """`value` as the setting's type. Raises `SettingsError` naming where it came from."""
    kind = type(setting.default)
    try:
        if kind is bool:
            if isinstance(value, bool):
                return value
            return {"true": True, "1": True, "yes": True, "on": True,
                    "false": False, "0": False, "no": False, "off": False}[
                str(value).strip().lower()
            ]  # fmt: skip
        if isinstance(value, bool):
            raise ValueError
        return kind(value)
    except (KeyError, ValueError, TypeError):
        wanted = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
        raise SettingsError(f"{source}: {value!r} is not {wanted[kind]}; correct it") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m epr_server",
        description="An Event Provenance Registry.",
        epilog="Each flag can be given as an environment variable: --max-body-bytes is "
        "EPR_MAX_BODY_BYTES. TLS, token and limits are off or generous by default: "
        "meant for a loopback address.",
    )
    for setting in fields(Settings):
        shown = "off" if setting.default is False else (setting.default or "none")
        text = f"{setting.metadata['help']} (default: {shown})"
        if isinstance(setting.default, bool):
            # --debug, --debug=true and --debug=false are all understood.
            parser.add_argument(f"--{_option(setting)}", nargs="?", const="true", help=text)
        else:
            parser.add_argument(f"--{_option(setting)}", help=text)
    parser.add_argument("--config", help="settings file (YAML); default: epr.yaml in ~/.config/epr")
    return parser


def _file(path: str | None, environment: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    if path is None:
        home = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        found = Path(home) / "epr" / "epr.yaml"
        if not found.is_file():
            return "", {}
        path = str(found)
    import yaml  # only a process with a settings file pays for it

    try:
        content = yaml.safe_load(Path(path).read_text("utf-8")) or {}
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"settings file {path}: {error}; correct it or leave out --config"
        ) from error
    if not isinstance(content, dict):
        raise SettingsError(f"settings file {path}: a mapping is wanted, such as 'port: 8042'")
    return path, {str(key).replace("_", "-"): value for key, value in content.items()}


def _check(settings: Settings) -> Settings:
    for setting in fields(Settings):
        value = getattr(settings, setting.name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
            if setting.name == "port" and value == 0:
                continue
            raise SettingsError(
                f"--{_option(setting)}: {value} is too small; give a positive number"
            )
    if not 0 <= settings.port <= 65535:
        raise SettingsError(f"--port: {settings.port} is not a port; give one from 1 to 65535")
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise SettingsError("--tls-cert and --tls-key belong together; give both or neither")
    try:
        url = urlsplit(settings.db)
        usable = url.scheme in ("postgres", "postgresql") and (url.port or True)
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(
            f"--db: {settings.db!r} is not a PostgreSQL URL; "
            "give one like postgres://user:password@127.0.0.1:5432/epr"
        )
    if not settings.topic or not settings.brokers:
        raise SettingsError("--topic and --brokers cannot be empty")
    return settings


def read_settings(
    arguments: Sequence[str], environment: Mapping[str, str] = os.environ
) -> Settings:
    """Settings from flags, environment and file. Raises `SettingsError`; exits for ``--help``."""
    flags = vars(_parser().parse_args(arguments))
    path, content = _file(flags["config"] or environment.get("EPR_CONFIG"), environment)
    known = {_option(setting) for setting in fields(Settings)}
    if unknown := sorted(set(content) - known):
        raise SettingsError(
            f"settings file {path}: unknown key {unknown[0]!r}; see --help for the names"
        )
    chosen = {}
    for setting in fields(Settings):
        assert setting.default is not MISSING
        option, variable = _option(setting), "EPR_" + setting.name.upper()
        if flags[setting.name] is not None:
            chosen[setting.name] = _read(setting, flags[setting.name], f"--{option}")
        elif environment.get(variable):
            chosen[setting.name] = _read(setting, environment[variable], variable)
        elif option in content:
            chosen[setting.name] = _read(
                setting, content[option], f"settings file {path}: {option}"
            )
    return _check(Settings(**chosen))
