"""Create, search and generate: the same for events, receivers and groups."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable
from typing import Any

import typer

from .. import operations
from ..addresses import registry_url
from ..client import Client
from ..errors import EPRError
from .files import read_objects
from .options import Output
from .output import as_json, chosen, selected, show_json, show_table, wants_table

# Columns of the search tables; everything else is in the JSON.
COLUMNS = {
    "events": ["id", "name", "version", "release", "success", "created_at", "payload"],
    "receivers": ["id", "name", "type", "version", "created_at"],
    "groups": ["id", "name", "type", "version", "enabled", "event_receiver_ids"],
}


def parsed(text: str, flag: str) -> Any:
    """JSON given as a flag."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"not JSON: {error}", param_hint=flag) from None


def create(
    collection: str, body: dict[str, Any], url: str | None, token: str | None, dry_run: bool,
    no_indent: bool,
) -> None:  # fmt: skip
    """Stores one object and prints the registry's answer."""
    if dry_run:
        show_request(collection, body, url, no_indent)
        return
    with Client(url, token=token) as client:
        id = client._run(operations.store(collection, body))
    show_json({"data": id}, no_indent=no_indent)


def generate(
    collection: str, path: str, url: str | None, token: str | None, dry_run: bool, no_indent: bool
) -> None:
    """Stores every object of a file, in order, up to the first that is refused."""
    objects = read_objects(path)
    with Client(url, token=token) as client:
        for number, body in enumerate(objects, 1):
            if dry_run:
                show_request(collection, body, url, no_indent)
                continue
            try:
                id = client._run(operations.store(collection, body))
            except EPRError as error:
                error.add_note(
                    f"{path}: number {number} of {len(objects)}; those before it are stored"
                )
                raise
            show_json({"data": id}, no_indent=no_indent)


def search(
    collection: str, records: Iterable[Any], names: tuple[str, ...], fields: str,
    jsonpath: str | None, output: Output, no_indent: bool,
) -> None:  # fmt: skip
    """Prints what a search finds."""
    wanted = chosen(fields, names)
    rows = [{key: row[key] for key in wanted} for row in map(as_json, records)]
    if jsonpath is not None:
        show_json(selected(rows, jsonpath), no_indent=no_indent)
    elif wants_table(output):
        columns = COLUMNS[collection] if fields == "all" else wanted
        show_table(
            columns, rows, f"{len(rows)} {collection if len(rows) != 1 else collection[:-1]}"
        )
    else:
        show_json(rows, no_indent=no_indent)


def show_request(collection: str, body: Any, url: str | None, no_indent: bool) -> None:
    """What would be sent, and as a curl line on stderr."""
    show_json(body, no_indent=no_indent)
    target = f"{registry_url(url)}/api/v1/{collection}"
    sys.stderr.write(f"curl {shlex.quote(target)} -d {shlex.quote(json.dumps(body))}\n")


def show_search(where: dict[str, Any], url: str | None, collection: str, no_indent: bool) -> None:
    """What would be searched for."""
    show_json({k: v for k, v in where.items() if v is not None}, no_indent=no_indent)
    sys.stderr.write(f"a GraphQL search of {collection} at {registry_url(url)}\n")
