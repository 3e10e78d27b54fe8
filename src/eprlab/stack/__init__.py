"""The stack: PostgreSQL, a broker that speaks Kafka's protocol, and the registry, on this machine.

Its one job is that one call gives a learner a real stack, and a second one finds it again:

    from eprlab import stack

    stack.up()                  # start, or join what runs; returns and shows what runs where
    stack.status()              # how each component is, now
    stack.env()                 # the EPR_* variables
    stack.logs("registry")      # the last lines of a component: postgres, broker or registry
    stack.restart("broker")     # one component, or all without a name
    stack.panel()               # lights and buttons in a notebook
    stack.down()                # stop; the data stays
    stack.reset()               # stop and delete the data

The processes belong to nobody: a kernel may die and another notebook joins. Everything written is in
one folder (`home`). Modules: `control` (these operations, one at a time), `backends` (which of the two),
`embedded` (processes), `compose` (containers), `status` (typed results), `progress`, `errors`,
`state` (what is remembered), `ports`, `settings`, `jars` and `fetch` (set-up). May be imported by
notebooks, the command line and tests; imports nothing of ours but itself.
"""

from eprlab.stack import errors
from eprlab.stack.control import down, env, follow, logs, reset, restart, status, up
from eprlab.stack.status import Addresses, ComponentStatus, Condition, Log, StackStatus


def panel():
    """A panel for notebooks: a light, the address and buttons for each component.

    Returns a widget that refreshes itself; its saved output is a picture of the same.
    """
    from eprlab.panel import Panel  # ipywidgets is heavy, and only notebooks have a use for it

    return Panel()


__all__ = [
    "Addresses",
    "ComponentStatus",
    "Condition",
    "Log",
    "StackStatus",
    "down",
    "env",
    "errors",
    "follow",
    "logs",
    "panel",
    "reset",
    "restart",
    "status",
    "up",
]
