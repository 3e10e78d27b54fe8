"""The course's exercises, as they lie under `exercises/`: a folder for each session.

    exercises/02-event-provenance-registry/session.yaml       order, minutes, ideas
    exercises/02-event-provenance-registry/find-or-create.py  one exercise: `exercise = Code(…)`

A folder has the number of its session and the name of its notebook.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import yaml

from eprlab.exercises.definition import Exercise
from eprlab.exercises.errors import BadDefinition, UnknownExercise
from eprlab.stack import home as homes


class _Fresh(importlib.machinery.SourceFileLoader):
    """Reads a definition as it is now. Cached bytecode is chosen by the file's size and the second of
    its last change, so an author who mends one letter and checks again would be shown the old one."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


@dataclass(frozen=True)
class Part:
    """A stretch of a session: a section of the notebook, by its heading, or an exercise, by its id."""

    minutes: int
    section: str = ""
    exercise: str = ""
    teaches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session:
    """One session. `assumes`: ideas that its reader brings along; `minutes`: its length."""

    number: int
    title: str
    minutes: int
    assumes: tuple[str, ...]
    parts: tuple[Part, ...]
    exercises: tuple[Exercise, ...]
    folder: Path

    @property
    def notebook(self) -> Path:
        """The session's notebook."""
        return self.folder.parent.parent / "notebooks" / f"{self.folder.name}.ipynb"


@dataclass(frozen=True)
class Course:
    """All sessions, in order."""

    sessions: tuple[Session, ...]

    def __iter__(self) -> Iterator[Exercise]:
        for session in self.sessions:
            yield from session.exercises

    def exercise(self, id: Any) -> Exercise:
        """The exercise with this id. Raises `UnknownExercise`."""
        for exercise in self:
            if exercise.id == id:
                return exercise
        raise UnknownExercise(id, [exercise.id for exercise in self])

    def session_of(self, exercise: Exercise) -> Session:
        """The session that the exercise belongs to."""
        return next(s for s in self.sessions if exercise in s.exercises)


@cache
def course(root: Path | None = None) -> Course:
    """The course under `root` (default: the checkout's `exercises/`). Raises `BadDefinition`."""
    shelf = root or homes.checkout() / "exercises"
    folders = sorted(path.parent for path in shelf.glob("*/session.yaml"))
    return Course(tuple(_session(folder) for folder in folders))


def _session(folder: Path) -> Session:
    path = folder / "session.yaml"
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        parts = tuple(_part(part) for part in told["parts"])
        return Session(
            number=int(folder.name.partition("-")[0]),
            title=told["title"],
            minutes=told["minutes"],
            assumes=tuple(told.get("assumes") or ()),
            parts=parts,
            exercises=tuple(_exercise(folder, part.exercise) for part in parts if part.exercise),
            folder=folder,
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadDefinition(path, f"not a session: {type(error).__name__}: {error}") from error


def _part(told: dict[str, Any]) -> Part:
    return Part(
        minutes=told.get("minutes", 0),
        section=told.get("section", ""),
        exercise=told.get("exercise", ""),
        teaches=tuple(told.get("teaches") or ()),
    )


def _exercise(folder: Path, id: str) -> Exercise:
    path = folder / f"{id}.py"
    if not path.is_file():
        raise BadDefinition(path, "session.yaml lists this exercise, but there is no such file")
    name = f"exercises.{folder.name}.{id}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_Fresh(name, str(path)))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickles look there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise BadDefinition(path, f"{type(error).__name__}: {error}") from error
    exercise = getattr(module, "exercise", None)
    if not isinstance(exercise, Exercise):
        raise BadDefinition(path, "it has to define `exercise`, for example exercise = Code(…)")
    return exercise
