"""The course's rules, as a linter: `eprlab exercises check`, and part of `make test`.

`rules` reads the definitions and the notebooks; `trials` runs every starter, solution, typical wrong
answer and some nonsense against the stack. Both yield problems, each with its place and what to do.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from eprlab.exercises import cells, shown, trial
from eprlab.exercises.catalogue import Course, Session
from eprlab.exercises.definition import Exercise
from eprlab.exercises.verdict import Outcome, Verdict

NONSENSE_SECONDS = 0.2
"""How long a call may take while nonsense is tried."""


@dataclass(frozen=True)
class Problem:
    """A rule that is broken: where, and what to do."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


# ------------------------------------------------------------------------------------------ reading
def rules(course: Course) -> Iterator[Problem]:
    """Every rule that can be checked without running anything."""
    seen: dict[str, str] = {}
    taught: set[str] = set()
    for session in course.sessions:
        yield from _session(session, taught)
        for exercise in session.exercises:
            where = f"{session.folder.name}/{exercise.id}"
            if exercise.id in seen:
                yield Problem(where, f"the id is taken by {seen[exercise.id]}; choose another")
            seen[exercise.id] = where
            yield from (Problem(where, what) for what in _exercise(exercise, session))
        listed = {exercise.id for exercise in session.exercises}
        for path in sorted(session.folder.glob("*.py")):
            if path.stem not in listed:
                yield Problem(f"{session.folder.name}/{path.name}", "not listed in session.yaml")


def _exercise(exercise: Exercise, session: Session) -> Iterator[str]:
    if exercise.session != session.number:
        yield f"says session {exercise.session}, but lies in the folder of session {session.number}"
    if not (session.folder / f"{exercise.id}.py").is_file():
        yield "the id is not the name of the file"
    if not (exercise.title.strip() and exercise.goal.strip()):
        yield "a title and a goal are needed"
    if not 1 <= exercise.minutes <= 30:
        yield f"{exercise.minutes} minutes: give 1 to 30, or make two exercises of it"
    if len(exercise.hints) != 3 or len({hint.strip() for hint in exercise.hints} - {""}) != 3:
        yield "three different hints are needed: a nudge, a pointer, nearly there"
    if not exercise.after.strip():
        yield "say with the solution why it is so (`after`)"
    if not exercise.steps or len(set(exercise.steps)) != len(exercise.steps):
        yield "the steps that the check looks at must differ, and there must be one"
    if exercise.starter.strip() == exercise.solution.strip():
        yield "the starter is the solution"
    if len(exercise.mistakes) < 2:
        yield "at least two typical wrong answers are needed"
    names = [mistake.id for mistake in exercise.mistakes]
    if len(set(names)) != len(names):
        yield "two wrong answers have the same id"
    for mistake in exercise.mistakes:
        if len(mistake.because.split()) < 4:
            yield f"the wrong answer {mistake.id} gets no explanation"
    for name, code in [
        ("starter", exercise.starter),
        ("solution", exercise.solution),
        *((mistake.id, mistake.answer) for mistake in exercise.mistakes),
    ]:
        try:
            compile(code, name, "exec")
        except SyntaxError as error:
            yield f"the code of {name!r} does not compile: {error}"


def _session(session: Session, taught: set[str]) -> Iterator[Problem]:
    """The session as a whole; `taught` are the ideas of all earlier ones, and is added to."""
    where = f"{session.folder.name}/session.yaml"
    minutes = 0
    known = taught | set(session.assumes)
    exercises = iter(session.exercises)
    for part in session.parts:
        if part.section:
            minutes += part.minutes
            known |= set(part.teaches)
            continue
        exercise = next(exercises)
        minutes += exercise.minutes
        for idea in exercise.builds_on:
            if idea not in known:
                yield Problem(
                    f"{session.folder.name}/{exercise.id}",
                    f"builds on {idea!r}, which no earlier part teaches: move it, or let session.yaml "
                    "say where the idea is met",
                )
        known |= set(exercise.teaches)
    taught |= known
    if minutes != session.minutes:
        yield Problem(where, f"its parts are {minutes} minutes, the session {session.minutes}")
    if not session.notebook.is_file():
        yield Problem(where, f"there is no notebook {session.notebook.name}")
        return
    notebook = nbformat.read(session.notebook, as_version=4)
    for problem in cells.problems(notebook, session):
        yield Problem(session.notebook.name, f"{problem}; write them anew: eprlab exercises write")
    sections = [part.section for part in session.parts if part.section]
    if sections != cells.headings(notebook, 2):
        missing = [name for name in cells.headings(notebook, 2) if name not in sections]
        yield Problem(
            where, f"its sections are not those of the notebook, in order; not there: {missing}"
        )
    yield from _names_taken(session, notebook)
    yield from _paragraphs(session, notebook)


def _names_taken(session: Session, notebook: Any) -> Iterator[Problem]:
    """A starter cell must not overwrite what the notebook's own cells define."""
    taken = {
        name
        for cell in notebook.cells
        if cell.cell_type == "code" and cells.KEY not in cell.metadata
        for name in _assigned(cell.source)
    }
    for exercise in session.exercises:
        for name in sorted(taken & _assigned(exercise.starter)):
            yield Problem(
                f"{session.folder.name}/{exercise.id}",
                f"its starter defines `{name}`, and so does a cell of the notebook: choose another name",
            )


