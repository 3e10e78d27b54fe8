"""Progress is kept in a file, whatever happens to it."""

import pytest
import yaml

from eprlab import learner as learners
from eprlab.exercises.catalogue import course
from eprlab.exercises.front import form, hint, progress, reset, solution
from eprlab.progress.store import Store

from .conftest import exercise_called

QUIZ = "before-you-rely-on-it"


def test_a_pass_is_kept_with_attempts_and_hints_and_the_answer(learner):
    exercise = exercise_called(QUIZ)
    learner.hand_in(exercise, exercise.mistakes[0].answer)
    hint(QUIZ)
    learner.hand_in(exercise, exercise.solution)
    passed = learner.progress.of(QUIZ).passed
    assert (passed.attempts, passed.hints, passed.solution_seen) == (2, 1, False)
    assert len(passed.answer_sha256) == 64
    assert '"twice": "b"' in (learner.store.folder / "answers" / f"{QUIZ}.py").read_text("utf-8")


def test_a_notebook_that_is_run_through_untouched_is_no_attempt(learner):
    for id in (QUIZ, "the-silent-step", "what-belongs-where"):
        learner.hand_in(id, exercise_called(id).starter)
        assert learner.progress.of(id).attempts == 0


def test_the_first_pass_stays_when_the_answer_is_changed_later(learner):
    exercise = exercise_called(QUIZ)
    learner.solve(QUIZ)
    first = learner.progress.of(QUIZ).passed
    learner.hand_in(exercise, exercise.starter)
    learner.solve(QUIZ)
    assert learner.progress.of(QUIZ).passed == first


def test_hints_come_one_at_a_time_and_the_third_is_the_last(learner):
    hints = exercise_called(QUIZ).hints
    notes = [repr(hint(QUIZ)) for _ in range(4)]
    assert [hints[1] in note for note in notes] == [False, True, True, True]
    assert [hints[2] in note for note in notes] == [False, False, True, True]
    assert learner.progress.of(QUIZ).hints == 3


def test_the_solution_is_hidden_until_passed_or_asked_for(learner):
    exercise = exercise_called(QUIZ)
    assert exercise.solution not in repr(solution(QUIZ))
    assert not learner.progress.of(QUIZ).solution_seen
    assert exercise.solution in repr(solution(QUIZ, anyway=True))
    learner.solve(QUIZ)
    assert learner.progress.of(QUIZ).passed.solution_seen
    assert exercise.after in repr(solution(QUIZ))


def test_looking_after_a_pass_is_not_held_against_anybody(learner):
    learner.solve(QUIZ)
    solution(QUIZ)
    assert not learner.progress.of(QUIZ).solution_seen


def test_a_reset_gives_the_starter_and_forgets_choices_but_no_pass(learner):
    form(QUIZ, {}).controls["twice"].value = "a"
    learner.solve(QUIZ)
    assert exercise_called(QUIZ).starter in repr(reset(QUIZ))
    standing = learner.progress.of(QUIZ)
    assert standing.memory == {} and standing.passed


@pytest.mark.parametrize(
    "damage",
    [
        "exercises: [",
        "",
        "[]",
        "exercises: {before-you-rely-on-it: {attempts: many}}",
        "exercises: {before-you-rely-on-it: {boats: 3}}",
        "exercises: {before-you-rely-on-it: {passed: yes}}",
        "!!python/object/apply:os.system [echo]",
        "\x00\x01",
        "a: &a [*a]",
    ],
)
def test_a_damaged_file_is_put_aside_and_stops_nobody(damage, learner):
    store = learner.store
    store.folder.mkdir(parents=True)
    store.path.write_text(damage, encoding="utf-8")
    [verdict] = learner.solve(QUIZ)
    assert verdict.passed
    assert any("progress.damaged-1.yaml" in note for note in verdict.notes)
    assert (store.folder / "progress.damaged-1.yaml").read_text("utf-8") == damage
    assert learner.progress.of(QUIZ).passed


def test_a_file_in_another_encoding_is_put_aside(learner):
    learner.store.folder.mkdir(parents=True)
    learner.store.path.write_bytes(b"\xff\xfe\x00learner")
    assert learner.solve(QUIZ)[0].passed


def test_the_file_can_be_read_by_a_person(learner):
    learner.solve(QUIZ)
    text = learner.store.path.read_text("utf-8")
    assert text.startswith("# Your progress in the Provenance Lab")
    assert yaml.safe_load(text)["exercises"][QUIZ]["passed"]["attempts"] == 1


def test_a_folder_that_cannot_be_written_takes_the_record_but_not_the_verdict(learner, monkeypatch):
    learner.store.read()
    (learner.store.folder / "answers").write_text("a file in the way", encoding="utf-8")
    [verdict] = learner.solve(QUIZ)
    assert verdict.passed and any("could not be kept" in note for note in verdict.notes)
    monkeypatch.setenv("EPRLAB_HOME", str(learner.store.path))
    assert "cannot be read or written" in repr(learner.solve(QUIZ)[0])


def test_two_learners_have_two_files(learner, monkeypatch):
    learner.solve(QUIZ)
    monkeypatch.setenv("EPRLAB_LEARNER", "tern-1")
    assert Store().read().of(QUIZ).passed is None


def test_a_name_is_made_up_once_and_kept(learner, monkeypatch):
    monkeypatch.delenv("EPRLAB_LEARNER")
    name = learners.name()
    assert learners.FIT.fullmatch(name) and learners.name() == name
    (learner.home / "learner").write_text("Not A Name!\n", encoding="utf-8")
    assert learners.FIT.fullmatch(learners.name())


def test_the_board_shows_what_is_passed_and_what_is_left(learner):
    learner.solve(QUIZ)
    board = progress()
    assert f"1 of {len(list(course()))} exercises passed" in repr(board)
    assert "✔ passed     before-you-rely-on-it" in repr(board)
    assert "to be posted" in repr(board)
    assert "cannot be reached" in repr(board)
    assert "<table>" in board._repr_html_()


def test_a_bet_is_locked_in_the_file_before_anything_happens(learner, monkeypatch):
    exercise = exercise_called("ten-histories")
    object.__setattr__(exercise, "needs_stack", False)

    def power_cut(setting, scenes):
        raise RuntimeError("the power is gone")

    monkeypatch.setitem(exercise.__dict__, "happen", power_cut)
    try:
        learner.hand_in(exercise, exercise.mistakes[0].answer)
        locked = learner.progress.of("ten-histories").memory["locked"]
    finally:
        object.__setattr__(exercise, "needs_stack", True)
    assert locked == {
        "a": 1,
        "b": 1,
        "c": 0,
        "d": 1,
        "e": 2,
        "f": 1,
        "g": 0,
        "h": 0,
        "i": 1,
        "j": 2,
    }
