"""A set-up script that may run twice: one receiver each, one gate, no twins."""

from eprlab.exercises.definition import Mistake
from eprlab.exercises.kinds.code import Code
from eprlab.exercises.verdict import missed, seen


def judge(answer, setting):
    client, name = setting.client, setting.name("tidetable")
    names = f"{name}-build", f"{name}-scan"
    setting.call(answer["set_up"], client, name, seconds=15)
    gate = setting.call(answer["set_up"], client, name, seconds=15)
    yield seen()

    receivers = {each: list(client.receivers.find(name=each)) for each in names}
    counts = {each: len(found) for each, found in receivers.items()}
    told = ", ".join(f"{count} named …{each[len(name) :]}" for each, count in counts.items())
    if any(count == 0 for count in counts.values()):
        yield missed(
            expected="a receiver `<name>-build` and a receiver `<name>-scan`",
            found=told,
            mistake="other-names",
        )
        return
    if any(count > 1 for count in counts.values()):
        differ = any(len({r.description for r in found}) > 1 for found in receivers.values())
        yield missed(
            expected="one receiver each after two runs",
            found=told,
            mistake="the-time-in-it" if differ else "twins",
        )
        return
    yield seen(told)

    groups = list(client.groups.find(name=f"{name}-gate"))
    if len(groups) != 1:
        yield missed(
            expected="one group `<name>-gate` after two runs",
            found=str(len(groups)),
            mistake="twin-gates" if groups else "other-names",
        )
        return
    yield seen()

    wanted = {found[0].id for found in receivers.values()}
    if set(groups[0].event_receiver_ids) != wanted:
        yield missed(
            expected="a gate that waits for both receivers and no other",
            found=f"a gate of {len(groups[0].event_receiver_ids)}",
            mistake="half-a-gate",
        )
    elif getattr(gate, "id", None) != groups[0].id:
        yield missed(
            expected="`set_up` returns the gate",
            found=f"a value of type {type(gate).__name__}",
            mistake="nothing-returned",
        )
    else:
        yield seen()


def cell(body):
    return f"""
anything = {{"type": "object", "required": ["sha256"]}}


def set_up(client, name):
{body}
"""


