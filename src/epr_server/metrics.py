"""What can be counted from outside: GET /metrics (contract section 7, and the registry's own).

With several worker processes the numbers of all of them are added up: the parent sets
``PROMETHEUS_MULTIPROC_DIR`` before it starts them, and prometheus-client keeps its values in files
there. Gauges then say for how many processes they hold.
"""

from __future__ import annotations

import os
import time

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
    multiprocess,
)

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"

_registry = CollectorRegistry()

requests_total = Counter(
    "server_requests_total", "Requests answered", ["code", "method"], registry=_registry
)
response_times = Histogram(
    "server_response_times_seconds",
    "Time from request to answer",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 5, 7, 10),
    registry=_registry,
)
events_created = Counter(
    "server_events_created_total", "Events stored", ["success"], registry=_registry
)
receivers_created = Counter(
    "server_event_receivers_created_total", "Receivers stored", registry=_registry
)
groups_created = Counter(
    "server_stages_created_total", "Groups stored (EPR once called a group a stage)",
    registry=_registry,
)  # fmt: skip
groups_completed = Counter(
    "server_stages_passed_total", "Groups found complete", registry=_registry
)
queries_total = Counter("server_queries_total", "Searches", ["type"], registry=_registry)
search_duration = Histogram(
    "server_search_duration_seconds", "Time a search took", ["type"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15),
    registry=_registry,
)  # fmt: skip
batch_events = Histogram(
    "server_batch_events", "Events stored in one transaction",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512), registry=_registry,
)  # fmt: skip
batch_seconds = Histogram(
    "server_batch_seconds", "Time to store one batch",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5),
    registry=_registry,
)  # fmt: skip
events_under_way = Gauge(
    "server_events_under_way", "Events taken in and not yet answered", registry=_registry,
    multiprocess_mode="livesum",
)  # fmt: skip
relay_leader = Gauge(
    "server_relay_leader", "1 where this process publishes the messages", registry=_registry,
    multiprocess_mode="livesum",
)  # fmt: skip
relay_behind = Gauge(
    "server_relay_behind", "Log entries committed and not yet on the topic", registry=_registry,
    multiprocess_mode="livesum",
)  # fmt: skip
relay_lag_seconds = Gauge(
    "server_relay_lag_seconds", "Age of the newest published event when it was published",
    registry=_registry, multiprocess_mode="livemax",
)  # fmt: skip
messages_published = Counter(
    "server_messages_published_total", "Messages the broker confirmed", registry=_registry
)
publish_failures = Counter(
    "server_publish_failures_total", "Times publishing had to start over", registry=_registry
)
Gauge(
    "server_start_time_seconds", "When this process started (Unix time)", registry=_registry,
    multiprocess_mode="livemin",
).set(time.time())  # fmt: skip
ProcessCollector(registry=_registry)
PlatformCollector(registry=_registry)


def exposition() -> bytes:
    """The text for Prometheus: of this process, or of all workers where there are several."""
    if MULTIPROCESS in os.environ:
        every_worker = CollectorRegistry()
        multiprocess.MultiProcessCollector(every_worker)
        return generate_latest(every_worker)
    return generate_latest(_registry)
