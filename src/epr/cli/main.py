"""The command line put together, its errors and exit status."""

from __future__ import annotations

import logging
import os
import re
import sys
from typing import Annotated

import typer

from ..client import Client
from ..errors import EPRError
from . import events, groups, receivers, watching
from .options import NoIndent, Output, OutputOption, Token, Url
from .output import show_json, show_table, wants_table

app = typer.Typer(
    name="epr",
    help="The Event Provenance Registry from a shell. Addresses: EPR_URL, EPR_BROKERS, EPR_TOPIC.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(events.app, name="event", no_args_is_help=True)
app.add_typer(receivers.app, name="receiver", no_args_is_help=True)
app.add_typer(groups.app, name="group", no_args_is_help=True)
app.command()(watching.watch)


@app.callback()
def settings(
    debug: Annotated[bool, typer.Option("--debug", help="Log what is done, to stderr.")] = False,
) -> None:
    """The Event Provenance Registry from a shell. Addresses: EPR_URL, EPR_BROKERS, EPR_TOPIC."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if debug else logging.ERROR,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )
    # The client library reports every reconnection; the commands say themselves what failed.
    logging.getLogger("kafka").setLevel(logging.INFO if debug else logging.CRITICAL)


@app.command()
def status(
    url: Url = None,
    token: Token = None,
    output: OutputOption = Output.AUTO,
    no_indent: NoIndent = False,
) -> None:
    """The registry's version, uptime and health; exit status 1 if it is not ready."""
    with Client(url, token=token) as client:
        body, health = client.status(), client.health()
    if wants_table(output):
        service = body.get("service") if isinstance(body.get("service"), dict) else {}
        rows = [
            {"what": "registry", "is": client.url},
            {"what": "version", "is": f"{service.get('version')} {service.get('release')}"},
            {"what": "uptime", "is": body.get("uptime")},
            {"what": "ready", "is": "yes" if health.ready else f"no: {health.reason}"},
        ]
        show_table(["what", "is"], rows, "")
    else:
        show_json(body, no_indent=no_indent)
    if not health.ready:
        raise typer.Exit(1)


def main() -> None:
    """Entry point of `epr`."""
    try:
        app(args=[_cobra_boolean(argument) for argument in sys.argv[1:]], prog_name="epr")
    except EPRError as error:
        notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
        sys.exit(f"Error: {_one_line(str(error))}{notes}")
    except BrokenPipeError:
        # The reader (head, jq) has gone; Python must not try to flush to it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _cobra_boolean(argument: str) -> str:
    """The reference's `--success=false` is this command line's `--no-success`."""
    match = re.fullmatch(r"--(success|enabled|dry-run|no-indent)=(true|false)", argument)
    if match is None or _is_search(sys.argv):
        return argument
    name, value = match.groups()
    return f"--{name}" if value == "true" else f"--no-{name}"


def _is_search(arguments: list[str]) -> bool:
    return "search" in arguments[1:3] or "watch" in arguments[1:2]


def _one_line(text: str) -> str:
    return " ".join(text.split())
