"""Lists of records turned into results without a detour.

The library completes a list value by value: a path, a resolver call and several checks for each of
the 110,000 values of a full result, about a second of work during which nobody else is served. Our
record types are flat and their values are right by construction, so a list is projected on the
selected fields instead, in steps, with the event loop free in between. Everything else (arguments,
fragments, directives, errors, introspection) is the library's.
"""

import asyncio
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import orjson
from graphql import Executor, GraphQLError, get_named_type

from epr_server.timestamps import rfc3339

# Records projected at a time: some 2 ms.
STEP = 500

Reader = Callable[[Any], Any]
Columns = list[tuple[str, Reader]]


def _document(name: str) -> Reader:
    return lambda record: orjson.Fragment(getattr(record, name))


def _time(name: str) -> Reader:
    return lambda record: rfc3339(getattr(record, name))


def _plain(names: str) -> dict[str, Reader]:
    return {name: attrgetter(name) for name in names.split()}


# How each field of each record type is read.
READERS: dict[str, dict[str, Reader]] = {
    "Event": {
        **_plain("id name version release platform_id package description"),
        **_plain("event_receiver_id success"),
        "payload": _document("payload"),
        "created_at": _time("created_at"),
    },
    "EventReceiver": {
        **_plain("id name type version description fingerprint"),
        "schema": _document("schema"),
        "created_at": _time("created_at"),
    },
    "EventReceiverGroup": {
        **_plain("id name type version description enabled event_receiver_ids"),
        "created_at": _time("created_at"),
        "updated_at": _time("updated_at"),
        "fingerprint": lambda record: None,
    },
}
DOCUMENTS = ("payload", "schema")


class RecordExecutor(Executor):
    """The library's executor with a direct way for lists of records."""

    def complete_list_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        record_type = get_named_type(return_type)
        if record_type.name not in READERS:
            return super().complete_list_value(
                return_type, field_details_list, info, path, result, position_context
            )
        selected, _, _ = self.collect_subfields(record_type, field_details_list)
        names = {key: details[0].node.name.value for key, details in selected.items()}
        columns = _columns(record_type.name, names)
        if len(result) <= STEP:
            return _project(result, columns)
        return _project_in_steps(result, columns)


def _columns(record_type: str, names: dict[str, str]) -> Columns:
    for document in DOCUMENTS:
        if list(names.values()).count(document) > 1:
            raise GraphQLError(f"{document} is selected more than once; select it once")
    readers = READERS[record_type]
    return [
        (key, (lambda _: record_type) if name == "__typename" else readers[name])
        for key, name in names.items()
    ]


def _project(records: Sequence[Any], columns: Columns) -> list[dict[str, Any]]:
    return [{key: read(record) for key, read in columns} for record in records]


async def _project_in_steps(records: Sequence[Any], columns: Columns) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for start in range(0, len(records), STEP):
        rows += _project(records[start : start + STEP], columns)
        await asyncio.sleep(0)
    return rows
