"""Untrusted text made fit for one line of a log, a header or a table cell."""

from __future__ import annotations


def describe(error: BaseException) -> str:
    """An exception in one line of at most 500 characters, whatever its text holds."""
    try:
        text = str(error)
    except Exception:  # an exception of the handler's own making can fail even at this
        text = "(its text cannot be shown)"
    return printable(f"{type(error).__name__}: {text}", 500)


def printable(text: str, length: int) -> str:
    """Untrusted text for one line of a log or a header: control characters escaped, cut short."""
    escaped = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:length])
    return "".join(escaped)[:length]
