"""The lineage itself: nodes, and edges that say by which rule and on what evidence they exist."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from epr_lineage.errors import UnknownNode


class Kind(StrEnum):
    """What a node stands for."""

    ARTIFACT = "artifact"
    RECEIVER = "receiver"
    EVENT = "event"
    GROUP = "group"
    GATE = "gate"
    MESSAGE = "message"
    # From here on: what only payloads know of.
    CHAIN = "chain"
    RUN = "run"
    CHANGE = "change"
    COMPONENT = "component"
    PLACE = "place"  # a service in an environment
    SERVICE = "service"
    ENVIRONMENT = "environment"
    INCIDENT = "incident"
    TICKET = "ticket"
    ATTESTATION = "attestation"
    KEY = "key"  # that signed an attestation
    AGENT = "agent"  # a program or a person that acted
    TRACE = "trace"  # of distributed tracing
    RESOURCE = "resource"  # anything else that an event can be about


class Confidence(StrEnum):
    """How an edge is known.

    Declared: a producer or the registry says so. Referenced: an id inside says so. Inferred: we
    worked it out, by the rule that the edge names.
    """

    DECLARED = "declared"
    REFERENCED = "referenced"
    INFERRED = "inferred"


class State(StrEnum):
    """What there is to say about a node beyond that it exists."""

    NONE = ""
    SUCCESS = "success"
    FAILURE = "failure"
    OPEN = "open"
    SHUT = "shut"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Node:
    """One thing. `id` is `kind:key`; `label` and `detail` are what a person reads first and second.

    `recorded_at` is when the registry learned of it, `occurred_at` when it happened by its
    producer's clock, where that is known.
    """

    kind: Kind
    key: str
    label: str
    detail: str = ""
    state: State = State.NONE
    recorded_at: datetime | None = None
    occurred_at: datetime | None = None

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class Edge:
    """One relation between two nodes (their ids), and why we believe in it.

    `rule` names the rule of `epr_lineage.rules` that drew it; `evidence` lists the ids of the
    events it rests on. `occurred_at` is the producer's clock, `recorded_at` the registry's.
    """

    source: str
    target: str
    relation: str
    rule: str
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    recorded_at: datetime | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class Lineage:
    """A set of nodes and the edges between them, in a stable order."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    _index: dict[str, Node] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {node.id: node for node in self.nodes})

    def __getitem__(self, node_id: str) -> Node:
        """The node with this id. Raises `UnknownNode`."""
        try:
            return self._index[node_id]
        except KeyError:
            raise UnknownNode(node_id, difflib.get_close_matches(node_id, self._index, 3)) from None

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._index

    def of_kind(self, kind: Kind) -> tuple[Node, ...]:
        """The nodes of one kind."""
        return tuple(node for node in self.nodes if node.kind is kind)

    def keep(self, node_ids: set[str]) -> Lineage:
        """The part with only these nodes and the edges between them."""
        return Lineage(
            tuple(node for node in self.nodes if node.id in node_ids),
            tuple(edge for edge in self.edges if {edge.source, edge.target} <= node_ids),
        )

    def without(self, *kinds: Kind) -> Lineage:
        """The part without nodes of these kinds."""
        return self.keep({node.id for node in self.nodes if node.kind not in kinds})
