"""What may be chosen from outside, each by one environment variable, read when it is needed.

| Variable | Meaning |
|---|---|
| `EPRLAB_HOME` | the folder for everything the stack writes (default: `.lab` in the checkout) |
| `EPRLAB_BACKEND` | `embedded` or `compose` (default: compose if a container engine answers) |
| `EPRLAB_REGISTRY_PORT`, `EPRLAB_BROKER_PORT`, `EPRLAB_POSTGRES_PORT`, `EPRLAB_CONSOLE_PORT` | a fixed port |
"""

from __future__ import annotations

import os

from eprlab.stack.errors import StackError

TOPIC = "epr.dev.events"
# Enough to see that a key keeps its partition and that a group shares the work.
TOPIC_PARTITIONS = 3


def port_variable(component: str) -> str:
    """The variable that fixes a component's port."""
    return f"EPRLAB_{component.upper()}_PORT"


def port_setting(component: str) -> int | None:
    """The port that is asked for, or None. Raises StackError when the variable holds no port."""
    variable = port_variable(component)
    text = os.environ.get(variable, "").strip()
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StackError(f"{variable} is {text!r}, which is no port.", "Use a number below 65536.")
    return int(text)
