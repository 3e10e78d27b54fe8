"""The explorer: a lineage to move in, in JupyterLab and in a page without a kernel.

What a reader without a script sees is the drawing of `figure` with its table. The script takes its
place: it gets the same data as JSON, the places of the nodes included, and needs nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from epr import Event
from epr_lineage import Kind, Lineage
from eprlab.lineage_view import words
from eprlab.lineage_view.boards import Board, boards
from eprlab.lineage_view.difference import Difference, difference
from eprlab.lineage_view.document import as_script, document
from eprlab.lineage_view.figure import newest, static, style
from eprlab.lineage_view.layout import Layout, place
from eprlab.lineage_view.text import escape

if TYPE_CHECKING:
    from eprlab.lineage_view.widget import ExplorerWidget

LIMIT = 2_000
"""Nodes that are put into a page. More cannot be moved in smoothly."""
DRAWN = 200
"""Nodes of the drawing for readers without a script."""
PARTS = ("graph", "canvas", "exports", "panels", "explorer")
"""The script, in the order in which its parts are joined."""


@dataclass(frozen=True)
class Explorer:
    """A lineage to explore; in a notebook it shows itself. Made by `explore` and `compare`.

    `lineage` is what is shown; `hidden` is how many nodes of the lineage asked for are not in it.
    """

    lineage: Lineage
    title: str
    hidden: int = 0
    focus: str | None = None
    hops: int | None = None
    records: dict[str, Event] = field(default_factory=dict, repr=False)
    boards: tuple[Board, ...] = ()
    difference: Difference | None = None

    @cached_property
    def layout(self) -> Layout:
        """Where everything goes; worked out once."""
        return place(self.lineage)

    @property
    def document(self) -> dict[str, Any]:
        """What the script gets (see `eprlab.lineage_view.document`)."""
        numbers = {node.id: number for number, node in enumerate(self.lineage.nodes)}
        return document(
            self.lineage,
            self.layout,
            list(self.boards),
            self.records,
            self.difference,
            title=self.title,
            hidden=self.hidden,
            focus=numbers[self.focus] if self.focus else None,
            hops=self.hops,
            describe=repr(self),
        )

    def widget(self) -> ExplorerWidget:
        """The same as a widget that tells Python which node is chosen (`.selected`)."""
        from eprlab.lineage_view.widget import ExplorerWidget

        return ExplorerWidget(self)

    def _repr_html_(self) -> str:
        drawn = newest(self.lineage, DRAWN)
        layout = self.layout if drawn is self.lineage else None
        more = self.hidden + len(self.lineage.nodes) - len(drawn.nodes)
        drawing, name = static(drawn, self.title, more, layout)
        return (
            f'<div class="plab-explorer" id="{name}-explorer" role="group" aria-label="{escape(self.title)}">'
            f"<style>{style()}{stylesheet()}</style>"
            f'<div class="plab-fallback">{drawing}</div>'
            f'<script type="application/json">{as_script(self.document)}</script></div>'
            f'<script type="module">{script()}</script>'
        )

    def __repr__(self) -> str:
        said = f"{self.title}: {words.describe(self.lineage)}"
        if self.difference is not None:
            said += f" {self.difference}."
        return f"{said} {self.hidden} more nodes are not here." if self.hidden else said


def explore(
    lineage: Lineage,
    title: str = "Lineage",
    *,
    focus: str | None = None,
    hops: int | None = None,
    records: Iterable[Event] = (),
    hide: tuple[Kind, ...] = (Kind.GROUP,),
    hidden: int = 0,
) -> Explorer:
    """An explorer of a lineage.

    `focus`: the id of a node to begin with; `hops`: how far around it to show. `records`: events
    whose fields and payload the reader may look at (a lineage does not keep payloads). `hide`: kinds
    that are left out (groups by default: a gate carries its group's name). `hidden`: how many nodes
    the caller already left out, as `epr_lineage.around` says. Of more than 2,000 nodes the newest
    are shown, the rest is counted. Raises `epr_lineage.UnknownNode` for a `focus` that is not shown.
    """
    wanted = lineage.without(*hide)
    shown = newest(wanted, LIMIT)
    if focus is not None:
        shown[focus]
    return Explorer(
        shown,
        title,
        hidden=hidden + len(wanted.nodes) - len(shown.nodes),
        focus=focus,
        hops=hops,
        records={event.id: event for event in records},
        boards=tuple(boards(lineage)),
    )


def compare(
    before: Lineage,
    after: Lineage,
    title: str = "What changed",
    *,
    records: Iterable[Event] = (),
    hide: tuple[Kind, ...] = (Kind.GROUP,),
) -> Explorer:
    """An explorer of what differs between two lineages, say of two releases: their union, in which
    every node and edge is marked as added, removed or changed, or not at all. See `difference`."""
    found = difference(before.without(*hide), after.without(*hide))
    shown = newest(found.lineage, LIMIT)
    return Explorer(
        shown,
        title,
        hidden=len(found.lineage.nodes) - len(shown.nodes),
        records={event.id: event for event in records},
        boards=tuple(boards(after)),
        difference=found,
    )


@cache
def script() -> str:
    """The explorer's script: one ES module, for a page as well as for a widget."""
    folder = files("eprlab.lineage_view") / "script"
    return "\n".join((folder / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)


@cache
def stylesheet() -> str:
    """The explorer's style, to be added to that of the drawing."""
    return (files("eprlab.lineage_view") / "explorer.css").read_text(encoding="utf-8")
