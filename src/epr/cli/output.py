"""Showing results: JSON as the reference command line prints it, or tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..common import find_jsonpath
from ..printable import printable
from .options import Output

_WIDEST = 60


def wants_table(output: Output) -> bool:
    """Whether a table is asked for, or fits where the output goes."""
    return output is Output.TABLE or (output is Output.AUTO and sys.stdout.isatty())


def show_json(value: Any, *, no_indent: bool) -> None:
    """JSON, indented by four spaces like the reference's, or on one line."""
    layout = {"separators": (",", ":")} if no_indent else {"indent": 4}
    # ASCII only: what is stored may hold anything, half characters included.
    sys.stdout.write(json.dumps(value, **layout) + "\n")


def show_table(columns: Sequence[str], rows: Sequence[dict[str, Any]], title: str) -> None:
    """A table whose cells cannot do anything but be read: no markup, no control characters."""
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell(row.get(column)) for column in columns))
    console().print(table)


def cell(value: Any) -> Text:
    """One value for a table cell."""
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    text = value if isinstance(value, str) else json.dumps(value)
    shown = printable(text, _WIDEST)
    return Text(shown + "…" if len(text) > _WIDEST else shown)


def console() -> Console:
    """Standard output; the width of a terminal, or wide enough not to fold where there is none."""
    return Console(width=None if sys.stdout.isatty() else 200, highlight=False)


def as_json(record: Any) -> dict[str, Any]:
    """A record as JSON values, times as RFC 3339."""
    values = {f.name: getattr(record, f.name) for f in fields(record) if f.name != "receiver"}
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return list(value) if isinstance(value, tuple) else value


def chosen(text: str, known: Sequence[str]) -> list[str]:
    """The names in `--fields`: separated by commas or white space, `all` for every one."""
    names = text.replace(",", " ").split()
    if not names or names == ["all"]:
        return list(known)
    if unknown := [name for name in names if name not in known]:
        raise typer.BadParameter(
            f"no such field: {', '.join(unknown)}; there are {', '.join(known)}",
            param_hint="--fields",
        )
    return names


def selected(value: Any, expression: str) -> list[Any]:
    """What a JSONPath selects."""
    from jsonpath_ng.exceptions import JSONPathError

    try:
        return find_jsonpath(value, expression)
    except JSONPathError as error:
        raise typer.BadParameter(f"{expression!r}: {error}", param_hint="--jsonpath") from None
