"""JupyterLab, opened on the course."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from eprlab.stack import home as homes
from eprlab.stack.errors import StackError


def first_notebook() -> Path:
    """The notebook to open, relative to the checkout: the first of the course.

    Raises StackError when there is none.
    """
    root = homes.checkout()
    notebooks = sorted((root / "notebooks").glob("[0-9]*.ipynb"))
    if not notebooks:
        raise StackError(
            f"There are no notebooks in {root / 'notebooks'}.",
            "Start this from a complete clone of the repository.",
        )
    return notebooks[0].relative_to(root)


def command(options: Sequence[str]) -> list[str]:
    """The command line that opens the first notebook; `options` go to JupyterLab as they are."""
    # In a container root is often the only user there is.
    as_root = ["--allow-root"] if os.geteuid() == 0 else []
    return [
        *(sys.executable, "-m", "jupyterlab"),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--ServerApp.root_dir={homes.checkout()}",
        f"--LabApp.default_url=/lab/tree/{first_notebook().as_posix()}",
        *as_root,
        *options,
    ]


def trust() -> None:
    """Tell JupyterLab that the course's notebooks may show what they were saved with.

    Without it the saved drawings and panels are hidden until each cell has been run: a notebook from
    elsewhere could hold scripts. Whoever starts the lab runs the course's code anyway. What cannot be
    noted, in a home folder that is not to be written, is left as it is.
    """
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    for path in sorted((homes.checkout() / "notebooks").glob("*.ipynb")):
        with contextlib.suppress(OSError, ValueError, nbformat.ValidationError):
            notary.sign(nbformat.read(path, as_version=4))


def environment() -> dict[str, str]:
    """This process's environment with our settings of JupyterLab in front of the learner's own.

    They keep it from asking a newcomer about announcements on the web before anything else.
    """
    ours = str(Path(__file__).parent / "jupyter")
    theirs = os.environ.get("JUPYTER_CONFIG_PATH")
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, (ours, theirs)))}


def become(options: Sequence[str]) -> NoReturn:
    """Replace this process by JupyterLab, so that signals and Ctrl-C reach it as they should.

    The stack goes on running when JupyterLab ends.
    """
    trust()
    sys.stdout.flush()
    os.chdir(homes.checkout())
    os.execve(sys.executable, command(options), environment())  # noqa: S606 - no shell is meant
