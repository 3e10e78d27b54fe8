"""What payloads say: CDEvents, SBOMs, attestations, agents' actions, causes.

One job: turn an untrusted payload into small, frozen, typed facts, and say what could not be read.
Nothing in a payload can make this fail or grow without bound.

- `facts`        what can be said
- `reading`      `read(payload)`: the facts, and the reasons for what is missing
- `cdevent`      CDEvents and their links
- `sbom`         CycloneDX and descriptors
- `attestation`  in-toto statements, DSSE envelopes
- `action`       what agents did
- `causation`    which event an event says it was caused by
- `purls`, `text`  package URLs and texts, checked

Imported by `epr_lineage` only.
"""

from epr_lineage.payloads.facts import (
    NOTHING,
    Action,
    Attestation,
    Cause,
    Link,
    Occurrence,
    Said,
    Sbom,
    Thing,
)
from epr_lineage.payloads.reading import read

__all__ = [
    "NOTHING",
    "Action",
    "Attestation",
    "Cause",
    "Link",
    "Occurrence",
    "Said",
    "Sbom",
    "Thing",
    "read",
]
