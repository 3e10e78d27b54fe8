"""What of a run is not kept, and whether two runs showed the same."""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

LIVE = "nbval-ignore-output"
"""The tag of a cell whose output is different each time; it is run, but not compared."""

COMPARED = ("text/plain", "text/html")


PORT_TAKEN = re.compile(r"^· port \d+ is taken by .*\n+", re.MULTILINE)
"""What `stack.up` says on an author's machine that runs another stack."""


def tidy(notebook: NotebookNode, places: Mapping[str, str]) -> None:
    """Takes from a run notebook what says nothing to a reader, in place.

    `places` maps what belongs to this run's machine (addresses, folders) to what a reader has.
    """
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:
            cell.outputs = _joined(cell.outputs)
        for output in cell.get("outputs", []):
            output.update(_replaced(output, places))
            if "text" in output:
                output.text = PORT_TAKEN.sub("", output.text)
    if "widgets" in notebook.metadata:
        notebook.metadata.widgets = _replaced(notebook.metadata.widgets, places)


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Text that was printed in several goes, as one output."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if output.output_type == "stream" and last and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _replaced(value: Any, places: Mapping[str, str]) -> Any:
    """The same value with every text in it rewritten."""
    if isinstance(value, dict):
        return NotebookNode({key: _replaced(item, places) for key, item in value.items()})
    if isinstance(value, list):
        return [_replaced(item, places) for item in value]
    if isinstance(value, str):
        for here, there in places.items():
            value = value.replace(here, there)
    return value


def patterns(file: Path) -> list[tuple[re.Pattern[str], str]]:
    """The replacements of an nbval sanitize file, in its order."""
    sections = configparser.RawConfigParser()
    sections.read_string(file.read_text(encoding="utf-8"))
    return [
        (re.compile(sections[name]["regex"]), sections[name]["replace"])
        for name in sections.sections()
    ]


def shows_the_same(
    one: NotebookNode, other: NotebookNode, sanitize: list[tuple[re.Pattern[str], str]]
) -> bool:
    """Whether two runs have the same cells and, live cells aside, equal outputs once sanitized."""
    return _seen(one, sanitize) == _seen(other, sanitize)


def _seen(notebook: NotebookNode, sanitize: list[tuple[re.Pattern[str], str]]) -> list[Any]:
    seen: list[Any] = []
    for cell in notebook.cells:
        live = LIVE in cell.metadata.get("tags", [])
        shown = [] if live else [_text(output, sanitize) for output in cell.get("outputs", [])]
        seen.append((cell.cell_type, cell.source, sorted(cell.metadata.get("tags", [])), shown))
    return seen


def _text(output: NotebookNode, sanitize: list[tuple[re.Pattern[str], str]]) -> str:
    data = output.get("data", {})
    text = "\n".join([output.get("text", ""), *(str(data.get(kind, "")) for kind in COMPARED)])
    for pattern, replacement in sanitize:
        text = pattern.sub(replacement, text)
    return text
