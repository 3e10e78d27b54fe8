"""Stopping a handler that triggers itself.

A handler that posts an event which it also listens to goes round for ever. The guard counts how
many times round a message has been ("hops"): one more than the message whose handler posted its
event. It knows the events that this process's own handlers posted through the SDK, without their
help, and believes the count in a payload written by `epr.caused_by`, for loops through several
services.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from .. import causation
from ..messages import Message


class LoopGuard:
    """Hops of messages. `max_hops`: how many are allowed; `capacity`: own events remembered."""

    def __init__(self, max_hops: int = 5, capacity: int = 10_000) -> None:
        self.max_hops = max_hops
        self.capacity = capacity
        self._own: OrderedDict[str, int] = OrderedDict()

    def hops(self, message: Message) -> int:
        """How many handlers the message came through, as far as is known."""
        if message.event is None:
            return 0
        remembered = self._own.get(message.event.id, 0)
        return max(remembered, causation.stamped_hops(message.event.payload))

    def remember(self, event_ids: Iterable[str], hops: int) -> None:
        """Notes events that a handler posted while it worked on a message with `hops` - 1."""
        for id in event_ids:
            self._own[id] = hops
        while len(self._own) > self.capacity:
            self._own.popitem(last=False)

    def stops(self, message: Message) -> bool:
        """Whether the message has been round too often."""
        return self.hops(message) > self.max_hops
