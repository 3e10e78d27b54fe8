"""What can go wrong with records, as a tree.

    ProgressError
    ├── NothingToExport   no exercise has been passed yet
    ├── KeyUnusable       the learner's signing key cannot be read
    └── NotARecord        a file is not a completion record, or its signature does not fit

Every message says what is wrong, where, and what to do next.
"""

from __future__ import annotations

from pathlib import Path


class ProgressError(Exception):
    """Base class."""


class NothingToExport(ProgressError):
    """No exercise has been passed yet."""

    def __init__(self, learner: str) -> None:
        super().__init__(f"{learner} has not passed an exercise yet. Pass one, then export again.")


class KeyUnusable(ProgressError):
    """The learner's key cannot be used; `path` says which file."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"The signing key {path} cannot be used: {problem}. Move it away and export again: a new key "
            "is made. Records signed with the old one keep the old key's id."
        )
        self.path = path


class NotARecord(ProgressError):
    """A file cannot be taken for a completion record; `problem` says why."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path} proves nothing: {problem}")
        self.path = path
        self.problem = problem
