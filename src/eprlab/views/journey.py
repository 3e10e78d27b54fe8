"""The way of one event: client, registry, topic, watcher, with the time at each of them.

Every time is real, and each is read off the clock of the one who was there: the client's and the
watcher's here, the registry's from the event, the broker's from the record. On one machine that is
one clock; on several, a step may seem to come before the one that caused it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka.errors import KafkaError

from epr import NVRPP, Client, Event, Message, Receiver
from epr.errors import EPRError, NotAnEnvelope, WaitTimedOut
from eprlab.lineage_view.text import escape
from eprlab.views.broker import Reader
from eprlab.views.markup import Markup, heading, table

LANES = ("client", "registry", "topic", "watcher")


@dataclass(frozen=True)
class Step:
    """Where the event was, when, and what happened there."""

    lane: str
    at: datetime
    says: str


@dataclass(frozen=True)
class Journey:
    """One event's way, its steps in the order of their times. Shows itself as a timeline."""

    event: Event
    message: Message
    steps: tuple[Step, ...]

    def milliseconds(self, step: Step) -> float:
        """How long after the client sent the event."""
        return (step.at - self._sent).total_seconds() * 1000

    @property
    def total(self) -> float:
        """Milliseconds from the client's sending to the watcher's reading."""
        return max(self.milliseconds(step) for step in self.steps)

    @property
    def _sent(self) -> datetime:
        return next(step.at for step in self.steps if step.says.startswith("sends"))

    def __repr__(self) -> str:
        return " → ".join(
            f"{step.lane} {step.says} ({self.milliseconds(step):+.1f} ms)" for step in self.steps
        )

    def _repr_html_(self) -> str:
        rows = [
            (f"{self.milliseconds(step):+.1f} ms", step.lane, step.says, f"{step.at:%H:%M:%S.%f}")
            for step in self.steps
        ]
        title = f"The way of event {self.event.id}"
        note = f"{self.total:.1f} ms from the client to the watcher"
        drawn = table(("after", "where", "what", "clock (UTC)"), rows, "Every step with its time")
        return f"<div>{heading(title, note)}{self._timeline(title)}{drawn}</div>"

    def _timeline(self, title: str) -> Markup:
        width, left, row = 640, 76, 34
        begin = min(self.milliseconds(step) for step in self.steps)
        scale = (width - left - 90) / max(self.total - begin, 0.001)
        lanes = "".join(
            f'<text x="0" y="{20 + row * n}" dominant-baseline="central">{lane}</text>'
            f'<path d="M{left} {20 + row * n}H{width}" stroke-opacity=".3"/>'
            for n, lane in enumerate(LANES)
        )
        places = [
            (left + 8 + (self.milliseconds(s) - begin) * scale, 20 + row * LANES.index(s.lane), s)
            for s in self.steps
        ]
        way = "M" + "L".join(f"{x:.1f} {y}" for x, y, _ in places)
        points = "".join(
            f"<g><title>{escape(f'{s.lane} {s.says}')}</title>"
            f'<circle cx="{x:.1f}" cy="{y}" r="4.5" fill="currentColor"/>'
            f'<text x="{x + 8:.1f}" y="{y - 9}">{self.milliseconds(s):+.1f} ms</text></g>'
            for x, y, s in places
        )
        return Markup(
            f'<svg viewBox="0 0 {width} {row * len(LANES) + 10}" width="{width}" role="img" '
            f'style="max-width:100%;height:auto;font:11px system-ui,sans-serif" '
            f'aria-label="{escape(f"{title}: {self!r}")}" fill="currentColor">'
            f'<g stroke="currentColor" fill="none">{lanes.replace("<text", _TEXT)}'
            f'<path d="{way}" stroke-dasharray="3 3"/></g>{points}</svg>'
        )


_TEXT = '<text stroke="none" fill="currentColor"'


def journey(
    receiver: Receiver | str,
    unit: NVRPP,
    *,
    success: bool = True,
    payload: Any = None,
    description: str | None = None,
    client: Client | None = None,
    topic: str | None = None,
    brokers: str | None = None,
    timeout: float = 30.0,
) -> Journey:
    """Posts an event while listening to the topic, and tells its way.

    Arguments as for `client.events.create`, and `client`, `topic`, `brokers` where they are not those
    of the environment. Raises what the client raises, `BrokerUnavailable`, and `WaitTimedOut` if the
    message does not come within `timeout` seconds.
    """
    with contextlib.ExitStack() as held:
        asked = client or held.enter_context(Client())
        listener = held.enter_context(_Listener(topic, brokers, timeout))
        sent = datetime.now(UTC)
        event_id = asked.events.post(
            receiver, unit, success=success, payload=payload, description=description
        )
        answered = datetime.now(UTC)
        read, message = listener.wait_for(event_id, timeout)
    event = message.event
    place = f"partition {message.partition}, offset {message.offset}"
    steps = [
        Step("client", sent, f"sends the event for {unit}"),
        Step("registry", event.created_at, "records it"),
        Step("client", answered, "has the answer: it is stored and committed"),
        Step("watcher", read, "has read it"),
    ]
    if message.timestamp is not None:
        steps.append(Step("topic", message.timestamp, f"has it: {place} (whole milliseconds)"))
    return Journey(event, message, tuple(sorted(steps, key=lambda step: step.at)))


class _Listener:
    """Reads the topic's end in a thread, and notes when each message was read."""

    def __init__(self, topic: str | None, brokers: str | None, timeout: float) -> None:
        self._reader = Reader(topic, brokers, "latest")
        self._heard: list[tuple[datetime, Message]] = []
        self._news = threading.Condition()
        self._ended = threading.Event()
        self._timeout = timeout
        self._failed: Exception | None = None
        self._thread = threading.Thread(target=self._listen, name="eprlab-journey", daemon=True)

    def __enter__(self) -> _Listener:
        # The first poll finds the end of the topic: what is posted from now on lies behind it.
        self._reader.poll(0)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(self._timeout)
        self._reader.close()

    def wait_for(self, event_id: str, timeout: float) -> tuple[datetime, Message]:
        """When the event's own message was read, and the message."""
        found: list[tuple[datetime, Message]] = []

        def heard() -> bool:
            found[:] = [
                (at, message)
                for at, message in self._heard
                if message.kind == "event" and message.event.id == event_id
            ]
            return bool(found) or self._failed is not None

        with self._news:
            self._news.wait_for(heard, timeout)
        if found:
            return found[0]
        if self._failed is not None:
            raise self._failed
        raise WaitTimedOut(
            f"event {event_id} is stored, but its message did not come within {timeout:g} s; "
            "look whether registry and watcher mean the same topic (EPR_TOPIC)"
        )

    def _listen(self) -> None:
        try:
            while not self._ended.is_set():
                heard = list(self._messages())
                if heard:
                    with self._news:
                        self._heard += heard
                        self._news.notify_all()
        except (EPRError, KafkaError, OSError) as error:
            with self._news:
                self._failed = error
                self._news.notify_all()

    def _messages(self) -> Iterator[tuple[datetime, Message]]:
        records = self._reader.poll(0.2)
        at = datetime.now(UTC)
        for record in records:
            try:
                yield at, Message.from_record(record)
            except NotAnEnvelope:
                continue
