"""Forms fill in the notebook's own dict, remember, and work in a page without a kernel."""

import html
import json
import re

import ipywidgets
import pytest

from eprlab.exercises.definition import Option, Question
from eprlab.exercises.forms import Form, page
from eprlab.exercises.front import check, form

from .conftest import exercise_called

QUIZ, SORT = "before-you-rely-on-it", "what-belongs-where"


@pytest.mark.parametrize("id", [QUIZ, SORT])
def test_choosing_in_the_form_is_writing_into_the_dict(id, learner):
    exercise = exercise_called(id)
    answers = {question.key: ... for question in exercise.questions}
    shown = form(id, answers)
    for question in exercise.questions:
        shown.controls[question.key].value = question.right
    assert answers == {question.key: question.right for question in exercise.questions}
    assert check(id, **{exercise.name: answers}).passed


def test_choices_are_there_again_after_a_restart_and_the_cell_comes_first(learner):
    form(SORT, {}).controls["token"].value = "nowhere"
    form(SORT, {}).controls["version"].value = "unit"
    again = {"token": ..., "version": "payload"}
    shown = form(SORT, again)
    assert again["token"] == "nowhere" and shown.controls["token"].value == "nowhere"
    assert again["version"] == "payload" and shown.controls["version"].value == "payload"


def test_a_choice_can_be_taken_back(learner):
    answers = {}
    shown = form(SORT, answers)
    shown.controls["token"].value = "nowhere"
    shown.controls["token"].value = ""
    assert answers["token"] is ...


def test_the_controls_are_native_ones_that_a_keyboard_reaches(learner):
    assert isinstance(form(QUIZ, {}).controls["twice"], ipywidgets.RadioButtons)
    assert isinstance(form(SORT, {}).controls["token"], ipywidgets.Dropdown)


@pytest.mark.parametrize("nonsense", [None, 42, "answers", []])
def test_a_form_without_a_dict_says_what_it_needs(nonsense, learner):
    assert "Give it the dict of the cell" in repr(form(QUIZ, nonsense))


def test_an_exercise_in_code_has_no_form(learner):
    assert "answered in code" in repr(form("set-up-twice", {}))


def test_nonsense_in_the_dict_is_shown_as_no_choice(learner):
    shown = form(QUIZ, {"twice": object(), "undo": 3, "truth": "z"})
    assert [shown.controls[key].value for key in ("twice", "undo", "truth")] == [None, None, None]


def test_the_saved_form_explains_every_option_without_a_kernel(learner):
    exercise = exercise_called(QUIZ)
    saved = form(QUIZ, {})._repr_mimebundle_()["text/html"]
    for question in exercise.questions:
        for option in question.options.values():
            assert json.dumps(option.because)[1:-1] in html.unescape(saved)
    assert saved.count('type="radio"') == sum(len(q.options) for q in exercise.questions)
    assert saved.count("<legend>") == len(exercise.questions)
    assert "http" not in saved


def test_the_saved_form_is_the_same_each_time(learner):
    one, other = (form(QUIZ, {})._repr_mimebundle_() for _ in range(2))
    assert one["text/html"] == other["text/html"] and one["text/plain"] == other["text/plain"]


def test_text_in_a_question_is_never_html():
    hostile = "</script><script>alert(1)</script>'\"><img src=x onerror=alert(1)>"
    question = Question(
        "k", hostile, {"a": Option(hostile, hostile, True), "b": Option("b", hostile)}
    )
    saved = page(exercise_called(QUIZ), (question,))
    assert saved.count("<script") == 1 and "<img" not in saved
    widget = Form(exercise_called(QUIZ), (question,), {}, lambda chosen: None)
    labels = re.findall(r"<[^>]*>", "".join(w.value for w in _htmls(widget)))
    assert not [tag for tag in labels if "img" in tag or "script" in tag]


def _htmls(widget):
    if isinstance(widget, ipywidgets.HTML):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from _htmls(child)
