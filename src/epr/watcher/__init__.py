"""Reacting to a registry's messages: a microservice in ten lines. See `Watcher`.

    watcher       the class: handlers, run, background thread, waiting
    loop          poll → match → handle → commit; retries, dead letters
    broker        the place in the consumer group, and when offsets are committed
    worker        the thread handlers run in
    matching      conditions on messages
    seen          seen-stores: doing a thing once though it is announced twice
    loop_guard    stopping a handler that triggers itself
    dead_letters  the topic for what could not be handled
    topic         reading a topic without a group
    stats         counters

May be imported by: `epr` and its users. Uses kafka-python for everything about the broker.
"""

from .broker import Start
from .dead_letters import DeadLetter
from .matching import Handler
from .seen import MemorySeen, SeenStore, SQLiteSeen
from .stats import Stats
from .topic import read_dead_letters, read_topic
from .watcher import Watcher

__all__ = [
    "DeadLetter",
    "Handler",
    "MemorySeen",
    "SQLiteSeen",
    "SeenStore",
    "Start",
    "Stats",
    "Watcher",
    "read_dead_letters",
    "read_topic",
]
