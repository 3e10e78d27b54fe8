"""A self-test: seven things that the sessions use without explaining. Each miss names a primer."""

from eprlab.exercises.definition import Option, Question
from eprlab.exercises.kinds.choosing import Quiz


def primer(name):
    return f" Primer: {name}, in book/primers.md."


exercise = Quiz(
    id="what-you-bring-along",
    session=0,
    title="What you bring along",
    minutes=7,
    goal="""
Seven questions about things that the sessions use and do not explain. Guess where you do not know: every
answer is explained, and a miss names the [primer](../book/primers.md) to read, of half a page at most.

Choose in the form, or write the letter in place of the `...`.
""",
    builds_on=("check",),
    paragraph="What do you bring along?",
    hints=(
        "Leave out what you cannot answer and check the rest: each question is judged by itself.",
        "Each primer in book/primers.md answers one of the questions.",
        "No letter is right more than three times.",
    ),
    ask=(
        Question(
            "json",
            "Which is JSON: (1) {\"passed\": true}, (2) {'passed': True}, (3) {passed: true}?",
            {
                "a": Option("The first", "Double quotes, and true in lower case.", True),
                "b": Option(
                    "The second",
                    "That is how Python prints it. JSON wants double quotes and a small true."
                    + primer("JSON and JSON Schema"),
                ),
                "c": Option(
                    "All three",
                    "JavaScript reads the third; a JSON parser refuses it, and the second too."
                    + primer("JSON and JSON Schema"),
                ),
            },
        ),
        Question(
            "http",
            "A server answers a POST with 400. Whose mistake is it, and may you send the same again?",
            {
                "a": Option(
                    "The server's; try again later",
                    "That would be 500 or 503. With 4xx the request itself is at fault."
                    + primer("HTTP"),
                ),
                "b": Option(
                    "Yours; the same request will be refused again",
                    "4xx: the request is at fault. It has to change before it is worth another try.",
                    True,
                ),
                "c": Option(
                    "Nobody's; 400 is a redirect",
                    "Redirects are 3xx. 4xx blames the request, 5xx the server." + primer("HTTP"),
                ),
            },
        ),
        Question(
            "python",
            "After receipts = [r for r in events if not r.success], what is in receipts?",
            {
                "a": Option(
                    "The events that succeeded",
                    "`if not` keeps those for which success is false." + primer("Python"),
                ),
                "b": Option(
                    "True or False",
                    "Square brackets make a list, one item for each event kept." + primer("Python"),
                ),
                "c": Option(
                    "A list of the events that did not succeed",
                    "A list comprehension with a condition. The cells use many.",
                    True,
                ),
            },
        ),
        Question(
            "containers",
            "You stop and remove a container that had written files, and start its image again. The files?",
            {
                "a": Option(
                    "Gone, unless they were written to a volume",
                    "The image is the template; what a container writes lives and goes with it.",
                    True,
                ),
                "b": Option(
                    "Still there: they are in the image now",
                    "An image does not change when a container runs." + primer("Containers"),
                ),
                "c": Option(
                    "Still there: they were in memory",
                    "Memory is the first thing to go." + primer("Containers"),
                ),
            },
        ),
        Question(
            "queues",
            "Two programs read the same topic in different consumer groups. Who gets a message?",
            {
                "a": Option(
                    "Whoever asks first",
                    "That is within one group. Groups do not take from each other."
                    + primer("Kafka's words"),
                ),
                "b": Option(
                    "Both",
                    "Each group reads the whole log at its own pace; inside a group the work is shared.",
                    True,
                ),
                "c": Option(
                    "Neither, until one of them leaves",
                    "Any number of groups may read; none is in another's way."
                    + primer("Kafka's words"),
                ),
            },
        ),
        Question(
            "sql",
            "INSERT a row, then ROLLBACK. What do others see?",
            {
                "a": Option(
                    "The row, until the rollback",
                    "What is not committed is not seen by others, at no time." + primer("SQL"),
                ),
                "b": Option(
                    "The row, marked as deleted",
                    "Nothing happened as far as anybody else can tell." + primer("SQL"),
                ),
                "c": Option(
                    "Nothing, at any time",
                    "A transaction happens whole or not at all. Session 2 rests on it.",
                    True,
                ),
            },
        ),
        Question(
            "digest",
            "Two files have the same SHA-256. What do you know?",
            {
                "a": Option(
                    "They have the same name and version",
                    "A digest is made from the bytes. Names are not among them."
                    + primer("Digests"),
                ),
                "b": Option(
                    "They are the same, byte for byte",
                    "Nobody has ever found two different files with one SHA-256.",
                    True,
                ),
                "c": Option(
                    "They come from the same author",
                    "Anybody can copy a file, or compute its digest. Who made it takes a signature."
                    + primer("Digests"),
                ),
            },
        ),
    ),
    after="You need none of this by heart. The primers stay where they are.",
)
