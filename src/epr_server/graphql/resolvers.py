"""The fields of Query and Mutation, as calls of the registry.

Each function has the name and the arguments of its field in the schema. Refusals travel as the
registry's own exceptions; their messages are what REST answers too.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graphql import GraphQLResolveInfo
from msgspec import Raw

from epr_server.errors import InvalidInput
from epr_server.records import Event, Group, NewEvent, NewGroup, NewReceiver, Page, Receiver
from epr_server.registry import Registry

# Payloads and schemas that the searches of one request may return together. A single search has a
# bound of its own, which is smaller.
MAX_BYTES = 64 * 1024 * 1024

Record = TypeVar("Record", Event, Receiver, Group)


@dataclass(slots=True)
class Work:
    """One request while it is carried out.

    Attributes:
        registry: who answers.
        with_payload: the query mentions payloads, so they must be read.
        records_left: how many records its further searches may return.
        bytes_left: how many bytes of payloads and schemas they may hold.
        truncated: result name → how to get the rest, for searches that found more than they
            returned.
    """

    registry: Registry
    with_payload: bool
    records_left: int
    bytes_left: int = MAX_BYTES
    truncated: dict[str, str] = field(default_factory=dict)

    async def search(
        self,
        find: Callable[..., Awaitable[Page[Record]]],
        info: GraphQLResolveInfo,
        where: Mapping[str, Any],
        limit: int | None = None,
        **window: Any,
    ) -> list[Record]:
        """Search within what is left of the request's bounds.

        Raises:
            InvalidInput: nothing is left, or the window is not valid.
        """
        if self.records_left <= 0 or self.bytes_left <= 0:
            raise InvalidInput(
                f"the searches of one request return at most {self.registry.search_limit:,} "
                f"records and {MAX_BYTES:,} bytes of documents together; give each a limit, or "
                "send them one by one"
            )
        bounded = self.records_left if limit is None else min(limit, self.records_left)
        page = await find(where, limit=bounded, **window)
        self.records_left -= len(page.items)
        self.bytes_left -= sum(map(_document_size, page.items))
        # Who asked for 10 and got 10 was not cut short.
        if page.truncated and page.items and len(page.items) != limit:
            self.truncated[info.path.key] = (
                f'more match; for those younger, ask again with after: "{page.items[-1].id}"'
                if window.get("after")
                else f'more match; for those older, ask again with before: "{page.items[0].id}"'
            )
        return page.items


def _document_size(record: Event | Receiver | Group) -> int:
    match record:
        case Event():
            return len(record.payload)
        case Receiver():
            return len(record.schema)
    return 0


# ------------------------------------------------------------------------- Query


async def events_by_id(_: None, info: GraphQLResolveInfo, id: str) -> list[Event]:
    return [await info.context.registry.get_event(id)]


async def event_receivers_by_id(_: None, info: GraphQLResolveInfo, id: str) -> list[Receiver]:
    return [await info.context.registry.get_receiver(id)]


async def event_receiver_groups_by_id(_: None, info: GraphQLResolveInfo, id: str) -> list[Group]:
    return [await info.context.registry.get_group(id)]


async def events(
    _: None, info: GraphQLResolveInfo, event: dict[str, Any], **window: Any
) -> list[Event]:
    work: Work = info.context
    window["with_payload"] = work.with_payload
    return await work.search(work.registry.find_events, info, event, **window)


async def event_receivers(
    _: None, info: GraphQLResolveInfo, event_receiver: dict[str, Any], **window: Any
) -> list[Receiver]:
    work: Work = info.context
    return await work.search(work.registry.find_receivers, info, event_receiver, **window)


async def event_receiver_groups(
    _: None, info: GraphQLResolveInfo, event_receiver_group: dict[str, Any], **window: Any
) -> list[Group]:
    work: Work = info.context
    return await work.search(work.registry.find_groups, info, event_receiver_group, **window)


# ---------------------------------------------------------------------- Mutation


async def create_event(_: None, info: GraphQLResolveInfo, event: dict[str, Any]) -> str:
    fields = {**event, "payload": Raw(event["payload"])}
    return await info.context.registry.create_event(NewEvent(**fields))


async def create_event_receiver(
    _: None, info: GraphQLResolveInfo, event_receiver: dict[str, Any]
) -> str:
    fields = {**event_receiver, "schema": Raw(event_receiver["schema"])}
    return await info.context.registry.create_receiver(NewReceiver(**fields))


async def create_event_receiver_group(
    _: None, info: GraphQLResolveInfo, event_receiver_group: dict[str, Any]
) -> str:
    return await info.context.registry.create_group(NewGroup(**event_receiver_group))


async def set_event_receiver_group_enabled(_: None, info: GraphQLResolveInfo, id: str) -> str:
    return await info.context.registry.set_group_enabled(id, True)


async def set_event_receiver_group_disabled(_: None, info: GraphQLResolveInfo, id: str) -> str:
    return await info.context.registry.set_group_enabled(id, False)
