"""A learner of their own for each test, and the registry where a test asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from eprlab.exercises import catalogue
from eprlab.exercises.definition import Exercise
from eprlab.exercises.front import check
from eprlab.exercises.trial import run
from eprlab.progress.store import Progress, Store


@dataclass(frozen=True)
class Learner:
    """Somebody with an empty folder. `hand_in` checks code as if it stood in the cell above."""

    name: str
    home: Path

    @property
    def store(self) -> Store:
        return Store(self.name, self.home)

    @property
    def progress(self) -> Progress:
        return self.store.read()

    def hand_in(self, exercise: Exercise | str, code: str):
        chosen = exercise_called(exercise) if isinstance(exercise, str) else exercise
        names = run(code, chosen.id)
        return check(chosen.id, **{name: names[name] for name in chosen.names if name in names})

    def solve(self, *exercises: Exercise | str):
        """The verdicts on the solutions of these exercises."""
        every = [exercise_called(e) if isinstance(e, str) else e for e in exercises]
        return [self.hand_in(exercise, exercise.solution) for exercise in every]


def exercise_called(id: str) -> Exercise:
    return catalogue.course().exercise(id)


@pytest.fixture
def learner(tmp_path, monkeypatch) -> Learner:
    """A learner without a stack: nothing answers at EPR_URL."""
    monkeypatch.setenv("EPRLAB_HOME", str(tmp_path / "lab"))
    monkeypatch.setenv("EPRLAB_LEARNER", "heron-3f2a")
    monkeypatch.delenv("EPRLAB_STRICT", raising=False)
    monkeypatch.setenv("EPR_URL", "http://127.0.0.1:9")  # discard: nobody listens there
    monkeypatch.setenv("EPR_BROKERS", "127.0.0.1:9")
    return Learner("heron-3f2a", tmp_path / "lab")


@pytest.fixture
def enrolled(learner, registry, monkeypatch) -> Learner:
    """A learner with a real registry and broker."""
    monkeypatch.setenv("EPR_URL", registry.url)
    monkeypatch.setenv("EPR_BROKERS", registry.brokers)
    monkeypatch.setenv("EPR_TOPIC", registry.topic)
    return learner
