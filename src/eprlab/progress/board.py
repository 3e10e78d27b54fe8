"""The board: what is passed, what is left, and what the registry has of it."""

from __future__ import annotations

from dataclasses import dataclass

from eprlab.exercises.catalogue import Course, Session
from eprlab.exercises.definition import Exercise
from eprlab.exercises.panel import panel
from eprlab.lineage_view.text import escape
from eprlab.progress.store import Progress


@dataclass(frozen=True)
class Board:
    """Progress through the course. In a notebook a table, elsewhere text."""

    course: Course
    progress: Progress
    note: str = ""

    @property
    def passed(self) -> int:
        """How many exercises are passed."""
        return sum(self.progress.of(e.id).passed is not None for e in self.course)

    @property
    def headline(self) -> str:
        """`heron-3f2a: 3 of 8 exercises passed, 20 of 45 minutes`."""
        every = list(self.course)
        done = sum(e.minutes for e in every if self.progress.of(e.id).passed)
        minutes = sum(e.minutes for e in every)
        who = self.progress.learner
        return f"{who}: {self.passed} of {len(every)} exercises passed, {done} of {minutes} minutes"

    def _row(self, exercise: Exercise) -> tuple[str, str, str, str, str]:
        standing = self.progress.of(exercise.id)
        if standing.passed:
            state = "✔ passed"
        elif standing.attempts:
            state = "◐ begun"
        else:
            state = "○ not begun"
        help_taken = f"{standing.hints} of 3" + (", solution" if standing.solution_seen else "")
        receipt = (
            "in the registry" if standing.receipt else ("to be posted" if standing.passed else "")
        )
        return state, exercise.id, exercise.title, help_taken, receipt

    def _badge(self, session: Session) -> str:
        badge = self.progress.badges.get(session.number)
        if badge and all(self.progress.of(exercise.id).passed for exercise in session.exercises):
            return f"★ badge: announced by the registry, {badge.place}"
        return "no badge yet"

    def __repr__(self) -> str:
        lines = [self.headline]
        for session in self.course.sessions:
            lines.append(f"Session {session.number}, {session.title}: {self._badge(session)}")
            lines += [
                f"  {state:<12} {id:<24} {title:<44} hints {hints:<16} {receipt}".rstrip()
                for state, id, title, hints, receipt in map(self._row, session.exercises)
            ]
        return "\n".join([*lines, *([self.note] if self.note else [])])

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col">{name}</th>'
            for name in ("State", "Exercise", "About", "Hints", "Receipt")
        )
        tables = []
        for session in self.course.sessions:
            rows = "".join(
                "<tr>"
                + "".join(f"<td>{escape(cell)}</td>" for cell in self._row(exercise))
                + "</tr>"
                for exercise in session.exercises
            )
            caption = f"Session {session.number}, {session.title}: {self._badge(session)}"
            tables.append(
                f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
                f"<tbody>{rows}</tbody></table>"
            )
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return panel(escape(self.headline), "".join(tables) + note, label="Your progress")
