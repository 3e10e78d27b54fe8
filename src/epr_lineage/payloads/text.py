"""Texts out of untrusted values: checked, bounded, and held in memory once."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import orjson

LONGEST = 512
"""Characters of an id. The registry's own columns hold 255."""


class Unreadable(Exception):
    """A part of a payload that cannot be read; the message says which and why. Never leaves here."""


def text(value: Any, what: str) -> str:
    """`value` if it is a text that can be an id. Raises `Unreadable`."""
    found = optional(value, what)
    if not found:
        raise Unreadable(f"{what} is missing or empty")
    return found


def optional(value: Any, what: str) -> str | None:
    """As `text`, but None may be None and empty may be empty."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unreadable(f"{what} is {type(value).__name__}, not text")
    if len(value) > LONGEST:
        raise Unreadable(f"{what} has {len(value)} characters; an id has at most {LONGEST}")
    if not value.isascii() and not _storable(value):
        raise Unreadable(f"{what} holds half a surrogate pair")
    return sys.intern(value)


def words(value: Any) -> str:
    """The first words of a text for people; "" if there is none."""
    if not isinstance(value, str) or not _storable(value[:LONGEST]):
        return ""
    return value[:LONGEST]


def canonical(value: Any) -> bytes:
    """JSON with sorted keys: equal values give equal bytes, whatever the order of their members."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError):
        # An integer of more than 64 bits, half a surrogate pair, 255 levels: rare, and still read.
        return "".join(_written(value)).encode("utf-8", "surrogatepass")


def _written(value: Any) -> Iterator[str]:
    """The parts of the JSON of a value of any depth, without recursion."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, _Text):
            yield item
        elif isinstance(item, dict):
            waiting.append(_Text("}"))
            for key in sorted(item, reverse=True):
                waiting += [_Text(","), item[key], _Text(json.dumps(key) + ":")]
            waiting.append(_Text("{"))
        elif isinstance(item, list | tuple):
            waiting.append(_Text("]"))
            for member in reversed(item):
                waiting += [_Text(","), member]
            waiting.append(_Text("["))
        else:
            yield json.dumps(item, default=str)


class _Text(str):
    """A piece of JSON that is written already."""


def sha256(value: Any) -> str:
    """`sha256:…` over the canonical JSON of a value."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def digest(value: Any) -> str | None:
    """`sha256:…` from the ways in which payloads write it; None if it is not one.

    64 hexadecimal digits, the same after `sha256:`, or an object with a member `sha256`.
    """
    if isinstance(value, dict):
        value = value.get("sha256")
    if not isinstance(value, str):
        return None
    digits = value.removeprefix("sha256:").lower()
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        return None
    return sys.intern("sha256:" + digits)


def _storable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
