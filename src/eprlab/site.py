"""The site, built by Jupyter Book from the outputs that the notebooks were committed with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from eprlab.stack import home as homes


def output() -> Path:
    """The folder of the finished site; open its `index.html`."""
    return homes.checkout() / "_build" / "html"


def build() -> int:
    """Build every page; a warning is an error. Returns 0, or Jupyter Book's exit code."""
    root = homes.checkout()
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("jupyter-book")), "build", "--all"),
            *("--warningiserror", "--keep-going", "--path-output", str(root), str(root)),
        ],
        cwd=root,
    )
    if done.returncode == 0:
        sys.stdout.write(f"The site is in {output()}\n")
    return done.returncode
