"""Ten histories of a gate, each made to happen on the registry: how often does it announce?"""

from eprlab.exercises.kinds.predict import Predict, Scene

RECEIVERS = ("build", "tests", "scan")


def happen(setting, histories):
    """Makes each history happen for a unit and a gate of its own, and counts the gate's announcements."""
    gates, units = {}, {}
    for key, history in histories.items():
        unit = setting.unit(release=f"2026.11.{len(units) + 1}")
        gates[key], units[key] = _live_through(setting, key, history.split(", "), unit)
    every = {unit for touched in units.values() for unit in touched}
    completions = [m for m in setting.announced(*every) if m.kind == "completion"]
    return {key: sum(m.group.id == gate.id for m in completions) for key, gate in gates.items()}


def _live_through(setting, key, steps, unit):
    client = setting.client
    receivers = {
        name: client.receivers.create(
            name=setting.name(f"{key}-{name}"), type=f"plab.{name}", schema={"type": "object"}
        )
        for name in RECEIVERS
    }
    gate = client.groups.create(
        name=setting.name(f"{key}-gate"),
        type="plab.gate.release",
        receivers=list(receivers.values()),
    )
    touched = {unit}
    for step in steps:
        what, how, *of = step.split()
        if what == "gate":
            (client.groups.enable if how == "on" else client.groups.disable)(gate)
        else:
            about = unit._replace(version=of[-1]) if of else unit
            client.events.post(receivers[what], about, success=how == "passes")
            touched.add(about)
    return gate, touched


def scene(key, history, right, why, **wrong):
    return Scene(
        key, history, history, right, why, {int(bet[1:]): error for bet, error in wrong.items()}
    )


LATEST = "The latest receipt on each receiver counts."
UNIT = "A gate is judged for one unit, and all five parts of its name are compared."
OFF = "While a group is off, nothing is announced, and switching it on announces nothing either."
AGAIN = (
    "The gate is judged after every receipt on a member, and announced each time it is found open."
)

exercise = Predict(
    id="ten-histories",
    session=2,
    title="Ten histories of a gate",
    minutes=8,
    goal="""
A gate waits for `build`, `tests` and `scan`. Below are ten histories of one wheel, from left to right. **How often
will the gate be announced** in each? Put a number from 0 to 3 in place of every `...`.

When all ten bets are placed, `check` locks them, makes all ten histories happen on your registry, and counts the
messages on the topic. Bets that are lost come back in another guise.
""",
    builds_on=("receiver", "group", "gate", "gate-rule", "unit"),
    paragraph="The first attempt",
    hints=(
        "Keep three boxes in mind, one for each receiver, and write only the newest receipt into each. "
        "When do you look at all three?",
        "The rule is stated above: a gate is open for a unit when the latest event on each of its "
        "receivers is a success. It is judged after every receipt, not once.",
        "Once more with the last receipt only: after it, is every box a success? That is one "
        "announcement. Now go back one receipt and ask the same.",
    ),
    needs_stack=True,
    options=(0, 1, 2, 3),
    happen=happen,
    bets=(
        (
            scene("a", "build passes, tests passes, scan passes", 1, LATEST),
            scene("a2", "scan passes, build passes, tests passes", 1, LATEST),
        ),
        (
            scene(
                "b",
                "build passes, tests passes",
                0,
                "The scan never arrived.",
                _1="silence-is-consent",
            ),
            scene(
                "b2",
                "build passes, build passes, build passes",
                0,
                "Two receivers have nothing.",
                _1="silence-is-consent",
            ),
        ),
        (
            scene(
                "c",
                "build passes, tests passes, tests fails, scan passes",
                0,
                LATEST,
                _1="once-green",
            ),
            scene(
                "c2",
                "scan passes, scan fails, build passes, tests passes",
                0,
                LATEST,
                _1="once-green",
            ),
        ),
        (
            scene(
                "d",
                "build passes, tests fails, scan passes, tests passes",
                1,
                LATEST,
                _0="red-for-ever",
            ),
            scene(
                "d2",
                "build fails, tests passes, scan passes, build passes",
                1,
                LATEST,
                _0="red-for-ever",
            ),
        ),
        (
            scene(
                "e",
                "build passes, tests passes, scan passes, scan passes",
                2,
                AGAIN,
                _1="only-once",
            ),
            scene(
                "e2",
                "tests passes, scan passes, build passes, tests passes, scan passes",
                3,
                AGAIN,
                _1="only-once",
            ),
        ),
        (
            scene(
                "f",
                "build passes, tests passes, scan passes, tests fails",
                1,
                "It was open once, and said so; nothing is taken back.",
                _0="taken-back",
            ),
            scene(
                "f2",
                "scan passes, tests passes, build passes, build fails",
                1,
                "It was open once, and said so; nothing is taken back.",
                _0="taken-back",
            ),
        ),
        (
            scene(
                "g",
                "build passes, tests passes, scan passes of 1.4.1",
                0,
                UNIT,
                _1="any-version",
            ),
            scene(
                "g2",
                "build passes of 1.4.1, tests passes, scan passes",
                0,
                UNIT,
                _1="any-version",
            ),
        ),
        (
            scene(
                "h",
                "gate off, build passes, tests passes, scan passes, gate on",
                0,
                OFF,
                _1="switch-announces",
            ),
            scene(
                "h2",
                "build passes, tests passes, gate off, scan passes, gate on",
                0,
                OFF,
                _1="switch-announces",
            ),
        ),
        (
            scene(
                "i",
                "gate off, build passes, tests passes, scan passes, gate on, build passes",
                1,
                OFF + " The receipts that came meanwhile count all the same.",
                _0="off-forgets",
                _2="switch-announces",
            ),
            scene(
                "i2",
                "build passes, gate off, tests passes, gate on, scan passes",
                1,
                OFF + " The receipts that came meanwhile count all the same.",
                _0="off-forgets",
            ),
        ),
        (
            scene(
                "j",
                "build passes, tests passes, scan passes, tests fails, tests passes",
                2,
                AGAIN,
                _1="only-once",
            ),
            scene(
                "j2",
                "tests passes, build passes, scan passes, scan fails, build passes, scan passes",
                2,
                AGAIN,
                _1="only-once",
            ),
        ),
    ),
    errors={
        "silence-is-consent": "You counted a receiver without a receipt as passed. To a gate, never arrived "
        "is as shut as failed.",
        "once-green": "You counted a success that a later failure has overtaken.",
        "red-for-ever": "You let an old failure keep the gate shut. It is still in the registry, but a "
        "newer receipt has taken its place.",
        "only-once": "You let the gate announce once. It says so each time, so whoever acts on it must be "
        "ready to hear it twice.",
        "taken-back": "You let the later failure undo the announcement. A message that was sent is out: "
        "whoever ships on it ships before the failure is known.",
        "any-version": "You added receipts of different units together.",
        "switch-announces": "You took switching on for a receipt. Only a receipt makes the registry judge.",
        "off-forgets": "You let the gate forget what came while it was off. The registry stores "
        "receipts whether or not anybody waits for them.",
    },
    after="Three boxes, newest receipt wins, judged after each receipt. A consequence: an open gate is news, not a "
    "state. Who needs the state has to ask, and who acts on the news has to be ready to hear it twice.",
)
