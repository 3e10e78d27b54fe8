"""The rules that draw edges. Each is one function; its docstring is what the edge means.

The numbers are those of the course's lineage model (`book/lineage.md`). A rule sees a `World` (some
events and what belongs to them) and yields `Edge`s; it stores nothing and changes nothing.

- `world`     what a rule may look at, and how an edge is made
- `registry`  L1 to L8: the registry's records and its messages
- `cdevents`  L9 to L14: links, chains, subjects, runs, deployments
- `identity`  which artifact an event is about
- `supply`    L15 to L18: bills of materials, attestations, traces, actors
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from epr_lineage.model import Edge
from epr_lineage.rules import cdevents, registry, supply
from epr_lineage.rules.world import World, gate_id, node_id

Rule = Callable[[World], Iterator[Edge]]

RULES: dict[str, tuple[Rule, ...]] = {
    "L1": (registry.validated_by,),
    "L2": (registry.member_of,),
    "L3": (registry.about, cdevents.same_as),
    "L4": (registry.satisfies,),
    "L5": (registry.waits_for,),
    "L6": (registry.announced_by,),
    "L7": (registry.triggered,),
    "L8": (registry.next_same_artifact,),
    "L9": (cdevents.path,),
    "L10": (cdevents.relation,),
    "L11": (cdevents.in_chain,),
    "L12": (cdevents.subject,),
    "L13": (cdevents.produced,),
    "L14": (cdevents.deployed_as,),
    "L15": (supply.described_by,),
    "L16": (supply.attests,),
    "L17": (supply.traced_by,),
    "L18": (supply.acted,),
}
"""Every rule by its number."""

__all__ = ["RULES", "Rule", "World", "gate_id", "node_id"]
