"""Who acted: people and agents, on what evidence, with whose approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas

from epr_lineage.entry import Entry
from epr_lineage.index import Index
from epr_lineage.questions.coverage import Coverage


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `tool`: of an agent the tool it used, else the event's type.

    `unknown_evidence`: ids that the agent says it relied on and that are not recorded.
    """

    who: str
    event: Entry
    tool: str
    agent: bool
    decision: str = ""
    evidence: tuple[str, ...] = ()
    unknown_evidence: tuple[str, ...] = ()
    approved_by: str | None = None
    approval: str = ""

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.when


@dataclass(frozen=True)
class Acts:
    """Q16. Who acted, in order of time. Coverage: how many of the agents' acts a person approved and
    rest on evidence that is recorded."""

    acts: tuple[Act, ...]
    coverage: Coverage

    @property
    def frame(self) -> pandas.DataFrame:
        """One row an act."""
        return pandas.DataFrame(
            [
                (a.at, a.who, "agent" if a.agent else "", a.tool, a.decision, len(a.evidence),
                 len(a.unknown_evidence), a.approved_by or "", a.approval, a.event.id)
                for a in self.acts
            ],
            columns=["when", "who", "agent", "did", "decision", "evidence", "unknown evidence",
                     "approved by", "approval", "event"],
        )  # fmt: skip


def who_acted(index: Index, who: str | None = None) -> Acts:
    """Q16. Who or what acted? With `who`, only that person's or agent's acts and approvals."""
    acts = [act for entry in index for act in _acts(index, entry)]
    chosen = [act for act in acts if who in (None, act.who, act.approved_by)]
    chosen.sort(key=lambda act: (act.at, act.event.id))
    return Acts(
        tuple(chosen),
        Coverage.over(
            (
                (act.event.id, act.approved_by is not None and not act.unknown_evidence)
                for act in chosen
                if act.agent
            ),
            "acts of agents are approved and rest on recorded evidence",
        ),
    )


def _acts(index: Index, entry: Entry) -> list[Act]:
    acts = []
    if (action := entry.said.action) is not None:
        unknown = tuple(used for used in action.used if index.resolve(used) is None)
        act = Act(
            action.agent, entry, action.tool, True, action.decision, action.used, unknown,
            action.approved_by, action.approval,
        )  # fmt: skip
        acts.append(act)
    named = (*(entry.occurrence.actors if entry.occurrence else ()), entry.said.actor)
    for actor in dict.fromkeys(name for name in named if name):
        acts.append(Act(actor, entry, entry.name or entry.description, False))
    return acts
