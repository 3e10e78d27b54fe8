"""The status panel for notebooks: a light for each component, where it is, and what to do about it.

The panel asks the stack from a thread of its own, so that cells run meanwhile; the thread ends with the
panel or the kernel. Beside the widget, the saved output holds a table of the same moment, which is what
a page without a kernel shows.
"""

from __future__ import annotations

import html
import threading
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from eprlab import stack
from eprlab.stack.errors import StackError
from eprlab.stack.progress import Silent
from eprlab.stack.status import ComponentStatus, StackStatus

INTERVAL = 2.0
LOG_LINES = 40
_COLOURS = {"healthy": "#1a7f37", "not answering": "#9a6700", "stopped": "#6e7781"}


class Panel(widgets.VBox):
    """Lights and buttons for the stack; `stack.panel()` makes one."""

    def __init__(self, *, interval: float = INTERVAL) -> None:
        self._closed = threading.Event()
        self._asking = threading.Lock()
        self._status = stack.status()
        self._rows = {c.name: _Row(c, self._restart, self._show_log) for c in self._status}
        self._title = widgets.HTML()
        self._log = widgets.HTML()
        refresh = widgets.Button(
            description="Refresh", tooltip="Ask every component now", layout=_BUTTON
        )
        refresh.on_click(lambda _: self._in_background(self.refresh))
        super().__init__(
            [
                widgets.HBox([self._title, refresh], layout=_SPREAD),
                *(row.box for row in self._rows.values()),
                self._log,
            ]
        )
        self._show(self._status)
        self._interval = interval
        threading.Thread(target=self._watch, name="eprlab-panel", daemon=True).start()

    @property
    def status(self) -> StackStatus:
        """What the panel shows at the moment."""
        return self._status

    def refresh(self) -> None:
        """Ask every component how it is, and show it, or why it cannot be told."""
        with self._asking:
            try:
                self._show(stack.status())
            except StackError as error:
                self._log.value = _as_text("The stack cannot be asked", str(error))

    def close(self) -> None:
        """Take the panel away and end its thread."""
        self._closed.set()
        super().close()

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**options)
        return {**bundle, "text/plain": str(self._status), "text/html": self._status._repr_html_()}

    # ---- in the background

    def _watch(self) -> None:
        while not self._closed.wait(self._interval):
            self.refresh()

    def _in_background(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, name="eprlab-panel-work", daemon=True).start()

    def _restart(self, component: ComponentStatus) -> None:
        def work() -> None:
            row = self._rows[component.name]
            row.announce("restarting …")
            try:
                stack.restart(component.name, progress=Silent())
            except StackError as error:
                self._log.value = _as_text("The restart failed", str(error))
            finally:
                row.is_busy = False
                self.refresh()

        self._in_background(work)

    def _show_log(self, component: ComponentStatus) -> None:
        def work() -> None:
            text = stack.logs(component.name, LOG_LINES)
            self._log.value = _as_text(f"Log of {component.title}", text or "(empty)")

        self._in_background(work)

    def _show(self, status: StackStatus) -> None:
        self._status = status
        summary = (
            "all components are healthy" if status.is_healthy else "not all components are healthy"
        )
        self._title.value = (
            f"<strong>The stack</strong> ({html.escape(str(status.backend))}): {summary}"
        )
        for component in status:
            self._rows[component.name].show(component)


class _Row:
    """One component: light and word, name, version, address, two buttons."""

    def __init__(
        self,
        component: ComponentStatus,
        restart: Callable[[ComponentStatus], None],
        show_log: Callable[[ComponentStatus], None],
    ) -> None:
        self.is_busy = False
        self._text = widgets.HTML(layout=widgets.Layout(flex="1 1 auto"))
        self._restart = widgets.Button(
            description="Restart",
            tooltip=f"Restart {component.title}",
            icon="refresh",
            layout=_BUTTON,
        )
        self._log = widgets.Button(
            description="Log",
            tooltip=f"Show the last lines of {component.title}",
            icon="list",
            layout=_BUTTON,
        )
        self._restart.on_click(lambda _: restart(component))
        self._log.on_click(lambda _: show_log(component))
        self._component = component
        self.box = widgets.HBox([self._text, self._restart, self._log], layout=_SPREAD)

    def show(self, component: ComponentStatus) -> None:
        """Show how the component is, unless it is being restarted."""
        self._component = component
        if not self.is_busy:
            self._restart.disabled = False
            condition = component.condition
            self._write(condition.light, str(condition), _COLOURS[condition.value])

    def announce(self, what: str) -> None:
        """Show that something is being done to the component."""
        self.is_busy = True
        self._restart.disabled = True
        self._write("◌", what, _COLOURS["not answering"])

    def _write(self, light: str, word: str, colour: str) -> None:
        c = self._component
        self._text.value = (
            f'<span style="color:{colour}" aria-hidden="true">{light}</span> '
            f"{html.escape(word)} · <strong>{html.escape(c.title)}</strong> {html.escape(c.version)} · "
            f"<code>{html.escape(c.address)}</code>"
        )


def _as_text(title: str, text: str) -> str:
    """Text as text, whatever is in it, in a box that scrolls and can be reached by keyboard."""
    return (
        f'<section aria-label="{html.escape(title)}"><strong>{html.escape(title)}</strong>'
        f'<pre tabindex="0" style="max-height:16em;overflow:auto">{html.escape(text)}</pre></section>'
    )


_BUTTON = widgets.Layout(width="7.5em", flex="0 0 auto")
_SPREAD = widgets.Layout(justify_content="space-between", align_items="center", width="100%")
