"""Every exercise of the course, tried on a real stack: starter, solution, wrong answers, nonsense."""

import pytest

from eprlab.exercises import catalogue, lint

EXERCISES = list(catalogue.course())


@pytest.mark.bus
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_starter_fails_kindly_solution_passes_and_every_wrong_answer_gets_its_feedback(
    exercise, enrolled
):
    assert [str(problem) for problem in lint.trials(exercise)] == []


def test_there_are_exercises_of_every_kind():
    kinds = {exercise.kind for exercise in EXERCISES}
    assert kinds == {"code", "predict", "sort", "quiz", "reflection"}
    assert any(exercise.needs_stack for exercise in EXERCISES if exercise.kind == "code")
