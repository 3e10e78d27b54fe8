"""`python -m eprlab.bench`: measures and writes `book/measurements.md`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from cdevents import throughput
from eprlab.bench import delivery, lab, lineage, parts, report, serving, site

EXAMPLES = lab.CHECKOUT / "tests/cdevents/examples"


def main(
    only: Annotated[str, typer.Option(help="registry, stack, lineage, cdevents, site")] = "",
    stored: Annotated[str, typer.Option(help="events stored, a run for each")] = "0,100000,1000000",
    seconds: Annotated[float, typer.Option(help="how long each load runs")] = 5.0,
    rounds: Annotated[int, typer.Option(help="how often each load runs")] = 3,
    clone: Annotated[bool, typer.Option(help="measure a clean clone too")] = True,
    out: Annotated[Path, typer.Option(help="the page to write")] = lab.CHECKOUT
    / "book/measurements.md",
) -> None:
    """Measure and write the tables that the book keeps; chapters left out stay as they are."""
    sizes = tuple(int(size) for size in stored.split(","))

    def registry() -> str:
        with parts.running() as running:
            rows, memory = serving.measure(running, sizes, seconds, rounds)
        with parts.running() as running:
            running.start_registry()
            delivered = delivery.measure(running)
        return report.registry(rows, memory, delivered, rounds)

    def stack() -> str:
        return report.stack(lab.measure_start(), lab.measure_clone() if clone else None)

    def cdevents() -> str:
        examples = [path.read_bytes() for path in sorted(EXAMPLES.rglob("*.json"))]
        return report.cdevents(throughput.measure(examples))

    chapters: dict[str, tuple[str, Callable[[], str]]] = {
        "registry": ("The registry", registry),
        "stack": ("The stack", stack),
        "lineage": ("Lineage", lambda: report.lineages(lineage.rows())),
        "cdevents": ("CDEvents", cdevents),
        "site": ("The site", lambda: report.sites(site.measure())),
    }
    wanted = [name.strip() for name in only.split(",") if name.strip()] or list(chapters)
    if unknown := set(wanted) - set(chapters):
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))}: choose among {', '.join(chapters)}"
        )
    for name in wanted:
        title, measure = chapters[name]
        typer.echo(f"{title} …")
        text = measure()
        typer.echo(text)
        report.write(out, {title: text})  # at once: what was measured is kept if the next fails
    typer.echo(f"wrote {out}")


if __name__ == "__main__":
    typer.run(main)
