"""Choose: a quiz with an explanation for every option, and things to sort under labels.

Both are questions with options. The starter cell has a dict to fill in, in plain Python, and a form
that fills in the same dict; the form of a saved notebook works in a page without a kernel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from eprlab.exercises.answers import Answer, shown
from eprlab.exercises.definition import Exercise, Mistake, Option, Question
from eprlab.exercises.setting import Setting
from eprlab.exercises.verdict import Finding, missed, seen


@dataclass(frozen=True, kw_only=True)
class _Choosing(Exercise):
    name: ClassVar[str]

    @property
    def questions(self) -> tuple[Question, ...]:
        raise NotImplementedError

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(question.text for question in self.questions)

    @property
    def starter(self) -> str:
        return self._cell({})

    @property
    def solution(self) -> str:
        return self._cell({question.key: question.right for question in self.questions})

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Every wrong option of every question, the others being right."""
        right = {question.key: question.right for question in self.questions}
        return tuple(
            Mistake(
                f"{question.key}={value}",
                self._cell({**right, question.key: value}),
                option.because,
            )
            for question in self.questions
            for value, option in question.options.items()
            if not option.right
        )

    def look(self, answer: Answer, setting: Setting) -> Iterator[Finding]:
        chosen = answer[self.name]
        if not isinstance(chosen, Mapping):
            yield missed(
                expected=f"`{self.name}` as a dict, as in the starter",
                found=shown(chosen),
                because=f'reset("{self.id}") gives the starter back.',
            )
            return
        values = {question: chosen.get(question.key, ...) for question in self.questions}
        left = [question for question, value in values.items() if value is ...]
        for question, value in values.items():
            if value is not ...:
                yield replace(_judge(question, value), step=question.text)
            elif question is left[0]:
                yield self._unanswered(left)

    def _unanswered(self, questions: list[Question]) -> Finding:
        """One finding for all of them: the others are listed as not looked at."""
        more = f", nor for {len(questions) - 1} others" if len(questions) > 1 else ""
        return missed(
            step=questions[0].text,
            expected=f"one of {', '.join(questions[0].options)}",
            found=f"no choice yet{more}",
        )

    def _cell(self, chosen: Mapping[str, str]) -> str:
        lines = [f"{self.name} = {{"]
        for question in self.questions:
            value = f'"{chosen[question.key]}"' if question.key in chosen else "..."
            lines.append(f'    "{question.key}": {value},')
        return "\n".join([*lines, "}", f'form("{self.id}", {self.name})'])


def _judge(question: Question, value: Any) -> Finding:
    option = question.option(value)
    if option is not None and option.right:
        return seen(f"{option.text}. {option.because}")
    if option is not None:
        return missed(
            expected="another choice",
            found=f"{value}: {option.text}",
            because=option.because,
            mistake=f"{question.key}={value}",
        )
    choices = ", ".join(question.options)
    return missed(
        expected=f"one of {choices}, as text",
        found=shown(value),
        because="Write the choice between quotation marks, or use the form.",
    )


@dataclass(frozen=True, kw_only=True)
class Quiz(_Choosing):
    """Questions, each with its own options. A wrong option's `because` says what speaks against it."""

    ask: tuple[Question, ...]

    kind: ClassVar[str] = "quiz"
    name: ClassVar[str] = "answers"

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.ask


@dataclass(frozen=True)
class Item:
    """Something to be put under a label. `because` says why it belongs there; `instead`, by label, what
    to say to who puts it elsewhere (without it: `because`)."""

    key: str
    text: str
    label: str
    because: str
    instead: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Sort(_Choosing):
    """Things to be sorted: `labels` maps each label to what it means."""

    labels: Mapping[str, str] = field(hash=False)
    items: tuple[Item, ...]

    kind: ClassVar[str] = "sort"
    name: ClassVar[str] = "placed"

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(
            Question(
                item.key,
                item.text,
                {
                    label: Option(
                        meaning,
                        item.because
                        if label == item.label
                        else item.instead.get(label, item.because),
                        label == item.label,
                    )
                    for label, meaning in self.labels.items()
                },
            )
            for item in self.items
        )
