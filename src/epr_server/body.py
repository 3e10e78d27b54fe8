"""Reading the body of a request, bounded."""

from __future__ import annotations

from starlette.types import Receive

from epr_server.errors import TooLarge


class ClientGone(Exception):
    """The connection ended before the request was complete; nobody waits for an answer."""


async def read_body(receive: Receive, limit: int) -> bytes:
    """The whole body. Raises `TooLarge` past `limit` bytes, `ClientGone`.

    What is left of a body that is too large is read and dropped (up to eight times the limit), as
    many clients do not look at the answer before they have sent everything.
    """
    message = await receive()
    # Most bodies arrive in one piece.
    if message["type"] == "http.request" and not message.get("more_body", False):
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise TooLarge("body", limit)
        return body
    pieces: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size <= limit:
            pieces.append(piece)
        else:
            pieces.clear()
        if size > 8 * limit or not message.get("more_body", False):
            break
        message = await receive()
    if size > limit:
        raise TooLarge("body", limit)
    return b"".join(pieces)
