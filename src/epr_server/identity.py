"""How things are named: ids, the key of a unit, the fingerprint of a receiver.

Source: contract sections 1 (the unit) and 8 (ids, fingerprint).
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Two letters at a time: 13 look-ups make an id, a third of what 26 cost.
_PAIRS = [high + low for high in _CROCKFORD for low in _CROCKFORD]
_SHIFTS = range(120, -1, -10)


def _random_numbers(at_once: int = 200) -> Iterator[int]:
    """Numbers of 80 bits from the system's generator, fetched many at a time."""
    while True:
        block = os.urandom(10 * at_once)
        for start in range(0, len(block), 10):
            yield int.from_bytes(block[start : start + 10])


_random = _random_numbers()


def new_id() -> str:
    """A new ULID: 48 bits of milliseconds, 80 random bits, as 26 characters of Crockford base 32."""
    number = (time.time_ns() // 1_000_000) << 80 | next(_random)
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def unit_key(name: str, version: str, release: str, platform_id: str, package: str) -> bytes:
    """16 bytes that stand for one unit (NVRPP), compared byte for byte.

    The first half of the SHA-256 of the five texts, each ended by a NUL byte; no text holds one.
    `epr_unit_key` in the database computes the same.
    """
    texts = f"{name}\0{version}\0{release}\0{platform_id}\0{package}\0"
    return hashlib.sha256(texts.encode()).digest()[:16]


def fingerprint(type: str, description: str, name: str, version: str) -> str:
    """What two receivers of the same name, type, version and description have in common."""
    return hashlib.sha256(f"v1 {type} {description} {name} {version}".encode()).hexdigest()
