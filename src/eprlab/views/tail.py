"""The tail of the topic: messages as they arrive, with the place where each one lies."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

import ipywidgets as widgets

from epr.errors import NotAnEnvelope
from epr.messages import Message, moment
from epr.watcher import Start
from eprlab.views.broker import Reader
from eprlab.views.live import LiveView
from eprlab.views.markup import Markup, table

KEPT = 500
SHOWN = 30
HEADINGS = ("partition", "offset", "key", "type", "unit", "passed", "at (broker)")


@dataclass(frozen=True)
class Line:
    """One record of the topic. `type` is empty, and `problem` says why, if it is no message."""

    partition: int
    offset: int
    key: str
    type: str
    unit: str
    passed: str
    at: datetime | None
    problem: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """As a row of the table."""
        said = self.type if not self.problem else f"no message: {self.problem}"
        time = f"{self.at:%H:%M:%S.%f}"[:-3] if self.at else ""
        return str(self.partition), str(self.offset), self.key, said, self.unit, self.passed, time


class TopicTail(LiveView):
    """Shows a topic's newest messages as they arrive.

    `start`: where to begin ("latest", "earliest", a time, offsets by partition number).
    `topic`, `brokers`: default EPR_TOPIC and EPR_BROKERS. The newest 500 are kept, 30 are shown.
    It belongs to no consumer group, so it takes nothing from anybody.
    """

    def __init__(
        self, topic: str | None = None, *, brokers: str | None = None, start: Start = "latest"
    ) -> None:
        self._reader = Reader(topic, brokers, start)
        self._lines: deque[Line] = deque(maxlen=KEPT)
        self._paused = threading.Event()
        self._start: Start | None = None
        self._words: list[str] = []
        self._read = 0
        self._pause = widgets.ToggleButton(description="Pause", tooltip="Pause the topic's tail")
        self._pause.observe(self._pressed, "value")
        self._find = widgets.Text(description="Filter", placeholder="words in key, type or unit")
        self._find.observe(lambda change: self.filter(change["new"]), "value")
        again = widgets.Button(
            description="Replay all", tooltip="Read the topic from its beginning"
        )
        again.on_click(lambda _: self.replay("earliest"))
        super().__init__(
            f"Topic {self._reader.topic}", self._pause, self._find, again, interval=0.05
        )

    @property
    def lines(self) -> list[Line]:
        """The kept lines that pass the filter, oldest first."""
        words = self._words
        return [
            line
            for line in list(self._lines)
            if all(word in " ".join(line.cells).lower() for word in words)
        ]

    def pause(self) -> None:
        """Reads no further until `resume`; nothing is missed."""
        self._pause.value = True

    def resume(self) -> None:
        """Reads on from where it paused."""
        self._pause.value = False

    def filter(self, words: str) -> None:
        """Shows only lines that contain all these words; "" shows all."""
        self._words = words.lower().split()
        if self._find.value != words:
            self._find.value = words
        self._update()

    def replay(self, start: Start = "earliest") -> None:
        """Forgets what is shown and reads again from there: an end, a time, or offsets by partition
        number (`{0: 120}`; partitions that are not named begin at their beginning)."""
        self._start = start
        self.resume()

    def look(self) -> None:
        if self._start is not None:
            start, self._start = self._start, None
            self._lines.clear()
            self._read = 0
            self._reader.go_to(start)
        if self._paused.is_set():
            return
        for record in self._reader.poll(0.2):
            self._lines.append(_line(record))
            self._read += 1

    def draw(self) -> Markup:
        newest = self.lines[-SHOWN:][::-1]
        return table(HEADINGS, [line.cells for line in newest], "Messages, newest first")

    def note(self) -> str:
        found = len(self.lines)
        filtered = f"{found} of {len(self._lines)} pass the filter" if self._words else ""
        parts = [f"{self._read} read", filtered, "paused" if self._paused.is_set() else ""]
        return ", ".join(part for part in parts if part)

    def release(self) -> None:
        self._reader.close()

    def _pressed(self, change: dict) -> None:
        (self._paused.set if change["new"] else self._paused.clear)()
        self._update()


def _line(record: object) -> Line:
    key = (record.key or b"").decode("utf-8", "replace")
    place = record.partition, record.offset, key
    try:
        message = Message.from_record(record)
    except NotAnEnvelope as error:
        return Line(*place, "", "", "", moment(record.timestamp), str(error))
    passed = ("yes" if message.success else "no") if message.event is not None else ""
    return Line(
        *place, message.type, "/".join(filter(None, message.nvrpp)), passed, message.timestamp
    )
