"""What can go wrong while a lineage is asked. (Reading one raises the errors of `epr.errors`.)

LineageError
└── UnknownNode     a question about a node that this lineage does not have
"""

from __future__ import annotations


class LineageError(Exception):
    """Base class; catch it to catch everything this package raises."""


class UnknownNode(LineageError):
    """A question about a node that this lineage does not have."""

    def __init__(self, node: str, near: list[str]) -> None:
        hint = f"; did you mean {', '.join(near)}?" if near else "; see Lineage.nodes"
        super().__init__(f"no node {node!r} in this lineage{hint}")
        self.node, self.near = node, near
