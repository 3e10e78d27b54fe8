"""Order and digests: from the receipts of one unit, may this file be shipped?"""

from dataclasses import dataclass

from eprlab.exercises.answers import shown
from eprlab.exercises.definition import Mistake
from eprlab.exercises.kinds.code import Code
from eprlab.exercises.verdict import missed, seen

OURS, OTHER = "a" * 64, "b" * 64


@dataclass(frozen=True)
class Situation:
    """Receipts as (receiver, success, digest), oldest first; whether `OURS` may ship, and which mistake is
    behind the wrong answer."""

    text: str
    receipts: tuple[tuple[str, bool, str], ...]
    may: bool
    mistake: str


SITUATIONS = (
    Situation(
        "all three passed, all about this file",
        (("build", True, OURS), ("tests", True, OURS), ("scan", True, OURS)),
        True,
        "never-ships",
    ),
    Situation(
        "the scan never arrived",
        (("build", True, OURS), ("tests", True, OURS)),
        False,
        "silence-is-consent",
    ),
    Situation(
        "the tests failed after they had passed",
        (
            ("build", True, OURS),
            ("tests", True, OURS),
            ("tests", False, OURS),
            ("scan", True, OURS),
        ),
        False,
        "once-green",
    ),
    Situation(
        "the tests passed after they had failed",
        (
            ("build", True, OURS),
            ("tests", False, OURS),
            ("tests", True, OURS),
            ("scan", True, OURS),
        ),
        True,
        "old-failures-count",
    ),
    Situation(
        "everything passed, but another file was scanned",
        (("build", True, OURS), ("tests", True, OURS), ("scan", True, OTHER)),
        False,
        "digests-ignored",
    ),
    Situation(
        "everything passed, for another file",
        (("build", True, OTHER), ("tests", True, OTHER), ("scan", True, OTHER)),
        False,
        "digests-ignored",
    ),
    Situation(
        "built twice; all later receipts are about this file",
        (
            ("build", True, OTHER),
            ("build", True, OURS),
            ("tests", True, OURS),
            ("scan", True, OURS),
        ),
        True,
        "old-digests-count",
    ),
    Situation(
        "a receipt of somebody else's is there, too, and failed",
        (
            ("build", True, OURS),
            ("tests", True, OURS),
            ("scan", True, OURS),
            ("deploy", False, OTHER),
        ),
        True,
        "others-count",
    ),
)


def judge(answer, setting):
    client = setting.client
    schema = {"type": "object", "required": ["sha256"]}
    receivers = {
        name: client.receivers.create(name=setting.name(name), type=f"plab.{name}", schema=schema)
        for name in ("build", "tests", "scan", "deploy")
    }
    needed = [receivers[name].id for name in ("build", "tests", "scan")]
    for number, situation in enumerate(SITUATIONS, 1):
        unit = setting.unit(release=f"2026.11.{number}")
        for receiver, success, digest in situation.receipts:
            payload = {"sha256": digest}
            client.events.post(receivers[receiver], unit, success=success, payload=payload)
        # Newest first is as good an order as any: a list of receipts promises none.
        for newest_first in (False, True):
            receipts = list(client.events.find(unit, newest_first=newest_first))
            said = setting.call(answer["may_ship"], receipts, list(needed), OURS)
            if said is not situation.may:
                break
        else:
            yield seen(f"{situation.may}")
            continue
        yield _wrong(situation, said, newest_first)


def _wrong(situation, said, newest_first):
    if not isinstance(said, bool):
        return missed(
            expected="True or False",
            found=shown(said),
            mistake="no-answer" if said is None else "",
            because="" if said is None else "Return True or False, nothing else.",
        )
    order = " when the newest receipt comes first in the list" if newest_first else ""
    return missed(
        expected=f"{situation.may}",
        found=f"{said}{order}",
        mistake="order-of-the-list" if newest_first else situation.mistake,
    )


def cell(body):
    return f"""
def may_ship(receipts, needed, sha256):
{body}
"""


LATEST = """    latest = {}
    for receipt in sorted(receipts, key=lambda r: (r.created_at, r.id)):
        latest[receipt.event_receiver_id] = receipt
"""

