"""Which event was posted because of which message: what the watcher's loop guard counts by.

While a `Watcher` runs a handler, `current` holds the run; every event that the handler creates
through this SDK is noted there, without the handler doing anything. So a watcher knows its own
events when they come back to it, and how many times round they have been ("hops").

That memory ends at the process. To carry hops from service to service, put them into the payload
where the receiver's schema allows a key `causation`:

    client.events.create(receiver, unit, success=True, payload=epr.caused_by(message, payload))
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .messages import Message

KEY = "causation"


@dataclass(slots=True)
class Run:
    """One handler at work on one message: how far the message had come, what was posted since."""

    hops: int
    posted: list[str] = field(default_factory=list)


current: ContextVar[Run | None] = ContextVar("epr_current_run", default=None)


def note_posted(event_id: str) -> None:
    """Called for every event created; outside a handler it does nothing."""
    run = current.get()
    if run is not None:
        run.posted.append(event_id)


def stamped_hops(payload: Any) -> int:
    """The hops written in a payload by `caused_by`; 0 if there are none that make sense."""
    stamp = payload.get(KEY) if isinstance(payload, Mapping) else None
    hops = stamp.get("hops") if isinstance(stamp, Mapping) else None
    # The payload is anyone's: a number is believed only within reason.
    return hops if isinstance(hops, int) and not isinstance(hops, bool) and 0 < hops < 1000 else 0


def caused_by(message: Message, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of `payload` with a key `causation`: the causing event's id, and the hops so far.

    For an event posted by a handler, so that the watchers of other services can see a loop, and
    that lineage can say why it was posted. A gate's completion is named as well, by its group's id.
    The receiver's schema must allow the key: `{"cause": text, "hops": integer, "gate": text}`.
    """
    event = message.event
    run = current.get()
    hops = run.hops if run is not None else stamped_hops(event.payload if event else None)
    cause = event.id if event is not None else message.id
    stamp = {"cause": cause, "hops": hops + 1}
    if message.kind == "completion":
        stamp["gate"] = message.group.id
    return {**payload, KEY: stamp}
