"""Events as pandas frames."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pandas as pd

import epr

PAYLOADS = [
    {"tests": {"passed": 12, "failed": 1}, "tags": ["slow"], "coverage": 0.5},
    {"tests": {"passed": 13}, "note": "fixed", "empty": {}},
    ["not", "an", "object"],
]


def event(n: int, payload: object, receiver: epr.Receiver | None = None) -> epr.Event:
    at = datetime(2026, 11, 24, 12, 0, n, 250, timezone(timedelta(hours=1)))
    return epr.Event(f"E{n}", "tidetable", "1.4.0", f"2026.11.{n}", "py3-none-any", "wheel", "built",
                     payload, n % 2 == 0, at, "R1", receiver)  # fmt: skip


def test_columns_have_types_and_times_are_in_utc():
    frame = epr.events_frame(event(n, payload) for n, payload in enumerate(PAYLOADS))
    assert list(frame.index) == ["E0", "E1", "E2"]
    assert frame.index.name == "id"
    assert isinstance(frame["created_at"].dtype, pd.DatetimeTZDtype)
    assert frame["created_at"].iloc[0] == pd.Timestamp("2026-11-24T11:00:00.000250Z")
    assert frame["success"].dtype == bool
    assert frame["success"].tolist() == [True, False, True]
    assert frame["release"].tolist() == ["2026.11.0", "2026.11.1", "2026.11.2"]
    assert frame["payload"].tolist() == PAYLOADS
    assert frame["receiver"].isna().all()


def test_flattened_payloads_have_a_column_per_leaf():
    frame = epr.events_frame([event(n, p) for n, p in enumerate(PAYLOADS)], flatten=True)
    assert [c for c in frame.columns if c.startswith("payload")] == [
        "payload.tests.passed", "payload.tests.failed", "payload.tags", "payload.coverage",
        "payload.note", "payload.empty", "payload",
    ]  # fmt: skip
    assert frame["payload.tests.passed"].tolist()[:2] == [12, 13]
    assert str(frame["payload.tests.passed"].dtype) == "Int64"
    assert frame["payload"].iloc[2] == PAYLOADS[2]
    assert frame["payload.tests.failed"].isna().tolist() == [False, True, True]


def test_receivers_are_named_where_they_are_known():
    now = datetime.now(UTC)
    build = epr.Receiver("R1", "tidetable-build", "plab.build", "1", "d", {}, "f", now)
    frame = epr.events_frame([event(0, {}, build), event(1, {})])
    assert frame["receiver"].fillna("?").tolist() == ["tidetable-build", "?"]
    assert frame["receiver_type"].iloc[0] == "plab.build"


def test_no_events_make_an_empty_frame_with_the_same_columns():
    empty, full = epr.events_frame([]), epr.events_frame([event(0, {})])
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)
    assert empty.dtypes.equals(full.dtypes)


def test_a_payload_nested_deeper_than_the_stack_is_flattened():
    deep: object = 1
    for _ in range(5000):
        deep = {"a": deep}
    frame = epr.events_frame([event(0, deep)], flatten=True)
    assert frame.iloc[0, -1] == 1


def test_events_of_a_registry_become_a_frame(client, receiver, unit):
    for n in range(3):
        client.events.post(receiver, unit, success=n > 0, payload={"n": n})
    frame = epr.events_frame(client.events.find(unit), flatten=True)
    assert frame["payload.n"].tolist() == [0, 1, 2]
    assert frame["created_at"].is_monotonic_increasing
