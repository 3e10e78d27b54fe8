"""Flags that several commands share, as annotations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer


class Output(StrEnum):
    """How results are shown."""

    AUTO = "auto"
    TABLE = "table"
    JSON = "json"


def boolean(text: str) -> bool:
    """`true` or `false`, in any case; nothing else is guessed at."""
    values = {"true": True, "false": False}
    try:
        return values[text.lower()]
    except KeyError:
        raise typer.BadParameter(f"{text!r} is neither true nor false") from None


def moment(text: str) -> datetime:
    """An ISO 8601 time (local if it has no zone), or an age such as `90s`, `15m`, `2h`, `7d`."""
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
    if text[-1:] in units and text[:-1].isdecimal():
        return datetime.now(UTC) - timedelta(**{units[text[-1]]: int(text[:-1])})
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is neither a time like 2026-11-24T12:00:00Z nor an age like 15m"
        ) from None


Url = Annotated[
    str | None,
    typer.Option("--url", envvar="EPR_URL", help="The registry.", show_default="localhost:8042"),
]
Token = Annotated[
    str | None,
    typer.Option("--token", envvar="EPR_TOKEN", help="Bearer token.", show_envvar=True),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the request, send nothing.")]
NoIndent = Annotated[bool, typer.Option("--no-indent", help="JSON on one line.")]
OutputOption = Annotated[
    Output,
    typer.Option("--output", "-o", help="auto: a table on a terminal, else JSON."),
]
Fields = Annotated[
    str,
    typer.Option("--fields", help="What to show: names separated by spaces or commas, or all."),
]
JSONPath = Annotated[
    str | None, typer.Option("--jsonpath", help="Show what this JSONPath selects of the result.")
]
# Not declared bool: that would make it a switch without a value.
Success = Annotated[
    Any,
    typer.Option("--success", parser=boolean, metavar="true|false", help="Passed, or failed."),
]
Since = Annotated[
    datetime | None,
    typer.Option("--since", parser=moment, metavar="TIME|AGE", help="Stored then or later."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", parser=moment, metavar="TIME|AGE", help="Stored before then."),
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")]
NewestFirst = Annotated[bool, typer.Option("--newest-first", help="Else oldest first.")]
File = Annotated[str, typer.Argument(help="JSON or YAML, one object or a list; - for stdin.")]
