"""What the stack remembers between commands: `state.json` in its home.

    {"backend": "embedded",
     "components": {"postgres": {"port": 5432, "pid": 4711, "version": "18.6"}, ...}}

The file is a memory, not the truth: whether a process runs is asked of the operating system, and a
file that is missing or damaged is read as empty. It is written whole and moved into place, so that
no reader sees half of it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

State = dict[str, Any]


class StateFile:
    """Reads and changes the state of the stack in one home."""

    def __init__(self, home: Path) -> None:
        self.path = home / "state.json"
        self._lock = home / "state.lock"

    def read(self) -> State:
        """The whole state; empty when there is none or it cannot be read."""
        try:
            state = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def component(self, name: str) -> Mapping[str, Any]:
        """What is remembered of one component."""
        components = self.read().get("components")
        record = components.get(name) if isinstance(components, dict) else None
        return record if isinstance(record, dict) else {}

    def remember(self, component: str, **facts: Any) -> None:
        """Add facts to what is known of a component; a fact that is None is forgotten."""

        def change(state: State) -> None:
            known = state.setdefault("components", {}).setdefault(component, {})
            known.update(facts)
            for key in [key for key, value in known.items() if value is None]:
                del known[key]

        self.change(change)

    def change(self, edit: Callable[[State], None]) -> None:
        """Read, edit and write in one step that no other process or thread can come between."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._lock):
            state = self.read()
            edit(state)
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".state-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(state, file, indent=1, sort_keys=True)
                    file.write("\n")
                os.replace(name, self.path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
