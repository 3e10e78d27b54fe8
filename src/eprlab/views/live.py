"""What all live views have in common: they look again and again in a thread, they end, they last.

A view asks from a thread of its own, so that cells run meanwhile. The saved notebook keeps, beside
the widget, an HTML picture of it; when the view stops, the picture is replaced by that of the last
moment, wherever the view is shown.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from typing import Self

import ipywidgets as widgets
from kafka.errors import KafkaError

from epr.errors import EPRError
from eprlab.views.errors import ViewError
from eprlab.views.markup import Markup, heading, trouble
from eprlab.views.picture import Pictured

_RUNNING: weakref.WeakSet[LiveView] = weakref.WeakSet()


class LiveView(Pictured):
    """A view that is kept current until `stop()`. Subclasses say what to look at and how to show it.

    `look` is called in the view's thread every `interval` seconds, `draw` gives the HTML of what was
    last seen, `release` lets go of connections. A failed look is shown, and tried again.
    """

    def __init__(self, title: str, *controls: widgets.Widget, interval: float) -> None:
        self.title = title
        self.interval = interval
        self._ended = threading.Event()
        self._looking = threading.RLock()
        self._problem = ""
        self._looks = 0
        self._shown = widgets.HTML()
        halt = widgets.Button(description="Stop", tooltip=f"Stop {title}")
        halt.on_click(lambda _: threading.Thread(target=self.stop, daemon=True).start())
        self._halt = halt
        row = widgets.HBox([*controls, halt], layout=widgets.Layout(flex_flow="row wrap"))
        super().__init__([self._shown, row])
        self._update()
        _RUNNING.add(self)
        self._thread = threading.Thread(
            target=self._watch, name=f"eprlab-{type(self).__name__}", daemon=True
        )
        self._thread.start()

    # ------------------------------------------------------------------------ for subclasses
    def look(self) -> None:
        """Asks for what is shown. May take long; may raise what a client or a broker raises."""
        raise NotImplementedError

    def draw(self) -> Markup:
        """What was last seen, as HTML."""
        raise NotImplementedError

    def note(self) -> str:
        """What stands beside the title."""
        return ""

    def release(self) -> None:
        """Lets go of connections; called once, in the view's thread."""

    # --------------------------------------------------------------------------- for readers
    @property
    def running(self) -> bool:
        """Whether the view is still looking."""
        return self._thread.is_alive()

    @property
    def problem(self) -> str:
        """Why the last look failed; "" if it did not."""
        return self._problem

    @property
    def looks(self) -> int:
        """How many looks succeeded."""
        return self._looks

    def snapshot(self) -> str:
        state = "live" if not self._ended.is_set() else "stopped"
        note = ", ".join(part for part in (self.note(), state) if part)
        return (
            heading(self.title, note)
            + (trouble(self.problem) if self.problem else "")
            + self.draw()
        )

    def said(self) -> str:
        return f"{self.title}: {self.note()}"

    def stop(self, timeout: float = 10.0) -> None:
        """Ends the thread, lets go of connections, and keeps the last picture. Again: nothing."""
        self._ended.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)
        _RUNNING.discard(self)
        self._halt.disabled = True
        self._update()
        self.keep_picture()

    def close(self) -> None:
        """Stops and takes the widget away."""
        self._ended.set()
        super().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------------------- in the thread
    def _watch(self) -> None:
        try:
            while not self._ended.is_set():
                try:
                    with self._looking:
                        self.look()
                    self._problem = ""
                    self._looks += 1
                except (EPRError, KafkaError, ViewError, OSError) as error:
                    self._problem = f"{type(error).__name__}: {error}"
                self._update()
                self._ended.wait(self.interval)
        finally:
            with contextlib.suppress(KafkaError, EPRError, OSError):
                self.release()

    def _update(self) -> None:
        shown = self.snapshot()
        if shown != self._shown.value:
            self._shown.value = shown


def stop_all() -> int:
    """Stops every live view of this kernel; returns how many there were."""
    views = list(_RUNNING)
    for view in views:
        view.stop()
    return len(views)
