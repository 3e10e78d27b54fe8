"""The address book: where a registry, its broker and its topic are, from the environment.

| variable      | what                            | without it              |
|---------------|---------------------------------|-------------------------|
| `EPR_URL`     | the registry                    | `http://localhost:8042` |
| `EPR_BROKERS` | the broker(s), comma separated  | `localhost:9092`        |
| `EPR_TOPIC`   | the topic of the messages       | `epr.dev.events`        |
| `EPR_TOKEN`   | the bearer token, if one is set | none is sent            |

The defaults are those of the upstream server and SDK (contract sections 13 and 16). Variables
are read when a client is made, not at import: a notebook may set them in a cell.
"""

from __future__ import annotations

import os


def registry_url(given: str | None = None) -> str:
    """The registry's base URL, without a trailing slash."""
    return (given or os.environ.get("EPR_URL") or "http://localhost:8042").rstrip("/")


def brokers(given: str | None = None) -> list[str]:
    """The broker addresses, each `host:port`."""
    text = given or os.environ.get("EPR_BROKERS") or "localhost:9092"
    return [address.strip() for address in text.split(",") if address.strip()]


def topic(given: str | None = None) -> str:
    """The topic the registry announces on."""
    return given or os.environ.get("EPR_TOPIC") or "epr.dev.events"


def token(given: str | None = None) -> str | None:
    """The bearer token, or None."""
    return given or os.environ.get("EPR_TOKEN") or None
