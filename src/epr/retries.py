"""When a request is sent again, and after how long.

Pauses grow exponentially with full jitter: before try *n* a random time between 0 and
`first * 2**(n-1)` seconds, at most `longest`; the registry's own Retry-After is waited for if it
is longer (and not longer than `longest`). tenacity does the counting.

What is repeated:

- **Reads, searches, enable and disable**: after a cut connection, a time-out, 429, and any 5xx.
  Doing them twice does no harm.
- **Creates**: only if the request surely was not carried out: the connection was never made, or
  the registry said so (429, or 503 with `EPR-Stored: no`). A registry has no idempotency key and
  no uniqueness rule. A create repeated after a lost *answer* is stored twice and announced twice,
  and a second passing event opens its gate a second time. So the error is raised, with
  `maybe_stored` set, and the caller decides: look first (`client.events.find(...)`), or accept
  duplicates beforehand with `Client(retry_creates=True)` where every consumer is idempotent.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import tenacity

from .errors import ConnectionFailed, Overloaded, ServerFailed, Timeout
from .wire import Request


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently.

    `attempts`: tries in all, 1 for no retry. `first`, `longest`: pauses in seconds.
    `creates`: repeat creates too when they may have been stored; see the module's warning.
    """

    attempts: int = 4
    first: float = 0.2
    longest: float = 5.0
    creates: bool = False

    def worth_repeating(self, error: BaseException, request: Request) -> bool:
        """Whether `request`, having failed with `error`, is sent again."""
        if not isinstance(error, ConnectionFailed | Timeout | Overloaded | ServerFailed):
            return False
        if request.once:
            return False
        return request.repeatable or self.creates or not error.maybe_stored

    def pause(self, attempt: int, error: BaseException | None) -> float:
        """Seconds to wait after the failed try number `attempt` (from 1)."""
        jitter = random.uniform(0, min(self.longest, self.first * 2 ** (attempt - 1)))  # noqa: S311
        advised = error.retry_after if isinstance(error, Overloaded) else None
        return max(jitter, min(advised or 0.0, self.longest))

    def settings(self, request: Request) -> dict[str, Any]:
        """Arguments for `tenacity.Retrying` and `tenacity.AsyncRetrying`."""
        return {
            "stop": tenacity.stop_after_attempt(self.attempts),
            "retry": tenacity.retry_if_exception(lambda e: self.worth_repeating(e, request)),
            "wait": lambda state: self.pause(state.attempt_number, state.outcome.exception()),
            "reraise": True,
        }


NO_RETRIES = RetryPolicy(attempts=1)