exercise = Code(
    id="set-up-twice",
    session=2,
    title="A set-up that may run twice",
    minutes=6,
    goal="""
A pipeline's set-up runs on every deployment of the pipeline. This one makes twins each time. Change it so that
it can run as often as it likes: afterwards there is one receiver `<name>-build`, one `<name>-scan`, and
one gate `<name>-gate` that waits for both. It returns the gate.

The check runs it twice against your registry, under a name of its own, and counts.
""",
    builds_on=("receiver", "group", "find-or-create"),
    paragraph="What is enough?",
    hints=(
        "Run it in your head for the second time. Which of the three calls looks before it makes?",
        "`client.receivers` and `client.groups` have a method that was used further up in this notebook.",
        "`find_or_create` takes the same arguments as `create`. It finds only what is equal in name, "
        "type, version, description and schema (of a group: in its receivers).",
    ),
    needs_stack=True,
    defines=("set_up",),
    looks_at=(
        "`set_up` runs, twice",
        "one receiver each",
        "one gate",
        "the gate waits for both, and is returned",
    ),
    judge=judge,
    start=cell(
        """
    build = client.receivers.create(
        name=f"{name}-build", type="plab.build", schema=anything
    )
    scan = client.receivers.create(
        name=f"{name}-scan", type="plab.scan", schema=anything
    )
    return client.groups.create(
        name=f"{name}-gate",
        type="plab.gate.release",
        receivers=[build, scan],
    )
""".strip("\n")
    ),
    solve=cell(
        """
    build = client.receivers.find_or_create(
        name=f"{name}-build", type="plab.build", schema=anything
    )
    scan = client.receivers.find_or_create(
        name=f"{name}-scan", type="plab.scan", schema=anything
    )
    return client.groups.find_or_create(
        name=f"{name}-gate",
        type="plab.gate.release",
        receivers=[build, scan],
    )
""".strip("\n")
    ),
    after="The registry has no rule that a name is unique, so looking first is the caller's job. Two set-ups "
    "at the very same moment can still make twins: both look, both find nothing. Let one job do it.",
    wrong=(
        Mistake(
            "twins",
            cell(
                """
    try:
        build = client.receivers.create(name=f"{name}-build", type="plab.build", schema=anything)
        scan = client.receivers.create(name=f"{name}-scan", type="plab.scan", schema=anything)
    except epr.errors.Refused:  # it exists already
        build = next(client.receivers.find(name=f"{name}-build"))
        scan = next(client.receivers.find(name=f"{name}-scan"))
    return client.groups.create(
        name=f"{name}-gate", type="plab.gate.release", receivers=[build, scan]
    )
""".strip("\n")
            ),
            "`create` always makes a new one: the registry has no rule that a name is unique, and does "
            "not refuse the second. Look before you make.",
        ),
        Mistake(
            "twin-gates",
            cell(
                """
    build = client.receivers.find_or_create(
        name=f"{name}-build", type="plab.build", schema=anything
    )
    scan = client.receivers.find_or_create(
        name=f"{name}-scan", type="plab.scan", schema=anything
    )
    return client.groups.create(
        name=f"{name}-gate", type="plab.gate.release", receivers=[build, scan]
    )
""".strip("\n")
            ),
            "The receivers are found again, but the group is made anew. A deployer that waits for "
            "the gate would be told once for each twin, and deploy once for each.",
        ),
        Mistake(
            "the-time-in-it",
            cell(
                """
    import time

    build = client.receivers.find_or_create(
        name=f"{name}-build", type="plab.build", schema=anything,
        description=f"set up at {time.time()}",
    )
    scan = client.receivers.find_or_create(
        name=f"{name}-scan", type="plab.scan", schema=anything
    )
    return client.groups.find_or_create(
        name=f"{name}-gate", type="plab.gate.release", receivers=[build, scan]
    )
""".strip("\n")
            ),
            "`find_or_create` finds what is equal in all five respects, the description too. Something "
            "that changes with every run (a time, a build number) makes a new one with every run.",
        ),
        Mistake(
            "other-names",
            cell(
                """
    build = client.receivers.find_or_create(
        name="tidetable-build", type="plab.build", schema=anything
    )
    scan = client.receivers.find_or_create(
        name="tidetable-scan", type="plab.scan", schema=anything
    )
    return client.groups.find_or_create(
        name="tidetable-release-gate", type="plab.gate.release", receivers=[build, scan]
    )
""".strip("\n")
            ),
            "The names are fixed in the code, so two teams on one registry would share receivers without "
            "knowing. Put `name` in front, as the starter does.",
        ),
        Mistake(
            "half-a-gate",
            cell(
                """
    build = client.receivers.find_or_create(
        name=f"{name}-build", type="plab.build", schema=anything
    )
    scan = client.receivers.find_or_create(
        name=f"{name}-scan", type="plab.scan", schema=anything
    )
    return client.groups.find_or_create(
        name=f"{name}-gate", type="plab.gate.release", receivers=[build]
    )
""".strip("\n")
            ),
            "A gate knows only its members: what is not in `receivers` may fail, or never arrive, and the "
            "gate opens all the same.",
        ),
        Mistake(
            "nothing-returned",
            cell(
                """
    build = client.receivers.find_or_create(
        name=f"{name}-build", type="plab.build", schema=anything
    )
    scan = client.receivers.find_or_create(
        name=f"{name}-scan", type="plab.scan", schema=anything
    )
    gate = client.groups.find_or_create(
        name=f"{name}-gate", type="plab.gate.release", receivers=[build, scan]
    )
""".strip("\n")
            ),
            "Everything is made, but the function does not hand the gate back: a `return` is missing.",
        ),
    ),
)
