"""The rules every text field obeys (contract section 2.4)."""

from __future__ import annotations

from collections.abc import Iterable

MAX_CHARACTERS = 255


def problems_of(fields: Iterable[tuple[str, str | None]]) -> list[str]:
    """What is wrong with these (label, text) pairs, in their order; empty if nothing is.

    A text must have something besides white space, at most 255 characters, and no U+0000.
    """
    problems = []
    for label, text in fields:
        if not text or text.isspace():
            problems.append(f"{label} cannot be blank")
        elif len(text) > MAX_CHARACTERS:
            problems.append(
                f"{label} cannot be longer than {MAX_CHARACTERS} characters; it has {len(text)}"
            )
        elif "\0" in text:
            problems.append(f"{label} cannot contain the character U+0000")
    return problems
