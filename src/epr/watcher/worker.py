"""The thread that runs handlers, one at a time.

Handlers have a thread of their own so that the consuming loop can keep its place in the consumer
group while one takes long. It is a daemon: a handler that never ends cannot keep a program from
being ended by a second Ctrl-C.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import queue
import threading
from concurrent.futures import Future
from typing import Any

from .. import causation
from ..messages import Message
from .matching import Route


class Worker:
    """Runs handlers in the context (contextvars) it was made in: output finds its notebook cell."""

    def __init__(self, name: str) -> None:
        self._context = contextvars.copy_context()
        self._jobs: queue.SimpleQueue[tuple[Future[Any], Route, Message, causation.Run] | None]
        self._jobs = queue.SimpleQueue()
        self._runner: asyncio.Runner | None = None
        self._thread = threading.Thread(
            target=self._context.run, args=(self._work,), name=f"{name} handler", daemon=True
        )
        self._thread.start()

    def submit(self, route: Route, message: Message, run: causation.Run) -> Future[Any]:
        """Has the handler called with the message; the future ends as the handler does."""
        future: Future[Any] = Future()
        self._jobs.put((future, route, message, run))
        return future

    def close(self, timeout: float = 1) -> None:
        """Ends the thread once it is idle."""
        self._jobs.put(None)
        self._thread.join(timeout)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, route, message, run = job
            causation.current.set(run)
            try:
                future.set_result(self._call(route, message))
            except BaseException as error:  # SystemExit in a handler too is the handler's failure
                future.set_exception(error)
            finally:
                causation.current.set(None)
        if self._runner is not None:
            self._runner.close()

    def _call(self, route: Route, message: Message) -> bool:
        """True if the handler ran, False if its `where` did not want the message."""
        if route.match.where is not None and not route.match.where(message):
            return False
        result = route.handler(message)
        if inspect.isawaitable(result):
            # One event loop for all calls, so that an async client can be shared between them.
            self._runner = self._runner or asyncio.Runner()
            self._runner.run(_awaited(result), context=contextvars.copy_context())
        return True


async def _awaited(result: Any) -> Any:
    return await result
