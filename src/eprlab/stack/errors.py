"""What can go wrong with the stack, as a tree.

    StackError
    ├── NotSetUp            something that `make setup` installs is missing
    ├── Unsupported         this machine cannot run that backend
    ├── BackendUnavailable  the backend that was asked for does not answer
    ├── UnknownComponent    no component has that name
    ├── PortTaken           a port that was asked for by name is somebody else's
    ├── DiskFull            too little space to start, or it ran out
    ├── NotWritable         the stack's folder belongs to somebody else
    ├── ComponentDied       a component stopped while it was starting
    ├── NotAnswering        a component runs but did not become healthy in time
    ├── Busy                another `eprlab` command holds the stack
    └── Interrupted         the start was cancelled; what it had started is stopped

Every message has two lines: what is wrong and where, then the command or step that mends it.
"""

from __future__ import annotations


class StackError(RuntimeError):
    """Base class. `what` says what is wrong and where, `remedy` what to do next."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}\n  → {remedy}")
        self.what = what
        self.remedy = remedy


class NotSetUp(StackError):
    """Something that set-up puts in place is not there."""


class Unsupported(StackError):
    """This operating system or processor cannot run the backend."""


class BackendUnavailable(StackError):
    """The backend that was asked for does not answer."""


class UnknownComponent(StackError):
    """No component of the stack has this name."""


class PortTaken(StackError):
    """A port that an environment variable asks for belongs to another process."""

    def __init__(self, component: str, port: int, holder: str | None, variable: str) -> None:
        super().__init__(
            f"{component} should use port {port}, but {holder or 'another process'} has it.",
            f"Stop that process, or choose another port: unset {variable} to let eprlab find one.",
        )
        self.component = component
        self.port = port
        self.holder = holder


class DiskFull(StackError):
    """Too little free space for the stack's data."""


class NotWritable(StackError):
    """The stack's folder cannot be written by this user."""


class ComponentDied(StackError):
    """A component's process ended while it was starting; `log_tail` holds its last lines."""

    def __init__(self, component: str, reason: str, log_tail: str, remedy: str) -> None:
        shown = "\n".join(f"    {line}" for line in log_tail.splitlines())
        super().__init__(f"{component} stopped while starting: {reason}\n{shown}", remedy)
        self.component = component
        self.log_tail = log_tail


class NotAnswering(StackError):
    """A component's process runs, but it did not answer within the time allowed."""

    def __init__(self, component: str, seconds: float, log_tail: str, remedy: str) -> None:
        shown = "\n".join(f"    {line}" for line in log_tail.splitlines())
        super().__init__(
            f"{component} runs but did not answer within {seconds:.0f} s. Its last words:\n{shown}",
            remedy,
        )
        self.component = component
        self.log_tail = log_tail


class Busy(StackError):
    """Another eprlab command holds the stack's lock."""


class Interrupted(StackError):
    """The start was cancelled, and what it had started has been stopped again."""

    def __init__(self, component: str) -> None:
        super().__init__(
            f"Starting {component} was cancelled.", "Start again when you are ready: eprlab up"
        )
        self.component = component
