"""Reading the bodies of requests, bounded each and all together."""

from __future__ import annotations

from starlette.types import Receive

from epr_server.errors import TooLarge, Unavailable


class ClientGone(Exception):
    """The connection ended before the request was complete; nobody waits for an answer."""


class Bodies:
    """Reads bodies of at most `limit` bytes, as long as those arriving hold at most `together`."""

    def __init__(self, limit: int, together: int) -> None:
        self.limit = limit
        self._together = together
        self._held = 0

    async def read(self, receive: Receive) -> bytes:
        """The whole body. Raises `TooLarge` past the limit, `Unavailable`, `ClientGone`."""
        message = await receive()
        # Most bodies arrive in one piece.
        if message["type"] == "http.request" and not message.get("more_body", False):
            body: bytes = message.get("body", b"")
            if len(body) > self.limit:
                raise TooLarge("body", self.limit)
            return body
        pieces: list[bytes] = []
        size = held = 0
        try:
            while True:
                if message["type"] == "http.disconnect":
                    raise ClientGone
                piece = message.get("body", b"")
                size += len(piece)
                if size > self.limit:
                    pieces.clear()
                    # What is left is read and dropped, up to a point: many clients do not look at
                    # the answer before they have sent everything.
                    if size > 8 * self.limit or not message.get("more_body", False):
                        raise TooLarge("body", self.limit)
                else:
                    pieces.append(piece)
                    held += len(piece)
                    self._held += len(piece)
                    if self._held > self._together:
                        raise Unavailable("too many large requests are arriving at once")
                    if not message.get("more_body", False):
                        return b"".join(pieces)
                message = await receive()
        finally:
            self._held -= held
