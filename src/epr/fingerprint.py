"""Fingerprints of receivers and groups, as the upstream SDK computes them.

SHA-256 of `"v1"` and the values of the keys, each after a space (contract section 8). The
registry computes a receiver's the same way; a group's is known to the SDK only. Nothing is
escaped, so different receivers can share a fingerprint by moving a space: it is no identity.
Unlike upstream's, computing one prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .common import hash_string


class Fingerprint:
    """The fingerprint of `data` over `keys` in sorted order."""

    def __init__(self, data: Mapping[str, Any], keys: Iterable[str]) -> None:
        self._data = data
        self._keys = tuple(sorted(keys))

    @property
    def fingerprint(self) -> str | None:
        """Lower-case hex, or None if any of the keys is missing or empty (`False` counts as empty)."""
        values = [self._data.get(key) for key in self._keys]
        if not all(values):
            return None
        return hash_string(" ".join(["v1", *(word for value in values for word in _words(value))]))

    @classmethod
    def new(cls, data: Mapping[str, Any], keys: Iterable[str]) -> Fingerprint:
        """The same as the constructor (upstream)."""
        return cls(data, keys)


class ReceiverFingerprint(Fingerprint):
    """Over type, description, name and version, in this order."""

    KEYS: tuple[str, ...] = ("type", "description", "name", "version")

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, ())
        self._keys = self.KEYS

    @classmethod
    def new(cls, data: Mapping[str, Any]) -> ReceiverFingerprint:
        """The same as the constructor (upstream)."""
        return cls(data)


class GroupFingerprint(ReceiverFingerprint):
    """Over type, description, name, version, enabled and the receiver ids, in this order."""

    KEYS = (*ReceiverFingerprint.KEYS, "enabled", "event_receiver_ids")


def _words(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    if isinstance(value, Mapping):
        return [str(part) for pair in value.items() for part in pair]
    return [str(value)]
