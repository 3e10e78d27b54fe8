"""What can go wrong while lineage is read or asked.

LineageError
├── NotARecord      a body is not the record it should be; says which key is missing or wrong
├── ReadFailed      the registry answered with an error instead of records
└── UnknownNode     a question about a node that this lineage does not have
"""

from __future__ import annotations


class LineageError(Exception):
    """Base class; catch it to catch everything this package raises."""


class NotARecord(LineageError):
    """A body is not the record it should be."""

    def __init__(self, noun: str, why: str) -> None:
        super().__init__(
            f"not {noun}: {why}; ask the registry for all of its fields, as `epr_lineage.read` does"
        )
        self.noun, self.why = noun, why


class ReadFailed(LineageError):
    """The registry answered with an error instead of records."""

    def __init__(self, what: str, reasons: list[str]) -> None:
        super().__init__(f"the registry did not give its {what}: {'; '.join(reasons)}")
        self.what, self.reasons = what, reasons


class UnknownNode(LineageError):
    """A question about a node that this lineage does not have."""

    def __init__(self, node: str, near: list[str]) -> None:
        hint = f"; did you mean {', '.join(near)}?" if near else "; see Lineage.nodes"
        super().__init__(f"no node {node!r} in this lineage{hint}")
        self.node, self.near = node, near
