"""How often things go wrong, and how long they take. All chance comes from one seeded source."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Odds:
    """Shares between 0 and 1, of changes, of deployments or of events, as named."""

    abandoned: float = 0.05  # changes that are never merged
    tests_fail: float = 0.12  # changes whose tests fail first
    never_fixed: float = 0.15  # of those, changes that end there
    scan_fails: float = 0.02  # changes whose scan ends it
    not_promoted: float = 0.25  # releases that stay in staging
    incident: float = 0.06  # production deployments that go wrong
    rolled_back: float = 0.6  # of those, undone at once; the others are fixed by the next release
    by_hand: float = 0.05  # production deployments without a link to what came before
    lost_link: float = 0.01  # events that name a predecessor which nobody recorded
    twice: float = 0.002  # events recorded twice
    late: float = 0.01  # events recorded hours after they happened
    nightly: float = 0.01  # changes shipped by the old script, which speaks no CDEvents
    agent: float = 0.03  # production deployments that an agent was asked about


ODDS = Odds()


class Chance:
    """A seeded source of chance: the same seed tells the same history."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  (a story, not a secret)

    def happens(self, share: float) -> bool:
        """True for this share of the calls."""
        return self.random.random() < share

    def minutes(self, typical: float) -> timedelta:
        """A duration around a typical one, with a long tail."""
        return timedelta(minutes=typical * self.random.lognormvariate(0, 0.5))

    def uuid(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def ulid(self, milliseconds: int) -> str:
        """A ULID of a moment (https://github.com/ulid/spec)."""
        number = (milliseconds << 80) | self.random.getrandbits(80)
        return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
