"""Log lines on standard error: ``key=value`` pairs, or JSON with ``--json-logging``.

Nothing a client sent in a body is ever logged. Values that came from outside are quoted.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from epr_server.timestamps import rfc3339

_PLAIN = re.compile(r"[^\s\"=\\\x00-\x1f\x7f]+")


@lru_cache(maxsize=512)
def _text(value: Any) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _line(pairs: dict[str, Any], as_json: bool) -> str:
    if as_json:
        return json.dumps(pairs, default=str)
    return " ".join(f"{key}={_text(value)}" for key, value in pairs.items())


class _Formatter(logging.Formatter):
    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        pairs = {
            "time": rfc3339(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "part": record.name.removeprefix("epr_server."),
            "event": record.getMessage(),
        }
        if record.exc_info:
            pairs["traceback"] = self.formatException(record.exc_info)
        return _line(pairs, self._as_json)


def configure(*, as_json: bool, debug: bool) -> None:
    """Sends the records of every logger to standard error in one form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    # Their debug lines would be one per statement and per request.
    for chatty in ("asyncio", "uvicorn", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.INFO)


class AccessLog:
    """One line a request, written a tenth of a second later together with its neighbours.

    A write per request would cost more than storing an event does.
    """

    _DELAY = 0.1

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._lines: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(
        self, method: str, path: str, status: int, seconds: float, client: str, moment: datetime
    ) -> None:
        """`path` is still percent-encoded; `moment` is when the answer was complete, in UTC."""
        if self._as_json:
            line = json.dumps(
                {
                    "time": rfc3339(moment),
                    "level": "info",
                    "part": "access",
                    "method": method,
                    "path": path,
                    "status": status,
                    "ms": round(seconds * 1000, 2),
                    "client": client,
                }
            )
        else:
            line = (
                f"time={rfc3339(moment)} level=info part=access method={method} "
                f"path={_text(path)} status={status} ms={seconds * 1000:.2f} client={client}"
            )
        if not self._lines:
            if self._loop is None:
                self._loop = asyncio.get_running_loop()
            self._loop.call_later(self._DELAY, self.flush)
        self._lines.append(line)

    def flush(self) -> None:
        """Writes what is waiting."""
        if self._lines:
            lines, self._lines = self._lines, []
            sys.stderr.write("\n".join(lines) + "\n")
            sys.stderr.flush()
