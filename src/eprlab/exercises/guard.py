"""Running a learner's code so that whatever it does, the check goes on and can say what happened.

It may raise, print a gigabyte, call `exit()`, or never return. `run` gives back a `Run`; it raises
nothing of the learner's. Only the stop button's KeyboardInterrupt goes through.
"""

from __future__ import annotations

import io
import linecache
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from eprlab.exercises.limits import OutOfTime, time_limit

PRINTED_KEPT = 2000
"""Characters of what the learner's code prints that are kept."""


class Ending(Enum):
    """How the learner's code ended."""

    RETURNED = "returned"
    RAISED = "raised"
    TIMED_OUT = "did not return"
    EXITED = "asked to exit"


@dataclass(frozen=True)
class Run:
    """What one call of the learner's code did. `line` is their line where it ended, if not well."""

    ending: Ending
    value: Any = None
    error: BaseException | None = field(default=None, repr=False)
    line: str = ""
    printed: str = ""

    @property
    def returned(self) -> bool:
        """Whether it ended by itself and without an exception."""
        return self.ending is Ending.RETURNED


def run(
    call: Callable[..., Any], *arguments: Any, seconds: float, of: dict[str, Any] | None = None
) -> Run:
    """Calls the learner's code for at most `seconds`.

    `of` is the namespace that their code lives in: it tells their lines from a library's in a
    traceback, beside the call's own globals.
    """
    theirs = [of, getattr(call, "__globals__", None)]
    printed = _Printed()
    with printed.captured(), _exit_raises():
        try:
            with time_limit(seconds) as limit:
                value = call(*arguments)
        except KeyboardInterrupt:
            raise
        except OutOfTime as error:
            if error.limit is not limit:  # that of the whole check, not of this call
                raise
            return Run(Ending.TIMED_OUT, None, error, _line(error, theirs), printed.text)
        except SystemExit as error:
            return Run(Ending.EXITED, None, error, _line(error, theirs), printed.text)
        except BaseException as error:  # whatever a learner may raise
            return Run(Ending.RAISED, None, error, _line(error, theirs), printed.text)
    return Run(Ending.RETURNED, value, printed=printed.text)


class _Printed(io.TextIOBase):
    """Standard output of one thread, kept up to a limit; other threads print as before."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._kept: list[str] = []
        self._room = PRINTED_KEPT
        self._left_out = 0
        self._before: Any = None

    @property
    def text(self) -> str:
        more = f"… and {self._left_out} more characters" if self._left_out else ""
        return "".join(self._kept) + more

    @contextmanager
    def captured(self) -> Iterator[None]:
        self._before, sys.stdout = sys.stdout, self
        try:
            yield
        finally:
            sys.stdout = self._before

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if threading.get_ident() != self._thread:
            return self._before.write(text)
        self._kept.append(text[: self._room])
        self._left_out += max(len(text) - self._room, 0)
        self._room = max(self._room - len(text), 0)
        return len(text)

    def flush(self) -> None:
        if self._before is not None:
            self._before.flush()


@contextmanager
def _exit_raises() -> Iterator[None]:
    """In a notebook `exit()` does not raise: it tells the kernel to end. Not during a check."""
    shell = shell_of_this_kernel()
    if shell is None:
        yield
        return

    def ask_exit() -> None:
        raise SystemExit

    shell.ask_exit = ask_exit
    try:
        yield
    finally:
        del shell.ask_exit


def shell_of_this_kernel() -> Any:
    """IPython's shell in a notebook; None in plain Python, where it is not even imported."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def _line(error: BaseException, namespaces: list[dict[str, Any] | None]) -> str:
    """The innermost line of the learner's code in the traceback: `line 3: return 1 / 0`."""
    innermost = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        if any(frame.f_globals is namespace for namespace in namespaces):
            innermost = frame, number
    if innermost is None:
        return ""
    frame, number = innermost
    text = linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
    return f"line {number}: {text[:200]}" if text else f"line {number}"
