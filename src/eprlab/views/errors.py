"""What can go wrong in a view. (A live view shows what a broker or registry refuses, and goes on.)

ViewError
└── BadAnswer     a field of a form holds what it cannot hold; `field` is its path
"""

from __future__ import annotations


class ViewError(Exception):
    """Base class; catch it to catch everything this package raises."""


class BadAnswer(ViewError):
    """A field of a form holds what cannot be read as its type."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem = field, problem
