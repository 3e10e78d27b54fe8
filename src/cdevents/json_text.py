"""JSON read strictly, and values that cannot change afterwards.

An event is evidence. It is refused rather than guessed at when its text is ambiguous (a name twice
in one object: two readers may each take another one), when it holds what JSON does not (NaN), and
when it could not be written again (half a surrogate pair). Integers keep every digit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from .errors import NotJSON

# jsonschema-rs stops at 255 levels; nothing in CDEvents needs more than a handful.
DEEPEST = 128


class ReadOnlyDict(dict[str, Any]):
    """A dict that refuses to change. It prints, compares and serialises as a dict.

    `freeze` makes them, and nobody else: what is in one cannot change either.
    """

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("an event cannot be changed; take `event.to_dict()` and parse the result")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[ReadOnlyDict], tuple[dict[str, Any]]]:
        return ReadOnlyDict, (dict(self),)

    def __copy__(self) -> ReadOnlyDict:
        return self

    def __deepcopy__(self, memo: object) -> ReadOnlyDict:
        return self


def read(text: bytes | str) -> Any:
    """The value of a JSON text. Raises `NotJSON`."""
    try:
        return _decoder.decode(text.decode() if isinstance(text, bytes) else text)
    except UnicodeDecodeError as error:
        raise NotJSON(f"the text is not UTF-8 (byte {error.start}); send JSON as UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NotJSON(f"not JSON at {where}: {error.msg.lower()}; mend the producer") from None
    except RecursionError:
        raise NotJSON(f"nested deeper than {DEEPEST} levels; flatten it") from None
    except NotJSON:
        raise
    except ValueError as error:  # an integer of more digits than Python will read
        raise NotJSON(f"not usable JSON: {error}") from None


def write(value: Any) -> bytes:
    """A value that passed `freeze` as compact UTF-8 JSON, its members in the order they have."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def freeze(value: Any) -> Any:
    """The same JSON value, unchangeable: objects become `ReadOnlyDict`s, arrays tuples.

    Raises `NotJSON`, with the path, for anything that JSON cannot say.
    """
    try:
        return _frozen(value, 0)
    except _NoForm as problem:
        raise NotJSON(str(problem)) from None


class _NoForm(Exception):
    """A value without a JSON form. `steps`: the way to it, from the inside out."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.steps: list[str] = []

    def __str__(self) -> str:
        path = "".join(reversed(self.steps)).removeprefix(".")
        return f"{path}: {self.reason}" if path else self.reason


def _frozen(value: Any, depth: int) -> Any:
    # In the order of how often they are met.
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _text(value)
    if kind is ReadOnlyDict or value is None or kind is bool or kind is int:
        return value
    if isinstance(value, Mapping):
        return _object_frozen(value, depth)
    if isinstance(value, list | tuple):
        return _array_frozen(value, depth)
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise _NoForm(f"{value} is not a JSON number; leave it out or write text")
    if isinstance(value, str):  # an enumeration's member, for instance
        return _text(str.__str__(value))
    raise _NoForm(
        f"a {kind.__name__} has no JSON form; use str, int, float, bool, None, dict or list"
    )


def _object_frozen(value: Mapping[Any, Any], depth: int) -> ReadOnlyDict:
    _check_depth(depth)
    frozen, name = {}, None
    try:
        for name, member in value.items():
            if type(name) is not str:
                raise _NoForm(f"this name is a {type(name).__name__}, not a string")
            frozen[name if name.isascii() else _text(name)] = _frozen(member, depth + 1)
    except _NoForm as problem:
        problem.steps.append(f".{name!s}")
        raise
    return ReadOnlyDict(frozen)


def _array_frozen(value: list[Any] | tuple[Any, ...], depth: int) -> tuple[Any, ...]:
    _check_depth(depth)
    frozen: list[Any] = []
    try:
        for item in value:
            frozen.append(_frozen(item, depth + 1))
    except _NoForm as problem:
        problem.steps.append(f"[{len(frozen)}]")
        raise
    return tuple(frozen)


def _check_depth(depth: int) -> None:
    if depth >= DEEPEST:
        raise _NoForm(f"nested deeper than {DEEPEST} levels; flatten it")


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _NoForm(
            f"{text!r} holds half a surrogate pair, which UTF-8 cannot say; remove it"
        ) from None
    return text


def thaw(value: Any) -> Any:
    """A changeable copy of a frozen value: plain dicts and lists."""
    if isinstance(value, dict):
        return {key: thaw(member) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return [thaw(item) for item in value]
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJSON(f"the name {twice!r} stands twice in one object; readers would disagree")
    return members


def _constant(name: str) -> NoReturn:
    raise NotJSON(f"{name} is not JSON; leave the member out or write text")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
