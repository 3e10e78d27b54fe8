"""Text from outside, made fit for a page. Everything drawn goes through `escape`."""

from __future__ import annotations

import html
import re

# Control characters and lone surrogates are no legal XML, and marks that turn the direction of
# writing can make a label read as something else (https://www.unicode.org/reports/tr36/).
UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def escape(text: str) -> str:
    """`text` for HTML or XML content and attribute values; what cannot be shown becomes �."""
    return html.escape(UNFIT.sub("�", text))
