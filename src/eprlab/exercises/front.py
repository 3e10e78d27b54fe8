"""What a notebook calls: `check`, `hint`, `solution`, `reset`, `form`, `progress`, `record`.

None of them raises at a learner. What cannot be done is said in a panel, with the next step.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import epr
from eprlab import learner as learners
from eprlab.exercises import catalogue, checking, panel, trial
from eprlab.exercises.answers import Answer
from eprlab.exercises.definition import Exercise
from eprlab.exercises.errors import ExerciseError
from eprlab.exercises.guard import shell_of_this_kernel
from eprlab.exercises.setting import Setting
from eprlab.exercises.verdict import Outcome, Verdict
from eprlab.lineage_view.text import escape
from eprlab.progress import receipts
from eprlab.progress.board import Board
from eprlab.progress.errors import ProgressError
from eprlab.progress.store import Pass, Progress, Store, now

STRICT = "EPRLAB_STRICT"
"""The environment variable with which the course's own tests make `check` raise instead of tell."""


@dataclass(frozen=True)
class Note:
    """Something said to the learner: a heading, text, and perhaps code."""

    head: str
    text: str = ""
    code: str = ""

    def __repr__(self) -> str:
        return "\n".join(part for part in (self.head, self.text, self.code) if part)

    def _repr_html_(self) -> str:
        body = "".join(f"<p>{panel.prose(line)}</p>" for line in self.text.splitlines() if line)
        return panel.panel(escape(self.head), body + (panel.code(self.code) if self.code else ""))


Call = TypeVar("Call", bound=Callable[..., Any])


def _kindly(call: Call) -> Call:
    """Says what cannot be done in a note, instead of a traceback."""

    @wraps(call)
    def said(*arguments: Any, **options: Any) -> Any:
        try:
            return call(*arguments, **options)
        except (ExerciseError, ProgressError, learners.UnfitName) as error:
            if os.environ.get(STRICT):
                raise
            return Note("That did not work", str(error))
        except OSError as error:
            if os.environ.get(STRICT):
                raise
            return Note(
                "Your progress cannot be read or written",
                f"{error}\nIs there room on the disk, and may you write to .lab (or EPRLAB_HOME)?",
            )

    return said


@_kindly
def check(id: str, **answer: Any) -> Verdict | Note:
    """Looks at the answer to an exercise and says what it saw.

    The answer are the names that the starter cell defines, as they are in the notebook now; a name may
    be given instead: `check("find-or-create", set_up=my_function)`. Never raises.
    """
    exercise = catalogue.course().exercise(id)
    namespace = sys._getframe(2).f_globals
    if answer:
        namespace = {**namespace, **answer}
    store = Store()
    known = store.read()
    standing = known.of(exercise.id)
    setting = Setting(
        store.learner,
        namespace,
        memory=standing.memory,
        passed_before=standing.passed is not None,
    )

    def remember() -> None:
        def keep(progress: Progress) -> None:
            progress.of(exercise.id).memory = setting.memory

        store.change(keep)

    setting.remember = remember
    try:
        if known.damaged:
            setting.note(
                f"Your progress file could not be read. It is kept as {known.damaged}; a new one has begun."
            )
        verdict = checking.judge(exercise, namespace, setting)
        try:
            verdict = _recorded(verdict, namespace, setting, store)
        except OSError as error:  # a full disk takes the record, not the verdict
            verdict = replace(verdict, notes=(*verdict.notes, f"This could not be kept: {error}"))
    finally:
        setting.close()
    if os.environ.get(STRICT) and not verdict.passed:
        raise AssertionError(repr(verdict))
    return verdict


def _recorded(
    verdict: Verdict, namespace: dict[str, Any], setting: Setting, store: Store
) -> Verdict:
    """Keeps the attempt and, after a first pass, hands in the receipt."""
    exercise = verdict.exercise
    answer = Answer(namespace, exercise.names)
    if verdict.outcome is Outcome.COULD_NOT_LOOK or answer.missing:
        return verdict
    if trial.is_starter(exercise, answer):  # a notebook that is run through is no attempt
        return verdict

    def note(progress: Progress) -> None:
        standing = progress.of(exercise.id)
        standing.attempts += 1
        standing.memory = setting.memory
        if verdict.passed and standing.passed is None:
            standing.passed = Pass(
                now(), answer.sha256, standing.attempts, standing.hints, standing.solution_seen
            )

    store.change(note)
    store.keep_answer(exercise.id, answer.text)
    notes = list(verdict.notes)
    if verdict.passed and not setting.passed_before:
        notes.append(_handed_in(exercise, store))
    return replace(verdict, notes=tuple(notes))


def _handed_in(exercise: Exercise, store: Store) -> str:
    session = catalogue.course().session_of(exercise)
    try:
        with epr.Client(timeout=5.0, retry=epr.RetryPolicy(attempts=1)) as client:
            settled = receipts.settle(client, store, session)
    except epr.errors.EPRError:
        return (
            "Your pass is kept here. Its receipt will be posted when the registry can be reached."
        )
    text = "Your pass is a receipt in the registry now."
    if settled.badge is not None:
        text += f" The registry has announced it: session {session.number} is complete. ★"
    return text


@_kindly
def hint(id: str) -> Note:
    """The next hint for an exercise: a nudge, a pointer, then nearly there. Counted in your record."""
    exercise = catalogue.course().exercise(id)

    def take(progress: Progress) -> None:
        progress.of(exercise.id).hints = min(progress.of(exercise.id).hints + 1, 3)

    number = Store().change(take).of(exercise.id).hints
    hints = exercise.hints[:number]
    text = "\n".join(f"{n}. {hint}" for n, hint in enumerate(hints, 1))
    more = "" if number < 3 else f'\nThat was the last one. There is solution("{exercise.id}").'
    return Note(f"Hint {number} of 3: {exercise.title}", text + more)


