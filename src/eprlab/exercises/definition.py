"""What every exercise has, whatever its kind. The kinds are in `eprlab.exercises.kinds`.

A definition is one Python file under `exercises/` whose `exercise` is one of these. Everything about
the exercise is in it: what the notebook shows, how an answer is judged, what the tests try.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from eprlab.exercises.verdict import Finding

if TYPE_CHECKING:
    from eprlab.exercises.answers import Answer
    from eprlab.exercises.setting import Setting


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer, and what a learner who gives it has to be told.

    `answer` is code like the starter's; the tests check it and expect this mistake to be named.
    """

    id: str
    answer: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Exercise(ABC):
    """One exercise.

    `id`: the file's name without `.py`. `session`: the number of its folder. `minutes`: for a learner
    who has read what comes before. `goal`: Markdown, shown above the starter. `builds_on` and `teaches`:
    names of ideas, see `session.yaml`. `paragraph`: the heading in the notebook that explains it.
    `hints`: a nudge, a pointer, and nearly there. `needs_stack`: whether the check asks the registry.
    `after`: said with the solution: why it is so.
    """

    id: str
    session: int
    title: str
    minutes: int
    goal: str
    builds_on: tuple[str, ...]
    teaches: tuple[str, ...] = ()
    paragraph: str = ""
    hints: tuple[str, str, str]
    after: str = ""
    needs_stack: bool = False
    seconds: float = 60.0

    kind: ClassVar[str]

    @property
    @abstractmethod
    def starter(self) -> str:
        """The code of the starter cell."""

    @property
    @abstractmethod
    def solution(self) -> str:
        """Code for the starter cell that passes."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The names that the learner's cell defines and the check looks at."""

    @property
    @abstractmethod
    def steps(self) -> tuple[str, ...]:
        """What the check looks at, in order: one finding each."""

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The typical wrong answers."""
        return ()

    def plan(self, setting: Setting) -> tuple[str, ...]:
        """The steps of this check: `steps`, unless the learner's own history changes them."""
        return self.steps

    @property
    def check_cell(self) -> str:
        """The code of the cell below the starter."""
        return f'check("{self.id}")'

    @abstractmethod
    def look(self, answer: Answer, setting: Setting) -> Iterator[Finding]:
        """Looks at an answer, step by step. Where it stops, the remaining steps were not looked at."""

    def mistake(self, id: str) -> Mistake:
        """The mistake with this id. Raises KeyError."""
        for mistake in self.mistakes:
            if mistake.id == id:
                return mistake
        raise KeyError(f"{self.id} has no mistake {id!r}")


Look = Callable[["Answer", "Setting"], Iterator[Finding]]


@dataclass(frozen=True)
class Option:
    """One possible answer to a question, and what to say to who chooses it."""

    text: str
    because: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question with the options to choose from; `key` is short and unique in its exercise."""

    key: str
    text: str
    options: Mapping[str, Option] = field(hash=False)

    @property
    def right(self) -> str:
        """The value of the right option."""
        return next(value for value, option in self.options.items() if option.right)

    def option(self, value: Any) -> Option | None:
        """The option that was chosen, or None if there is no such option."""
        return self.options.get(value) if isinstance(value, str) else None
