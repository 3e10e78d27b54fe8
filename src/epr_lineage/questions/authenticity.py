"""Is this record authentic? Signatures against keys that you trust, digests, and a chain of hashes.

A signature shows that a record was not changed since a key's holder signed it. It does not show that
nothing was deleted; a hash chain does (except at its end). Neither keeps anybody out of the registry.

DSSE: https://github.com/secure-systems-lab/dsse; statements: https://github.com/in-toto/attestation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError, VerificationError
from securesystemslib.signer import Key

from epr.records import Event
from epr_lineage.clocks import in_order
from epr_lineage.index import Index
from epr_lineage.payloads import read
from epr_lineage.payloads.reading import envelope_in
from epr_lineage.payloads.text import sha256
from epr_lineage.questions.coverage import Coverage

PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, whether it holds, and what was found."""

    what: str
    holds: bool
    found: str


@dataclass(frozen=True)
class Verdict:
    """Q22. Whether a record is authentic. `signed_by`: ids of the trusted keys whose signature is valid.

    Coverage: checks that hold. None of them says that what was signed is true.
    """

    checks: tuple[Check, ...]
    signed_by: tuple[str, ...]
    coverage: Coverage

    @property
    def authentic(self) -> bool:
        """Whether every check holds."""
        return self.coverage.complete

    @property
    def frame(self) -> pandas.DataFrame:
        """One row a check."""
        return pandas.DataFrame(
            [(c.what, "holds" if c.holds else "fails", c.found) for c in self.checks],
            columns=["check", "result", "found"],
        )


@dataclass(frozen=True)
class ChainVerdict:
    """Whether a chain of hashes is whole. `breaks`: an event's id, and what is wrong before it.

    Coverage: events that name the one before them rightly.
    """

    breaks: tuple[tuple[str, str], ...]
    coverage: Coverage

    @property
    def whole(self) -> bool:
        """Whether no event between the first and the last is missing or changed."""
        return not self.breaks


def is_authentic(
    index: Index,
    event: Event,
    trusted: Mapping[str, Key] | Sequence[Key],
    *,
    threshold: int = 1,
) -> Verdict:
    """Q22. Is the attestation that this event carries authentic, and about this very artifact?

    Three layers, each catching what the others cannot: the signature (of at least `threshold` trusted
    keys) catches a changed envelope; the trusted keys catch a stranger's signature; the digest that
    other events state for the same unit catches a valid envelope of another artifact.
    The event is needed with its payload: `client.events.get(id)`. `trusted`: securesystemslib keys.
    """
    keys = list(trusted.values() if isinstance(trusted, Mapping) else trusted)
    envelope = envelope_in(event.payload)
    if envelope is None:
        return _verdict(
            [Check("carries a signed statement", False, "no DSSE envelope in the payload")]
        )
    attestation = read(event.payload)[0].attestation
    signed_by, why = _signers(envelope, keys, threshold)
    checks = [
        Check("carries a signed statement", attestation is not None,
              attestation.predicate_type if attestation else "the envelope holds no in-toto statement"),
        Check(f"signed by at least {threshold} trusted key{'s' if threshold > 1 else ''}",
              bool(signed_by), ", ".join(signed_by) or why),
    ]  # fmt: skip
    stated = {
        found
        for entry in index.of_unit(event.nvrpp)
        if entry.id != event.id
        for found in entry.said.digests
    }
    claimed = {found for _, found in attestation.subjects} if attestation else set()
    checks.append(_same_artifact(claimed, stated))
    return _verdict(checks, signed_by)


def chained(payload: Mapping[str, Any], before: Event | Mapping[str, Any] | None) -> dict[str, Any]:
    """A copy of a payload that names the one before it by its hash, in a member `previous`.

    `before`: the event before it on the same receiver, or its payload; None for the first.
    """
    earlier = before.payload if isinstance(before, Event) else before
    return {**payload, PREVIOUS: sha256(earlier) if earlier is not None else None}


def is_chain_whole(events: Iterable[Event]) -> ChainVerdict:
    """Is nothing missing or changed between the first and the last of these events?

    The events of one receiver, whose payloads were made by `chained`. Of the last event nothing can be
    said: nobody has named it yet, so keep its hash elsewhere.
    """
    ordered = in_order(events)
    breaks = list(_breaks(ordered))
    wrong = {id for id, _ in breaks}
    return ChainVerdict(
        tuple(breaks),
        Coverage.over(
            ((event.id, event.id not in wrong) for event in ordered),
            "events name the one before them rightly",
        ),
    )


def _breaks(ordered: list[Event]) -> Iterator[tuple[str, str]]:
    known = {sha256(event.payload): event.id for event in ordered}
    for number, event in enumerate(ordered):
        payload = event.payload if isinstance(event.payload, Mapping) else {}
        if PREVIOUS not in payload:
            yield event.id, "it names no event before it"
            continue
        named, before = payload[PREVIOUS], ordered[number - 1] if number else None
        if before is None:
            if named is not None:
                yield event.id, "it is the first here, but names one before it: that one is gone"
        elif named != sha256(before.payload):
            where = known.get(named) if isinstance(named, str) else None
            yield (
                event.id,
                f"it names {where}, not {before.id} before it: their order was changed"
                if where
                else f"what it names is not {before.id} as it is here: one was changed or is gone",
            )


def _signers(
    envelope: Mapping[str, Any], keys: list[Key], threshold: int
) -> tuple[tuple[str, ...], str]:
    if len(keys) < threshold:
        return (), f"only {len(keys)} keys are trusted"
    try:
        # A copy: securesystemslib changes what it is given.
        read_envelope = Envelope.from_dict(json.loads(json.dumps(envelope)))
        return tuple(sorted(read_envelope.verify(keys, threshold))), ""
    except VerificationError:
        named = [str(s.get("keyid")) for s in envelope["signatures"] if isinstance(s, Mapping)]
        return (), f"no valid signature by a trusted key; it names {', '.join(named) or 'no key'}"
    except (FormatError, ValueError, KeyError, TypeError, AttributeError) as error:
        return (), f"the envelope cannot be read: {type(error).__name__}"


def _same_artifact(claimed: set[str], stated: set[str]) -> Check:
    what = "about the artifact that the unit's other events state"
    if not stated:
        return Check(what, False, "no other event of the unit states a digest")
    if len(stated) > 1:
        return Check(what, False, f"the unit's events state {len(stated)} different digests")
    if not claimed & stated:
        said = ", ".join(sorted(claimed)) or "nothing"
        return Check(what, False, f"the statement is about {said}, the unit is {min(stated)}")
    return Check(what, True, min(claimed & stated))


def _verdict(checks: list[Check], signed_by: tuple[str, ...] = ()) -> Verdict:
    return Verdict(
        tuple(checks),
        signed_by,
        Coverage.over(((check.what, check.holds) for check in checks), "checks hold"),
    )