@_kindly
def solution(id: str, *, anyway: bool = False) -> Note:
    """The solution, after you have passed; before that, with `anyway=True`, which your record notes."""
    exercise = catalogue.course().exercise(id)
    store = Store()
    standing = store.read().of(exercise.id)
    if standing.passed is None and not anyway:
        return Note(
            f"Not passed yet: {exercise.title}",
            f'Take a hint: hint("{exercise.id}"), of which you have had {standing.hints} of 3.\n'
            f'To see it all the same: solution("{exercise.id}", anyway=True). Your record will say so.',
        )

    def look(progress: Progress) -> None:
        progress.of(exercise.id).solution_seen = True

    if standing.passed is None:
        store.change(look)
    return Note(f"A solution: {exercise.title}", exercise.after, exercise.solution)


@_kindly
def form(id: str, answers: Any) -> Any:
    """The form of a quiz or of things to sort. It fills in `answers`, the dict of the starter cell.

    Choices are remembered: after a restart of the kernel they are filled in again. What the cell itself
    says comes first.
    """
    exercise = catalogue.course().exercise(id)
    questions = getattr(exercise, "questions", None)
    if questions is None:
        return Note(f"No form: {exercise.title}", "This exercise is answered in code.")
    if not isinstance(answers, MutableMapping):
        return Note(f"No form: {exercise.title}", "Give it the dict of the cell.", exercise.starter)
    store = Store()
    remembered = store.read().of(exercise.id).memory.get("chosen")
    if isinstance(remembered, dict):
        for question in questions:
            if answers.get(question.key, ...) is ... and question.option(
                remembered.get(question.key)
            ):
                answers[question.key] = remembered[question.key]

    def keep(chosen: dict[str, str]) -> None:
        store.change(lambda progress: progress.of(exercise.id).memory.update(chosen=chosen))

    from eprlab.exercises.forms import Form  # ipywidgets is heavy, and only these exercises need it

    return Form(exercise, questions, answers, keep)


@_kindly
def reset(id: str) -> Note:
    """Gives the starter cell back, and forgets what the exercise remembers, such as locked bets.

    Run it in the exercise's own cell (replace its text by this call) and the cell becomes the starter
    again; run it elsewhere and the starter appears in a new cell below. Both are done by the notebook
    itself, so unsaved work elsewhere is safe. What you passed stays passed.
    """
    exercise = catalogue.course().exercise(id)

    def forget(progress: Progress) -> None:
        progress.of(exercise.id).memory = {}

    Store().change(forget)
    shell = shell_of_this_kernel()
    if shell is None or not hasattr(shell, "set_next_input"):
        return Note(f"The starter of: {exercise.title}", "Copy it into the cell.", exercise.starter)
    cell = (shell.user_ns.get("In") or [""])[-1].strip()
    alone = cell.startswith("reset(") and cell.count("\n") == 0
    shell.set_next_input(exercise.starter, replace=alone)
    where = "This cell is the starter again." if alone else "The starter is in the cell below."
    return Note(f"Reset: {exercise.title}", where)


class _Progress:
    """`progress()` shows the board; `progress.lineage()` draws how you got there."""

    def __call__(self) -> Board | Note:
        """The board. Hands in receipts that are still missing, if the registry can be reached."""
        return _board()

    def lineage(self) -> Any:
        """Your receipts and the sessions' gates, in the explorer that the course teaches."""
        return _lineage()


@_kindly
def _board() -> Board:
    course, store = catalogue.course(), Store()
    try:
        with epr.Client(timeout=5.0, retry=epr.RetryPolicy(attempts=1)) as client:
            for session in course.sessions:
                receipts.settle(client, store, session)
        note = ""
    except epr.errors.EPRError:
        note = "The registry cannot be reached: what is shown is your file on this machine."
    return Board(course, store.read(), note)


@_kindly
def _lineage() -> Any:
    import epr_lineage
    from eprlab.lineage_view import explore

    store = Store()
    try:
        with epr.Client(timeout=5.0) as client:
            lineage = epr_lineage.read(client, name=store.learner)
            events = list(client.events.find(name=store.learner))
    except epr.errors.EPRError as error:
        return Note(
            "The registry cannot be asked", f"{error}\nfrom eprlab import stack; stack.up()"
        )
    if not lineage.nodes:
        return Note("Nothing to draw yet", "The first exercise you pass is the first receipt.")
    return explore(lineage, f"How {store.learner} got here", records=events)


class _Record:
    """`record.export()` writes a signed record of what you passed; `eprlab verify FILE` checks it."""

    def export(self, path: str | os.PathLike[str] | None = None) -> Note:
        """Writes the record, by default beside your progress, and says where it is."""
        return _export(path)


@_kindly
def _export(path: str | os.PathLike[str] | None) -> Note:
    from eprlab.progress import record as records  # cryptography is heavy, and only this needs it

    store = Store()
    done = records.export(catalogue.course(), store, Path(path) if path is not None else None)
    badges = f", {done.badges} badges" if done.badges else ""
    return Note(
        f"Signed: {done.passes} passes{badges}",
        "Anybody can check it without a network, and is told what it proves. Your key's id is\n"
        f"`{done.keyid}`",
        f"eprlab verify {done.path}",
    )


progress = _Progress()
record = _Record()
