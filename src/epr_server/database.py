"""The connections to PostgreSQL, and what it means when one of them fails.

The process stays up while the database is away: it says so (readiness, 503 with a reason), keeps
trying, and goes on where it was once the database answers again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg

from epr_server.errors import StartError, Unavailable
from epr_server.migrations import migrate
from epr_server.settings import Settings

log = logging.getLogger(__name__)

Result = TypeVar("Result")

# The connection, or the server behind it, went away: nothing is known about what was under way.
LOST = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,  # shutting down, crashed, cannot connect now, timed out
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,
)
# Waiting does not mend these; somebody has to.
HOPELESS = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)

# Classes of SQLSTATE: out of resources, system error, internal error, read-only, and a schema or
# privileges that somebody changed under us. All others come from what we sent, and are bugs.
_NOT_THE_VALUES = ("53", "58", "XX", "25", "42")
_CONNECT_TIMEOUT = 5.0
_RETRY_DELAYS = (0.1, 0.2, 0.5, 1.0)


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:
    """No statement of ours leaves anything behind in a session, so nothing has to be reset (which
    would cost a round trip each time a connection goes back to the pool)."""


def reason(error: BaseException) -> str:
    """One line about what is wrong with the database; never an address or a password."""
    if isinstance(error, asyncpg.QueryCanceledError):
        return "the database took too long"
    if isinstance(error, ConnectionRefusedError):
        return "the database does not answer (connection refused)"
    if isinstance(error, asyncio.TimeoutError):
        return "the database does not answer (timed out)"
    if isinstance(error, asyncpg.PostgresError):
        return f"the database says {error.sqlstate}: {str(error).splitlines()[0]}"
    return "the connection to the database was lost"


class Database:
    """A pool for reading and short writes, and single connections for those who need their own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: asyncpg.Pool | None = None
        self._problem = "the database has not answered yet"
        self._starting: asyncio.Task[None] | None = None
        self.started = asyncio.Event()
        """Set once the schema is in place."""

    async def connect(self, **server_settings: str) -> asyncpg.Connection:
        """A connection of its own, outside the pool. Raises one of `LOST` or `HOPELESS`."""
        return await asyncpg.connect(
            self._settings.dsn,
            timeout=_CONNECT_TIMEOUT,
            command_timeout=self._settings.statement_timeout + 5,
            server_settings=self._server_settings() | server_settings,
        )

    def _server_settings(self) -> dict[str, str]:
        return {
            "application_name": "epr_server",
            "statement_timeout": str(int(self._settings.statement_timeout * 1000)),
            "jit": "off",  # compiling costs more than any of our statements
        }

    async def start(self) -> None:
        """Connects and migrates; if the database does not answer, goes on trying in the background.

        Raises `StartError` if trying again would not help.
        """
        if await self._try_start():
            return
        log.warning("%s; trying again until it does", self._problem)
        self._starting = asyncio.create_task(self._keep_trying())

    async def _keep_trying(self) -> None:
        tries = 0
        while True:
            await asyncio.sleep(_RETRY_DELAYS[min(tries, len(_RETRY_DELAYS) - 1)])
            tries += 1
            try:
                if await self._try_start():
                    return
            except StartError as error:
                if error.message != self._problem:
                    log.error("%s", error.message)
                self._problem = error.message

    async def _try_start(self) -> bool:
        try:
            connection = await self.connect()
            try:
                applied = await migrate(connection)
            finally:
                await connection.close()
            self._pool = await asyncpg.create_pool(
                self._settings.dsn,
                min_size=0,  # opened when needed, also after the database was away
                max_size=self._settings.db_pool,
                timeout=_CONNECT_TIMEOUT,
                command_timeout=self._settings.statement_timeout + 5,
                server_settings=self._server_settings(),
                reset=_leave_as_it_is,
            )
        except HOPELESS as error:
            raise StartError(
                f"{reason(error)}; check the user, password and database that --db names"
            ) from error
        except LOST as error:
            self._problem = reason(error)
            return False
        if applied:
            log.info("database migrated: %s", ", ".join(applied))
        self._problem = ""
        self.started.set()
        return True

    async def stop(self) -> None:
        if self._starting:
            self._starting.cancel()
        if self._pool:
            try:
                await asyncio.wait_for(self._pool.close(), 2)
            except LOST:
                self._pool.terminate()

    async def run(self, work: Callable[[asyncpg.Connection], Awaitable[Result]]) -> Result:
        """`work` on a pooled connection.

        Only for work that can be done twice: if a connection turns out to be dead, it is done again
        on a fresh one. Raises `Unavailable`.
        """
        if self._pool is None:
            raise Unavailable(self._problem)
        stale = self._settings.db_pool  # at most this many pooled connections can be dead
        sent = False
        while True:
            try:
                async with self._pool.acquire(timeout=_CONNECT_TIMEOUT) as connection:
                    sent = True
                    return await work(connection)
            except asyncpg.QueryCanceledError as error:
                raise Unavailable(
                    f"the database took longer than {self._settings.statement_timeout:g} s; "
                    "ask for less"
                ) from error
            except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as error:
                if stale == 0:
                    raise Unavailable(reason(error), maybe_stored=sent) from error
                stale -= 1
            except TimeoutError as error:
                why = reason(error) if sent else "all connections to the database are busy"
                raise Unavailable(why, maybe_stored=sent) from error
            except LOST as error:
                raise Unavailable(reason(error), maybe_stored=sent) from error
            except asyncpg.PostgresError as error:
                if error.sqlstate[:2] in _NOT_THE_VALUES:
                    raise Unavailable(reason(error)) from error
                raise

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        return await self.run(lambda connection: connection.fetch(statement, *values))

    async def fetchrow(self, statement: str, *values: Any) -> asyncpg.Record | None:
        return await self.run(lambda connection: connection.fetchrow(statement, *values))

    async def check(self) -> str:
        """What is wrong with the database right now; empty if it answers."""
        try:
            await self.fetchrow("SELECT 1")
        except Unavailable:
            return self._problem or "the database does not answer"
        return ""
