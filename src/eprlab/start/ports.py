"""The ports that the lab would like to have, and who has them."""

from __future__ import annotations

from eprlab.stack import home as homes
from eprlab.stack import ports as loopback
from eprlab.stack.state import StateFile
from eprlab.start.facts import Port, facts
from eprlab.start.listing import Listing


def ports() -> Listing:
    """Looks at every port of the course on this machine: free, this stack's own, or somebody else's."""
    state = StateFile(homes.locate())
    ours = {name: state.component(name) for name in ("registry", "broker", "postgres")}
    rows = tuple(
        (str(each.port), each.name, each.used_for, each.backend, _who(each, ours.get(each.name)))
        for each in facts().ports
    )
    columns = ("Port", "Name", "Used for", "Backend", "Now")
    return Listing(
        "Ports on 127.0.0.1",
        columns,
        rows,
        "A port that somebody else has is no problem: the stack takes another and says which.",
    )


def _who(wanted: Port, ours: dict | None) -> str:
    if wanted.backend == "inside Compose":
        return "not on this machine"
    if ours and ours.get("pid"):
        took = ours.get("port", wanted.port)
        return "this stack" if took == wanted.port else f"this stack uses {took} instead"
    if loopback.is_free(wanted.port):
        return "free"
    return f"taken by {loopback.holder(wanted.port) or 'another program'}"
