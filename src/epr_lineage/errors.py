"""What can go wrong while a lineage is asked. (Reading one raises the errors of `epr.errors`.)

LineageError
├── UnknownNode     a question about a node that this lineage does not have
├── NothingFound    a question about something that the index has no event of
└── NotComparable   a version range that cannot be read
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


class NothingFound(LineageError):
    """A question about something that the index has no event of. `what`: what was asked for."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"nothing is recorded about {what!r}; {hint}")
        self.what = what


class NotComparable(LineageError):
    """A version range that cannot be read. `given`: the range."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"{given!r} is not a version range; write it as in <0.3.2 or >=1.4,<2 (PEP 440)"
        )
        self.given = given
