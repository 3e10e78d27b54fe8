"""`epr group …`"""

from __future__ import annotations

from typing import Annotated

import typer

from ..client import Client
from ..records import Group
from . import objects
from .options import (
    DryRun,
    Fields,
    File,
    JSONPath,
    Limit,
    NewestFirst,
    NoIndent,
    Output,
    OutputOption,
    Since,
    Token,
    Until,
    Url,
)
from .output import as_json, show_json

app = typer.Typer(help="Event receiver groups: gates that open when all their receivers passed.")

GroupId = Annotated[str, typer.Argument(metavar="ID")]


@app.command()
def create(
    name: Annotated[str, typer.Option()],
    type: Annotated[str, typer.Option(help="The type of the message when the gate opens.")],
    description: Annotated[str, typer.Option(help="A few words for people.")],
    event_receiver_ids: Annotated[str, typer.Option(help="Ids, separated by spaces or commas.")],
    version: Annotated[str, typer.Option()] = "1.0.0",
    enabled: Annotated[bool, typer.Option(help="Whether it announces completions.")] = True,
    url: Url = None,
    token: Token = None,
    dry_run: DryRun = False,
    no_indent: NoIndent = False,
) -> None:
    """Store a group; prints its id."""
    body = {"name": name, "type": type, "version": version, "description": description}
    body |= {
        "enabled": enabled,
        "event_receiver_ids": event_receiver_ids.replace(",", " ").split(),
    }
    objects.create("groups", body, url, token, dry_run, no_indent)


@app.command()
def search(
    id: Annotated[str | None, typer.Option()] = None,
    name: Annotated[str | None, typer.Option()] = None,
    version: Annotated[str | None, typer.Option()] = None,
    type: Annotated[str | None, typer.Option()] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    newest_first: NewestFirst = False,
    fields: Fields = "all",
    jsonpath: JSONPath = None,
    output: OutputOption = Output.AUTO,
    url: Url = None,
    token: Token = None,
    dry_run: DryRun = False,
    no_indent: NoIndent = False,
) -> None:
    """Find the groups that equal every value given."""
    where = {"id": id, "name": name, "version": version, "type": type}
    if dry_run:
        objects.show_search(where, url, "groups", no_indent)
        return
    with Client(url, token=token) as client:
        found = client.groups.find(
            **where, since=since, until=until, limit=limit, newest_first=newest_first
        )
        objects.search("groups", found, Group.__slots__, fields, jsonpath, output, no_indent)


@app.command()
def generate(
    file: File,
    url: Url = None,
    token: Token = None,
    dry_run: DryRun = False,
    no_indent: NoIndent = False,
) -> None:
    """Store every group of a file; prints their ids."""
    objects.generate("groups", file, url, token, dry_run, no_indent)


@app.command()
def enable(id: GroupId, url: Url = None, token: Token = None, no_indent: NoIndent = False) -> None:
    """Let a group announce completions."""
    with Client(url, token=token) as client:
        show_json(as_json(client.groups.enable(id)), no_indent=no_indent)


@app.command()
def disable(id: GroupId, url: Url = None, token: Token = None, no_indent: NoIndent = False) -> None:
    """Keep a group from announcing completions."""
    with Client(url, token=token) as client:
        show_json(as_json(client.groups.disable(id)), no_indent=no_indent)
