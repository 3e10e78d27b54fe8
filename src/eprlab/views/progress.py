"""A bar for long work: how much is done, how much is left, and that it has ended."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

import ipywidgets as widgets

from eprlab.views.markup import bar
from eprlab.views.picture import Pictured

T = TypeVar("T")
EVERY = 0.1  # seconds between two updates; each of them is a message to the browser


class Bar(Pictured):
    """A bar and words beside it. `done` counts; the saved notebook keeps how it ended."""

    def __init__(self, label: str, total: int | None) -> None:
        self.label, self.total, self.done, self.state = label, total, 0, "working"
        self._began = time.monotonic()
        self._bar = widgets.IntProgress(min=0, max=total or 1)
        self._words = widgets.Label()
        super().__init__([widgets.HBox([self._bar, self._words])])
        self.show()

    def said(self) -> str:
        of = f" of {self.total}" if self.total is not None else ""
        seconds = time.monotonic() - self._began
        return f"{self.label}: {self.done}{of}, {self.state} ({seconds:.1f} s)"

    def snapshot(self) -> str:
        return bar(self.done, self.total or max(self.done, 1), self.said())

    def show(self) -> None:
        """Brings bar and words up to date."""
        self._bar.value = min(self.done, self._bar.max) if self.total else int(self.state == "done")
        self._bar.bar_style = {"done": "success", "working": ""}.get(self.state, "danger")
        self._words.value = self.said()

    def end(self, state: str) -> None:
        """The work has ended: "done", or why not."""
        self.state = state
        self.show()
        self.keep_picture()


def progress(work: Iterable[T], label: str = "Working", total: int | None = None) -> Iterator[T]:
    """The same items, with a bar that counts them. `total`: how many, where `len` cannot tell.

    An error or an early end of the loop is shown as such, and goes on its way.
    """
    if total is None and isinstance(work, Sized):
        total = len(work)
    shown = Bar(label, total)
    shown.present()
    last = time.monotonic()
    state = "stopped"
    try:
        for item in work:
            yield item
            shown.done += 1
            if time.monotonic() - last > EVERY:
                shown.show()
                last = time.monotonic()
        state = "done"
    except Exception as error:
        state = f"failed: {type(error).__name__}"
        raise
    finally:
        shown.end(state)
