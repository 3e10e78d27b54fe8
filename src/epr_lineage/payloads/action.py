"""What an agent did, from its audit event.

A custom CDEvent `dev.cdeventsx.<tool>-agentaction.performed.<version>` whose content is, or any
object that has, `agent` and `tool` and as far as known `planner`, `arguments` (a digest), `used`
(ids of the events it relied on), `decision`, `approval` {`by`, `decision`, `at`}.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from epr_lineage.payloads.facts import Action
from epr_lineage.payloads.text import Unreadable, optional, text

MARKS = frozenset({"agent"})
"""Members without which there is nothing of this kind in an object."""
MOST_EVIDENCE = 1_000


def looks_like_one(value: Mapping[str, Any]) -> bool:
    """Whether somebody meant this as an agent's action."""
    return isinstance(value.get("agent"), str) and "tool" in value


def read(value: Mapping[str, Any]) -> Action:
    """What was done. Raises `Unreadable`."""
    used = value.get("used") or []
    if not isinstance(used, list) or len(used) > MOST_EVIDENCE:
        raise Unreadable(f"the action's used is not a list of at most {MOST_EVIDENCE} event ids")
    approval = value.get("approval")
    approval = approval if isinstance(approval, dict) else {}
    return Action(
        agent=text(value.get("agent"), "the action's agent"),
        tool=text(value.get("tool"), "the action's tool"),
        decision=optional(value.get("decision"), "the action's decision") or "",
        planner=optional(value.get("planner"), "the action's planner") or "",
        arguments=optional(value.get("arguments"), "the action's arguments") or "",
        used=tuple(dict.fromkeys(text(item, "an id in the action's used") for item in used)),
        approved_by=optional(approval.get("by"), "the approval's by") or None,
        approval=optional(approval.get("decision"), "the approval's decision") or "",
        approved_at=_moment(approval.get("at")),
    )


def _moment(value: Any) -> datetime | None:
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return when if when and when.tzinfo else None
