"""Passing leaves receipts in the registry, and the registry itself announces a finished session."""

import pytest

import epr
from eprlab.exercises import catalogue
from eprlab.exercises.front import check, progress
from eprlab.progress import receipts

from .conftest import exercise_called

pytestmark = pytest.mark.bus
QUIZ = "before-you-rely-on-it"
NO_STACK = (QUIZ, "what-belongs-where", "the-silent-step")


@pytest.fixture
def session():
    return next(s for s in catalogue.course().sessions if s.number == 2)


@pytest.fixture
def as_somebody(enrolled, monkeypatch, request):
    """Makes the learner a new one, whom the module's registry does not know."""
    number = abs(hash(request.node.name)) % 10_000_000
    monkeypatch.setenv("EPRLAB_LEARNER", f"tern-{number}")
    return type(enrolled)(f"tern-{number}", enrolled.home)


def held_by_registry(learner, session):
    with epr.Client() as client:
        return list(client.events.find(receipts.unit(learner.name, session)))


def test_a_pass_is_a_receipt_with_learner_digest_attempts_and_hints(as_somebody, session):
    exercise = exercise_called(QUIZ)
    as_somebody.hand_in(exercise, exercise.mistakes[0].answer)
    as_somebody.solve(QUIZ)
    [event] = held_by_registry(as_somebody, session)
    passed = as_somebody.progress.of(QUIZ).passed
    assert event.success
    assert event.payload == {
        "learner": as_somebody.name,
        "exercise": QUIZ,
        "answer_sha256": passed.answer_sha256,
        "attempts": 2,
        "hints": 0,
        "solution_seen": False,
        "passed_at": passed.at,
    }
    assert as_somebody.progress.of(QUIZ).receipt == event.id


def test_passing_again_posts_nothing_more(as_somebody, session):
    as_somebody.solve(QUIZ, QUIZ)
    progress()
    assert len(held_by_registry(as_somebody, session)) == 1


def test_a_pass_without_a_registry_is_kept_and_posted_later(as_somebody, session, monkeypatch):
    with monkeypatch.context() as offline:
        offline.setenv("EPR_URL", "http://127.0.0.1:9")
        [verdict] = as_somebody.solve(QUIZ)
        assert verdict.passed and "will be posted" in repr(verdict)
        assert as_somebody.progress.of(QUIZ).receipt == ""
    assert "in the registry" in repr(progress())
    assert len(held_by_registry(as_somebody, session)) == 1


def test_the_last_pass_of_a_session_makes_the_registry_announce_it(as_somebody, session):
    verdicts = as_somebody.solve(*session.exercises)
    assert all(verdict.passed for verdict in verdicts)
    assert "session 2 is complete. ★" in repr(verdicts[-1])
    badge = as_somebody.progress.badges[2]
    [announced] = [
        message
        for message in epr.read_topic()
        if message.kind == "completion"
        and message.nvrpp == receipts.unit(as_somebody.name, session)
    ]
    assert (badge.message, announced.type) == (announced.id, "plab.course.session-complete")
    assert badge.event == held_by_registry(as_somebody, session)[-1].id
    assert "★ badge" in repr(progress())


def test_without_the_last_exercise_there_is_no_badge(as_somebody, session):
    as_somebody.solve(*NO_STACK)
    progress()
    assert as_somebody.progress.badges == {}


def test_two_learners_on_one_stack_do_not_finish_each_others_sessions(
    as_somebody, session, monkeypatch
):
    as_somebody.solve(*NO_STACK)
    other = type(as_somebody)(f"{as_somebody.name}-2", as_somebody.home)
    monkeypatch.setenv("EPRLAB_LEARNER", other.name)
    other.solve(*[e for e in session.exercises if e.id not in NO_STACK])
    assert len(held_by_registry(other, session)) == len(session.exercises) - len(NO_STACK)
    assert other.progress.badges == {}


def test_a_registry_that_was_emptied_gets_the_receipts_again(
    as_somebody, session, start_registry, monkeypatch
):
    as_somebody.solve(*NO_STACK)
    fresh = start_registry()
    monkeypatch.setenv("EPR_URL", fresh.url)
    monkeypatch.setenv("EPR_TOPIC", fresh.topic)
    assert held_by_registry(as_somebody, session) == []
    progress()
    assert len(held_by_registry(as_somebody, session)) == len(NO_STACK)


def test_progress_can_be_drawn_as_lineage(as_somebody):
    assert "Nothing to draw yet" in repr(progress.lineage())
    as_somebody.solve(QUIZ)
    assert "<svg" in progress.lineage()._repr_html_()


def test_a_lost_bet_comes_back_in_another_guise_and_a_won_one_does_not(as_somebody):
    exercise = exercise_called("ten-histories")
    wrong = {first.key: first.right for first, *_ in exercise.bets} | {"b": 1}
    first = check(exercise.id, bets=wrong)
    assert first.count == "9 of 10" and '"b2": …' in repr(first)
    assert "expected: in `bets`, for each: 0, 1, 2, 3" in repr(check(exercise.id, bets=wrong))
    again = check(exercise.id, bets={**wrong, "b2": 0})
    assert again.passed and "as you said before" in repr(again)


def test_a_locked_bet_cannot_be_changed_while_it_is_being_tried(as_somebody):
    exercise = exercise_called("ten-histories")
    right = {first.key: first.right for first, *_ in exercise.bets}

    def lock(progress):
        progress.of(exercise.id).memory = {"locked": {**right, "a": 3}}

    as_somebody.store.change(lock)  # as a check leaves it that was interrupted
    assert check(exercise.id, bets=right).count == "9 of 10"