def _assigned(code: str) -> set[str]:
    """The names that code defines at its top level."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a cell of magics; a starter's syntax is another rule
        return set()
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.For | ast.With):
            names |= {
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
    return names


def _paragraphs(session: Session, notebook: Any) -> Iterator[Problem]:
    """What an exercise sends its reader back to has to stand above it."""
    above: list[str] = []
    places: dict[str, list[str]] = {}
    for cell in notebook.cells:
        exercise = cell.metadata.get(cells.KEY, {}).get("exercise")
        if exercise:
            places.setdefault(exercise, list(above))
        else:
            above += cells.headings(nbformat.v4.new_notebook(cells=[cell]))
    for exercise in session.exercises:
        if exercise.paragraph and exercise.paragraph not in places.get(exercise.id, []):
            yield Problem(
                f"{session.folder.name}/{exercise.id}",
                f"`paragraph` is no heading above it: {exercise.paragraph!r}",
            )


def commands(root: Path) -> Iterator[Problem]:
    """Every command that is shown is run by a test, or says why not."""
    known = shown.vouchers(root)
    there = shown.commands(root)
    for command, places in there.items():
        if command not in known:
            yield Problem(
                places[0], f"shows `{command}`, of which exercises/commands.yaml knows nothing"
            )
    for command, voucher in known.items():
        where = f"exercises/commands.yaml, `{command}`"
        if command not in there:
            yield Problem(where, "is shown nowhere any more; take it out")
        if sum(map(bool, (voucher.run, voucher.tested_by, voucher.shown_only))) != 1:
            yield Problem(where, "needs one of run, tested_by, shown_only")
        if voucher.tested_by and not _is_test(root, voucher.tested_by):
            yield Problem(where, f"there is no test {voucher.tested_by}")


def _is_test(root: Path, id: str) -> bool:
    file, _, name = id.partition("::")
    path = root / file
    return path.is_file() and f"def {name}(" in path.read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------ running
def trials(exercise: Exercise) -> Iterator[Problem]:
    """Runs the starter, the solution, every typical wrong answer, and nonsense; needs the stack."""
    where = f"session {exercise.session}/{exercise.id}"
    starter = trial.verdict_on(exercise, exercise.starter)
    if starter.outcome is not Outcome.NOT_YET:
        yield Problem(where, f"the starter should fail, but the check says: {starter.outcome}")
    elif not _is_kind(starter):
        yield Problem(where, f"the starter fails without a word of help:\n{starter}")
    solution = trial.verdict_on(exercise, exercise.solution)
    if not solution.passed:
        yield Problem(where, f"the solution does not pass:\n{solution}")
    for mistake in exercise.mistakes:
        verdict = trial.verdict_on(exercise, mistake.answer)
        if verdict.outcome is not Outcome.NOT_YET or verdict.mistakes[:1] != (mistake.id,):
            yield Problem(where, f"the wrong answer {mistake.id} is not recognised:\n{verdict}")
        elif not any(mistake.because in finding.because for finding in verdict.findings):
            yield Problem(
                where, f"the wrong answer {mistake.id} does not get its feedback:\n{verdict}"
            )
    for name, value in nonsense():
        answers = trial.run(exercise.solution, **dict.fromkeys(exercise.names, value))
        verdict = trial.judge(exercise, answers, longest=NONSENSE_SECONDS)
        if verdict.outcome is not Outcome.NOT_YET or not _is_kind(verdict):
            yield Problem(where, f"nonsense ({name}) is not turned down kindly:\n{verdict}")


def _is_kind(verdict: Verdict) -> bool:
    """Whether something was expected, something found, and both are said; and it can be shown."""
    wrong = [finding for finding in verdict.findings if not finding.passed]
    said = all(finding.expected and finding.found for finding in wrong)
    return bool(wrong) and said and bool(repr(verdict)) and bool(verdict._repr_html_())


def nonsense() -> Iterator[tuple[str, Any]]:
    """Values that somebody will give as an answer some day."""
    yield "None", None
    yield "the starter's dots", ...
    yield "a number", 42
    yield "text", "gate"
    yield "an empty list", []
    yield "a dict of nonsense", {"a": object(), 1: None}
    yield "a class", type("Gate", (), {})
    yield "a function that raises", _raises
    yield "a function that returns nothing", lambda *_: None
    yield "a function that never returns", _never_returns
    yield "a function that exits", _exits
    yield "a function without end of output", _shouts
    yield "a function of other arguments", lambda: None
    yield "an object that cannot be shown or compared", _Spiteful()
    yield "an object that shows itself for ever", _Endless()


def _raises(*_: Any) -> None:
    raise ZeroDivisionError("the tide is out")


def _never_returns(*_: Any) -> None:
    while True:
        pass


def _exits(*_: Any) -> None:
    raise SystemExit(3)


def _shouts(*_: Any) -> None:
    while True:
        print("a boat! " * 1000)


class _Endless:
    def __repr__(self) -> str:
        while True:
            pass


class _Spiteful:
    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")

    __hash__ = object.__hash__
