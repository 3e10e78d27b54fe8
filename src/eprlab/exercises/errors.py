"""What can go wrong with the exercises, as a tree.

    ExerciseError
    ├── UnknownExercise   no exercise has that id
    ├── BadDefinition     a file under exercises/ does not define what it should
    └── CellsDrifted      a notebook's cells differ from the definitions

A learner never sees one of these as a traceback: `check`, `hint` and the others show them as a note.
Every message says what is wrong, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class ExerciseError(Exception):
    """Base class."""


class UnknownExercise(ExerciseError):
    """No exercise has this id; the message offers the nearest ones."""

    def __init__(self, id: object, known: Iterable[str]) -> None:
        every = sorted(known)
        near = get_close_matches(id, every, n=2, cutoff=0.4) if isinstance(id, str) else []
        offer = " or ".join(f'"{name}"' for name in near)
        advice = f"Did you mean {offer}?" if near else f"There are: {', '.join(every)}."
        super().__init__(f"No exercise is called {str(id)[:60]!r}. {advice}")
        self.id = id


class BadDefinition(ExerciseError):
    """A definition under `exercises/` cannot be used; `path` says which."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path


class CellsDrifted(ExerciseError):
    """Cells of a notebook are not what the definitions say; `problems` lists them."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        listed = "\n  ".join(problems)
        super().__init__(
            f"{path}:\n  {listed}\nWrite the cells anew: eprlab exercises write {path.name}"
        )
        self.path = path
        self.problems = problems
