"""What a check saw: findings, one for each thing it looked at, and what they amount to.

A verdict never says more than was seen. What a check did not come to is listed as not looked at, and
"4 of 5" counts only what was looked at and found right.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eprlab.exercises.definition import Exercise


class Outcome(StrEnum):
    """What a check came to. Each has a sign and words, so that colour is never the only signal."""

    PASSED = "passed"
    NOT_YET = "not yet"
    COULD_NOT_LOOK = "could not look"

    @property
    def sign(self) -> str:
        """✔, ✘ or ?"""
        return {"passed": "✔", "not yet": "✘", "could not look": "?"}[self.value]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    `step` is what was looked at; a check leaves it empty, and the exercise's own words are put in.
    `because` is the likeliest reason; `mistake` the id of the typical wrong answer it was taken for.
    """

    passed: bool
    step: str = ""
    expected: str = ""
    found: str = ""
    because: str = ""
    mistake: str = ""


def seen(found: str = "") -> Finding:
    """A finding: as it should be. `found` says what was seen."""
    return Finding(True, found=found)


def missed(
    *, expected: str, found: str, because: str = "", mistake: str = "", step: str = ""
) -> Finding:
    """A finding: not as it should be. Give `mistake` where a typical wrong answer was recognised;
    its explanation is then taken from the exercise."""
    return Finding(False, step, expected, found, because, mistake)


@dataclass(frozen=True)
class Verdict:
    """The result of a check. In a notebook it draws itself; elsewhere it is plain text.

    `unseen` are the steps the check did not come to. `notes` are said below: what the code printed,
    where the pass was recorded.
    """

    exercise: Exercise
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    unseen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was looked at and found right."""
        return self.outcome is Outcome.PASSED

    @property
    def right(self) -> int:
        """How many steps were looked at and found right."""
        return sum(finding.passed for finding in self.findings)

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.findings) + len(self.unseen)

    @property
    def count(self) -> str:
        """`4 of 5`, or nothing if there is nothing to count."""
        return f"{self.right} of {self.total}" if self.total > 1 else ""

    @property
    def headline(self) -> str:
        """`✘ not yet (4 of 5): Set up twice, own one`."""
        count = (
            f" ({self.count})" if self.count and self.outcome is not Outcome.COULD_NOT_LOOK else ""
        )
        return f"{self.outcome.sign} {self.outcome}{count}: {self.exercise.title}"

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The ids of the typical wrong answers that were recognised."""
        return tuple(dict.fromkeys(f.mistake for f in self.findings if f.mistake))

    @property
    def next_step(self) -> str:
        """What to do now."""
        if self.outcome is Outcome.PASSED:
            return f'Compare: solution("{self.exercise.id}")'
        if self.outcome is Outcome.COULD_NOT_LOOK:
            return f'Then check again: check("{self.exercise.id}")'
        return f'Stuck? hint("{self.exercise.id}") gives one of three hints.'

    def __repr__(self) -> str:
        lines = [self.headline]
        for finding in self.findings:
            lines += _lines(finding)
        lines += [f"  · not looked at: {step}" for step in self.unseen]
        lines += [f"  {line}" for note in self.notes for line in note.splitlines()]
        if not self.passed and self.exercise.paragraph:
            lines.append(f"  Read again: {self.exercise.paragraph}")
        lines.append(f"  {self.next_step}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from eprlab.exercises.panel import verdict_panel

        return verdict_panel(self)


def _lines(finding: Finding) -> Iterable[str]:
    yield f"  {'✔' if finding.passed else '✘'} {finding.step}"
    if finding.passed:
        if finding.found:
            yield _indented("seen", finding.found)
        return
    for label, text in (
        ("expected", finding.expected),
        ("found", finding.found),
        ("likely", finding.because),
    ):
        if text:
            yield _indented(label, text)


def _indented(label: str, text: str) -> str:
    lead = f"      {label + ':':<10}"
    shown = "\n".join(
        textwrap.fill(line, 96, subsequent_indent="  ") if len(line) > 96 else line
        for line in text.splitlines()
    )
    return lead + textwrap.indent(shown, " " * len(lead)).lstrip()
