"""The flow: which event led to which, and nothing else. The graph that most questions are about.

Its edges are what events say about each other: causation (L7), PATH and END links (L9), TRIGGER and
CAUSE relations (L10), an agent's evidence (L18). An event that a gate let through follows from the
events that had opened the gate. Order in time alone (L8) is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from weakref import WeakKeyDictionary

import networkx

from epr_lineage.entry import Entry
from epr_lineage.index import Index

_wholes: WeakKeyDictionary[Index, tuple[int, networkx.DiGraph]] = WeakKeyDictionary()


def flow_of(index: Index, events: Iterable[Entry] | None = None) -> networkx.DiGraph:
    """The flow among some events, or among all. Nodes are event ids; an edge has its `rules`.

    The flow of a whole index is kept until the index changes, and frozen: copy it to change it.
    """
    if events is not None:
        return _drawn(index, list(events))
    revision = index.revision
    known = _wholes.get(index)
    if known is None or known[0] != revision:
        known = revision, networkx.freeze(_drawn(index, list(index)))
        _wholes[index] = known
    return known[1]


def _drawn(index: Index, chosen: list[Entry]) -> networkx.DiGraph:
    graph = networkx.DiGraph()
    graph.add_nodes_from(entry.id for entry in chosen)
    for entry in chosen:
        for earlier, rules in index.causes(entry).items():
            if earlier in graph:
                graph.add_edge(earlier, entry.id, rules=rules)
    return graph


def ancestors(index: Index, entry: Entry) -> list[Entry]:
    """The events that led to this one, over any number of steps, oldest first; itself not."""
    return _reached(index, entry, index.causes)


def descendants(index: Index, entry: Entry) -> list[Entry]:
    """The events that this one led to, over any number of steps, oldest first; itself not."""
    return _reached(index, entry, index.effects)


def in_flow_order(index: Index, events: Iterable[Entry]) -> list[Entry]:
    """Events so that causes come before effects, and otherwise in the order of their own clocks.

    In a loop there is no such order; there the clocks decide.
    """
    chosen = {entry.id: entry for entry in events}
    graph = flow_of(index, chosen.values())
    loops = networkx.condensation(graph)

    def clock(component: int) -> tuple:
        return min(_clock(chosen[id]) for id in loops.nodes[component]["members"])

    ordered = networkx.lexicographical_topological_sort(loops, key=clock)
    return [
        entry
        for component in ordered
        for entry in sorted((chosen[id] for id in loops.nodes[component]["members"]), key=_clock)
    ]


def _clock(entry: Entry) -> tuple:
    return entry.when, entry.id


def _reached(index: Index, entry: Entry, step: Callable[[Entry], Iterable[str]]) -> list[Entry]:
    seen, waiting = {entry.id}, [entry]
    while waiting:
        for id in step(waiting.pop()):
            if id not in seen:
                seen.add(id)
                waiting.append(index[id])
    seen.discard(entry.id)
    return sorted((index[id] for id in seen), key=lambda e: (e.created_at, e.id))
