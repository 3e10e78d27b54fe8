"""Checking an answer: from the learner's names to a verdict, whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import epr
from eprlab.exercises.answers import Answer, shown
from eprlab.exercises.definition import Exercise
from eprlab.exercises.limits import OutOfTime, time_limit
from eprlab.exercises.setting import LearnersFault, Setting
from eprlab.exercises.verdict import Finding, Outcome, Verdict, missed

OFFLINE = (epr.errors.ConnectionFailed, epr.errors.Timeout, epr.errors.BrokerUnavailable)


def judge(exercise: Exercise, namespace: dict[str, Any], setting: Setting) -> Verdict:
    """The verdict on what `namespace` holds. Raises nothing but KeyboardInterrupt."""
    plan = exercise.plan(setting)
    answer = Answer(namespace, exercise.names)
    if answer.missing:
        return _verdict(exercise, plan, [_not_there(answer.missing)], unseen=plan)
    if exercise.needs_stack and not setting.client.health().ready:
        return _could_not_look(exercise, plan, f"No registry is ready at {setting.client.url}.")
    findings: list[Finding] = []
    try:
        with time_limit(exercise.seconds) as limit:
            for finding in exercise.look(answer, setting):
                findings.append(_completed(finding, exercise, plan, findings))
    except OutOfTime as error:
        if error.limit is not limit:
            raise
        findings.append(_stopped(exercise, plan, findings))
    except LearnersFault as fault:
        if exercise.needs_stack and not setting.client.health().ready:
            return _could_not_look(
                exercise, plan, f"The registry at {setting.client.url} has gone."
            )
        findings.append(_completed(fault.finding, exercise, plan, findings))
    except OFFLINE as error:
        return _could_not_look(exercise, plan, str(error))
    except Exception as error:  # the answer is of a shape that the check did not expect
        findings.append(_completed(_nonsense(answer, error), exercise, plan, findings))
    return _verdict(exercise, plan, findings, notes=(*_printed(setting), *setting.notes))


def _verdict(
    exercise: Exercise,
    plan: tuple[str, ...],
    findings: list[Finding],
    *,
    unseen: tuple[str, ...] | None = None,
    notes: tuple[str, ...] = (),
) -> Verdict:
    looked_at = {finding.step for finding in findings}
    left = tuple(step for step in plan if step not in looked_at) if unseen is None else unseen
    passed = not left and all(finding.passed for finding in findings)
    outcome = Outcome.PASSED if passed else Outcome.NOT_YET
    return Verdict(exercise, outcome, tuple(findings), left, notes)


def _completed(
    finding: Finding, exercise: Exercise, plan: tuple[str, ...], before: list[Finding]
) -> Finding:
    """The finding with the exercise's words for its step and for the mistake that it names."""
    if not finding.step:
        taken = {earlier.step for earlier in before}
        finding = replace(
            finding, step=next((step for step in plan if step not in taken), "the answer")
        )
    if finding.mistake and not finding.because:
        finding = replace(finding, because=exercise.mistake(finding.mistake).because)
    return finding


def _not_there(names: tuple[str, ...]) -> Finding:
    listed = ", ".join(f"`{name}`" for name in names)
    return missed(
        step="the answer is there",
        expected=f"{listed} in this notebook",
        found="no such name",
        because="Run the cell above first. After a restart of the kernel every cell has to run again.",
    )


def _stopped(exercise: Exercise, plan: tuple[str, ...], findings: list[Finding]) -> Finding:
    finding = missed(
        expected=f"an end within {exercise.seconds:g} s",
        found="the check took longer and has been stopped",
        because="Something in the answer waits or repeats without end.",
    )
    return _completed(finding, exercise, plan, findings)


def _nonsense(answer: Answer, error: Exception) -> Finding:
    values = "; ".join(f"{name} = {shown(answer[name], 80)}" for name in answer.names)
    return missed(
        expected="an answer of the kind that the starter shows",
        found=values,
        because=f"The check cannot work with it ({type(error).__name__}: {shown(str(error), 100)}).",
    )


def _could_not_look(exercise: Exercise, plan: tuple[str, ...], why: str) -> Verdict:
    finding = missed(
        step="the stack answers",
        expected="a registry and a broker to look at",
        found=why,
        because="The stack does not run. Start it, from eprlab import stack; stack.up(), and check again. "
        "This does not count as an attempt.",
    )
    return Verdict(exercise, Outcome.COULD_NOT_LOOK, (finding,), plan)


def _printed(setting: Setting) -> Iterator[str]:
    text = "".join(setting.printed)
    if text.strip():
        lines = text.splitlines()
        more = f"\n  … and {len(lines) - 8} more lines" if len(lines) > 8 else ""
        yield "Your code printed:\n" + "\n".join(f"  {line[:120]}" for line in lines[:8]) + more
