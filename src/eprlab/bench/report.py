"""Medians and ratios, as the page `book/measurements.md`."""

from __future__ import annotations

import platform
from collections import defaultdict
from datetime import date
from importlib.metadata import version
from statistics import median

import psutil

from eprlab.bench.delivery import Delivery
from eprlab.bench.lab import Start
from eprlab.bench.serving import YARDSTICK_CLIENTS, Memory, Row

_INTRO = """# Measurements

`make bench` writes this page. It was last run on {today} on {machine}, with Python {python} and
PostgreSQL, broker, registry and load all on that one machine. Absolute figures move with the machine and
with what else runs on it; compare the **ratios**, which were measured within the same minutes.
"""
_SERVING = """
## The registry

One worker. *Yardstick* is PostgreSQL alone: `pgbench` inserting the same rows, one transaction each, from
{clients} clients, measured right before each load. Medians of {rounds} rounds; latencies in milliseconds.

| request | events stored | connections | per second | p50 | p99 | p99 / p50 | yardstick per second | ratio |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""


def machine() -> str:
    """The processor and memory, as a reader would describe them."""
    cores, memory = psutil.cpu_count(), psutil.virtual_memory().total / 2**30
    return f"a {platform.machine()} {platform.system()} machine with {cores} cores and {memory:.0f} GiB"


def _mib(size: float) -> str:
    return f"{size / 2**20:.0f} MiB"


def serving_table(rows: list[Row]) -> str:
    """One line per request, size and number of connections: the medians of its rounds."""
    grouped: defaultdict[tuple[str, int, int], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.what, row.stored, row.connections].append(row)
    lines = []
    for (what, stored, connections), same in grouped.items():
        rate, p50, p99 = (
            median(getattr(row.outcome, figure) for row in same)
            for figure in ("per_second", "p50", "p99")
        )
        line = f"| {what} | {stored:,} | {connections} | {rate:,.0f} | {p50:.2f} | {p99:.2f} | {p99 / p50:.1f} |"
        if same[0].yardstick is None:
            line += " | |"
        else:
            yardstick = median(row.yardstick for row in same)
            line += f" {yardstick:,.0f} | {rate / yardstick:.2f} |"
        lines.append(line)
        if refused := sum(row.outcome.refused for row in same):
            lines.append(f"| &nbsp;&nbsp;of which refused: {refused:,} | | | | | | | | |")
    return "\n".join(lines) + "\n"


def page(
    rows: list[Row],
    memory: Memory,
    delivery: Delivery,
    start: Start,
    clone: tuple[float, float] | None,
    rounds: int,
) -> str:
    """The whole page, in Markdown."""
    parts = [
        _INTRO.format(
            today=date.today().isoformat(), machine=machine(), python=platform.python_version()
        ),
        _SERVING.format(clients=YARDSTICK_CLIENTS, rounds=rounds),
        serving_table(rows),
        f"""
| memory of the registry | resident |
|---|---:|
| idle, just started (ready after {memory.started_in:.1f} s) | {_mib(memory.idle)} |
| after all loads | {_mib(memory.after_load)} |
| at most, a search that matches 100,000 events included ({memory.search_matches:,} returned) | {_mib(memory.after_search)} |

From sending a POST to the message in the hands of a consumer, {delivery.posts} times one after the other:
median {delivery.p50:.1f} ms, p99 {delivery.p99:.1f} ms.

## The stack

| | seconds |
|---|---:|
| `eprlab up`, nothing there yet | {start.cold:.1f} |
| `eprlab up`, data there, everything stopped | {start.again:.1f} |
| `eprlab up`, everything runs (a second notebook joins) | {start.joined:.1f} |
""",
    ]
    if clone:
        parts.append(
            f"| `git clone` and `make setup`, package caches warm | {clone[0]:.0f} |\n"
            f"| from there to the end of the first cell, all in all | {clone[1]:.0f} |\n"
        )
    parts.append("\n| component | resident |\n|---|---:|\n")
    parts += [f"| {name} | {_mib(size)} |\n" for name, size in start.resident.items()]
    parts.append(f"| **together** | **{_mib(sum(start.resident.values()))}** |\n")
    libraries = ("asyncpg", "confluent-kafka", "graphql-core", "jsonschema-rs", "kafka-python")
    named = ", ".join(f"{name} {version(name)}" for name in libraries)
    parts.append(f"\nLibraries: {named}. Resident memory counts shared pages once per process.\n")
    return "".join(parts)
