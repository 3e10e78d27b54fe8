"""The Python SDK of the Event Provenance Registry (EPR): its one job is to talk to a registry
and to react to what the registry announces.

Ask and tell (`Client`, or `AsyncClient` with the same calls to be awaited):

    import epr

    client = epr.Client()                          # EPR_URL, else http://localhost:8042
    unit = epr.NVRPP("tidetable", "1.4.0", "2026.11.1", "py3-none-any", "wheel")

    build = client.receivers.find_or_create(
        name="tidetable-build", type="plab.build", version="1.0.0",
        description="a wheel was built", schema={"type": "object", "required": ["sha256"]},
    )
    gate = client.groups.find_or_create(
        name="tidetable-release-gate", type="plab.gate.release", version="1.0.0",
        description="may be released", receivers=[build],
    )
    event = client.events.create(build, unit, success=True, payload={"sha256": "9f86d081…"})
    event.id, event.created_at, event.receiver.name

    client.events.get(event.id)                    # raises epr.errors.NotFound
    for event in client.events.find(name="tidetable", success=False):   # pages as it goes
        print(event.nvrpp, event.payload)
    client.events.latest(unit, receiver=build)     # Event | None
    client.groups.disable(gate)                    # and enable(); a record or an id
    client.graphql("{ event_receivers(event_receiver: {}) { id name } }")   # the `data`
    client.health().ready, client.status()
    epr.events_frame(client.events.find(name="tidetable"))             # a pandas frame

React (`Watcher`: a microservice in ten lines):

    watcher = epr.Watcher("deployer")              # the consumer group; EPR_BROKERS, EPR_TOPIC

    @watcher.on(type="plab.gate.release", success=True)
    def deploy(message: epr.Message):
        print("deploying", message.nvrpp, "because of", message.event.id)

    watcher.run()                                  # in a script, until SIGINT or SIGTERM

    with watcher.background():                     # in a notebook: beside your cells
        client.events.create(...)
        watcher.wait_for(1)                        # one message handled, or WaitTimedOut
    watcher.stats.handled

An offset is committed after the handler has returned. A handler that raises is tried again with
growing pauses; then the message goes to the topic `<topic>.dead-letter` and the watcher goes on.
`read_topic()` yields what is on the topic now and stops; `read_dead_letters()` likewise.

Refusals are exceptions that carry the server's reason: the tree is in `epr.errors`.

Modules
    client, async_client   the two front doors; `operations`, `wire`, `retries` are what they share
    records                frozen results: Event, Receiver, Group, NVRPP, Health
    errors                 the exception tree
    frames                 pandas frames of events
    messages, watcher      the topic: Message, Watcher, dead letters, seen-stores
    printable              untrusted text for logs and tables
    addresses              EPR_URL, EPR_BROKERS, EPR_TOPIC, EPR_TOKEN
    cli                    the command `epr`
    models, fingerprint, config, create, search, common, constants, main
                           import-compatible with the upstream SDK epr-python 0.1.0 (`eprcli`)

Code written for the upstream SDK works unchanged: `epr.client.Client` has its six methods beside
the typed ones (`search_events`, `create_event`, …), and they return the server's body as a dict.

May be imported by: eprlab, epr_lineage, notebooks, microservices. Imports none of this repo's
packages.
"""

from typing import TYPE_CHECKING, Any

from . import errors
from .async_client import AsyncClient
from .causation import caused_by
from .client import Client
from .frames import events_frame
from .messages import Message
from .records import NVRPP, Event, Group, Health, Receiver
from .retries import RetryPolicy

if TYPE_CHECKING:
    from .watcher import (
        DeadLetter,
        MemorySeen,
        SQLiteSeen,
        Stats,
        Watcher,
        read_dead_letters,
        read_topic,
    )

__all__ = [
    "NVRPP",
    "AsyncClient",
    "Client",
    "DeadLetter",
    "Event",
    "Group",
    "Health",
    "MemorySeen",
    "Message",
    "Receiver",
    "RetryPolicy",
    "SQLiteSeen",
    "Stats",
    "Watcher",
    "caused_by",
    "errors",
    "events_frame",
    "read_dead_letters",
    "read_topic",
]

_WATCHER = {
    "DeadLetter",
    "MemorySeen",
    "SQLiteSeen",
    "Stats",
    "Watcher",
    "read_dead_letters",
    "read_topic",
}


def __getattr__(name: str) -> Any:
    # The broker's client library is half of the import time; programs that only ask need none of it.
    if name not in _WATCHER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import watcher

    value = globals()[name] = getattr(watcher, name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_WATCHER})
