"""What the picture says, in words: for tooltips, for the caption, and for readers who cannot see it."""

from __future__ import annotations

from epr_lineage import Confidence, Edge, Kind, Lineage, Node, State

STATES = {
    State.SUCCESS: "✓",
    State.FAILURE: "✗ failed",
    State.OPEN: "open for",
    State.SHUT: "shut for",
    State.UNKNOWN: "? unknown",
}
CONFIDENCE = {
    Confidence.DECLARED: "somebody says so",
    Confidence.REFERENCED: "an id inside says so",
    Confidence.INFERRED: "worked out by a rule",
}


def second_line(node: Node) -> str:
    """What stands under a node's label: its state in words or marks, then its detail."""
    if node.state is State.FAILURE and node.detail:
        return f"✗ {node.detail}"
    if node.kind is Kind.MESSAGE:
        return node.detail
    return " ".join(part for part in (STATES.get(node.state, ""), node.detail) if part)


def name(node: Node) -> str:
    """A node in a sentence, such as `event tidetable-scan (✓ no findings)`."""
    return (
        f"{node.kind} {node.label} ({second_line(node)})"
        if second_line(node)
        else f"{node.kind} {node.label}"
    )


def about(node: Node) -> str:
    """A node's tooltip: what it is, its key, and when the registry recorded it."""
    recorded = f", recorded {node.recorded_at:%Y-%m-%d %H:%M:%S}" if node.recorded_at else ""
    return f"{name(node)}; {node.key}{recorded}"


def relation(lineage: Lineage, edge: Edge) -> str:
    """An edge's tooltip: what it says, by which rule, how it is known, and on what evidence."""
    evidence = f"; evidence: {', '.join(edge.evidence)}" if edge.evidence else ""
    return (
        f"{lineage[edge.source].label} {edge.relation} {lineage[edge.target].label} "
        f"(rule {edge.rule}, {edge.confidence}: {CONFIDENCE[edge.confidence]}{evidence})"
    )


def describe(lineage: Lineage) -> str:
    """The picture in a few sentences."""
    events = lineage.of_kind(Kind.EVENT)
    failed = sum(node.state is State.FAILURE for node in events)
    sentences = [
        f"{_count(len(events), 'event')} about "
        f"{', '.join(node.label for node in lineage.of_kind(Kind.ARTIFACT)) or 'nothing'}"
        f"{f', {failed} of them failed' if failed else ''}."
    ]
    for gate in lineage.of_kind(Kind.GATE):
        sentences.append(_gate(lineage, gate))
    for edge in lineage.edges:
        if edge.rule == "L7":
            sentences.append(
                f"{lineage[edge.source].label} triggered {lineage[edge.target].label}."
            )
    return " ".join(sentences)


def _gate(lineage: Lineage, gate: Node) -> str:
    if gate.state is State.OPEN:
        by = [
            lineage[e.source].label for e in lineage.edges if e.rule == "L4" and e.target == gate.id
        ]
        return f"The gate {gate.label} is open, satisfied by {_list(by)}."
    waits = [
        lineage[e.target].label for e in lineage.edges if e.rule == "L5" and e.source == gate.id
    ]
    return f"The gate {gate.label} is shut and waits for {_list(waits)}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _list(items: list[str]) -> str:
    return (
        items[0]
        if len(items) == 1
        else f"{', '.join(items[:-1])} and {items[-1]}"
        if items
        else "nothing"
    )
