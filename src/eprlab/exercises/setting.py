"""What a check may look at: the learner's code under guard, and the real stack.

    built = setting.call(answer["set_up"], setting.client, setting.name("tidetable-build"))

Names and units are new for each check and carry the learner's name, so that neither an earlier check
nor a classmate on the same stack is taken for this one.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import epr
from eprlab.exercises.guard import Ending, Run, run
from eprlab.exercises.verdict import Finding, missed

CALL_SECONDS = 5.0
"""How long one call of the learner's code may take, unless a check says otherwise."""
TOPIC_SECONDS = 15.0
"""How long to wait for the registry's messages to be on the topic."""


class LearnersFault(Exception):
    """The learner's code did not return: `finding` says what it did instead."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.found)
        self.finding = finding


@dataclass
class Setting:
    """One check's surroundings.

    `memory`: what the exercise remembers of this learner, kept in their progress file by `remember`.
    `passed_before`: whether they have passed it already. `printed`: what their code printed. `longest`:
    seconds that no call of their code may exceed.
    """

    learner: str
    namespace: dict[str, Any] = field(repr=False)
    memory: dict[str, Any] = field(default_factory=dict)
    passed_before: bool = False
    longest: float = 60.0
    remember: Callable[[], None] = lambda: None
    printed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    mark: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    _began: datetime = field(default_factory=lambda: datetime.now(UTC))

    @cached_property
    def client(self) -> epr.Client:
        """A client of the registry at EPR_URL."""
        return epr.Client()

    def name(self, base: str) -> str:
        """A name for an object of this check: `tidetable-build` becomes `heron-3f2a-tidetable-build-…`."""
        return f"{self.learner}-{base}-{self.mark}"

    def unit(self, version: str = "1.4.0", release: str = "2026.11.1") -> epr.NVRPP:
        """A wheel of tidetable that only this check knows."""
        name = self.name("tidetable")
        return epr.NVRPP(name, version, release, "py3-none-any", "wheel")

    @cached_property
    def _marker(self) -> epr.Receiver:
        return self.client.receivers.create(
            name=self.name("marker"), type="plab.course.marker", schema={"type": "object"}
        )

    @cached_property
    def began(self) -> datetime:
        """When this check began, by the registry's clock: messages that are older are not about it."""
        ahead = self._marker.created_at - datetime.now(UTC)
        return self._began + ahead - timedelta(seconds=1)

    def announced(self, *units: epr.NVRPP) -> list[epr.Message]:
        """What the topic has about these units, in order for each, up to this moment.

        To know that nothing is still on its way, a marker about each unit is posted, and the topic is read
        until the markers are seen: messages about one unit stay in order. Raises `WaitTimedOut`.
        """
        marker, began = self._marker, self.began
        awaited = {self.client.events.post(marker, unit, success=True) for unit in units}
        deadline = time.monotonic() + TOPIC_SECONDS
        while True:
            messages = [m for m in epr.read_topic(start=began) if m.nvrpp in units]
            awaited -= {message.event.id for message in messages}
            if not awaited:
                return [m for m in messages if m.type != marker.type]
            if time.monotonic() > deadline:
                raise epr.errors.WaitTimedOut(
                    f"the registry's messages are not on the topic after {TOPIC_SECONDS:g} s; "
                    "see stack.logs('registry')"
                )
            time.sleep(0.05)

    def note(self, text: str) -> None:
        """Says something below the verdict."""
        self.notes.append(text)

    def call(self, function: Any, *arguments: Any, seconds: float = CALL_SECONDS) -> Any:
        """What the learner's function returns. If it does not, the check ends with a finding that says
        what it did instead; see `try_call`."""
        done = self.try_call(function, *arguments, seconds=seconds)
        if done.returned:
            return done.value
        raise LearnersFault(fault(done, min(seconds, self.longest)))

    def try_call(self, function: Any, *arguments: Any, seconds: float = CALL_SECONDS) -> Run:
        """Calls the learner's function under guard and says how it ended."""
        done = run(function, *arguments, seconds=min(seconds, self.longest), of=self.namespace)
        if done.printed:
            self.printed.append(done.printed)
        return done

    def close(self) -> None:
        """Closes the client, if there is one."""
        if "client" in self.__dict__:
            self.client.close()


def fault(done: Run, seconds: float) -> Finding:
    """The finding for code that did not return."""
    where = f", in your {done.line}" if done.line else ""
    if done.ending is Ending.TIMED_OUT:
        return missed(
            expected=f"an end within {seconds:g} s",
            found=f"it was still running and has been stopped{where}",
            because="A loop whose end never comes, or a wait for something that does not happen.",
            mistake="",
        )
    if done.ending is Ending.EXITED:
        return missed(
            expected="a return",
            found=f"it asked Python to exit{where}",
            because="The kernel goes on; use `return` to leave a function.",
        )
    error = done.error
    return missed(
        expected="no exception",
        found=f"{type(error).__name__}: {_message(error)}{where}",
        because=_advice(error),
    )


def _message(error: BaseException | None) -> str:
    try:
        return " ".join(str(error).split())[:300]
    except Exception:
        return "(its message cannot be shown)"


def _advice(error: BaseException | None) -> str:
    match error:
        case NotImplementedError():
            return "The starter's own marker is still there."
        case NameError():
            return (
                "A name that this notebook does not know (yet): misspelt, or its cell has not run."
            )
        case epr.errors.Refused():
            return "The registry refused what was sent, for the reasons above."
        case epr.errors.EPRError():
            return "The registry answered with an error; the message says what to do."
        case TypeError():
            return "A value of another type than the code expects, or other arguments."
        case _:
            return ""
