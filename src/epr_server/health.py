"""Whether the process lives, whether it can do its work, and what it is (contract section 7)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from epr_server.settings import Settings
from epr_server.timestamps import rfc3339

_FRESH_SECONDS = 0.5


class Health:
    """Asks each part when somebody asks; an answer is good for half a second.

    `checks`: for each part a function that returns what is wrong with it, or an empty text.
    """

    def __init__(
        self, settings: Settings, version: str, checks: dict[str, Callable[[], Awaitable[str]]]
    ) -> None:
        self._settings = settings
        self._version = version
        self._checks = checks
        self._started = datetime.now(UTC)
        self._began = time.monotonic()
        self._asked = float("-inf")
        self._problems: dict[str, str] = {}
        self._asking = asyncio.Lock()

    async def problems(self) -> dict[str, str]:
        """What is wrong, by part; empty if everything works."""
        async with self._asking:
            if time.monotonic() - self._asked > _FRESH_SECONDS:
                answers = await asyncio.gather(*(check() for check in self._checks.values()))
                found = zip(self._checks, answers, strict=True)
                self._problems = {part: problem for part, problem in found if problem}
                self._asked = time.monotonic()
        return self._problems

    async def readiness(self) -> tuple[bool, dict[str, object]]:
        """Whether the registry can store events and publish messages, and the JSON that says so.

        Without the broker events are still stored and their messages sent later; it is reported all
        the same, because whoever watches is waiting for messages.
        """
        problems = await self.problems()
        if problems:
            return False, {"ready": False, "problems": problems}
        return True, {"ready": True}

    async def status(self) -> dict[str, object]:
        """The JSON of GET /healthz/status."""
        _, readiness = await self.readiness()
        return {
            "service": {"name": "server", "version": self._version, "release": "epr_server"},
            "uptime": _go_duration(time.monotonic() - self._began),
            "debug": self._settings.debug,
            "health": {"readiness": readiness, "liveness": {"alive": True}},
            "start_time": rfc3339(self._started),
            "host": self._settings.host,
            "port": str(self._settings.port),
            "metadata": {"verbose": self._settings.debug, "resources": ""},
        }


def _go_duration(seconds: float) -> str:
    """As Go writes a duration: 1h2m3.5s."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{rest:.6f}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text
