"""How much of what an answer is about it rests on. No number without one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """`counted` of `of` things satisfy `what`; `missing` are the ids of those that do not.

    >>> str(Coverage(38, 41, "deployments have an unbroken chain"))
    '38 of 41 deployments have an unbroken chain'
    """

    counted: int
    of: int
    what: str
    missing: tuple[str, ...] = ()

    @classmethod
    def over(cls, judged: Iterable[tuple[str, bool]], what: str) -> Coverage:
        """Counts pairs of an id and whether it is covered."""
        pairs = list(judged)
        missing = tuple(id for id, covered in pairs if not covered)
        return cls(len(pairs) - len(missing), len(pairs), what, missing)

    @property
    def share(self) -> float:
        """Between 0 and 1; of nothing, everything is covered."""
        return self.counted / self.of if self.of else 1.0

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.counted == self.of

    def __str__(self) -> str:
        return f"{self.counted} of {self.of} {self.what}"
