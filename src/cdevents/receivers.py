"""CDEvents types as receivers of an Event Provenance Registry.

Nothing of the registry's SDK is imported unless `receiver` has to find a client itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from . import vocabulary
from .schemas import schema


class _Receivers(Protocol):
    def find_or_create(
        self, *, name: str, type: str, schema: Any, version: str, description: str | None
    ) -> Any: ...


class Registry(Protocol):
    """What `receiver` needs of a client; `epr.Client` and `epr.AsyncClient` have it."""

    @property
    def receivers(self) -> _Receivers: ...


def receiver(
    name: str, client: Registry | None = None, *, content: Mapping[str, Any] | None = None
) -> Any:
    """The receiver for a type, found or created: it takes exactly the valid events of that type.

    `name`: as for `cdevents.schema`, with `content` for a custom type. `client`: by default
    `epr.Client()`, which looks at EPR_URL. The receiver is called by the type without its version
    (`dev.cdevents.artifact.published`), its type is the full one, its version the type's, and its
    schema the flat one. Returns what the client returns: a receiver, or from an asynchronous client
    something to await.

    Raises `UnknownType`; what the client raises; `ImportError` if there is no client to be found.
    """
    rules = schema(name, content=content)
    title, version = rules["title"], ".".join(rules["title"].split(".")[-3:])
    if vocabulary.is_custom(title):
        meaning = f"{title}, a custom CDEvent"
    else:
        meaning = f"CDEvents {vocabulary.SPEC_VERSION}: {rules['description']}"
    if client is None:
        from epr import Client

        with Client() as ours:
            return receiver(name, ours, content=content)
    return client.receivers.find_or_create(
        name=title.removesuffix(f".{version}"), type=title, version=version,
        description=meaning, schema=rules,
    )  # fmt: skip
