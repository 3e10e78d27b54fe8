"""The one folder in which the stack keeps everything it writes.

`.lab/` at the root of the checkout, or the folder that `EPRLAB_HOME` names. Two checkouts have two
homes and therefore two stacks. Deleting the folder (`eprlab reset`) removes every trace.
"""

from __future__ import annotations

import os
from pathlib import Path


def locate() -> Path:
    """The home of the stack that this process belongs to, as an absolute path; it may not exist yet.

    `EPRLAB_HOME` comes first. Without it the checkout is found from this file (the repository is
    installed in place), so that a notebook started anywhere joins the same stack.
    """
    if chosen := os.environ.get("EPRLAB_HOME"):
        return Path(chosen).expanduser().resolve()
    return checkout() / ".lab"


def checkout() -> Path:
    """The root of the repository, or the current folder when the package is installed elsewhere."""
    here = Path(__file__).resolve()
    for folder in here.parents:
        if (folder / "pyproject.toml").is_file() and (folder / "src" / "eprlab").is_dir():
            return folder
    return Path.cwd()


def create(home: Path) -> Path:
    """Make the folder, traversable by the unprivileged account that runs PostgreSQL under root."""
    if not home.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o755)
    (home / "logs").mkdir(exist_ok=True)
    return home


def log_file(home: Path, component: str) -> Path:
    """Where a component's output goes."""
    return home / "logs" / f"{component}.log"
