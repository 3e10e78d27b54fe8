"""The commands that the course shows a reader, and what vouches for each.

`exercises/commands.yaml` lists them all. Each is run by `tests/exercises/test_commands_shown.py` (`run`),
or by the test that is named (`tested_by`), or is for the eye only, with the reason (`shown_only`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml

PROGRAMS = (
    "make",
    "eprlab",
    "epr",
    "eprcli",
    "git",
    "pip",
    "uv",
    "apt",
    "curl",
    "docker",
    "python",
)
"""What a line or a `code span` has to begin with to be taken for a command."""
FENCE = re.compile(
    r"^(?P<fence>```+|:::+)\{?(?:sh|bash|console|shell)\}?\s*\n(.*?)^(?P=fence)", re.M | re.S
)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


@dataclass(frozen=True)
class Voucher:
    """What vouches for a command: one of the three is not empty."""

    command: str
    run: bool = False
    tested_by: str = ""
    shown_only: str = ""


def vouchers(root: Path) -> dict[str, Voucher]:
    """What `exercises/commands.yaml` says, by command."""
    told = yaml.safe_load((root / "exercises" / "commands.yaml").read_text(encoding="utf-8"))
    return {each["command"]: Voucher(**each) for each in told}


def commands(root: Path) -> dict[str, list[str]]:
    """Every command that README, the book and the notebooks show, and where."""
    found: dict[str, list[str]] = {}
    for path, text in _texts(root):
        for command in _commands(text):
            found.setdefault(command, []).append(str(path.relative_to(root)))
    return found


def _texts(root: Path) -> Iterator[tuple[Path, str]]:
    for path in [root / "README.md", *sorted((root / "book").glob("**/*.md"))]:
        yield path, path.read_text(encoding="utf-8")
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield path, cell.source
            else:
                lines = (line for line in cell.source.splitlines() if line.lstrip().startswith("!"))
                yield path, "\n".join(f"`{line.lstrip().lstrip('!')}`" for line in lines)


def _commands(text: str) -> Iterator[str]:
    for fence in FENCE.finditer(text):
        for line in fence[2].splitlines():
            if command := _command(line.removeprefix("$ ")):
                yield command
    for span in SPAN.finditer(re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)):
        if command := _command(span[1]):
            yield command


def _command(line: str) -> str:
    """The line as `commands.yaml` writes it: without comment, folder and settings; empty if none."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return ""
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words.pop(0)
    if len(words) == 2 and words[0] == "eval":
        words = words[1].removeprefix("$(").removesuffix(")").split()
    if not words:
        return ""
    words[0] = words[0].removeprefix(".venv/bin/")
    if words[0] not in PROGRAMS or len(words) == 1:
        return ""
    return " ".join(words)
