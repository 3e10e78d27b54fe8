"""`python -m eprlab.book refresh [NOTEBOOK…]`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eprlab.book import refreshing

app = typer.Typer(help="The course's notebooks, for its authors.", no_args_is_help=True)


@app.callback()
def book() -> None:
    """The course's notebooks, for its authors."""


@app.command()
def refresh(
    notebooks: Annotated[list[Path] | None, typer.Argument(help="default: all of them")] = None,
) -> None:
    """Run notebooks on a fresh stack and save what they show, where it differs from before."""
    for result in refreshing.refresh(notebooks or refreshing.all_notebooks()):
        typer.echo(f"{'written  ' if result.changed else 'unchanged'}  {result.path}")


if __name__ == "__main__":
    app()
