"""Tables and bars as HTML. Every text given is escaped; only these functions make markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eprlab.lineage_view.text import escape

_TABLE = "border-collapse:collapse;font-size:12px;width:100%"
_HEAD = "padding:.15em .8em .15em 0;text-align:left;vertical-align:bottom;white-space:nowrap"
_CELL = "padding:.15em .8em .15em 0;text-align:left;vertical-align:top;overflow-wrap:anywhere"


class Markup(str):
    """HTML made here; everything else is text."""

    __slots__ = ()


def cell(value: object) -> Markup:
    """A value fit for a page."""
    return value if isinstance(value, Markup) else Markup(escape(str(value)))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], caption: str) -> Markup:
    """A table with a caption, in a box that scrolls and can be reached by keyboard."""
    head = "".join(f'<th scope="col" style="{_HEAD}">{escape(one)}</th>' for one in headings)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{cell(one)}</td>' for one in row) + "</tr>"
        for row in rows
    )
    if not body:
        body = f'<tr><td colspan="{len(headings)}" style="{_CELL}">nothing yet</td></tr>'
    return Markup(
        f'<div tabindex="0" role="region" aria-label="{escape(caption)}" '
        'style="max-height:22em;overflow:auto">'
        f'<table style="{_TABLE}"><caption style="text-align:left">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def bar(part: float, whole: float, label: str) -> Markup:
    """How much of a whole, as a bar with its label beside it."""
    share = 0.0 if whole <= 0 else min(1.0, max(0.0, part / whole))
    return Markup(
        '<span aria-hidden="true" style="display:inline-block;width:8em;height:.7em;'
        'border:1px solid currentColor;margin-right:.5em">'
        f'<span style="display:block;height:100%;width:{share:.1%};background:currentColor"></span>'
        f"</span>{escape(label)}"
    )


def heading(title: str, note: str = "") -> Markup:
    """The title of a view, and what there is to say about it at the moment."""
    return Markup(
        f"<div><strong>{escape(title)}</strong>{f' · {escape(note)}' if note else ''}</div>"
    )


def trouble(text: str) -> Markup:
    """What went wrong, in words."""
    return Markup(f'<div role="alert">✗ {escape(text)}</div>')
