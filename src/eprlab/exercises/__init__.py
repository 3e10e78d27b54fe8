"""The exercises: a task, an answer, a verdict that says what was expected, what was found, and why.

In a notebook:

    from eprlab.exercises import check, hint, progress, reset, solution

    check("set-up-twice")        # looks at the cell above and at the real stack
    hint("set-up-twice")         # one of three
    solution("set-up-twice")     # after you passed, or when you ask for it
    reset("set-up-twice")        # the starter cell again
    form("a-quiz", answers)      # fills in the dict of a starter cell
    progress()                   # the board; progress.lineage() draws it
    record.export()              # a signed record of it

One job: judge an answer and tell the learner. Definitions are not here but under `exercises/` in the
checkout, one file each; progress is in `eprlab.progress`.

Modules: `front` (what a notebook calls), `definition` and `kinds` (what an exercise is), `catalogue`
(finds the definitions), `checking` (answer to verdict), `setting` (what a check may look at), `guard`
and `limits` (a learner's code that raises, prints, exits or never ends), `answers`, `verdict`, `panel`
and `forms` (what is shown), `cells` (the notebooks' cells), `lint` with `trial` and `shown` (the course's
rules), `errors`.

Imported by notebooks and the command line. Imports `epr`, `epr_lineage`, and `eprlab`'s `progress`,
`lineage_view` and `stack`.
"""

from eprlab.exercises.front import check, form, hint, progress, record, reset, solution

__all__ = ["check", "form", "hint", "progress", "record", "reset", "solution"]
