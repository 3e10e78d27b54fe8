"""The same lineage as tables (pandas): for reading, sorting and handing on."""

from __future__ import annotations

from collections.abc import Iterable

import pandas

from epr.records import Receiver
from epr_lineage.gate import Gate
from epr_lineage.model import Lineage


def nodes(lineage: Lineage) -> pandas.DataFrame:
    """One row a node: kind, label, detail, state, recorded_at, id."""
    return pandas.DataFrame(
        [
            (n.kind.value, n.label, n.detail, n.state.value, n.recorded_at, n.id)
            for n in lineage.nodes
        ],
        columns=["kind", "label", "detail", "state", "recorded_at", "id"],
    )


def edges(lineage: Lineage) -> pandas.DataFrame:
    """One row an edge: what it joins in words, the rule, how it is known, and on which events."""
    return pandas.DataFrame(
        [
            (lineage[e.source].label, e.relation, lineage[e.target].label, e.rule,
             e.confidence.value, ", ".join(e.evidence))
            for e in lineage.edges
        ],
        columns=["from", "relation", "to", "rule", "confidence", "evidence"],
    )  # fmt: skip


def gate(state: Gate, receivers: Iterable[Receiver] = ()) -> pandas.DataFrame:
    """One row a receiver of the gate: how it stands, and the event that says so."""
    names = {receiver.id: receiver.name for receiver in receivers}
    return pandas.DataFrame(
        [
            (
                names.get(m.receiver_id, m.receiver_id),
                m.standing.value,
                m.event.id if m.event else "",
            )
            for m in state.members
        ],
        columns=["receiver", "standing", "latest event"],
    )
