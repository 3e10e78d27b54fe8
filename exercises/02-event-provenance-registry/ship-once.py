"""A watcher whose effect happens once: under redelivery by a real broker, and when it dies half-way."""

import contextlib
import tempfile
from pathlib import Path

import epr
from eprlab.exercises.definition import Mistake
from eprlab.exercises.guard import Ending
from eprlab.exercises.kinds.code import Code
from eprlab.exercises.setting import LearnersFault, fault
from eprlab.exercises.verdict import missed, seen

RELEASES = ("2026.11.1", "2026.11.2", "2026.11.3")


class Died(BaseException):
    """What the check raises in place of a power cut."""


class Mortal(epr.SQLiteSeen):
    """A seen-store that dies at the n-th of the steps in which work can be torn: an effect, a mark."""

    def __init__(self, path, dies_at=0):
        super().__init__(path)
        self.steps, self.dies_at = 0, dies_at
        self.deployments = _Deployments(self)
        self._connection.execute("create table if not exists deployments (release text)")

    def step(self):
        self.steps += 1
        if self.steps == self.dies_at:
            raise Died

    def mark(self, message, by=""):
        super().mark(message, by)
        self.step()

    @contextlib.contextmanager
    def once(self, message, by=""):
        with super().once(message, by) as transaction:
            yield None if transaction is None else self.deployments

    def shipped(self):
        rows = self._connection.execute("select release from deployments order by rowid")
        return [release for (release,) in rows]


class _Deployments:
    """The connection that a learner is given: every statement is a step."""

    def __init__(self, seen_store):
        self._store = seen_store

    def execute(self, statement, values=()):
        done = self._store._connection.execute(statement, values)
        if statement.lstrip().lower().startswith("insert"):
            self._store.step()
        return done


def judge(answer, setting):
    ship = answer["ship_once"]
    if not callable(ship):
        yield missed(
            expected="a function `ship_once(message, seen)`",
            found=type(ship).__name__,
            because="The name `ship_once` has been given to something else.",
        )
        return
    client = setting.client
    receiver = client.receivers.create(
        name=setting.name("tidetable-build"), type=setting.name("build"), schema={"type": "object"}
    )
    units = [setting.unit(release=release) for release in RELEASES]
    for unit in units:
        client.events.post(receiver, unit, success=True)
    setting.announced(*units)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        store = Mortal(Path(folder) / "quay.sqlite")
        group = setting.name("deployer")
        messages = _deliver(setting, ship, store, receiver, group)
        shipped = store.shipped()
        if sorted(shipped) != sorted(RELEASES):
            lost = len(set(shipped)) < len(RELEASES)
            yield missed(
                expected=f"one deployment each of {', '.join(RELEASES)}",
                found=_told(shipped),
                mistake="nothing-written" if not shipped else "other-identity" if lost else "",
                because="" if lost else "One message, one deployment: something is inserted twice.",
            )
            return
        yield seen(f"{len(shipped)} builds announced, {len(shipped)} deployments")

        _deliver(setting, ship, store, receiver, group)  # the same group, from the start again
        again = store.shipped()
        store.close()
        if len(again) != len(RELEASES):
            yield missed(
                expected=f"still {len(RELEASES)} deployments after the same messages came again",
                found=_told(again),
                mistake="no-memory",
            )
            return
        yield seen(f"{len(RELEASES)} messages came again, no deployment more")

        yield _killed(setting, ship, messages[0], Path(folder))


def _deliver(setting, ship, store, receiver, group):
    """Lets a watcher read the topic from the start, as a group does whose offsets were lost."""
    handled, faults = [], []
    watcher = epr.Watcher(group, start=setting.began, retry=epr.RetryPolicy(attempts=1))

    @watcher.on(receiver=receiver, kind="event")
    def handler(message):
        done = setting.try_call(ship, message, store)
        if not done.returned:
            faults.append(done)
        handled.append(message)

    with watcher.background():
        watcher.wait_for(len(RELEASES), timeout=20)
    if faults:
        raise LearnersFault(fault(faults[0], 5))
    return handled


