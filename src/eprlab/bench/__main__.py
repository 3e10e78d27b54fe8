"""`python -m eprlab.bench`: measures and writes `book/measurements.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eprlab.bench import delivery, lab, parts, report, serving


def main(
    stored: Annotated[str, typer.Option(help="events stored, a run for each")] = "0,100000,1000000",
    seconds: Annotated[float, typer.Option(help="how long each load runs")] = 5.0,
    rounds: Annotated[int, typer.Option(help="how often each load runs")] = 3,
    clone: Annotated[bool, typer.Option(help="measure a clean clone too")] = True,
    out: Annotated[Path, typer.Option(help="the page to write")] = lab.CHECKOUT
    / "book/measurements.md",
) -> None:
    """Measure the registry, the delivery and the stack, and write the table that the book keeps."""
    sizes = tuple(int(size) for size in stored.split(","))
    typer.echo("registry under load …")
    with parts.running() as running:
        rows, memory = serving.measure(running, sizes, seconds, rounds)
        typer.echo(report.serving_table(rows))
    typer.echo("delivery …")
    with parts.running() as running:
        running.start_registry()
        delivered = delivery.measure(running)
    typer.echo("starting the stack …")
    started = lab.measure_start()
    cloned = None
    if clone:
        typer.echo("clean clone …")
        cloned = lab.measure_clone()
    out.write_text(report.page(rows, memory, delivered, started, cloned, rounds), encoding="utf-8")
    typer.echo(f"wrote {out}")


if __name__ == "__main__":
    typer.run(main)
