"""Reading records from a registry: the only module here that talks to anything."""

from __future__ import annotations

from collections.abc import Iterable

from epr.client import Client
from epr.messages import Message
from epr.records import NVRPP
from epr_lineage.build import trace
from epr_lineage.model import Lineage


def read(
    client: Client, unit: NVRPP | None = None, *, messages: Iterable[Message] = (), **where: str
) -> Lineage:
    """The lineage of one unit, or of all that match: `read(client, name="tidetable")`.

    `where` takes what `client.events.find` takes. Messages are not stored in the registry; give
    those that were captured from the topic (`epr.read_topic()`). Raises what the client raises.
    """
    events = list(client.events.find(unit, **where))
    used = {event.event_receiver_id for event in events}
    groups = [group for group in client.groups.find() if used & set(group.event_receiver_ids)]
    wanted = used.union(*(group.event_receiver_ids for group in groups))
    return trace(events, [client.receivers.get(id_) for id_ in sorted(wanted)], groups, messages)
