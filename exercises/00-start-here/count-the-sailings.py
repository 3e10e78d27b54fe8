"""The first exercise of all: so easy that only the machinery can be learned from it."""

from eprlab.exercises.answers import shown
from eprlab.exercises.definition import Mistake
from eprlab.exercises.kinds.code import Code
from eprlab.exercises.verdict import missed, seen


def judge(answer, setting):
    how_many = answer["how_many"]
    if how_many is ...:
        yield missed(expected="a number", found="the dots of the starter", mistake="left-as-it-was")
    elif isinstance(how_many, str):
        yield missed(expected="a number", found=shown(how_many), mistake="text")
    elif isinstance(how_many, bool) or not isinstance(how_many, int):
        yield missed(
            expected="a whole number",
            found=shown(how_many),
            because="`len(sailings)` gives one; so does writing it down.",
        )
    else:
        yield seen(shown(how_many))
        if how_many == 4:
            yield seen()
        else:
            yield missed(
                expected="as many as there are times in the list",
                found=shown(how_many),
                mistake="from-zero" if how_many == 3 else "",
                because="" if how_many == 3 else "Count the quoted times in the cell.",
            )


START = """
sailings = ["06:10", "09:40", "13:15", "17:50"]

how_many = ...  # how many sailings are there?
"""

exercise = Code(
    id="count-the-sailings",
    session=0,
    title="Count the sailings",
    minutes=3,
    goal="""
How many boats leave the harbour today? Put the number in the place of the three dots.

First run both cells as they are, and read what the check says. Then take the hint below. Then solve it.
""",
    builds_on=("check", "hint"),
    hints=(
        "Every quoted time in the list is a boat.",
        "Python counts for you: `len(sailings)`.",
        "Write `how_many = len(sailings)`, run that cell, then the check.",
    ),
    defines=("how_many",),
    looks_at=("how_many is a number", "it is the number of sailings"),
    start=START,
    solve=START.replace("...", "len(sailings)"),
    judge=judge,
    paragraph="How an exercise works",
    after="Any way to the right answer passes: a check looks at what came out, not at how you wrote it.",
    wrong=(
        Mistake(
            "left-as-it-was",
            START,
            "The cell has not been changed yet, or was changed and not run again. That is how every "
            "exercise starts, so this is no disgrace.",
        ),
        Mistake(
            "from-zero",
            START.replace("...", "3"),
            "The last index is 3 because Python counts from zero; the number of boats is one more.",
        ),
        Mistake(
            "text",
            START.replace("...", '"4"'),
            "Quotation marks make it text. A number is written without them.",
        ),
    ),
)
