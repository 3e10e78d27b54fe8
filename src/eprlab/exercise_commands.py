"""`eprlab exercises …` and `eprlab verify`, added to the command line by `register`.

Not in `eprlab.exercises`, whose import is heavy: other commands have no use for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

exercises = typer.Typer(help="The course's exercises, for its authors.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands to `eprlab`."""
    app.add_typer(exercises, name="exercises")
    app.command()(verify)


def verify(
    file: Annotated[Path, typer.Argument(help="What record.export() wrote.")],
    key: Annotated[
        str | None, typer.Option("--key", help="The id of the key that must have signed it.")
    ] = None,
) -> None:
    """Check a completion record, offline, and say what it proves; exit code 1 if it proves nothing."""
    from eprlab.progress import verifying
    from eprlab.progress.errors import NotARecord

    try:
        typer.echo(str(verifying.verify(file, key)))
    except NotARecord as error:
        typer.echo(f"✘ {error}", err=True)
        raise typer.Exit(1) from None


@exercises.command()
def check(
    ids: Annotated[list[str] | None, typer.Argument(help="Exercises to try; default: all.")] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Run nothing: check definitions and notebooks.")
    ] = False,
) -> None:
    """Lint the course: every rule, and every starter, solution and wrong answer on the stack."""
    from eprlab import stack
    from eprlab.exercises import lint
    from eprlab.exercises.catalogue import course
    from eprlab.exercises.errors import ExerciseError
    from eprlab.stack import home as homes

    try:
        every = course()
        chosen = [every.exercise(id) for id in ids] if ids else list(every)
        problems = [*lint.rules(every), *lint.commands(homes.checkout())]
    except ExerciseError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if not read_only:
        if any(exercise.needs_stack for exercise in chosen):
            stack.up()
        for exercise in chosen:
            typer.echo(f"trying {exercise.id}", err=True)
            problems += lint.trials(exercise)
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(f"{len(problems)} problems in {len(list(every))} exercises")
    if problems:
        raise typer.Exit(1)


@exercises.command()
def write(
    notebooks: Annotated[list[str] | None, typer.Argument(help="By name; default: all.")] = None,
) -> None:
    """Write the exercises' cells into their notebooks, from the definitions."""
    import nbformat

    from eprlab.exercises import cells
    from eprlab.exercises.catalogue import course
    from eprlab.exercises.errors import ExerciseError

    wanted = {Path(name).stem for name in notebooks or ()}
    try:
        for session in course().sessions:
            if not wanted or session.notebook.stem in wanted:
                notebook = nbformat.read(session.notebook, as_version=4)
                changed = bool(list(cells.problems(notebook, session)))
                if changed:
                    cells.write(notebook, session)
                    nbformat.write(notebook, session.notebook)
                typer.echo(f"{'written  ' if changed else 'unchanged'}  {session.notebook.name}")
    except ExerciseError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
