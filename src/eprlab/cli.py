"""The `eprlab` command.

Exit codes: 0 done; 1 refused or failed, with the reason and the next step on standard error; 2 wrong
usage; 3 from `status` when not every component is healthy. Progress goes to standard error, results
to standard output.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Annotated

import typer

from eprlab import exercise_commands
from eprlab.stack.errors import StackError

app = typer.Typer(
    help="The lab's stack, notebooks and site.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

BackendOption = Annotated[
    str | None,
    typer.Option("--backend", help="embedded (processes) or compose (containers)."),
]


@app.command()
def up(backend: BackendOption = None) -> None:
    """Start the stack, or join it, and show what runs where."""
    from eprlab import stack

    _show(stack.up(backend))


@app.command()
def down() -> None:
    """Stop the stack; the data stays."""
    from eprlab import stack

    stack.down()


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Show how each component is; exit code 3 unless all are healthy."""
    from eprlab import stack

    now = stack.status()
    if as_json:
        typer.echo(json.dumps(now.as_dict(), indent=2))
    else:
        _show(now)
    if not now.is_healthy:
        raise typer.Exit(3)


@app.command()
def env() -> None:
    """Print the EPR_* variables for a shell: eval "$(eprlab env)"."""
    from eprlab import stack

    if not stack.status().is_running:
        raise StackError("The stack does not run.", "Start it first: eprlab up")
    typer.echo(stack.env().export())


@app.command()
def logs(
    component: Annotated[
        str | None, typer.Argument(help="postgres, broker or registry; all without a name.")
    ] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Show the last lines that a component wrote."""
    from eprlab import stack

    names = [component] if component else [c.name for c in stack.status()]
    if follow and len(names) > 1:
        raise StackError("Which log should be followed?", f"Name one: {', '.join(names)}")
    for name in names:
        if len(names) > 1:
            typer.echo(f"── {name}")
        typer.echo(str(stack.logs(name, lines)))
    if follow:
        for line in stack.follow(names[0]):
            typer.echo(line)


@app.command()
def restart(
    component: Annotated[
        str | None, typer.Argument(help="postgres, broker or registry; all without a name.")
    ] = None,
) -> None:
    """Stop and start one component, or all."""
    from eprlab import stack

    _show(stack.restart(component))


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Stop the stack and delete its data: every event, message and log."""
    from eprlab import stack

    if not yes:
        typer.confirm("Delete every event, message and log of this stack?", abort=True, err=True)
    stack.reset()


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Check this machine; exit code 1 only if the stack cannot run here."""
    from eprlab.doctor import examine

    report = examine()
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2))
    else:
        report.show()
    if not report.can_run:
        raise typer.Exit(1)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    backend: BackendOption = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open a browser.")
    ] = False,
) -> None:
    """Start the stack and open JupyterLab; options after -- go to JupyterLab."""
    from eprlab import lab as jupyter
    from eprlab import stack

    _show(stack.up(backend))
    options = ["--no-browser"] if no_browser else []
    jupyter.become([*options, *context.args])


@app.command()
def site() -> None:
    """Build the site from the committed outputs into _build/html."""
    from eprlab.site import build

    raise typer.Exit(build())


exercise_commands.register(app)


def _show(status) -> None:
    """The table of what runs where: drawn in a terminal, aligned text elsewhere."""
    from eprlab.stack.status import COLUMNS

    if not sys.stdout.isatty():
        typer.echo(str(status))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"The stack ({status.backend})", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, no_wrap=column == "Address")
    for row in status.rows():
        table.add_row(*row)
    Console().print(table)


_INTERRUPTED = 130


def main() -> None:
    """Run the command and turn what it raises into a message and an exit code."""
    # A terminal that is closed and a polite kill end a start as Ctrl-C does: nothing is left behind.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        app()
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            sys.stderr.write("Interrupted; what this command had started is stopped again.\n")
        raise


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