def _killed(setting, ship, message, folder):
    """Kills the handler at each step where work can be torn, and delivers the message again."""
    whole = Mortal(folder / "whole.sqlite")
    setting.call(ship, message, whole)
    points = whole.steps
    whole.close()
    for point in range(1, points + 1):
        path = folder / f"killed-{point}.sqlite"
        first = Mortal(path, dies_at=point)
        done = setting.try_call(ship, message, first)
        first.close()
        if done.ending is Ending.RETURNED:
            return missed(
                expected="a death that nothing survives",
                found="your code caught it and went on",
                because="A power cut cannot be caught: take the bare `except` away.",
            )
        second = Mortal(path)
        setting.call(ship, message, second)
        shipped = second.shipped()
        second.close()
        if len(shipped) != 1:
            return missed(
                expected="one deployment, after it died half-way and the message came again",
                found=f"killed at step {point} of {points}: {_told(shipped)}",
                mistake="marked-first" if not shipped else "marked-later",
            )
    return seen(f"killed at {points} of {points} places, one deployment each time")


def _told(shipped):
    """In order of their numbers: which partition of the topic comes first is the broker's affair."""
    return f"{len(shipped)} deployments" + (f": {', '.join(sorted(shipped))}" if shipped else "")


def cell(body):
    return f"""
def ship_once(message, seen):
{body}
"""


INSERT = '"insert into deployments (release) values (?)", (message.nvrpp.release,)'

exercise = Code(
    id="ship-once",
    session=2,
    title="Ship once",
    minutes=9,
    goal="""
A broker delivers **at least once**: a deployer that dies before it has committed its offset gets the message again.
Make this one safe. `seen` is an `epr.SQLiteSeen`, a small database that remembers messages and holds the table
`deployments` as well:

- `with seen.once(message) as transaction:` opens one transaction for the work and for the mark that it was done. It
  gives you the connection, or `None` if this message was dealt with before.
- `transaction.execute("insert into deployments (release) values (?)", (release,))` is the deployment.

The check lets a real watcher deliver three builds, and then the same three again. Then it kills `ship_once` at every step
where work can be torn.
""",
    builds_on=("watcher", "unit"),
    teaches=("idempotency", "redelivery"),
    paragraph="Who acts on it?",
    hints=(
        "Two things are written: the deployment, and that it was done. What is left if the power goes between them?",
        "Only one of the two may be missing if neither is. `seen.once` puts both into one transaction.",
        "Inside `with seen.once(message) as transaction:` ask `if transaction is not None:`, and insert "
        "through `transaction`.",
    ),
    needs_stack=True,
    seconds=90,
    defines=("ship_once",),
    looks_at=(
        "three builds, three deployments",
        "the same messages once more: no more deployments",
        "killed half-way: one deployment all the same",
    ),
    judge=judge,
    start=cell(
        """    quay = seen.deployments
    quay.execute(
        "insert into deployments (release) values (?)",
        (message.nvrpp.release,),
    )"""
    ),
    solve=cell(
        f"""    with seen.once(message) as transaction:
        if transaction is not None:
            transaction.execute(
                {INSERT}
            )"""
    ),
    after="The effect and the memory of it have to be one act. A deployment that is no row in your database (a copied "
    "file, a call to a cloud) cannot join the transaction: make it harmless to repeat, or check what is there.",
    wrong=(
        Mistake(
            "no-memory",
            cell(f"    seen.deployments.execute({INSERT})"),
            "Nothing remembers that the message was dealt with, so each delivery is a deployment.",
        ),
        Mistake(
            "marked-first",
            cell(
                f"""    if not seen.seen(message):
        seen.mark(message)
        seen.deployments.execute({INSERT})"""
            ),
            "You mark first and ship then. If it dies in between, the mark says done, and nobody ever "
            "ships it: at most once.",
        ),
        Mistake(
            "marked-later",
            cell(
                f"""    if not seen.seen(message):
        seen.deployments.execute({INSERT})
        seen.mark(message)"""
            ),
            "You ship first and mark then, as two acts. If it dies in between, the message comes again and "
            "nothing knows that it was shipped: twice.",
        ),
        Mistake(
            "other-identity",
            cell(
                f"""    quay = seen.deployments
    quay.execute("create table if not exists done (version text)")
    known = quay.execute(
        "select 1 from done where version = ?", (message.nvrpp.version,)
    ).fetchone()
    if not known:
        quay.execute({INSERT})
        quay.execute("insert into done values (?)", (message.nvrpp.version,))"""  # noqa: S608
            ),
            "You recognise a message by something that several messages share, such as the version. The "
            "second build of 1.4.0 is taken for the first, and never shipped.",
        ),
        Mistake(
            "nothing-written",
            cell(
                f"""    with seen.once(message) as transaction:
        if transaction is None:
            transaction.execute({INSERT})"""
            ),
            "Nothing is inserted. Is the condition the wrong way round? `None` means: done before.",
        ),
    ),
)
