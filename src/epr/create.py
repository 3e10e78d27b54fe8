"""The upstream SDK's `epr.create`: store everything in a `Config`, print and return the ids."""

from __future__ import annotations

import json
from typing import Any

from .client import Client
from .config import Config
from .errors import GraphQLError


def create(config: Config) -> dict[str, list[str]]:
    """Stores the events, then the receivers, then the groups of `config`.

    Prints the result as one line of JSON and returns it: lists of new ids under `events`,
    `event_receivers`, `event_receiver_groups`. Raises `GraphQLError` with the registry's reason at
    the first one refused (upstream: TypeError).
    """
    with Client(config.url, token=config.token) as client:
        result = {
            "events": [created(client.create_event(e), "create_event") for e in config.events],
            "event_receivers": [
                created(client.create_event_receiver(r), "create_event_receiver")
                for r in config.event_receivers
            ],
            "event_receiver_groups": [
                created(client.create_event_receiver_group(g), "create_event_receiver_group")
                for g in config.event_receiver_groups
            ],
        }
    print(json.dumps(result))
    return result


def created(body: dict[str, Any], operation: str) -> Any:
    """The value of one field in a GraphQL body. Raises `GraphQLError` if the body has errors."""
    if body.get("errors"):
        reasons = [e.get("message", str(e)) for e in body["errors"] if isinstance(e, dict)]
        raise GraphQLError("; ".join(reasons), errors=body["errors"])
    return body["data"][operation]
