"""The upstream SDK's `epr.search`: search by everything in a `Config`, print and return it."""

from __future__ import annotations

import json
from typing import Any

from .client import Client
from .config import Config
from .create import created

EVENT_FIELDS = [
    "id",
    "name",
    "version",
    "release",
    "platform_id",
    "package",
    "description",
    "success",
    "event_receiver_id",
]
RECEIVER_FIELDS = [
    "id",
    "name",
    "type",
    "version",
    "description",
    "schema",
    "fingerprint",
    "created_at",
]
GROUP_FIELDS = ["id", "name", "type", "version", "description", "enabled", "created_at"]


def search(config: Config) -> dict[str, list[dict[str, Any]]]:
    """Searches by each model of `config`; of every search only the **newest** match is kept.

    That is upstream's behaviour and scripts count on it; `Client.events.find` gives every match.
    A search without a match adds nothing (upstream: IndexError). Prints the result as one line of
    JSON and returns it. Raises `GraphQLError` with the registry's reason.
    """
    with Client(config.url, token=config.token) as client:
        result = {
            "events": _newest(
                client.search_events, "events", config.events, config.event_fields or EVENT_FIELDS
            ),
            "event_receivers": _newest(
                client.search_event_receivers,
                "event_receivers",
                config.event_receivers,
                config.event_receiver_fields or RECEIVER_FIELDS,
            ),
            "event_receiver_groups": _newest(
                client.search_event_receiver_groups,
                "event_receiver_groups",
                config.event_receiver_groups,
                config.event_receiver_group_fields or GROUP_FIELDS,
            ),
        }
    print(json.dumps(result))
    return result


def _newest(find: Any, operation: str, models: list[Any], fields: list[str]) -> list[Any]:
    found = []
    for model in models:
        found += created(find(model.as_dict_query(), fields), operation)[-1:]
    return found
