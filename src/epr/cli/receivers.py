"""`epr receiver …`"""

from __future__ import annotations

from typing import Annotated

import typer

from ..client import Client
from ..records import Receiver
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

app = typer.Typer(help="Event receivers: kinds of action, with the schema of their payloads.")


@app.command()
def create(
    name: Annotated[str, typer.Option()],
    type: Annotated[str, typer.Option(help="The type of the messages its events cause.")],
    version: Annotated[str, typer.Option()],
    description: Annotated[str, typer.Option(help="A few words for people.")],
    schema: Annotated[str, typer.Option(help="JSON Schema of the payloads; {} takes any.")],
    url: Url = None,
    token: Token = None,
    dry_run: DryRun = False,
    no_indent: NoIndent = False,
) -> None:
    """Store an event receiver; prints its id."""
    body = {"name": name, "type": type, "version": version, "description": description}
    body["schema"] = objects.parsed(schema, "--schema")
    objects.create("receivers", body, url, token, dry_run, no_indent)


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
    """Find the event receivers that equal every value given."""
    where = {"id": id, "name": name, "version": version, "type": type}
    if dry_run:
        objects.show_search(where, url, "receivers", no_indent)
        return
    with Client(url, token=token) as client:
        found = client.receivers.find(
            **where, since=since, until=until, limit=limit, newest_first=newest_first
        )
        objects.search(
            "receivers", found, Receiver.__slots__, fields, jsonpath, output, no_indent
        )  # fmt: skip


@app.command()
def generate(
    file: File,
    url: Url = None,
    token: Token = None,
    dry_run: DryRun = False,
    no_indent: NoIndent = False,
) -> None:
    """Store every event receiver of a file; prints their ids."""
    objects.generate("receivers", file, url, token, dry_run, no_indent)
