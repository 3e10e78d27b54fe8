"""How a client connects: one place for time-outs, pooling, headers and proxies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from . import addresses

Timeouts = float | httpx.Timeout

# Seconds. The connect time-out is the upstream SDK's; a healthy registry answers in milliseconds.
DEFAULT_TIMEOUT = httpx.Timeout(10.0, connect=2.0)

# Servers close a connection that was idle for 5 s (uvicorn) or longer. Letting go earlier avoids
# sending a create into a connection that is being closed, where its fate would be unknown.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=3.0)


def settings(
    url: str,
    headers: Mapping[str, str] | None,
    token: str | None,
    timeout: Timeouts,
) -> dict[str, Any]:
    """Arguments for `httpx.Client` and `httpx.AsyncClient`."""
    all_headers = {"Content-Type": "application/json", "User-Agent": "epr-python (httpx)"}
    if token := addresses.token(token):
        all_headers["Authorization"] = f"Bearer {token}"
    return {
        "base_url": url,
        "headers": all_headers | dict(headers or {}),
        "timeout": timeout,
        "limits": _LIMITS,
        # A company proxy set in the environment cannot reach this machine's own loopback.
        "trust_env": urlsplit(url).hostname not in ("localhost", "127.0.0.1", "::1"),
    }
