"""What a check says, and that nothing makes it raise."""

import re

import pytest

from eprlab.exercises import lint
from eprlab.exercises.front import Note, check, hint, reset, solution
from eprlab.exercises.verdict import Finding, Outcome, Verdict, missed, seen

from .conftest import exercise_called

QUIZ = "before-you-rely-on-it"
WRITING = "the-silent-step"


def test_a_right_answer_passes_and_says_what_was_seen(learner):
    [verdict] = learner.solve(QUIZ)
    assert verdict.passed
    assert verdict.headline == "✔ passed (5 of 5): Before you rely on it"
    assert all(finding.found for finding in verdict.findings)


def test_a_wrong_choice_counts_the_right_ones_and_explains_itself(learner):
    exercise = exercise_called(QUIZ)
    mistake = exercise.mistakes[0]
    verdict = learner.hand_in(exercise, mistake.answer)
    assert (verdict.outcome, verdict.count) == (Outcome.NOT_YET, "4 of 5")
    assert mistake.because in repr(verdict).replace("\n", " ").replace("  ", "") or any(
        mistake.because == finding.because for finding in verdict.findings
    )


def test_the_answer_is_taken_from_the_notebook_that_asks(learner):
    notebook = {"check": check}
    exec(f"{exercise_called(WRITING).solution}\nverdict = check('{WRITING}')", notebook)
    assert notebook["verdict"].passed


def test_before_the_cell_above_has_run_the_check_says_so_and_counts_no_attempt(learner):
    verdict = check(QUIZ)
    assert "`answers` in this notebook" in repr(verdict)
    assert "After a restart of the kernel" in repr(verdict).replace("\n" + " " * 18, " ")
    assert learner.progress.of(QUIZ).attempts == 0


def test_without_a_registry_a_check_against_the_stack_says_how_to_start_it(learner):
    verdict = learner.hand_in("set-up-twice", exercise_called("set-up-twice").solution)
    assert verdict.outcome is Outcome.COULD_NOT_LOOK
    assert "stack.up()" in repr(verdict)
    assert verdict.right == 0 and len(verdict.unseen) == 4
    assert learner.progress.of("set-up-twice").attempts == 0


@pytest.mark.parametrize("call", [check, hint, solution, reset])
@pytest.mark.parametrize("id", ["befor-you-rely", "", None, 42, object(), ["a"]])
def test_an_unknown_exercise_is_a_note_with_an_offer_and_no_traceback(call, id, learner):
    note = call(id)
    assert isinstance(note, Note)
    assert re.search("Did you mean|There are:", repr(note))


@pytest.mark.parametrize("name", ["", "../up", "Heron", "a" * 41, "tern/1"])
def test_a_learner_whose_name_cannot_be_used_is_told_what_fits(name, learner, monkeypatch):
    monkeypatch.setenv("EPRLAB_LEARNER", name or " - ")
    note = check(QUIZ)
    assert "EPRLAB_LEARNER" in repr(note)


def test_in_the_courses_own_tests_a_check_that_does_not_pass_raises(learner, monkeypatch):
    monkeypatch.setenv("EPRLAB_STRICT", "1")
    with pytest.raises(AssertionError, match="not yet"):
        learner.hand_in(QUIZ, exercise_called(QUIZ).starter)


HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\u202e`code`&amp;\x00"


def test_nothing_from_outside_becomes_html():
    verdict = Verdict(
        exercise_called(QUIZ),
        Outcome.NOT_YET,
        (
            missed(step=HOSTILE, expected=HOSTILE, found=HOSTILE, because=HOSTILE),
            Finding(True, step=HOSTILE, found=HOSTILE),
        ),
        (HOSTILE,),
        (HOSTILE,),
    )
    html = verdict._repr_html_()
    assert "<script" not in html and "<img" not in html
    assert "\u202e" not in html and "\x00" not in html


def test_the_panel_is_announced_and_does_not_speak_by_colour_alone(learner):
    html = learner.hand_in(QUIZ, exercise_called(QUIZ).starter)._repr_html_()
    assert 'role="status"' in html
    assert html.count('aria-label="not yet"') == 1
    assert html.count("not looked at") == 4
    assert 'href="#could-i-not-just-say-so"' in html


def test_steps_that_were_not_looked_at_are_not_counted_as_right():
    exercise = exercise_called(QUIZ)
    verdict = Verdict(
        exercise, Outcome.NOT_YET, (seen(), missed(expected="a", found="b")), ("c", "d")
    )
    assert verdict.count == "1 of 4"
    assert "not looked at: c" in repr(verdict)


@pytest.mark.parametrize("name", [name for name, _ in lint.nonsense()])
@pytest.mark.parametrize("id", [QUIZ, WRITING, "what-belongs-where"])
def test_nonsense_is_turned_down_kindly(id, name, learner):
    exercise = exercise_called(id)
    value = dict(lint.nonsense())[name]
    verdict = check(id, **dict.fromkeys(exercise.names, value))
    assert verdict.outcome is Outcome.NOT_YET
    assert repr(verdict) and verdict._repr_html_()
