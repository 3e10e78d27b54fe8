"""The short way for POST /api/v1/events, where a registry spends its time.

Of the work to answer one event, ASGI's messages, its header checks and the middlewares are more than
half. This exchange has the same body limit, token, counters, log line, headers and refusals, but goes
from the connection to the handler and back without them. Whatever is out of the ordinary (a body that
arrives in pieces, ``Expect: 100-continue``) takes the long way through ASGI, to the same handler.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

EVENTS = b"/api/v1/events"


class EventExchange(RequestResponseCycle):
    """One request to store an event, and its answer."""

    async def run_asgi(self, app: Any) -> None:
        """`app` is an `epr_server.app.Application`."""
        if self.more_body or self.waiting_for_100_continue:
            await super().run_asgi(app)
            return
        status, head, body = await app.answer_event(self.scope, bytes(self.body))
        if self.disconnected:
            return
        self.response_started = True
        dates = b"".join([b"%b: %b\r\n" % header for header in self.default_headers])
        close = b"" if self.keep_alive else b"connection: close\r\n"
        self.transport.write_whole(
            b"%b%b%b%bcontent-length: %d\r\n\r\n%b"
            % (STATUS_LINE[status], dates, head, close, len(body), body)
        )
        self.response_complete = True
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
        self.on_response = _nothing


def _nothing() -> None:
    """As uvicorn does: an exchange that is over keeps nothing alive."""
