"""Everything the registry refuses or cannot do.

::

    RegistryError
    ├── Refusal                  the request is at fault; `message` is for the client
    │   ├── InvalidInput         400
    │   ├── Unauthorized         401
    │   ├── NotFound             404
    │   ├── RequestTimeout       408
    │   └── TooLarge             413
    ├── Unavailable              503: a part the request needs is down, or took too long
    │   └── Overloaded           503: too many events are waiting to be stored
    └── StartError               the process cannot start
        ├── SettingsError        a flag, an environment variable or the settings file is wrong
        └── MigrationError       the database is newer than this program, or not ours
"""

from __future__ import annotations

from collections.abc import Sequence


class RegistryError(Exception):
    """Base of all; `status` is the HTTP status, `message` the one text a client is shown."""

    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refusal(RegistryError):
    """The request is at fault."""

    status = 400


class InvalidInput(Refusal):
    """One or more things are wrong with what was sent. `problems` holds one text for each."""

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("invalid input: " + "\n".join(self.problems))


class Unauthorized(Refusal):
    """The bearer token that this registry asks for is missing or wrong."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "unauthorized: this registry asks for a bearer token; "
            "send the header 'Authorization: Bearer <token>'"
        )


class NotFound(Refusal):
    """No record has this id. `noun` is event, eventReceiver or eventReceiverGroup (contract 2.2)."""

    status = 404

    def __init__(self, noun: str, id: str) -> None:
        self.noun, self.id = noun, id
        super().__init__(f"object not found: {noun} with id {id} not found")


class RequestTimeout(Refusal):
    """The body did not arrive in time."""

    status = 408

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"invalid input: the body did not arrive within {seconds:g} s; send it again"
        )


class TooLarge(Refusal):
    """Something is bigger than the registry takes. `limit` is in bytes."""

    status = 413

    def __init__(self, what: str, limit: int) -> None:
        self.limit = limit
        super().__init__(
            f"invalid input: the {what} is larger than {limit} bytes; "
            "store the document elsewhere and send its digest and address"
        )


class Unavailable(RegistryError):
    """A part the request needs is down or too slow. The client may try again after `retry_after`.

    `maybe_stored` is true where it is not known whether the request took effect: the connection was
    lost between asking the database and its answer.
    """

    status = 503

    def __init__(self, message: str, *, retry_after: int = 1, maybe_stored: bool = False) -> None:
        self.retry_after = retry_after
        self.maybe_stored = maybe_stored
        super().__init__(f"temporarily unavailable: {message}; try again in {retry_after} s")


class Overloaded(Unavailable):
    """The queue of events waiting to be stored is full. Nothing of this request was stored."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} events are waiting to be stored and no more are taken in")


class StartError(RegistryError):
    """The process cannot start; the message says what to mend."""


class SettingsError(StartError):
    """A flag, an environment variable or the settings file holds something unusable."""


class MigrationError(StartError):
    """The database holds a schema that this program does not know."""
