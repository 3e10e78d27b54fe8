"""Reading records from a registry: the only module here that talks to anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from epr_lineage.build import trace
from epr_lineage.errors import ReadFailed
from epr_lineage.model import Lineage
from epr_lineage.records import Event, Group, Message, Receiver

if TYPE_CHECKING:
    from epr import Client

EVENT_FIELDS = [
    "id", "name", "version", "release", "platform_id", "package", "description", "payload",
    "success", "created_at", "event_receiver_id",
]  # fmt: skip
RECEIVER_FIELDS = ["id", "name", "type", "version"]
GROUP_FIELDS = ["id", "name", "type", "enabled", "event_receiver_ids"]


def read(client: Client, *, messages: Iterable[Message] = (), **unit: str) -> Lineage:
    """The lineage of every unit that matches: `read(client, name="tidetable", version="1.4.0")`.

    `unit` takes any of name, version, release, platform_id and package. Messages are not stored in
    the registry; give those that you captured from the topic. Raises `ReadFailed`.
    """
    events = [Event.of(body) for body in search(client.search_events, "events", unit, EVENT_FIELDS)]
    used = {event.receiver_id for event in events}
    groups = [
        group
        for body in search(
            client.search_event_receiver_groups, "event_receiver_groups", {}, GROUP_FIELDS
        )
        if used & set((group := Group.of(body)).receiver_ids)
    ]
    wanted = used.union(*(group.receiver_ids for group in groups))
    receivers = [
        Receiver.of(body)
        for id_ in sorted(wanted)
        for body in search(
            client.search_event_receivers, "event_receivers", {"id": id_}, RECEIVER_FIELDS
        )
    ]
    return trace(events, receivers, groups, messages)


def search(
    call: Callable[..., dict[str, Any]], what: str, params: dict[str, str], fields: list[str]
) -> list[dict[str, Any]]:
    """The records of one GraphQL search of the SDK's client. Raises `ReadFailed`."""
    body = call(params, fields)
    if body.get("errors"):
        raise ReadFailed(what, [str(error.get("message", error)) for error in body["errors"]])
    return body["data"][what]
