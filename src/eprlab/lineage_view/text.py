"""Text from outside, made fit for a page. Everything drawn goes through `escape` or `visible`."""

from __future__ import annotations

import html
import re

# Control characters and lone surrogates are no legal XML; marks that turn the direction of writing,
# and characters that take no room, can make a text read as something else than it is
# (https://www.unicode.org/reports/tr36/). Line breaks and tabs are fit.
UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffc\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """`text` with every character that cannot be seen written out, as `⟨U+202E⟩`."""
    return UNFIT.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def escape(text: str) -> str:
    """`text` for HTML or XML content and attribute values, with nothing in it that is not seen."""
    return html.escape(visible(text))
