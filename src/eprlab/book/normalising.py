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

Patterns = list[tuple[re.Pattern[str], str]]
"""What differs between two runs that did the same, and the word that stands for it."""

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
            output.update(rewritten(output, places))
            if "text" in output:
                output.text = PORT_TAKEN.sub("", output.text)
    if "widgets" in notebook.metadata:
        notebook.metadata.widgets = rewritten(notebook.metadata.widgets, places)


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


def rewritten(value: Any, words: Mapping[str, str]) -> Any:
    """The same value with every one of `words` replaced in every text in it, all at once."""
    if not words:
        return value
    longest_first = sorted(words, key=len, reverse=True)
    every = re.compile("|".join(map(re.escape, longest_first)))
    return _rewritten(value, lambda text: every.sub(lambda found: words[found[0]], text))


def _rewritten(value: Any, rewrite: Any) -> Any:
    if isinstance(value, dict):
        return NotebookNode({key: _rewritten(item, rewrite) for key, item in value.items()})
    if isinstance(value, list):
        return [_rewritten(item, rewrite) for item in value]
    return rewrite(value) if isinstance(value, str) else value


def patterns(file: Path) -> Patterns:
    """The replacements of an nbval sanitize file, in its order."""
    sections = configparser.RawConfigParser()
    sections.read_string(file.read_text(encoding="utf-8"))
    return [
        (re.compile(sections[name]["regex"]), sections[name]["replace"])
        for name in sections.sections()
    ]


def shows_the_same(one: NotebookNode, other: NotebookNode, sanitize: Patterns) -> bool:
    """Whether two runs have the same cells and, live cells aside, equal outputs once sanitized."""
    return [seen(cell, sanitize) for cell in one.cells] == [
        seen(cell, sanitize) for cell in other.cells
    ]


def seen(cell: NotebookNode, sanitize: Patterns) -> tuple[Any, ...]:
    """What a cell says and shows, without what differs by nature; of a live cell only what it says."""
    shown = [] if is_live(cell) else [_text(output, sanitize) for output in cell.get("outputs", [])]
    return cell.cell_type, cell.source, sorted(cell.metadata.get("tags", [])), shown


def is_live(cell: NotebookNode) -> bool:
    """Whether a cell's output is different each time."""
    return LIVE in cell.metadata.get("tags", [])


def _text(output: NotebookNode, sanitize: Patterns) -> str:
    data = output.get("data", {})
    text = "\n".join([output.get("text", ""), *(str(data.get(kind, "")) for kind in COMPARED)])
    for pattern, replacement in sanitize:
        text = pattern.sub(replacement, text)
    return text
