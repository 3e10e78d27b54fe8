"""JSON documents that are kept as text: what is allowed in them, and their compact form.

A payload or schema is stored byte for byte apart from white space, never as parsed numbers, so what
was signed or hashed by a client can be found again. What other readers would choke on is refused
here, once, with a reason.
"""

from __future__ import annotations

import re

import msgspec

from epr_server.errors import InvalidInput

MAX_DEPTH = 128
"""Levels of nesting. Common readers give up between a hundred and a thousand."""
MAX_DIGITS = 1000
"""Digits in a row in a number. Python's own reader, for one, gives up at 4,300."""

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_STRING = rb'"(?:[^"\\]|\\.)*"'
_STRING_OR_BRACKET = re.compile(_STRING + rb"|[\[\]{}]")
_STRING_OR_LONG_NUMBER = re.compile(_STRING + rb"|[0-9]{%d}" % (MAX_DIGITS + 1))


def compact(document: msgspec.Raw | bytes, what: str) -> bytes:
    """`document` without insignificant white space. `what` names it in a refusal.

    Raises `InvalidInput` for text that is not JSON, that holds U+0000 or half a surrogate pair,
    that nests deeper than `MAX_DEPTH` or has a number of more than `MAX_DIGITS` digits.
    """
    try:
        text: bytes = msgspec.json.format(document, indent=-1)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidInput(f"{what} is not usable JSON: {error}") from None
    if b"\\u0000" in text and _NUL.search(text):
        raise InvalidInput(f"{what} cannot contain the character U+0000")
    if text.count(b"[") + text.count(b"{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise InvalidInput(f"{what} cannot be nested deeper than {MAX_DEPTH} levels")
    if len(text) > MAX_DIGITS and any(
        not match[0].startswith(b'"') for match in _STRING_OR_LONG_NUMBER.finditer(text)
    ):
        raise InvalidInput(f"{what} cannot contain a number of more than {MAX_DIGITS} digits")
    return text


def _depth(text: bytes) -> int:
    depth = deepest = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        token = match[0]
        if token in (b"[", b"{"):
            depth += 1
            deepest = max(deepest, depth)
        elif token in (b"]", b"}"):
            depth -= 1
    return deepest
