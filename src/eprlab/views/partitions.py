"""What lies in which partition, and under which keys: the map behind "in order within a key"."""

from __future__ import annotations

from collections import Counter, defaultdict

from kafka.errors import GroupIdNotFoundError

from eprlab.views.broker import Overview, Partition, Reader
from eprlab.views.live import LiveView
from eprlab.views.markup import Markup, bar, table

HEADINGS = ("partition", "offsets", "records", "keys", "most often", "read by")
OFTEN = 3


class PartitionMap(LiveView):
    """Shows a topic's partitions: how much each holds, under how many keys, and who reads it.

    `group`: whose members to show as readers. Keys are counted from the beginning of the topic.
    """

    def __init__(
        self,
        topic: str | None = None,
        *,
        brokers: str | None = None,
        group: str | None = None,
        interval: float = 1.0,
    ) -> None:
        self._overview = Overview(topic, brokers)
        self._reader = Reader(topic, brokers, "earliest")
        self._group = group
        self._partitions: list[Partition] = []
        self._keys: dict[int, Counter[str]] = defaultdict(Counter)
        self._members: dict[int, str] = {}
        super().__init__(f"Partitions of {self._overview.topic}", interval=interval)

    @property
    def partitions(self) -> list[Partition]:
        """The partitions, as last seen."""
        return list(self._partitions)

    def keys_in(self, partition: int) -> dict[str, int]:
        """How many records of this partition have each key, of those that were read."""
        return dict(self._keys[partition])

    def look(self) -> None:
        self._partitions = self._overview.partitions()
        while records := self._reader.poll(0.1):
            for record in records:
                key = (record.key or b"").decode("utf-8", "replace")
                self._keys[record.partition][key] += 1
            if self._ended.is_set():
                break
        if self._group:
            try:
                self._members = self._overview.members(self._group)
            except GroupIdNotFoundError:  # nobody has joined it yet
                self._members = {}

    def draw(self) -> Markup:
        most = max((partition.held for partition in self._partitions), default=0)
        return table(
            HEADINGS, [self._row(one, most) for one in self._partitions], "What lies where"
        )

    def note(self) -> str:
        held = sum(partition.held for partition in self._partitions)
        return f"{len(self._partitions)} partitions, {held} offsets"

    def release(self) -> None:
        self._reader.close()
        self._overview.close()

    def _row(self, partition: Partition, most: int) -> tuple[object, ...]:
        keys = self._keys[partition.number]
        often = ", ".join(f"{key or '(no key)'} ×{times}" for key, times in keys.most_common(OFTEN))
        reader = self._members.get(partition.number, "nobody") if self._group else ""
        offsets = f"{partition.first} to {partition.end}"
        return (
            partition.number,
            offsets,
            bar(partition.held, most, str(partition.held)),
            len(keys),
            often,
            reader,
        )
