"""`epr event …`"""

from __future__ import annotations

from typing import Annotated

import typer

from ..client import Client
from ..records import Event
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
    Success,
    Token,
    Until,
    Url,
)

app = typer.Typer(help="Events: records that an action happened for one unit.")

_FIELDS = tuple(name for name in Event.__slots__ if name != "receiver")


@app.command()
def create(
    name: Annotated[str, typer.Option(help="The unit's name.")],
    version: Annotated[str, typer.Option(help="The unit's version.")],
    release: Annotated[str, typer.Option(help="The build.")],
    platform_id: Annotated[str, typer.Option(help="What it runs on, such as a wheel tag.")],
    package: Annotated[str, typer.Option(help="The kind of artifact.")],
    description: Annotated[str, typer.Option(help="A few words for people.")],
    event_receiver_id: Annotated[str, typer.Option(help="The kind of action.")],
    payload: Annotated[str, typer.Option(help="JSON that the receiver's schema takes.")],
    success: Annotated[bool, typer.Option(help="Whether the action passed.")] = False,
    url: Url = None,
    token: Token = None,
    dry_run: DryRun = False,
    no_indent: NoIndent = False,
) -> None:
    """Store an event; prints its id."""
    body = {
        "name": name,
        "version": version,
        "release": release,
        "platform_id": platform_id,
        "package": package,
        "description": description,
        "payload": objects.parsed(payload, "--payload"),
        "success": success,
        "event_receiver_id": event_receiver_id,
    }
    objects.create("events", body, url, token, dry_run, no_indent)


@app.command()
def search(
    id: Annotated[str | None, typer.Option()] = None,
    name: Annotated[str | None, typer.Option()] = None,
    version: Annotated[str | None, typer.Option()] = None,
    release: Annotated[str | None, typer.Option()] = None,
    platform_id: Annotated[str | None, typer.Option()] = None,
    package: Annotated[str | None, typer.Option()] = None,
    success: Success = None,
    event_receiver_id: Annotated[str | None, typer.Option()] = None,
    type: Annotated[str | None, typer.Option(help="The receiver's type.")] = None,
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
    """Find the events that equal every value given."""
    where = {"id": id, "name": name, "version": version, "release": release}
    where |= {"platform_id": platform_id, "package": package, "success": success}
    if dry_run:
        objects.show_search(
            where | {"event_receiver_id": event_receiver_id, "type": type}, url, "events", no_indent
        )
        return
    with Client(url, token=token) as client:
        found = client.events.find(
            **where, receiver=event_receiver_id, type=type, since=since, until=until,
            limit=limit, newest_first=newest_first,
        )  # fmt: skip
        objects.search("events", found, _FIELDS, fields, jsonpath, output, no_indent)


@app.command()
def generate(
    file: File,
    url: Url = None,
    token: Token = None,
    dry_run: DryRun = False,
    no_indent: NoIndent = False,
) -> None:
    """Store every event of a file; prints their ids."""
    objects.generate("events", file, url, token, dry_run, no_indent)
