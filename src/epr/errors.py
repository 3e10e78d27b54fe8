"""What can go wrong between a program and a registry.

    EPRError
    ├── ConnectionFailed      nothing answers at the address, or the line was cut
    ├── Timeout               no answer in time
    ├── ResponseError         the registry answered, and the answer is no
    │   ├── Refused           400: the input; `problems` says what is wrong with it
    │   ├── Unauthorized      401, 403: the bearer token is missing or wrong
    │   ├── NotFound          404: no such object
    │   ├── TooLarge          413: the body is over the registry's limit
    │   ├── Overloaded        429, 503: come back later; `retry_after` in seconds
    │   └── ServerFailed      any other 5xx
    ├── GraphQLError          the document was invalid, or a resolver failed
    ├── UnexpectedAnswer      the answer is not what the contract says (is it a registry?)
    └── WatcherError
        ├── BrokerUnavailable no broker answers at the address
        ├── NotAnEnvelope     a record on the topic is not a message of a registry
        ├── GiveUp            raised by a handler: do not try again, dead-letter it
        ├── LoopSuspected     a handler's own events keep triggering it
        ├── WaitTimedOut      `Watcher.wait_for` waited in vain
        └── WatcherMisused    for example started twice

    BaseError                 the upstream SDK's other errors, kept for code that catches them
    ├── RunCmdError, CmdMissingError, FileNotFoundError, InvalidKeyError, KeyNotFoundError
    └── NotImplemented

`EPRError`, `GraphQLError`, `BaseError` with its children and `debug_except_hook` have the names
of the upstream SDK 0.1.0. Every message ends with what to do next. `maybe_stored` on an error
says whether a write may have taken effect all the same.
"""

from __future__ import annotations

import pdb
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any


class EPRError(Exception):
    """Base of everything this SDK raises about a registry or its topic.

    `maybe_stored`: True if a write that failed with this error may have been stored; False if it
    surely was not (or nothing was being written).
    """

    message = "An error occurred with the request to EPR"
    maybe_stored: bool = False

    def __init__(self, message: str | None = None) -> None:
        if message:
            self.message = f"{type(self).message}: {message}"
        super().__init__(message)


class ConnectionFailed(EPRError):
    """Nothing answers at the address, or the connection was cut before the answer came.

    `maybe_stored` is False when the request was never sent.
    """

    message = "No connection to EPR"

    def __init__(self, message: str | None = None, *, maybe_stored: bool = False) -> None:
        super().__init__(message)
        self.maybe_stored = maybe_stored


class Timeout(EPRError):
    """No answer in time. Whether the request was carried out is unknown once it was sent."""

    message = "EPR did not answer in time"

    def __init__(self, message: str | None = None, *, maybe_stored: bool = False) -> None:
        super().__init__(message)
        self.maybe_stored = maybe_stored


class ResponseError(EPRError):
    """The registry answered with an error.

    `status` is the HTTP status (200 for an error inside a GraphQL answer), `problems` the
    registry's reasons one by one, `body` the whole answer as text.
    """

    message = "EPR refused the request"

    def __init__(
        self,
        message: str | None = None,
        *,
        status: int = 0,
        problems: Sequence[str] = (),
        body: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.problems = list(problems)
        self.body = body


class Refused(ResponseError):
    """400: something is wrong with the input. `problems` lists every reason the registry gave.

    For a payload that does not match the receiver's schema the first problem is
    "event payload did not match event receiver schema" and the rest are one per violation:
    `<dotted path or (root)>: <what is wrong>` (contract section 4).
    """

    message = "EPR refused the input"


class Unauthorized(ResponseError):
    """401 or 403: the bearer token is missing or not the right one."""

    message = "EPR did not accept the token"


class NotFound(ResponseError):
    """404: there is no such object, or no such address."""

    message = "EPR does not have it"


class TooLarge(ResponseError):
    """413: the request body is over the registry's limit (8 MiB unless set otherwise)."""

    message = "The request is too large for EPR"


class Overloaded(ResponseError):
    """429 or 503: the registry cannot take the request now.

    `retry_after` is the registry's own advice in seconds, or None. `maybe_stored` is False if the
    registry says that it turned the request away before anything was stored (429, or the header
    `EPR-Stored: no`).
    """

    message = "EPR cannot take the request now"

    def __init__(
        self,
        message: str | None = None,
        *,
        retry_after: float | None = None,
        maybe_stored: bool = True,
        **answer: Any,
    ) -> None:
        super().__init__(message, **answer)
        self.retry_after = retry_after
        self.maybe_stored = maybe_stored


class ServerFailed(ResponseError):
    """Any other 5xx. Whether a write was stored is unknown."""

    message = "EPR failed"
    maybe_stored = True


class GraphQLError(EPRError):
    """A GraphQL document was invalid, or a field of it failed; `errors` is the answer's list."""

    message = "Error making GraphQL request to EPR"

    def __init__(self, message: str | None = None, *, errors: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.errors = list(errors)


class UnexpectedAnswer(EPRError, ValueError):
    """The answer is not JSON, or not shaped as the contract says: is this a registry?"""

    message = "EPR gave an answer that cannot be read"
    maybe_stored = True


class WatcherError(EPRError):
    """Base of what goes wrong on the topic side."""

    message = "A watcher cannot go on"


class BrokerUnavailable(WatcherError):
    """No broker answers at the address."""

    message = "No broker answers"


class NotAnEnvelope(WatcherError, ValueError):
    """A record on the topic is not a message of a registry (contract section 10)."""

    message = "Not a message of a registry"


class GiveUp(WatcherError):
    """Raise this in a handler to dead-letter the message at once, without further tries."""

    message = "The handler gave up"


class LoopSuspected(WatcherError):
    """An event caused by this handler, by way of itself, came back to it too often."""

    message = "A handler seems to trigger itself"


class WaitTimedOut(WatcherError, TimeoutError):
    """`Watcher.wait_for` or `read_topic` waited in vain."""

    message = "Waited in vain"


class WatcherMisused(WatcherError):
    """The watcher was started twice, has no handler, and the like."""

    message = "The watcher cannot be used like this"


class BaseError(Exception):
    """Base of the upstream SDK's other errors. Nothing in this SDK raises them."""


class RunCmdError(BaseError):
    """Upstream: a command failed to run."""


class CmdMissingError(BaseError):
    """Upstream: a command is missing."""


class FileNotFoundError(BaseError):
    """Upstream: a file was not found. Not Python's own exception of this name."""


class InvalidKeyError(BaseError):
    """Upstream: an invalid key was given."""


class KeyNotFoundError(BaseError):
    """Upstream: a key was not found."""


class NotImplemented(BaseError):
    """Upstream: a function is not implemented."""


def debug_except_hook(
    type: type[BaseException], value: BaseException, tb: TracebackType | None
) -> None:
    """An excepthook that prints the traceback and opens the debugger (upstream; EPR_DEBUG)."""
    print(f"epr python hates {type.__name__}")
    print(str(type))
    traceback.print_exception(type, value, tb)
    pdb.post_mortem(tb)
