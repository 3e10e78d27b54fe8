"""How much a consumer group has before it: the distance from where it left off to the end."""

from __future__ import annotations

from dataclasses import dataclass

from kafka.errors import GroupIdNotFoundError

from eprlab.views.broker import Overview
from eprlab.views.live import LiveView
from eprlab.views.markup import Markup, bar, table

HEADINGS = ("group", "partition", "left off at", "end", "behind", "read by")


@dataclass(frozen=True)
class Lag:
    """A group's place in one partition. `committed` is None if it never committed there: then all
    that the partition holds is before it. `member` reads the partition at the moment, if anyone."""

    group: str
    partition: int
    committed: int | None
    first: int
    end: int
    member: str = ""

    @property
    def behind(self) -> int:
        """How many offsets are before it."""
        return self.end - max(self.committed or 0, self.first)


class GroupLag(LiveView):
    """Shows how far some consumer groups are behind on a topic.

    `groups`: their names; none: every group that has committed on this topic.
    """

    def __init__(
        self,
        *groups: str,
        topic: str | None = None,
        brokers: str | None = None,
        interval: float = 1.0,
    ) -> None:
        self._overview = Overview(topic, brokers)
        self._names = groups
        self._lags: list[Lag] = []
        super().__init__(f"Consumer groups on {self._overview.topic}", interval=interval)

    @property
    def lags(self) -> list[Lag]:
        """The places of all groups shown, as last seen."""
        return list(self._lags)

    def behind(self, group: str) -> int:
        """How far a group is behind in all partitions together, as last seen."""
        return sum(lag.behind for lag in self._lags if lag.group == group)

    def look(self) -> None:
        partitions = self._overview.partitions()
        lags = []
        for group in self._names or self._overview.groups():
            committed = self._overview.committed(group)
            if not committed and not self._names:
                continue
            members = self._members(group)
            lags += [
                Lag(
                    group,
                    p.number,
                    committed.get(p.number),
                    p.first,
                    p.end,
                    members.get(p.number, ""),
                )
                for p in partitions
            ]
        self._lags = lags

    def draw(self) -> Markup:
        most = max((lag.behind for lag in self._lags), default=0)
        rows = [
            (
                lag.group, lag.partition, "nothing yet" if lag.committed is None else lag.committed,
                lag.end, bar(lag.behind, most, str(lag.behind)), lag.member or "nobody",
            )
            for lag in self._lags
        ]  # fmt: skip
        return table(HEADINGS, rows, "How far each group is behind, by partition")

    def note(self) -> str:
        return f"{sum(lag.behind for lag in self._lags)} behind in all"

    def release(self) -> None:
        self._overview.close()

    def _members(self, group: str) -> dict[int, str]:
        try:
            return self._overview.members(group)
        except GroupIdNotFoundError:  # it has never joined, or was deleted
            return {}
