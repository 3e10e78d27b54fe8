"""Where the product's source is, and throw-away copies of it to build and test."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eprlab.product import changes
from eprlab.product.changes import Change
from eprlab.product.errors import SourceMissing

CHECKOUT = Path(__file__).resolve().parents[3]


def home() -> Path:
    """The folder the lab may write to: `.lab` in the checkout, or what `EPRLAB_HOME` names."""
    return Path(os.environ.get("EPRLAB_HOME") or CHECKOUT / ".lab")


def shelf() -> Path:
    """The folder that holds the projects, one folder each."""
    folder = CHECKOUT / "environment" / "product"
    if not (folder / "tidetable" / "pyproject.toml").is_file():
        raise SourceMissing(folder)
    return folder


@contextmanager
def copy(project: str, version: str, *extra: Change) -> Iterator[Path]:
    """A copy of `project` that is `version`, with the changes of that version and `extra` applied.

    The copy is removed afterwards. Raises `SourceMissing` and `ChangeDoesNotFit`.
    """
    origin = shelf() / project
    with tempfile.TemporaryDirectory(prefix=f"{project}-", ignore_cleanup_errors=True) as scratch:
        tree = Path(scratch) / project
        shutil.copytree(
            origin,
            tree,
            ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist", ".*"),
        )
        for file in tree.rglob("*.*"):
            if file.is_file():
                file.chmod(0o644)  # a wheel records modes; the reader's umask must not change it
        stamp(tree / "src" / project / "version.py", version)
        for change in (*changes.BY_VERSION.get((project, version), ()), *extra):
            change.apply(tree)
        yield tree


def stamp(file: Path, version: str) -> None:
    """Writes the version into the one module that states it."""
    text, found = re.subn(
        r'^VERSION = ".*"$', f'VERSION = "{version}"', file.read_text(encoding="utf-8"), flags=re.M
    )
    if found != 1:
        raise changes.ChangeDoesNotFit("version", str(file), found)
    file.write_text(text, encoding="utf-8")
