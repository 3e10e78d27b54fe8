"""Lineage: how did this get here, and why is that gate shut? Answered from the registry's records.

One job: turn the SDK's events, receivers, groups and captured messages into a graph in which every edge names
the rule that drew it, the events it rests on, and how sure we are. Drawing it is not done here.

    >>> lineage = read(client, name="tidetable", version="1.4.0")
    >>> upstream(lineage, lineage.of_kind(Kind.GATE)[0].id)

Modules, in the order in which they build on each other:

- `clocks`   when an event was recorded, and when it happened
- `gate`     the registry's rule as pure functions: state, reasons, announcements
- `model`    nodes and edges
- `rules`    one function for each kind of edge
- `build`    the SDK's records to lineage (`trace`)
- `graph`    networkx, upstream and downstream, what was known at a moment
- `tables`   the same as pandas tables
- `reading`  fetches the records through `epr.Client`; the only module that talks to anything
- `errors`   what can go wrong

Imported by `eprlab` and by lessons; of our packages it imports `epr` only.
"""

from epr_lineage.build import trace
from epr_lineage.errors import LineageError, UnknownNode
from epr_lineage.gate import (
    Announcement,
    Gate,
    Member,
    Standing,
    Switched,
    announcements,
    judge,
    why_shut,
)
from epr_lineage.graph import downstream, known_at, neighbourhood, to_networkx, upstream
from epr_lineage.model import Confidence, Edge, Kind, Lineage, Node, State
from epr_lineage.reading import read

__all__ = [
    "Announcement",
    "Confidence",
    "Edge",
    "Gate",
    "Kind",
    "Lineage",
    "LineageError",
    "Member",
    "Node",
    "Standing",
    "State",
    "Switched",
    "UnknownNode",
    "announcements",
    "downstream",
    "judge",
    "known_at",
    "neighbourhood",
    "read",
    "to_networkx",
    "trace",
    "upstream",
    "why_shut",
]
