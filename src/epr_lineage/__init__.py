"""Lineage: how did this get here, and why is that gate shut? Answered from the registry's records.

One job: turn events, receivers, groups and captured messages into a graph in which every edge names
the rule that drew it, the events it rests on, and how sure we are; and answer questions with it.
Drawing it is not done here.

A small part, at once:

    >>> lineage = read(client, name="tidetable", version="1.4.0")
    >>> upstream(lineage, lineage.of_kind(Kind.GATE)[0].id)

Everything, kept current, and asked:

    >>> with Feed(client).running() as feed:
    ...     around(feed.index, "artifact:pkg:pypi/tidetable@1.5.1", hops=2)
    ...     questions.lead_time(feed.index, "production").coverage

Modules, in the order in which they build on each other:

- `clocks`    when an event was recorded, and when it happened
- `gate`      the registry's rule as pure functions: state, reasons, announcements
- `model`     nodes and edges
- `payloads`  what CDEvents, SBOMs, attestations and agents' actions say
- `entry`     what is kept of an event
- `naming`    what an event names: other events, gates, things
- `index`     everything, looked up by id, unit, node or digest; grows in any order
- `rules`     one function for each kind of edge
- `build`     a lineage of some records (`trace`), of an index, or around a node
- `graph`     networkx, upstream and downstream, what was known at a moment
- `flow`      which event led to which, and nothing else
- `tables`    lineages as pandas tables
- `reading`   fetches records through `epr.Client`
- `live`      a `Feed` keeps an index current, from the topic and from the registry
- `questions` Q1 to Q22, each a function whose answer says its coverage
- `errors`    what can go wrong

Imported by `eprlab` and by lessons; of our packages it imports `epr` and `cdevents` only.
"""

from epr_lineage import questions
from epr_lineage.build import around, lineage_of, trace
from epr_lineage.entry import Entry
from epr_lineage.errors import LineageError, NothingFound, UnknownNode
from epr_lineage.flow import flow_of
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
from epr_lineage.index import Index
from epr_lineage.live import Feed
from epr_lineage.model import Confidence, Edge, Kind, Lineage, Node, State
from epr_lineage.reading import read

__all__ = [
    "Announcement",
    "Confidence",
    "Edge",
    "Entry",
    "Feed",
    "Gate",
    "Index",
    "Kind",
    "Lineage",
    "LineageError",
    "Member",
    "Node",
    "NothingFound",
    "Standing",
    "State",
    "Switched",
    "UnknownNode",
    "announcements",
    "around",
    "downstream",
    "flow_of",
    "judge",
    "known_at",
    "lineage_of",
    "neighbourhood",
    "questions",
    "read",
    "to_networkx",
    "trace",
    "upstream",
    "why_shut",
]
