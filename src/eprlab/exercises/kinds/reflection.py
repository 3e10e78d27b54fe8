"""Write a few sentences. The check looks for words, says so, and shows a model answer to compare with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from eprlab.exercises.answers import Answer, shown
from eprlab.exercises.definition import Exercise, Mistake
from eprlab.exercises.setting import Setting
from eprlab.exercises.verdict import Finding, missed, seen


@dataclass(frozen=True)
class Point:
    """A key point of the rubric. Any of the regular expressions in `signs` counts as a sign of it
    (case is ignored); `because` says what is missing where there is none."""

    id: str
    text: str
    signs: tuple[str, ...]
    because: str


@dataclass(frozen=True, kw_only=True)
class Reflection(Exercise):
    """A written answer. `words`: at least so many. `model`: a model answer. `thin`: answers that lack
    something, by the id of the point whose absence has to be noticed."""

    words: int
    rubric: tuple[Point, ...]
    model: str
    thin: Mapping[str, str] = field(default_factory=dict, hash=False)

    kind: ClassVar[str] = "reflection"

    @property
    def names(self) -> tuple[str, ...]:
        return ("thoughts",)

    @property
    def starter(self) -> str:
        return 'thoughts = """\n\n"""'

    @property
    def solution(self) -> str:
        return _cell(self.model)

    @property
    def steps(self) -> tuple[str, ...]:
        return (f"at least {self.words} words", *(point.text for point in self.rubric))

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        because = {point.id: point.because for point in self.rubric}
        return tuple(Mistake(id, _cell(text), because[id]) for id, text in self.thin.items())

    def look(self, answer: Answer, setting: Setting) -> Iterator[Finding]:
        text = answer["thoughts"]
        if not isinstance(text, str):
            yield missed(
                expected="text between triple quotation marks",
                found=shown(text),
                because="Write your sentences as a Python text.",
            )
            return
        count = len(re.findall(r"\w+", text))
        if count < self.words:
            yield missed(expected=f"at least {self.words} words", found=f"{count} words")
            return
        yield seen(f"{count} words")
        setting.note(
            "These are words, not your thought: I cannot judge that. Compare with the model answer."
        )
        for point in self.rubric:
            sign = next(
                (found[0] for sign in point.signs if (found := re.search(sign, text, re.I))), None
            )
            if sign is not None:
                yield seen(f"the words “{sign}”")
            else:
                yield missed(
                    expected=point.text,
                    found="no words that I know as a sign of it",
                    because=point.because,
                    mistake=point.id,
                )


def _cell(text: str) -> str:
    return f'thoughts = """\n{text.strip()}\n"""'
