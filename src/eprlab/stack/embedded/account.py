"""The account that PostgreSQL runs under when the stack is started by root.

PostgreSQL refuses to run as root, because whoever talks to it could then own the machine. Every Unix
has the account `nobody`, so no account needs to be created. That account must be able to reach the
data and the programs; in a checkout below a private folder such as `/root` it is not, and then both
live in `/var/lib/provenance-lab` instead (`reset` removes them from there too).
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """A system account: its user id and main group id."""

    uid: int
    gid: int

    def subprocess_options(self) -> dict[str, Any]:
        """Arguments that make `subprocess` start a program under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_reach(self, *, folder: Path, program: Path) -> bool:
        """Whether the account may write into the folder and run the program."""
        check = 'test -w "$1" && test -x "$1" && test -x "$2"'
        done = subprocess.run(
            ["/bin/sh", "-c", check, "reach", str(folder), str(program)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            **self.subprocess_options(),
        )
        return done.returncode == 0

    def own(self, folder: Path) -> Path:
        """Make a folder and give it to the account, readable by nobody else."""
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, self.uid, self.gid)
        return folder


def unprivileged() -> Account | None:
    """The account to step down to, or None when this process is not root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)
