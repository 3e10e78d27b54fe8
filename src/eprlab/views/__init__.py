"""Live views: what happens on the topic and in the registry, seen while it happens.

One job: show one thing each, in a notebook, as long as the reader looks; stop cleanly; and leave in
the saved notebook a picture of the last moment that a page without a kernel can show.

    >>> from eprlab import views
    >>> tail = views.TopicTail()              # shows itself; messages appear as they arrive
    >>> tail.pause(), tail.filter("scan"), tail.replay({0: 0}), tail.stop()
    >>> views.GroupLag("deployer")            # who has how much before them
    >>> views.PartitionMap()                  # what is where, and who reads it
    >>> views.EventComposer(receiver)         # a form made from a receiver's schema
    >>> views.GateBoard("tidetable-release-gate", name="tidetable")
    >>> views.journey(receiver, unit, success=True, payload={})    # one event's way, with times
    >>> for event in views.progress(events, "Posting"): ...
    >>> views.stop_all()

Modules:

- `picture`     a widget that leaves a picture in the saved notebook
- `live`        what live views have in common: a thread, an end
- `markup`      tables and bars as HTML; everything from outside is escaped
- `broker`      reading a topic, its partitions and its groups, without a group of one's own
- `tail`, `lag`, `partitions`, `gates`   the views
- `form`, `composer`   a form for a JSON Schema, and the view that posts what it holds
- `journey`     the way of one event from the client to a watcher
- `progress`    a bar for long work
- `errors`      what can go wrong

Imported by lessons; of our packages it imports `epr`, `epr_lineage` and `eprlab.lineage_view.text`.
"""

from eprlab.views.composer import EventComposer
from eprlab.views.errors import BadAnswer, ViewError
from eprlab.views.gates import GateBoard
from eprlab.views.journey import Journey, journey
from eprlab.views.lag import GroupLag
from eprlab.views.live import stop_all
from eprlab.views.partitions import PartitionMap
from eprlab.views.progress import progress
from eprlab.views.tail import TopicTail

__all__ = [
    "BadAnswer",
    "EventComposer",
    "GateBoard",
    "GroupLag",
    "Journey",
    "PartitionMap",
    "TopicTail",
    "ViewError",
    "journey",
    "progress",
    "stop_all",
]
