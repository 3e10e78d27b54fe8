"""A layout for many nodes: quick, plain, without leading edges around nodes.

Graphviz' `dot` draws better, but takes minutes for a thousand nodes that share a few hubs. This
follows the same idea (K. Sugiyama and others, 1981): nodes in columns by their longest path from a
beginning, each column ordered by where its neighbours are. A column that is too tall is broken.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence

SWEEPS = 4
"""How often every column is ordered anew, to the right and back."""


def columns(nodes: Sequence[str], arcs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The nodes in columns from left to right, each from top to bottom; arcs lead to the right
    where no circle prevents it. None of the columns is much longer than the whole is wide."""
    after: dict[str, list[str]] = defaultdict(list)
    before: dict[str, list[str]] = defaultdict(list)
    for source, target in dict.fromkeys(arcs):
        if source != target:
            after[source].append(target)
            before[target].append(source)
    layer = _layers(nodes, before, after)
    made: dict[int, list[str]] = defaultdict(list)
    for node in nodes:
        made[layer[node]].append(node)
    layers = [made[number] for number in sorted(made)]
    for sweep in range(SWEEPS):
        _order(layers if sweep % 2 == 0 else layers[::-1], before if sweep % 2 == 0 else after)
    rows = max(12, round(len(nodes) ** 0.5 * 1.4))
    return [part for layer in layers for part in _broken(layer, rows)]


def _layers(
    nodes: Sequence[str], before: dict[str, list[str]], after: dict[str, list[str]]
) -> dict[str, int]:
    """The longest path to each node. In a circle, the node that comes first in `nodes` begins."""
    place = {node: number for number, node in enumerate(nodes)}
    waits_for = {node: len(before[node]) for node in nodes}
    layer: dict[str, int] = {}
    free = [place[node] for node in nodes if not waits_for[node]]  # in order, so already a heap
    left = iter(nodes)
    while len(layer) < len(nodes):
        node = nodes[heapq.heappop(free)] if free else next(n for n in left if n not in layer)
        if node in layer:
            continue
        layer[node] = max((layer[n] + 1 for n in before[node] if n in layer), default=0)
        for later in after[node]:
            waits_for[later] -= 1
            if not waits_for[later]:
                heapq.heappush(free, place[later])
    for node in nodes:  # what nothing leads to stands right before the first that it leads to
        if not before[node] and after[node]:
            layer[node] = max(0, min(layer[later] for later in after[node]) - 1)
    return layer


def _order(layers: list[list[str]], neighbours: dict[str, list[str]]) -> None:
    """Orders each column, in place, by the mean height of what its nodes are joined to."""
    height: dict[str, float] = {}
    for layer in layers:
        keys = {}
        for number, node in enumerate(layer):
            joined = [height[other] for other in neighbours[node] if other in height]
            keys[node] = sum(joined) / len(joined) if joined else (number + 0.5) / len(layer)
        layer.sort(key=keys.__getitem__)
        height |= {node: (number + 0.5) / len(layer) for number, node in enumerate(layer)}


def _broken(layer: list[str], rows: int) -> Iterable[list[str]]:
    parts = -(-len(layer) // rows)
    size = -(-len(layer) // parts)
    return (layer[start : start + size] for start in range(0, len(layer), size))
