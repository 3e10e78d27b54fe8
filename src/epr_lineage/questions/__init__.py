"""Questions about a history, answered from an `Index`. Each is one function; each answer is frozen,
has a pandas `frame` and, where it is a graph, a `lineage`; each says its `coverage`.

    >>> lead_time(index, "production").coverage
    38 of 41 deployments have an unbroken chain

| number | question | function |
|---|---|---|
| Q1 | how did this get to production? | `how_it_got_here` |
| Q2 | what did this change lead to? | `what_came_of` |
| Q3 | what runs now, or ran at a moment? | `running` |
| Q4 | which releases contain this component? | `releases_with` (and `why_component`) |
| Q5 | how far does a bad one reach? | `blast_radius` |
| Q6 | why is the gate closed? | `why_closed` (all: `gate_board`) |
| Q7 | was every gate that opened announced? | `unannounced` |
| Q8 | where did the time go? | `where_time_went` |
| Q9 | where did it break? | `where_it_broke` |
| Q10 | what differs between two releases? | `compare` (bills: `bill_difference`) |
| Q11 | was the process followed? | `follows_process` |
| Q12 | what is wrong with the record? | `quality` |
| Q13 | what goes round in circles? | `loops` |
| Q14 | what is most depended on? | `most_depended_on` |
| Q15 | what was known, what was learned since? | `what_changed` |
| Q16 | who acted? | `who_acted` |
| Q17–Q20 | the four keys of delivery | `deployment_frequency`, `lead_time`, `change_failure_rate`, `recovery_time` |
| Q21 | what is there twice? | `duplicates` |
| Q22 | is this record authentic? | `is_authentic`, `is_chain_whole` |

Modules: `coverage`, `journey` (which events a question is about), `path`, `deployments`,
`bills`, `components`, `gates`, `timing`, `process`, `comparison`, `flaws`, `importance`, `knowledge`,
`actors`, `dora`, `authenticity`.

Imported by `eprlab` and by lessons.
"""

from epr_lineage.questions.actors import who_acted
from epr_lineage.questions.authenticity import chained, is_authentic, is_chain_whole
from epr_lineage.questions.bills import bill_difference, why_component
from epr_lineage.questions.comparison import Change, compare
from epr_lineage.questions.components import blast_radius, releases_with
from epr_lineage.questions.coverage import Coverage
from epr_lineage.questions.deployments import Deployment, deployments, running
from epr_lineage.questions.dora import (
    Window,
    change_failure_rate,
    deployment_frequency,
    lead_time,
    recovery_time,
)
from epr_lineage.questions.flaws import Flaw, duplicates, loops, quality
from epr_lineage.questions.gates import gate_board, unannounced, why_closed
from epr_lineage.questions.importance import most_depended_on
from epr_lineage.questions.journey import How, journey, origin
from epr_lineage.questions.knowledge import what_changed
from epr_lineage.questions.path import how_it_got_here, what_came_of
from epr_lineage.questions.process import DELIVERY, Step, follows_process, where_it_broke
from epr_lineage.questions.timing import Spent, where_time_went

__all__ = [
    "DELIVERY",
    "Change",
    "Coverage",
    "Deployment",
    "Flaw",
    "How",
    "Spent",
    "Step",
    "Window",
    "bill_difference",
    "blast_radius",
    "chained",
    "change_failure_rate",
    "compare",
    "deployment_frequency",
    "deployments",
    "duplicates",
    "follows_process",
    "gate_board",
    "how_it_got_here",
    "is_authentic",
    "is_chain_whole",
    "journey",
    "lead_time",
    "loops",
    "most_depended_on",
    "origin",
    "quality",
    "recovery_time",
    "releases_with",
    "running",
    "unannounced",
    "what_came_of",
    "what_changed",
    "where_it_broke",
    "where_time_went",
    "who_acted",
    "why_closed",
    "why_component",
]
