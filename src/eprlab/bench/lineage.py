"""How fast the lineage index takes in a history and answers about it, by the size of the history."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import Any

import psutil

from epr_lineage import Index, around, flow_of, questions
from eprlab import history

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: what was done, to a history of how many events, in how many seconds (the
    median of its rounds), or with how many bytes where `unit` says so."""

    what: str
    events: int
    value: float
    unit: str = "s"


def rows(sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """Builds an index of each size and asks it; the events are made beforehand and do not count."""
    return [row for size in sizes for row in _measure(size)]


def table(measured: list[Row]) -> str:
    """The rows as a Markdown table: one line for each thing done, one column for each size."""
    sizes = sorted({row.events for row in measured})
    values = {(row.what, row.events): row for row in measured}
    lines = [
        "| lineage | " + " | ".join(f"{size:,} events" for size in sizes) + " |",
        "|---" + "|---:" * len(sizes) + "|",
    ]
    for what in dict.fromkeys(row.what for row in measured):
        cells = (_said(values[what, size]) for size in sizes)
        lines.append(f"| {what} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _said(row: Row) -> str:
    if row.unit == "bytes":
        return f"{row.value / 2**20:,.0f} MiB"
    if row.value >= 1:
        return f"{row.value:,.1f} s"
    return f"{row.value * 1e3:,.1f} ms" if row.value >= 1e-3 else f"{row.value * 1e6:,.0f} µs"


def _measure(size: int) -> Iterator[Row]:
    process, index = psutil.Process(), Index()
    gc.collect()
    before, spent = process.memory_info().rss, 0.0
    records = history.records(history.tell(size))
    while some := tuple(islice(records, 1_000)):
        began = time.perf_counter()
        index.add(*some)
        spent += time.perf_counter() - began
    yield Row("read into the index", size, spent)
    gc.collect()
    yield Row("memory it holds", size, max(process.memory_info().rss - before, 0), "bytes")
    yield Row("the whole flow as a graph", size, _seconds(lambda: flow_of(index), rounds=1))
    for what, ask in _questions(index).items():
        yield Row(what, size, _seconds(ask))


def _questions(index: Index) -> dict[str, Callable[[], Any]]:
    last = [d for d in questions.deployments(index, "production") if d.forward][-1]
    chain = next(e.said.chain for e in index if e.name == "service.upgraded" and e.said.chain)
    merged = next(entry.id for entry in index if entry.name == "change.merged")
    entries = list(index)
    then, now = (entries[len(entries) * part // 100].created_at for part in (90, 95))
    return {
        "what led to an event, one step": lambda: index.causes(last.event),
        "two hops around an event": lambda: around(index, last.event.node, hops=2),
        "Q1 how it got to production": lambda: questions.how_it_got_here(index, last.event.id),
        "Q2 what came of a change": lambda: questions.what_came_of(index, merged),
        "Q3 what runs now": lambda: questions.running(index),
        "Q4 releases with a component": lambda: questions.releases_with(
            index, "pkg:pypi/knotlib", "<0.3.2"
        ),
        "Q5 how far a bad one reaches": lambda: questions.blast_radius(
            index, "pkg:pypi/knotlib@0.3.1"
        ),
        "Q7 gates announced": lambda: questions.unannounced(index),
        "Q8 where the time went": lambda: questions.where_time_went(index, chain),
        "Q11 process followed": lambda: questions.follows_process(index, chain),
        "Q12 quality of the record": lambda: questions.quality(index),
        "Q13 loops": lambda: questions.loops(index),
        "Q15 learned in 5 % of the time": lambda: questions.what_changed(index, then, now),
        "Q17 to Q20 the four keys": lambda: [
            ask(index)
            for ask in (
                questions.deployment_frequency,
                questions.lead_time,
                questions.change_failure_rate,
                questions.recovery_time,
            )
        ],
        "Q21 duplicates": lambda: questions.duplicates(index),
    }


def _seconds(ask: Callable[[], Any], rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return median(taken)
