"""Which events an event says it was caused by.

Read are `causation`, as `epr.caused_by` writes it, and `causationid`, which is CloudEvents' name
for it (https://github.com/cloudevents/spec, extensions/correlation.md).
"""

from __future__ import annotations

from typing import Any

from epr_lineage.payloads.facts import Cause
from epr_lineage.payloads.text import LONGEST

MARKS = frozenset({"causation", "causationid"})
"""Members without which there is nothing of this kind in an object."""


def causes(payload: Any) -> tuple[Cause, ...]:
    """The causes that a payload states; what is not of the right shape is not one."""
    if not isinstance(payload, dict):
        return ()
    stamp, named = payload.get("causation"), payload.get("causationid")
    if stamp is None and named is None:
        return ()
    stated = [(item, None) for item in (named[:100] if isinstance(named, list) else [named])]
    if isinstance(stamp, dict):
        stated.append((stamp.get("cause"), stamp.get("gate")))
    texts = [tuple(part if _is_id(part) else None for part in pair) for pair in stated]
    return tuple(dict.fromkeys(Cause(*pair) for pair in texts if any(pair)))


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST
