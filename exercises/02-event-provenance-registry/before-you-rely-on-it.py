"""Five questions about what a registry promises, and what it does not."""

from eprlab.exercises.definition import Option, Question
from eprlab.exercises.kinds.choosing import Quiz

exercise = Quiz(
    id="before-you-rely-on-it",
    session=2,
    title="Before you rely on it",
    minutes=4,
    goal="""
Five questions of the kind that a sceptical colleague asks. One answer each; every answer is explained.

Choose in the form, or write the letter in place of the `...`.
""",
    builds_on=("receiver", "gate-rule", "unit", "digest", "watcher", "refusal"),
    paragraph="Could I not just say so?",
    hints=(
        "For each question, remember which cell of this notebook showed it.",
        "The registry checks form. Who vouches for the content?",
        "Two answers begin with “No”. None promises that something happens exactly once.",
    ),
    ask=(
        Question(
            "refused",
            "A payload does not fit its receiver's schema. Who hears of it?",
            {
                "a": Option(
                    "Whoever posted it, and nobody else",
                    "It was answered with the reasons; nothing was stored or announced.",
                    True,
                ),
                "b": Option(
                    "The watchers: it is announced as a failure",
                    "A failure is a receipt that says no. A refused payload is no receipt at all: nothing "
                    "is stored, so there is nothing to announce.",
                ),
                "c": Option(
                    "Nobody: it is dropped",
                    "The poster is told, with one reason for each fault. Silence would be a lost receipt.",
                ),
            },
        ),
        Question(
            "truth",
            "A build receipt is in the registry. What do you know?",
            {
                "a": Option(
                    "That the wheel was built as it says",
                    "Sixty-four invented digits fit the schema as well. The registry checks form.",
                ),
                "b": Option(
                    "That somebody who could reach the registry said so, in the agreed form",
                    "Who may say it, and how you know that it was them, needs signatures: session 3.",
                    True,
                ),
                "c": Option(
                    "That the gate of the release is open",
                    "One receipt of several. A gate waits for every member.",
                ),
            },
        ),
        Question(
            "rebuilt",
            "You build the same unit again, from other source. What does the registry do?",
            {
                "a": Option(
                    "It refuses: the unit exists",
                    "The five parts are a name, and any number of receipts may use it.",
                ),
                "b": Option(
                    "It compares the digests and warns",
                    "It does not know what a digest is; to it a payload is a payload. The comparing is yours.",
                ),
                "c": Option(
                    "It stores a second receipt about the same unit",
                    "So whoever acts has to compare digests, as the deployer did.",
                    True,
                ),
            },
        ),
        Question(
            "twice",
            "How often does a watcher get the message that a gate opened?",
            {
                "a": Option(
                    "Exactly once",
                    "The gate may open twice, and a broker delivers again what a crashed watcher had not "
                    "finished. What it does has to be safe to do twice.",
                ),
                "b": Option(
                    "At least once for each time it opened",
                    "A broker repeats what was not finished; a gate repeats itself after each receipt.",
                    True,
                ),
                "c": Option(
                    "At most once",
                    "Then a crash would lose a release. The offset is committed after the work, so that it "
                    "comes again.",
                ),
            },
        ),
        Question(
            "undo",
            "A scan was posted as passed by mistake. How do you take it back?",
            {
                "a": Option(
                    "Delete the event",
                    "There is no such call, and that is the point: what was believed at the time stays "
                    "visible.",
                ),
                "b": Option(
                    "Post a failure about the same unit on the same receiver",
                    "The newest receipt counts. The gate is shut again, and both receipts tell the story.",
                    True,
                ),
                "c": Option(
                    "Switch the gate off and on",
                    "That announces nothing and changes no receipt: the scan would still be a success.",
                ),
            },
        ),
    ),
    after="A registry makes it visible who said what, and when. It does not make it true.",
)
