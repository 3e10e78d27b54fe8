"""`epr watch`: the topic as it comes in."""

from __future__ import annotations

import json
import sys
import threading
from collections import deque
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.live import Live
from rich.table import Table

from ..messages import Message
from ..retries import NO_RETRIES
from .options import Output, OutputOption, Success, moment
from .output import cell, console, wants_table

_ROWS = 20


class Kinds(StrEnum):
    """What a message may announce."""

    EVENT = "event"
    COMPLETION = "completion"
    RECEIVER = "receiver"
    GROUP = "group"


def _start(text: str) -> Any:
    return text if text in ("earliest", "latest") else moment(text)


def watch(
    type: Annotated[str | None, typer.Option(help="Messages of this type; * is a wildcard.")] = None,
    receiver: Annotated[str | None, typer.Option(help="Name or id of the event receiver.")] = None,
    name: Annotated[str | None, typer.Option(help="The unit's name; * is a wildcard.")] = None,
    success: Success = None,
    kind: Annotated[Kinds | None, typer.Option(help="What is announced.")] = None,
    start: Annotated[
        Any,
        typer.Option(
            parser=_start, metavar="earliest|latest|TIME|AGE",
            help="Where to begin.", show_default="latest; with --group where it left off",
        ),
    ] = None,
    group: Annotated[str | None, typer.Option(help="Consumer group that remembers.")] = None,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many messages.")] = None,
    timeout: Annotated[float | None, typer.Option(min=0, help="End after so many seconds.")] = None,
    brokers: Annotated[str | None, typer.Option(envvar="EPR_BROKERS")] = None,
    topic: Annotated[str | None, typer.Option(envvar="EPR_TOPIC")] = None,
    output: OutputOption = Output.AUTO,
) -> None:  # fmt: skip
    """Show messages as they come: a live table, or the messages themselves, one a line.

    Ends on Ctrl-C, after --count messages or after --timeout seconds (exit status 1 if --count
    was not reached).
    """
    # Imported here: the other commands start twice as fast without the broker's client library.
    from ..watcher import Watcher

    if start is None and group is None:
        start = "latest"
    watcher = Watcher(group, brokers=brokers, topic=topic, start=start, retry=NO_RETRIES)
    show: _Lines | _LiveTable = _LiveTable() if wants_table(output) else _Lines()
    shown = 0

    @watcher.on(type=type, receiver=receiver, name=name, success=success, kind=kind)
    def take(message: Message) -> None:
        nonlocal shown
        shown += 1
        try:
            show.add(message)
        except BrokenPipeError:
            watcher.stop()
            return
        if count is not None and shown >= count:
            watcher.stop()

    if timeout is not None:
        timer = threading.Timer(timeout, watcher.stop)
        timer.daemon = True
        timer.start()
    with show:
        watcher.run()
    if count is not None and shown < count:
        raise typer.Exit(1)


class _Lines:
    """Each message as one line of JSON, in the contract's shape."""

    def add(self, message: Message) -> None:
        value = json.loads(message.raw)
        sys.stdout.write(json.dumps(value, separators=(",", ":")) + "\n")
        sys.stdout.flush()

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class _LiveTable:
    """The newest messages."""

    def __init__(self) -> None:
        self._rows: deque[tuple[Any, ...]] = deque(maxlen=_ROWS)
        self._live = Live(console=console(), auto_refresh=False)

    def add(self, message: Message) -> None:
        at = message.timestamp or datetime.min
        passed = "passed" if message.success else "failed"
        self._rows.append(
            (f"{at.astimezone():%H:%M:%S}" if message.timestamp else "", message.kind,
             message.type, passed, self._unit(message), message.id)
        )  # fmt: skip
        self._live.update(self._table(), refresh=True)

    @staticmethod
    def _unit(message: Message) -> str:
        unit = message.nvrpp
        # The other parts of a receiver's or group's message are constants (contract section 10).
        build = f" ({unit.release})" if message.event is not None else ""
        return f"{unit.name} {unit.version}{build}"

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("time", "kind", "type", "outcome", "unit", "id"):
            table.add_column(column, overflow="fold")
        for row in self._rows:
            table.add_row(*map(cell, row))
        return table

    def __enter__(self) -> _LiveTable:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
