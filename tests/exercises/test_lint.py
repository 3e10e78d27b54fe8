"""The course linter finds what is wrong with a course, and nothing wrong with this one."""

import re
import subprocess
import sys
import textwrap
from dataclasses import replace

import nbformat
import pytest
from nbformat import v4

from eprlab.exercises import catalogue, cells, lint
from eprlab.exercises.definition import Mistake
from eprlab.exercises.errors import BadDefinition

SESSION = """
title: Tides
minutes: 10
assumes: [clock]
parts:
  - section: High and low
    minutes: 6
    teaches: [tide]
  - exercise: next-high-tide
"""

EXERCISE = """
from eprlab.exercises.definition import Mistake
from eprlab.exercises.kinds.code import Code
from eprlab.exercises.verdict import missed, seen


def judge(answer, setting):
    hours = answer["hours"]
    if hours == 12.4:
        yield seen("12.4")
    else:
        mistakes = {12: "half-a-day", 24: "a-day"}
        mistake = mistakes.get(hours, "") if isinstance(hours, int) else ""
        yield missed(expected="the hours between two high tides", found="others", mistake=mistake,
                     because="" if mistake else "Look at the moon.")


exercise = Code(
    id="next-high-tide",
    session=1,
    title="The next high tide",
    minutes=4,
    goal="How many hours from one high tide to the next?",
    builds_on=("tide", "clock"),
    paragraph="High and low",
    hints=("It is about half a day.", "The moon moves on.", "Half of 24.8 hours."),
    after="The moon is late by 50 minutes each day.",
    defines=("hours",),
    looks_at=("the hours",),
    start="hours = ...",
    solve="hours = 12.4",
    judge=judge,
    wrong=(
        Mistake("half-a-day", "hours = 12", "The moon moves on while the earth turns."),
        Mistake("a-day", "hours = 24", "There are two high tides in a day, not one."),
    ),
)
"""


class SmallCourse:
    """A course of one session and one exercise, in a folder, to be spoilt."""

    def __init__(self, root):
        self.root = root
        self.folder = root / "exercises" / "01-tides"
        self.folder.mkdir(parents=True)
        (root / "notebooks").mkdir()
        self.notebook = root / "notebooks" / "01-tides.ipynb"
        self.put(SESSION, EXERCISE)
        document = v4.new_notebook(
            cells=[v4.new_markdown_cell("# Tides"), v4.new_markdown_cell("## High and low")]
        )
        cells.write(document, self.load().sessions[0])
        nbformat.write(document, self.notebook)

    def put(self, session=None, exercise=None):
        if session is not None:
            (self.folder / "session.yaml").write_text(session, encoding="utf-8")
        if exercise is not None:
            (self.folder / "next-high-tide.py").write_text(exercise, encoding="utf-8")

    def load(self):
        catalogue.course.cache_clear()
        return catalogue.course(self.root / "exercises")

    def problems(self):
        return [str(problem) for problem in lint.rules(self.load())]


@pytest.fixture
def small(tmp_path):
    yield SmallCourse(tmp_path)
    catalogue.course.cache_clear()


def test_this_course_keeps_every_rule():
    assert [str(problem) for problem in lint.rules(catalogue.course())] == []


def test_a_sound_course_has_no_problems(small):
    assert small.problems() == []
    assert list(lint.trials(small.load().exercise("next-high-tide"))) == []


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('id="next-high-tide"', 'id="tide"', "the id is not the name of the file"),
        ("session=1", "session=2", "says session 2, but lies in the folder of session 1"),
        ('title="The next high tide"', 'title=" "', "a title and a goal are needed"),
        ('goal="How many', 'goal="" and "How many', "a title and a goal are needed"),
        ("minutes=4", "minutes=0", "give 1 to 30"),
        ("minutes=4", "minutes=90", "give 1 to 30"),
        ('"The moon moves on.",', '"It is about half a day.",', "three different hints"),
        ('"Half of 24.8 hours.")', ")", "three different hints"),
        ('after="The moon is late by 50 minutes each day."', 'after=""', "say with the solution why"),
        ('solve="hours = 12.4"', 'solve="hours = ..."', "the starter is the solution"),
        ('solve="hours = 12.4"', 'solve="hours ="', "does not compile"),
        ('"hours = 24",', '"hours = (",', "does not compile"),
        ('Mistake("a-day"', 'Mistake("half-a-day"', "two wrong answers have the same id"),
        ('"There are two high tides in a day, not one."', '""', "a-day gets no explanation"),
        ('builds_on=("tide", "clock")', 'builds_on=("tide", "moon")', "builds on 'moon'"),
        ('paragraph="High and low"', 'paragraph="The moon"', "`paragraph` is no heading above it"),
        ('looks_at=("the hours",)', 'looks_at=("a", "a")', "the steps that the check looks at"),
        ("How many hours", "In how many hours", "the task cell differs from the definition"),
        ('start="hours = ..."', 'start="hours = None"', "the starter cell differs"),
    ],
)  # fmt: skip
def test_a_spoilt_definition_is_found(before, after, problem, small):
    assert before in EXERCISE
    small.put(exercise=EXERCISE.replace(before, after))
    assert any(problem in told for told in small.problems()), small.problems()


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("minutes: 10", "minutes: 45", "its parts are 10 minutes, the session 45"),
        ("section: High and low", "section: Low and high", "no section is headed 'Low and high'"),
        ("teaches: [tide]", "teaches: []", "builds on 'tide', which no earlier part teaches"),
        ("  - exercise: next-high-tide\n", "", "not listed in session.yaml"),
    ],
)
def test_a_spoilt_session_is_found(before, after, problem, small):
    small.put(session=SESSION.replace(before, after))
    assert any(problem in told for told in small.problems()), small.problems()


