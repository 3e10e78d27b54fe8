"""Medians and ratios, as the page `book/measurements.md`: a chapter for each part that was measured."""

from __future__ import annotations

import platform
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

from cdevents.throughput import Rate
from eprlab.bench import lineage, site
from eprlab.bench.delivery import Delivery
from eprlab.bench.lab import Start
from eprlab.bench.serving import YARDSTICK_CLIENTS, Memory, Row

_INTRO = """# Measurements

`make bench` writes this page, chapter by chapter. Everything of a chapter ran on one machine, load
included. Absolute figures move with the machine and with what else runs on it; compare the **ratios**,
which were measured within the same minutes.
"""
_REGISTRY = """One worker. *Yardstick* is PostgreSQL alone: `pgbench` inserting the same rows into the same
table, one transaction each, from {clients} clients, right before each load. Medians of {rounds} rounds;
latencies in milliseconds.

| request | events stored | connections | per second | p50 | p99 | p99 / p50 | yardstick per second | ratio |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""
_ORIENTATION = """
For orientation, the original Go server on a like machine: POST 598 / 402 / 270 per second at 1 / 16 / 64
connections (1,100 at 16 with its connection pool repaired), 97 / 155 / 92 with a group and 100,000 events
stored, GraphQL by name 131 per second at 100,000.
"""
ORDER = ("The registry", "The stack", "Lineage", "CDEvents", "The site")


def provenance() -> str:
    """When and on what a chapter was measured."""
    cores, memory = psutil.cpu_count(), psutil.virtual_memory().total / 2**30
    system = f"{platform.machine()} {platform.system()}, {cores} cores, {memory:.0f} GiB"
    return f"*Measured on {date.today().isoformat()}: {system}, Python {platform.python_version()}.*\n\n"


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
            # Each load against the yardstick of its own minute: what else ran then slowed both.
            yardstick = median(row.yardstick for row in same)
            ratio = median(row.outcome.per_second / row.yardstick for row in same)
            line += f" {yardstick:,.0f} | {ratio:.2f} |"
        lines.append(line)
        if refused := sum(row.outcome.refused for row in same):
            lines.append(f"| &nbsp;&nbsp;of which refused: {refused:,} | | | | | | | | |")
    return "\n".join(lines) + "\n"


def registry(rows: list[Row], memory: Memory, delivery: Delivery, rounds: int) -> str:
    """The chapter on the registry: requests, memory, delivery."""
    libraries = ("uvicorn", "asyncpg", "confluent-kafka", "graphql-core", "jsonschema-rs")
    named = ", ".join(f"{name} {version(name)}" for name in libraries)
    return f"""{_REGISTRY.format(clients=YARDSTICK_CLIENTS, rounds=rounds)}{serving_table(rows)}{_ORIENTATION}
From sending a POST to the message in the hands of a consumer, {delivery.posts} times one after the other:
median {delivery.p50:.1f} ms, p99 {delivery.p99:.1f} ms.

| memory of the registry | resident |
|---|---:|
| idle, just started (ready after {memory.started_in:.1f} s) | {_mib(memory.idle)} |
| after all loads | {_mib(memory.after_load)} |
| at most, with a search that matches 100,000 events or more ({memory.search_matches:,} returned) | {_mib(memory.after_search)} |

Libraries: {named}.
"""


def stack(start: Start, clone: tuple[float, float] | None) -> str:
    """The chapter on the stack: starting it and keeping it."""
    lines = [
        "| | seconds |\n|---|---:|\n",
        f"| `eprlab up`, nothing there yet | {start.cold:.1f} |\n",
        f"| `eprlab up`, data there, everything stopped | {start.again:.1f} |\n",
        f"| `eprlab up`, everything runs (a second notebook joins) | {start.joined:.1f} |\n",
    ]
    if clone:
        lines += [
            f"| a clone and `make setup`, package caches warm | {clone[0]:.0f} |\n",
            f"| the same and the first cell, all in all | {clone[1]:.0f} |\n",
        ]
    lines.append("\n| component | memory |\n|---|---:|\n")
    lines += [f"| {name} | {_mib(size)} |\n" for name, size in start.resident.items()]
    lines.append(f"| **together** | **{_mib(sum(start.resident.values()))}** |\n")
    return "".join(lines)


def lineages(rows: list[lineage.Row]) -> str:
    """The chapter on lineage: building the index and asking it."""
    return (
        "A seeded history of the ferry line, read into the index in memory; then each question, "
        "median of three.\n\n" + lineage.table(rows)
    )


def cdevents(rates: list[Rate]) -> str:
    """The chapter on CDEvents: validators and builders on the same events."""
    lines = [
        "The same valid events, one of each type, checked by our library and by general validators.\n\n",
        "| | events per second | seconds to prepare |\n|---|---:|---:|\n",
    ]
    for rate in rates:
        preparing = "" if rate.preparing is None else f"{rate.preparing:.2f}"
        lines.append(f"| {rate.what} | {rate.per_second:,.0f} | {preparing} |\n")
    return "".join(lines)


def sites(measured: site.Site) -> str:
    """The chapter on the site: weight and time of each page."""
    budget = f"Budget: {site.PAGE_BUDGET / 1000:,.0f} kB a page with all that it loads, uncompressed.\n\n"
    return budget + "\n".join(site.rows(measured)) + "\n"


def write(page: Path, chapters: Mapping[str, str]) -> None:
    """Puts the chapters into the page; those that were not measured this time stay as they are."""
    kept: dict[str, str] = {}
    if page.is_file():
        parts = re.split(r"^## (.+)\n", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        kept = {
            title: text.strip("\n") for title, text in zip(parts[1::2], parts[2::2], strict=True)
        }
    kept |= {title: (provenance() + text).strip("\n") for title, text in chapters.items()}
    body = "".join(f"\n## {title}\n\n{kept[title]}\n" for title in ORDER if title in kept)
    page.write_text(_INTRO + body, encoding="utf-8")
