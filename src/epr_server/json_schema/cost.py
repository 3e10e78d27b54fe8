"""How much work a schema can cause, known before it ever sees a payload.

Two things make a small schema expensive. Branches that meet again: ``allOf`` twice the same
``$ref``, whose target does the same, doubles the work at each step. And depth: each level of a
recursive schema may multiply the work of the level above. Neither can be interrupted once the
validator runs, so both are computed here from the graph of subschemas:

* **weight**: the most work one value of a payload can cause, in units of a keyword like ``type``,
  as a function of how deep the value lies. It is an upper bound: every branch is assumed taken.
* **chain**: the longest run of subschemas that apply one inside the other to the same value. It
  says how much of the machine's stack a level of nesting takes.

A schema whose weight is too high is refused when the receiver is created. For a schema whose
weight grows with depth, payloads are refused when their depth makes it too high.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from epr_server.json_schema.document import LISTS, Document, Pointer, show
from epr_server.json_schema.exceptions import SchemaRefused, TooCostly
from epr_server.json_schema.json_text import nesting, value_count

# The CycloneDX 1.6 schema, a large one, weighs 26.
MAX_WEIGHT = 20_000
# Weight × payload bytes. The validator does some 100 million small steps a second.
MAX_WORK = 200_000_000
# Levels × chain: a thread with a stack of 2 MiB survives three times as many.
MAX_FRAMES = 5_000
MAX_CHAIN = 200
# Bounds the analysis itself: (subschema, subschema) pairs that meet at one value.
MAX_MEETINGS = 200_000

# Costs of keywords, in units of what ``type`` costs.
_ENTRIES_PER_UNIT = 10
_PATTERN = 3
_FORMAT = 4
_UUID = 15
_UNIQUE = 5
_MULTIPLE = 100
_CONTAINS = 10
_CONTAINER = 4


@dataclass(frozen=True, slots=True)
class Cost:
    """What a schema can cost.

    Attributes:
        weights: most work for a value at depth 0, 1, 2, …; the last one holds for all deeper
            values if ``steady``, otherwise deeper payloads are refused.
        steady: the weight does not grow beyond the last depth listed.
        chain: the longest run of nested subschemas at one value.
        shallow: no payload, however deep, can exhaust the stack.
    """

    weights: tuple[int, ...]
    steady: bool
    chain: int
    shallow: bool

    def weight_for(self, payload: Any, payload_json: bytes) -> int:
        """The most work that one value of ``payload`` can cause.

        Raises:
            TooCostly: the payload is too large or too deep for this schema.
        """
        size = len(payload_json)
        if self.steady and self.shallow:
            return self._weight_at(0, size)
        # Counting brackets is quick and never too low; nearly always it is good enough.
        depth_at_most = payload_json.count(b"{") + payload_json.count(b"[")
        try:
            return self._weight_at(depth_at_most, size)
        except TooCostly:
            return self._weight_at(nesting(payload), size)

    def _weight_at(self, depth: int, size: int) -> int:
        deepest = MAX_FRAMES // self.chain - 1
        if not self.steady:
            deepest = min(deepest, len(self.weights) - 1)
        if depth > deepest and not (self.steady and self.shallow):
            raise TooCostly(
                f"{depth} levels of nesting are too many for this schema; its limit is {deepest}, "
                "because it is recursive"
            )
        weight = self.weights[-1 if self.steady else depth]
        if weight * size > MAX_WORK:
            raise TooCostly(
                f"{size:,} bytes are too many for this schema; its limit is "
                f"{MAX_WORK // weight:,} bytes, because one value can take {weight:,} steps"
            )
        return weight


def estimate(document: Document) -> Cost:
    """Compute what a document can cost.

    Raises:
        SchemaRefused: a reference makes no progress, or too many rules meet at one value.
    """
    graph = _Graph(document)
    graph.meet()
    expansions = graph.expand()
    weights, steady = _weigh(graph, expansions)
    levels = _levels(expansions)
    return Cost(
        weights=weights,
        steady=steady,
        chain=graph.chain_at_most,
        shallow=levels is not None and levels * graph.chain_at_most <= MAX_FRAMES,
    )


# Which subschemas a step into a value leads to, and how often each.
_Step = list[tuple[int, int]]


@dataclass(slots=True)
class _Node:
    """A subschema, by the way its children apply: to the same value, or to a part of it."""

    own: int = 1
    same_value: list[int] = field(default_factory=list)
    properties: dict[str, int] = field(default_factory=dict)
    patterns: list[int] = field(default_factory=list)
    other_properties: list[int] = field(default_factory=list)
    names: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    other_items: list[int] = field(default_factory=list)
    any_item: list[int] = field(default_factory=list)


class _Graph:
    def __init__(self, document: Document) -> None:
        self._number = {pointer: n for n, pointer in enumerate(document.subschemas)}
        self.pointers = list(document.subschemas)
        self.nodes = [self._node(p, s.schema, s.target) for p, s in document.subschemas.items()]
        self.met: list[Counter[int]] = [Counter() for _ in self.nodes]
        self.chain_at_most = 1

    def _node(self, pointer: Pointer, schema: Any, target: Pointer | None) -> _Node:
        node = _Node()
        if not isinstance(schema, dict):
            return node
        if target is not None:
            node.same_value.append(self._number[target])
            return node

        def at(*steps: str) -> list[int]:
            number = self._number.get((*pointer, *steps))
            return [] if number is None else [number]

        def named(keyword: str) -> list[str]:
            value = schema.get(keyword)
            return list(value) if isinstance(value, dict | list) else []

        for keyword in LISTS:
            for index in range(len(named(keyword))):
                node.same_value += at(keyword, str(index))
        for keyword in ("not", "if", "then", "else"):
            node.same_value += at(keyword)
        for name in named("dependencies"):
            node.same_value += at("dependencies", name)
        node.properties = {name: n for name in named("properties") for n in at("properties", name)}
        node.patterns = [
            n for name in named("patternProperties") for n in at("patternProperties", name)
        ]
        node.other_properties = at("additionalProperties")
        node.names = at("propertyNames")
        node.any_item = at("contains") * _CONTAINS
        items = schema.get("items")
        if isinstance(items, list):
            node.positions = [n for i in range(len(items)) for n in at("items", str(i))]
            node.other_items = at("additionalItems")
        else:
            node.other_items = at("items")
        node.own = _own_cost(schema)
        return node

    def meet(self) -> None:
        """Fill ``met``: for each subschema, every subschema it applies to the same value."""
        chain = [0] * len(self.nodes)
        meetings = 0
        for number in self._inner_first():
            met = self.met[number]
            met[number] = 1
            for other in self.nodes[number].same_value:
                for inner, times in self.met[other].items():
                    # Capped, or the counts of a doubling chain grow to thousands of digits.
                    met[inner] = min(met[inner] + times, MAX_WEIGHT + 1)
                chain[number] = max(chain[number], chain[other])
            chain[number] += 1
            meetings += len(met)
            if meetings > MAX_MEETINGS or chain[number] > MAX_CHAIN:
                raise SchemaRefused(
                    f"its references are too intertwined around {show(self.pointers[number])}; "
                    "write the shared parts once and refer to them directly"
                )
        self.chain_at_most = max(chain)

    def _inner_first(self) -> list[int]:
        """The subschemas, each after all those it applies to the same value."""
        order: list[int] = []
        state = [0] * len(self.nodes)  # 0 new, 1 open, 2 done
        for start in range(len(self.nodes)):
            stack = [] if state[start] else [(start, iter(self.nodes[start].same_value))]
            state[start] = state[start] or 1
            while stack:
                number, rest = stack[-1]
                inner = next(rest, None)
                if inner is None:
                    state[number] = 2
                    order.append(number)
                    stack.pop()
                elif state[inner] == 1:
                    raise SchemaRefused(
                        f"{show(self.pointers[inner])} leads back to itself without going into a "
                        "property or an item, so checking it would never end; remove that $ref"
                    )
                elif state[inner] == 0:
                    state[inner] = 1
                    stack.append((inner, iter(self.nodes[inner].same_value)))
        return order

    def expand(self) -> dict[int, list[_Step]]:
        """From each subschema that applies to some value: the steps into parts of that value."""
        expansions: dict[int, list[_Step]] = {}
        meetings = 0
        waiting = [0]
        while waiting:
            number = waiting.pop()
            if number in expansions:
                continue
            steps = expansions[number] = self._steps(number)
            for step in steps:
                meetings += len(step)
                waiting.extend(child for child, _ in step)
            if meetings > MAX_MEETINGS:
                raise SchemaRefused("too many of its rules can meet at one value; simplify it")
        return expansions

    def _steps(self, number: int) -> list[_Step]:
        met = [(self.nodes[inner], times) for inner, times in self.met[number].items()]
        into_other_property: Counter[int] = Counter()
        into_other_item: Counter[int] = Counter()
        into_name: Counter[int] = Counter()
        into_property: dict[str, Counter[int]] = {}
        into_position: dict[int, Counter[int]] = {}
        for node, times in met:
            _add(into_other_property, [*node.patterns, *node.other_properties], times)
            _add(into_other_item, [*node.other_items, *node.any_item], times)
            _add(into_name, node.names, times)
            into_property.update((name, Counter()) for name in node.properties)
            into_position.update((index, Counter()) for index in range(len(node.positions)))
        special = [(node, times) for node, times in met if _into_properties(node)]
        if len(into_property) * len(special) > MAX_MEETINGS:
            raise SchemaRefused("too many of its rules can meet at one property; simplify it")
        for name, step in into_property.items():
            for node, times in special:
                named = node.properties.get(name)
                _add(step, node.other_properties if named is None else [named], times)
                _add(step, node.patterns, times)
        for index, step in into_position.items():
            for node, times in met:
                _add(step, node.any_item, times)
                _add(step, node.positions[index : index + 1] or node.other_items, times)
        steps = [into_other_property, into_other_item, into_name]
        steps += [*into_property.values(), *into_position.values()]
        return [list(step.items()) for step in steps if step]


def _own_cost(schema: dict[str, Any]) -> int:
    """What the schema's own keywords cost for one value; a keyword like ``type`` costs 1.

    Measured: comparing with a list or an object costs far more than with a number, a list of texts
    is looked up, ``uuid`` is checked in Python, ``multipleOf`` divides exactly.
    """
    entries = sum(
        len(value)
        for keyword in ("properties", "required", "dependencies")
        if isinstance(value := schema.get(keyword), dict | list)
    )
    cost = 1 + entries // _ENTRIES_PER_UNIT
    compared = schema.get("enum", [])
    if isinstance(compared, list) and not all(isinstance(value, str) for value in compared):
        cost += sum(map(_comparison_cost, compared))
    if "const" in schema:
        cost += _comparison_cost(schema["const"])
    cost += _PATTERN * ("pattern" in schema) + _UNIQUE * ("uniqueItems" in schema)
    if isinstance(patterns := schema.get("patternProperties"), dict):
        cost += _PATTERN * len(patterns)
    if "multipleOf" in schema:
        cost += _MULTIPLE
    if "format" in schema:
        cost += _UUID if schema["format"] == "uuid" else _FORMAT
    return cost


def _comparison_cost(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 1
    return _CONTAINER * (1 + value_count(value))


def _into_properties(node: _Node) -> bool:
    return bool(node.properties or node.patterns or node.other_properties)


def _add(step: Counter[int], numbers: list[int], times: int) -> None:
    for number in numbers:
        step[number] += times


def _weigh(graph: _Graph, expansions: dict[int, list[_Step]]) -> tuple[tuple[int, ...], bool]:
    """The weight at each depth, until it stops growing or is too high; and whether it stopped."""
    flat = {
        number: sum(graph.nodes[inner].own * times for inner, times in graph.met[number].items())
        for number in expansions
    }
    if (at_once := max(flat.values())) > MAX_WEIGHT:
        raise SchemaRefused(
            f"checking one value can take {at_once:,} steps; {MAX_WEIGHT:,} is the limit"
        )
    deepest, weights = flat, [flat[0]]
    growing = {number: steps for number, steps in expansions.items() if steps}
    while True:
        deeper = {
            number: max(
                deepest[number],
                *(sum(deepest[child] * times for child, times in step) for step in steps),
            )
            for number, steps in growing.items()
        }
        deeper = {**flat, **deeper}
        if deeper == deepest:
            return tuple(weights), True
        if deeper[0] > MAX_WEIGHT or len(weights) > MAX_CHAIN:
            return _until_too_heavy(weights, expansions)
        deepest = deeper
        weights.append(deeper[0])


def _until_too_heavy(
    weights: list[int], expansions: dict[int, Any]
) -> tuple[tuple[int, ...], bool]:
    levels = _levels(expansions)
    if levels is not None:
        raise SchemaRefused(
            f"checking one value {len(weights)} levels down can take more than {MAX_WEIGHT:,} steps, "
            "because its references branch at each level; write the shared parts once"
        )
    return tuple(weights), False


def _levels(expansions: dict[int, list[_Step]]) -> int | None:
    """How deep a payload the schema looks into; ``None`` if it is recursive."""
    inward = Counter(child for steps in expansions.values() for child in _children(steps))
    ready = [number for number in expansions if not inward[number]]
    levels = dict.fromkeys(expansions, 1)
    seen = 0
    while ready:
        number = ready.pop()
        seen += 1
        for child in _children(expansions[number]):
            levels[child] = max(levels[child], levels[number] + 1)
            inward[child] -= 1
            if not inward[child]:
                ready.append(child)
    return max(levels.values()) if seen == len(expansions) else None


def _children(steps: list[_Step]) -> set[int]:
    return {child for step in steps for child, _ in step}
