"""A form for questions with options: native controls, by mouse and by keyboard.

In JupyterLab it is a widget that fills in the notebook's dict as you choose, and remembers the choices
over a restart. Its saved output holds a second form, in plain HTML with a few lines of script: that is
what a page without a kernel shows, and it explains every choice by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, MutableMapping
from importlib.resources import files
from typing import Any

import ipywidgets as widgets

from eprlab.exercises.definition import Exercise, Question
from eprlab.exercises.panel import panel
from eprlab.lineage_view.text import escape

Chosen = Callable[[dict[str, str]], None]
"""Called with all choices so far, by question, whenever one is made."""


class Form(widgets.VBox):
    """The form of a quiz or of things to sort; `form(id, answers)` makes one.

    `answers` is changed in place. What it holds already is shown as chosen.
    """

    def __init__(
        self,
        exercise: Exercise,
        questions: tuple[Question, ...],
        answers: MutableMapping[str, Any],
        chosen: Chosen,
    ) -> None:
        self._exercise = exercise
        self._questions = questions
        self._answers = answers
        self._chosen = chosen
        self._said = widgets.HTML()
        self.controls = {question.key: self._control(question) for question in questions}
        rows = [
            widgets.VBox([widgets.HTML(f"<strong>{escape(question.text)}</strong>"), control])
            for question, control in zip(questions, self.controls.values(), strict=True)
        ]
        super().__init__([*rows, self._said])
        self._say()

    def _control(self, question: Question) -> widgets.RadioButtons | widgets.Dropdown:
        value = self._answers.get(question.key)
        given = value if question.option(value) else None
        if _are_labels(self._questions):
            options = [("choose …", ""), *((label, label) for label in question.options)]
            control = widgets.Dropdown(options=options, value=given or "", tooltip=question.text)
        else:
            options = [(f"{value}: {o.text}", value) for value, o in question.options.items()]
            control = widgets.RadioButtons(options=options, value=given, layout={"width": "auto"})
        control.observe(lambda change: self._choose(question.key, change["new"]), "value")
        return control

    def _choose(self, key: str, value: str | None) -> None:
        self._answers[key] = value or ...
        self._chosen(
            {q.key: v for q in self._questions if (v := self._answers.get(q.key)) in q.options}
        )
        self._say()

    def _say(self) -> None:
        done = sum(q.option(self._answers.get(q.key)) is not None for q in self._questions)
        self._said.value = (
            f'<span role="status">{done} of {len(self._questions)} chosen. '
            f"Then run the cell below.</span>"
        )

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**options)
        return {
            **bundle,
            "text/plain": repr(self),
            "text/html": page(self._exercise, self._questions),
        }

    def __repr__(self) -> str:
        lines = [self._exercise.title]
        for question in self._questions:
            lines.append(f"  {question.key}: {question.text}")
            if not _are_labels(self._questions):
                lines += [f"      {value}: {o.text}" for value, o in question.options.items()]
        if _are_labels(self._questions):
            lines.append("  Labels:")
            lines += [f"      {value}: {o.text}" for value, o in self._questions[0].options.items()]
        return "\n".join(lines)


def page(exercise: Exercise, questions: tuple[Question, ...]) -> str:
    """The form for a page without a kernel: choosing says at once why, or why not."""
    sorting = _are_labels(questions)
    fields = "".join(_fieldset(exercise.id, question, sorting) for question in questions)
    meaning = _meanings(questions[0]) if sorting else ""
    count = f"{len(questions)} questions"
    return (
        panel(
            escape(exercise.title),
            f'{meaning}<form class="plab-form">{fields}'
            f'<output aria-live="polite">{count}; every answer is explained.</output></form>',
        ).replace(' role="status"', "", 1)  # the form speaks through its own live regions
        + f'<script type="module">{_script()}</script>'
    )


def _meanings(question: Question) -> str:
    rows = "".join(
        f"<dt>{escape(label)}</dt><dd>{escape(option.text)}</dd>"
        for label, option in question.options.items()
    )
    return f"<dl>{rows}</dl>"


def _fieldset(id: str, question: Question, sorting: bool) -> str:
    why = {value: [option.right, option.because] for value, option in question.options.items()}
    name = f"{id}-{question.key}"
    labels = "".join(
        f'<label><input type="radio" name="{escape(name)}" value="{escape(value)}"> '
        f"{escape(value if sorting else f'{value}: {option.text}')}</label>"
        for value, option in question.options.items()
    )
    return (
        f'<fieldset{" class=plab-x-row" if sorting else ""} data-why="{escape(json.dumps(why))}"><legend>{escape(question.text)}</legend>'
        f'{labels}<output aria-live="polite"></output></fieldset>'
    )


def _are_labels(questions: tuple[Question, ...]) -> bool:
    """Whether all questions have the same options: things to be sorted under labels."""
    return (
        len(questions) > 1
        and len({tuple(question.options) for question in questions}) == 1
        and all(
            [o.text for o in q.options.values()] == [o.text for o in questions[0].options.values()]
            for q in questions
        )
    )


def _script() -> str:
    return (files("eprlab.exercises") / "form.js").read_text(encoding="utf-8")