exercise = Code(
    id="may-it-ship",
    session=2,
    title="May this file ship?",
    minutes=9,
    goal="""
The gate's rule does not look at digests. Your deployer has to. Write the decision: `receipts` are events of
one unit, in no particular order; `needed` are ids of receivers; `sha256` is the digest of the file in your hand.
It may ship if the **latest** receipt of **every** needed receiver is a success **about this very file**.

An event has `event_receiver_id`, `success`, `created_at`, `id` and `payload["sha256"]`. The check posts eight
situations to your registry, and asks your function about each.
""",
    builds_on=("receipt", "gate-rule", "digest", "unit"),
    paragraph="The same five parts, other bytes",
    hints=(
        "First find the latest receipt of each receiver, and only then look at what it says.",
        "A dict from `event_receiver_id` to receipt, filled in order of time, ends up with the latest of "
        "each. Then go through `needed`, not through what happens to be there.",
        "`sorted(receipts, key=lambda r: (r.created_at, r.id))` puts the oldest first; `all(…)` over `needed` "
        "asks: is it there, did it pass, is its digest `sha256`?",
    ),
    needs_stack=True,
    defines=("may_ship",),
    looks_at=tuple(situation.text for situation in SITUATIONS),
    judge=judge,
    start=cell("    return all(receipt.success for receipt in receipts)"),
    solve=cell(
        LATEST
        + """    return all(
        receiver in latest
        and latest[receiver].success
        and latest[receiver].payload["sha256"] == sha256
        for receiver in needed
    )"""
    ),
    after="The registry tells you that a gate is open for a name. Only who holds the file can tell that it is the file "
    "that everybody was talking about.",
    wrong=(
        Mistake(
            "silence-is-consent",
            cell(
                LATEST
                + """    return all(
        latest[receiver].success and latest[receiver].payload["sha256"] == sha256
        for receiver in needed
        if receiver in latest
    )"""
            ),
            "You ask those receipts that are there. `all()` of what is left is True even when nothing is left. "
            "Go through `needed`, and ask of each whether it is there at all.",
        ),
        Mistake(
            "once-green",
            cell(
                """    good = {
        receipt.event_receiver_id
        for receipt in receipts
        if receipt.success and receipt.payload["sha256"] == sha256
    }
    return set(needed) <= good"""
            ),
            "You look for any success. A failure that came later has overtaken it.",
        ),
        Mistake(
            "old-failures-count",
            cell(
                """    about = [r for r in receipts if r.event_receiver_id in needed]
    there = {r.event_receiver_id for r in about}
    return there == set(needed) and all(r.success for r in about)"""
            ),
            "You let an old failure count, though a newer receipt on the same receiver has replaced it.",
        ),
        Mistake(
            "digests-ignored",
            cell(LATEST + """    return all(r in latest and latest[r].success for r in needed)"""),
            "You trust the name. The unit is the same, but these receipts are about other bytes than "
            "the ones in your hand.",
        ),
        Mistake(
            "old-digests-count",
            cell(
                LATEST
                + """    return all(r in latest and latest[r].success for r in needed) and all(
        r.payload["sha256"] == sha256 for r in receipts if r.event_receiver_id in needed
    )"""
            ),
            "You compare the digest of every receipt. Only the latest of each receiver counts; the first "
            "build is history.",
        ),
        Mistake(
            "others-count",
            cell(
                LATEST
                + """    return set(needed) <= set(latest) and all(
        r.success and r.payload["sha256"] == sha256 for r in latest.values()
    )"""
            ),
            "You judge receipts of receivers that nobody asked about. `needed` says whose word counts.",
        ),
        Mistake(
            "order-of-the-list",
            cell(
                """    latest = {receipt.event_receiver_id: receipt for receipt in receipts}
    return all(
        r in latest and latest[r].success and latest[r].payload["sha256"] == sha256
        for r in needed
    )"""
            ),
            "You take the last in the list for the latest in time. Sort by `created_at` (and `id`, for two "
            "in the same instant) first.",
        ),
        Mistake(
            "never-ships",
            cell("    return False"),
            "Everything is as it should be here, and your function still says no.",
        ),
        Mistake(
            "no-answer",
            cell(
                LATEST
                + """    all(
        r in latest and latest[r].success and latest[r].payload["sha256"] == sha256
        for r in needed
    )"""
            ),
            "The function works it out and keeps it to itself: a `return` is missing.",
        ),
    ),
)
