"""A plausible past: months of the ferry line's deliveries, made from a seed and labelled as such.

One job: tell the history of tidetable and its sister services through the same builders that real
services use, for lineage, metrics and the capstone. Every event says `seeded` in its description
and in its customData; nothing here ever happened.

    >>> from eprlab import history
    >>> index = epr_lineage.Index.of(history.records(history.tell(10_000)))
    >>> history.post(epr.Client(), history.tell(1_000))

Modules: `catalogue` (services, libraries, gates), `chance` (odds and durations), `bill` (SBOMs),
`step` (one happening), `release` (one change's life), `telling` (the months), `recording` (as
records, or into a registry).

Imported by lessons, benches and tests; of our packages it imports `epr` and `cdevents` only.
"""

from eprlab.history.chance import Odds
from eprlab.history.recording import post, records
from eprlab.history.step import Step
from eprlab.history.telling import tell

__all__ = ["Odds", "Step", "post", "records", "tell"]
