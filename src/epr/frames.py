"""Events as pandas frames, for questions that are easier asked of a table.

pandas is imported when a frame is made, so that programs that make none start without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .records import Event

if TYPE_CHECKING:
    import pandas as pd

_TEXTS = ("name", "version", "release", "platform_id", "package", "description")


def events_frame(events: Iterable[Event], *, flatten: bool = False) -> pd.DataFrame:
    """One row per event, in the order given, indexed by event id.

    Columns: name, version, release, platform_id, package, description, success (bool),
    created_at (UTC, microseconds), receiver, receiver_type (missing where the event came from a
    search), event_receiver_id, and the payload: as objects in one column `payload`, or with
    `flatten=True` one column `payload.<path>` per leaf (`payload.tests.failed`), lists left whole.
    A payload that is not an object stays in `payload` in either case. No events: the same columns,
    no rows.
    """
    import pandas as pd

    events = list(events)
    columns: dict[str, Any] = {
        key: pd.array([getattr(event, key) for event in events], dtype="string") for key in _TEXTS
    }
    columns["success"] = pd.array([event.success for event in events], dtype="bool")
    columns["created_at"] = pd.to_datetime(
        pd.Series([event.created_at for event in events], dtype="object"), utc=True
    ).array.as_unit("us")
    receivers = [event.receiver for event in events]
    columns["receiver"] = pd.array([r and r.name for r in receivers], dtype="string")
    columns["receiver_type"] = pd.array([r and r.type for r in receivers], dtype="string")
    columns["event_receiver_id"] = pd.array([e.event_receiver_id for e in events], dtype="string")
    index = pd.Index([event.id for event in events], name="id", dtype="string")
    payloads = [event.payload for event in events]
    if flatten:
        columns |= _flattened(payloads)
    else:
        columns["payload"] = pd.Series(payloads, dtype="object").array
    return pd.DataFrame(columns, index=index)


def _flattened(payloads: list[Any]) -> dict[str, Any]:
    import pandas as pd

    leaves = [dict(_leaves("payload", payload)) for payload in payloads]
    names = dict.fromkeys(name for row in leaves for name in row)  # a set that keeps the order
    return {
        name: pd.Series([row.get(name) for row in leaves]).convert_dtypes().array for name in names
    }


def _leaves(path: str, value: Any) -> Iterable[tuple[str, Any]]:
    # A loop, not recursion: a payload may be nested deeper than Python's stack.
    waiting = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, Mapping) and value:
            waiting += [(f"{path}.{key}", item) for key, item in reversed(value.items())]
        else:
            yield path, value
