"""Trying code on an exercise without a learner: for the tests, the linter, and to know a starter again."""

from __future__ import annotations

import linecache
import uuid
from typing import Any

from eprlab.exercises import checking
from eprlab.exercises.answers import Answer
from eprlab.exercises.definition import Exercise
from eprlab.exercises.setting import Setting
from eprlab.exercises.verdict import Verdict


def run(code: str, name: str = "trial", **replaced: Any) -> dict[str, Any]:
    """The namespace that the code leaves, as a notebook's cell would. `replaced` overwrites names."""
    file = f"<{name} {uuid.uuid4().hex[:6]}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": "__main__", "form": lambda *_: None}
    exec(compile(code, file, "exec"), namespace)  # noqa: S102 - the course's own definitions
    return {**namespace, **replaced} if replaced else namespace


def is_starter(exercise: Exercise, answer: Answer) -> bool:
    """Whether an answer is the starter, untouched."""
    return answer.text == Answer(run(exercise.starter), exercise.names).text


def judge(exercise: Exercise, namespace: dict[str, Any], *, longest: float = 60.0) -> Verdict:
    """The verdict on a namespace, for a learner whom nobody knew before and nobody remembers.

    `longest`: seconds that one call of the code may take, whatever the check grants it.
    """
    setting = Setting(f"trial-{uuid.uuid4().hex[:6]}", namespace, longest=longest)
    try:
        return checking.judge(exercise, namespace, setting)
    finally:
        setting.close()


def verdict_on(exercise: Exercise, code: str) -> Verdict:
    """The verdict on a cell."""
    return judge(exercise, run(code, exercise.id))
