"""A small table with a conclusion: plain text in a terminal, HTML in a notebook and in the book."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape

WIDTH = 34
"""Characters of a column in plain text; longer cells are folded."""


@dataclass(frozen=True)
class Listing:
    """Rows under columns, with a caption above and a conclusion below. Everything in it is text."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    conclusion: str = ""

    def __repr__(self) -> str:
        table = (self.columns, *self.rows)
        widths = [min(WIDTH, max(len(row[n]) for row in table)) for n in range(len(self.columns))]
        lines = [self.caption]
        for row in table:
            cells = [_folded(cell, width) for cell, width in zip(row, widths, strict=True)]
            for n in range(max(map(len, cells))):
                parts = [cell[n] if n < len(cell) else "" for cell in cells]
                padded = (part.ljust(width) for part, width in zip(parts, widths, strict=True))
                lines.append("  ".join(padded).rstrip())
        return "\n".join([*lines, self.conclusion] if self.conclusion else lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th scope='col'>{escape(column)}</th>" for column in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows
        )
        after = f"<p>{escape(self.conclusion)}</p>" if self.conclusion else ""
        return (
            f"<table><caption>{escape(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{after}"
        )


def _folded(cell: str, width: int) -> list[str]:
    return textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False) or [""]
