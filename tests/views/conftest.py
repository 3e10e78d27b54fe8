from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import pytest

import epr

WHEEL = epr.NVRPP("tidetable", "1.4.0", "2026.11.1", "py3-none-any", "wheel")
HOSTILE = '<script>alert(1)</script>\u202e\u200b"><img src=x onerror=alert(1)>'


def wait_until(condition: Callable[[], object], timeout: float = 30.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


@pytest.fixture
def client(registry):
    with epr.Client(registry.url) as client:
        yield client


@pytest.fixture
def make_receiver(client) -> Callable[..., epr.Receiver]:
    def make(name: str = "tidetable-build", schema: object = None) -> epr.Receiver:
        name = f"{name}-{uuid.uuid4().hex[:6]}"
        return client.receivers.create(
            name=name, type=f"plab.{name}", version="1.0.0", description=name, schema=schema or {}
        )

    return make


@pytest.fixture
def place(registry) -> dict[str, str]:
    """Where the topic is, as the views' arguments."""
    return {"topic": registry.topic, "brokers": registry.brokers}
