"""A learner's progress, in a file that a person can read: `.lab/progress/<learner>/progress.yaml`.

It is written whole after every check and moved into place, so that neither a restarted kernel nor a
power cut loses more than the check that was running. A file that cannot be read never stops a learner:
it is put aside under another name, and a new one is begun.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from eprlab import learner as learners
from eprlab.stack import home as homes

HEADER = (
    "# Your progress in the Provenance Lab, written by `check`. Read it, copy it, delete it;\n"
    "# a change by hand is believed, though the receipts in the registry will not agree with it.\n"
)


@dataclass(frozen=True)
class Pass:
    """When an exercise was first passed, with which answer, and after what."""

    at: str
    answer_sha256: str
    attempts: int
    hints: int
    solution_seen: bool


@dataclass
class Standing:
    """How a learner stands with one exercise. `receipt`: id of the event that was posted, if it was.

    `memory` is what the exercise itself remembers, such as locked bets.
    """

    attempts: int = 0
    hints: int = 0
    solution_seen: bool = False
    passed: Pass | None = None
    receipt: str = ""
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass
class Badge:
    """A finished session: the registry's message that said so."""

    message: str
    event: str
    at: str
    place: str


@dataclass
class Progress:
    """Everything that is known of one learner. `damaged` names a file that had to be put aside."""

    learner: str
    exercises: dict[str, Standing] = field(default_factory=dict)
    badges: dict[int, Badge] = field(default_factory=dict)
    damaged: str = ""

    def of(self, exercise: str) -> Standing:
        """The standing with one exercise; an empty one is made if there is none."""
        return self.exercises.setdefault(exercise, Standing())


class Store:
    """Reads and changes one learner's file."""

    def __init__(self, learner: str | None = None, home: Path | None = None) -> None:
        self.learner = learner or learners.name()
        self.folder = (home or homes.locate()) / "progress" / self.learner
        self.path = self.folder / "progress.yaml"

    def read(self) -> Progress:
        """What the file says. A file that cannot be read is put aside and counts as empty."""
        with self._alone():
            return self._read()

    def change(self, edit: Callable[[Progress], None]) -> Progress:
        """Reads, edits and writes in one step that no other process can come between."""
        with self._alone():
            progress = self._read()
            edit(progress)
            _write(self.path, HEADER + _as_yaml(progress))
        return progress

    def keep_answer(self, exercise: str, text: str) -> None:
        """Keeps the newest answer that was checked: `answers/<exercise>.py`."""
        with self._alone():
            _write(self.folder / "answers" / f"{exercise}.py", text)

    def _alone(self) -> FileLock:
        if not self.folder.is_dir():
            homes.create(homes.locate())
            self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / ".lock", timeout=30)

    def _read(self) -> Progress:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Progress(self.learner)
        except (OSError, UnicodeDecodeError):
            return Progress(self.learner, damaged=self._put_aside())
        try:
            return _from_yaml(self.learner, text)
        except (yaml.YAMLError, TypeError, ValueError, KeyError, AttributeError, RecursionError):
            return Progress(self.learner, damaged=self._put_aside())

    def _put_aside(self) -> str:
        number = 1
        while (aside := self.folder / f"progress.damaged-{number}.yaml").exists():
            number += 1
        os.replace(self.path, aside)
        return aside.name


def now() -> str:
    """The present moment as the file writes it: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _as_yaml(progress: Progress) -> str:
    document = {
        "learner": progress.learner,
        "exercises": {id: _brief(standing) for id, standing in progress.exercises.items()},
        "badges": {number: asdict(badge) for number, badge in progress.badges.items()},
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _brief(standing: Standing) -> dict[str, Any]:
    return {key: value for key, value in asdict(standing).items() if value or key == "attempts"}


def _from_yaml(learner: str, text: str) -> Progress:
    document = yaml.safe_load(text)
    progress = Progress(learner)
    for id, told in (document["exercises"] or {}).items():
        standing = Standing(**told)
        if standing.passed is not None:
            standing.passed = Pass(**standing.passed)
        if not (isinstance(standing.memory, dict) and type(standing.attempts) is int):
            raise ValueError(f"{id} is not as it was written")
        if type(standing.hints) is not int or not isinstance(standing.receipt, str):
            raise ValueError(f"{id} is not as it was written")
        progress.exercises[str(id)] = standing
    for number, told in (document.get("badges") or {}).items():
        progress.badges[int(number)] = Badge(**told)
    return progress


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