def test_an_idea_that_is_taught_only_afterwards_comes_too_late(small):
    late = "  - exercise: next-high-tide\n  - section: The moon\n    teaches: [moon]\n"
    small.put(
        SESSION.replace("  - exercise: next-high-tide\n", late),
        EXERCISE.replace('"clock"', '"moon"'),
    )
    assert any("builds on 'moon'" in told for told in small.problems())


def test_a_section_of_the_notebook_that_is_not_in_the_session_is_found(small):
    document = nbformat.read(small.notebook, as_version=4)
    document.cells.append(v4.new_markdown_cell("## Neap tides"))
    nbformat.write(document, small.notebook)
    assert any("Neap tides" in told for told in small.problems())


def test_a_name_that_the_notebook_uses_itself_is_found(small):
    document = nbformat.read(small.notebook, as_version=4)
    document.cells.insert(1, v4.new_code_cell("for hours in range(3):\n    pass"))
    nbformat.write(document, small.notebook)
    assert any("its starter defines `hours`" in told for told in small.problems())


def test_a_missing_notebook_is_found(small):
    small.notebook.unlink()
    assert any("there is no notebook 01-tides.ipynb" in told for told in small.problems())


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("next-high-tide.py", "exercise = 3", "it has to define `exercise`"),
        ("next-high-tide.py", "import a_boat", "ModuleNotFoundError"),
        ("next-high-tide.py", "def (", "SyntaxError"),
        ("session.yaml", "parts: [", "not a session"),
        ("session.yaml", "[]", "not a session"),
        ("session.yaml", SESSION.replace("next-high-tide", "spring-tide"), "there is no such file"),
    ],
)
def test_a_file_that_defines_nothing_is_named(file, content, problem, small):
    (small.folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(BadDefinition, match=f"{file}|spring-tide.py") as refused:
        small.load()
    assert problem in str(refused.value)


def spoilt(exercise, **changes):
    return [str(problem) for problem in lint.trials(replace(exercise, **changes))]


def test_trials_find_starters_that_pass_solutions_that_fail_and_feedback_that_is_not_given(small):
    exercise = small.load().exercise("next-high-tide")
    assert any("the starter should fail" in told for told in spoilt(exercise, start="hours = 12.4"))
    assert any(
        "the solution does not pass" in told for told in spoilt(exercise, solve="hours = 12")
    )
    other = (Mistake("a-week", "hours = 168", "That is a week of tides, no less."), *exercise.wrong)
    assert any("a-week is not recognised" in told for told in spoilt(exercise, wrong=other))


def test_trials_find_a_check_that_is_not_kind_or_takes_nonsense(small):
    exercise = small.load().exercise("next-high-tide")

    def curt(answer, setting):
        from eprlab.exercises.verdict import missed

        yield missed(expected="", found="")

    def blind(answer, setting):
        from eprlab.exercises.verdict import seen

        yield seen()

    assert any("without a word of help" in told for told in spoilt(exercise, judge=curt))
    assert any("nonsense (None)" in told for told in spoilt(exercise, judge=blind))


def test_the_command_lists_what_is_wrong(small):
    small.put(session=SESSION.replace("minutes: 10", "minutes: 45"))
    command = textwrap.dedent(f"""
        from pathlib import Path
        from eprlab.exercises import catalogue, lint
        every = catalogue.course(Path({str(small.root / "exercises")!r}))
        catalogue.course = lambda: every
        from eprlab.cli import main
        main()
    """)
    done = subprocess.run(
        [sys.executable, "-c", command, "exercises", "check"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "its parts are 10 minutes, the session 45" in done.stdout
    assert re.search(r"^1 problems in 1 exercises$", done.stdout, re.M), done.stdout
    assert done.stderr.splitlines() == ["trying next-high-tide"]
