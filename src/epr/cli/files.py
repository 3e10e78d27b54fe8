"""Files of objects for `generate`: JSON or YAML, one object or a list of them, or several documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer
import yaml


def read_objects(path: str) -> list[dict[str, Any]]:
    """The objects in a file (`-`: standard input). YAML 1.1 reads JSON too, so one reader does.

    Dates that YAML makes of plain text such as `2026-11-24` become text again.
    """
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
        documents = list(yaml.load_all(text, Loader=_Loader))
    except (OSError, UnicodeError) as error:
        raise typer.BadParameter(f"{path}: {error}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise typer.BadParameter(f"{path} is neither JSON nor YAML: {reason}") from None
    objects = [
        item for one in documents for item in (one if isinstance(one, list) else [one]) if one
    ]
    if not objects:
        raise typer.BadParameter(f"{path} holds no object")
    for number, item in enumerate(objects, 1):
        if not isinstance(item, dict):
            raise typer.BadParameter(f"{path}: number {number} is not an object but {item!r}"[:200])
    return objects


class _Loader(yaml.SafeLoader):
    """SafeLoader without dates: a release called 2026-11-24 is text."""


def _as_written(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return loader.construct_scalar(node)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)
