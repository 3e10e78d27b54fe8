"""`python -m eprlab.book refresh [NOTEBOOK…]`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eprlab.book import pictures, refreshing
from eprlab.stack import home as homes

app = typer.Typer(help="The course's notebooks, for its authors.", no_args_is_help=True)


@app.callback()
def book() -> None:
    """The course's notebooks, for its authors."""


@app.command()
def refresh(
    notebooks: Annotated[list[Path] | None, typer.Argument(help="default: all of them")] = None,
    always: Annotated[bool, typer.Option(help="write those that show the same, too")] = False,
) -> None:
    """Run notebooks on a fresh stack; save what they show, where it differs, and their pictures."""
    for result in refreshing.refresh(notebooks or refreshing.all_notebooks(), always):
        typer.echo(f"{'written  ' if result.changed else 'unchanged'}  {result.path}")
    pictures.save(homes.checkout())


if __name__ == "__main__":
    app()
