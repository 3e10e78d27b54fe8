"""Write code: a function or a value, judged by what it does, alone or against the real stack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from eprlab.exercises.answers import Answer
from eprlab.exercises.definition import Exercise, Look, Mistake
from eprlab.exercises.setting import Setting
from eprlab.exercises.verdict import Finding


@dataclass(frozen=True, kw_only=True)
class Code(Exercise):
    """Code to complete. `defines`: the names to look at; `looks_at`: the steps; `judge`: the check.

    With `needs_stack` it is the kind "code against the stack".
    """

    defines: tuple[str, ...]
    start: str
    solve: str
    looks_at: tuple[str, ...]
    judge: Look = field(repr=False)
    wrong: tuple[Mistake, ...] = ()

    kind: ClassVar[str] = "code"

    @property
    def starter(self) -> str:
        return self.start.strip("\n")

    @property
    def solution(self) -> str:
        return self.solve.strip("\n")

    @property
    def names(self) -> tuple[str, ...]:
        return self.defines

    @property
    def steps(self) -> tuple[str, ...]:
        return self.looks_at

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        return self.wrong

    def look(self, answer: Answer, setting: Setting) -> Iterator[Finding]:
        return self.judge(answer, setting)
