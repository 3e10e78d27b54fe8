"""Reading records from a registry: the only module here that talks to anything."""

from __future__ import annotations

from collections.abc import Iterable

from epr.client import Client
from epr.messages import Message
from epr_lineage.build import trace
from epr_lineage.model import Lineage


def read(client: Client, *, messages: Iterable[Message] = (), **unit: str) -> Lineage:
    """The lineage of every unit that matches: `read(client, name="tidetable", version="1.4.0")`.

    `unit` takes any of name, version, release, platform_id and package. Messages are not stored in
    the registry; give those that were captured from the topic (`epr.read_topic()`). Raises what the
    client raises.
    """
    events = list(client.events.find(**unit))
    used = {event.event_receiver_id for event in events}
    groups = [group for group in client.groups.find() if used & set(group.event_receiver_ids)]
    wanted = used.union(*(group.event_receiver_ids for group in groups))
    return trace(events, [client.receivers.get(id_) for id_ in sorted(wanted)], groups, messages)
