"""tidetable 1.5.1 from its merge to production, in CDEvents, for the tests of the whole model.

Every event E<n> is recorded `n` minutes into the morning and happened half a minute before.
"""

from __future__ import annotations

import base64
import json
from datetime import timedelta

from lineage_story import MORNING, event, group, receiver

import cdevents
from epr.records import NVRPP, Event

UNIT = NVRPP("tidetable", "1.5.1", "2026.11.4", "py3-none-any", "wheel")
PURL = "pkg:pypi/tidetable@1.5.1"
SHA = "sha256:" + "ab" * 32
KNOT = "pkg:pypi/knotlib@0.3.2"
TZDATA = "pkg:pypi/tzdata@2026.2"
CHAIN = "7d9c4ab4-6f7f-4b37-9f0e-4f0f6d1d8a51"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PROD = {"id": "production"}

NAMES = (
    "change.merged", "build.started", "build.finished", "testsuiterun.finished", "artifact.packaged",
    "artifact.signed", "artifact.published", "service.deployed", "incident.detected",
    "incident.resolved", "service.rolledback", "agentaction",
)  # fmt: skip
RECEIVER = {name: receiver(f"R-{name}", name, name) for name in NAMES}
READY = group(
    "G-READY", "ready-for-production", ("R-build.finished", "R-testsuiterun.finished")
)  # fmt: skip

SBOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {
        "component": {"type": "application", "name": "tidetable", "purl": PURL, "bom-ref": "own"}
    },
    "components": [
        {"type": "library", "name": "knotlib", "purl": KNOT, "bom-ref": "k"},
        {"type": "library", "name": "tzdata", "purl": TZDATA, "bom-ref": "t"},
    ],
    "dependencies": [{"ref": "own", "dependsOn": ["k"]}, {"ref": "k", "dependsOn": ["t"]}],
}
STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "tidetable-1.5.1-py3-none-any.whl", "digest": {"sha256": "ab" * 32}}],
    "predicateType": "https://slsa.dev/provenance/v1",
    "predicate": {},
}
ENVELOPE = {
    "payloadType": "application/vnd.in-toto+json",
    "payload": base64.b64encode(json.dumps(STATEMENT).encode()).decode(),
    "signatures": [{"keyid": "signer-2026", "sig": "AA=="}],
}


def happened(number: int) -> str:
    return (MORNING + timedelta(minutes=number, seconds=-30)).isoformat()


def made(builder, number: int, subject: str, source: str, **more) -> cdevents.Event:
    """A CDEvent with the id C<number>."""
    return builder(
        subject, source=f"/plab/{source}", id=f"C{number:02}", timestamp=happened(number), **more
    )  # fmt: skip


def recorded(
    number: int, what: cdevents.Event, success=True, unit=UNIT, to: str = "", **custom
) -> Event:
    """Event E<number> that carries a CDEvent; `custom` is added to its customData."""
    document = what.to_dict()
    if custom:
        document["customData"] = {**document.get("customData", {}), **custom}
    name = to or what.name
    return event(number, f"R-{name}", success, unit, description=name, payload=document)


MERGED_C = made(
    cdevents.change.merged, 1, "tidetable!151", "forge", repository={"id": "tidetable"}, chain_id=CHAIN
)  # fmt: skip
STARTED_C = made(cdevents.build.started, 2, "tidetable-151", "builder", follows=MERGED_C)
BUILT_C = made(
    cdevents.build.finished, 3, "tidetable-151", "builder", follows=STARTED_C, artifact_id=PURL
)  # fmt: skip
TESTED_C = made(
    cdevents.testsuiterun.finished, 4, "tests-151", "tester", follows=BUILT_C, outcome="success",
    environment={"id": "ci"},
)  # fmt: skip
PACKAGED_C = made(
    cdevents.artifact.packaged, 5, PURL, "packager", follows=(BUILT_C, TESTED_C), change=MERGED_C,
)  # fmt: skip
SIGNED_C = made(cdevents.artifact.signed, 6, PURL, "signer", follows=PACKAGED_C, signature=SHA)
PUBLISHED_C = made(
    cdevents.artifact.published, 7, PURL, "publisher", follows=SIGNED_C, user="release engineer"
)  # fmt: skip
DEPLOYED_C = made(
    cdevents.service.deployed, 8, "tidetable", "deployer", follows=PUBLISHED_C, environment=PROD,
    artifact_id=PURL,
)  # fmt: skip

MERGED = recorded(1, MERGED_C)
STARTED = recorded(2, STARTED_C)
BUILT = recorded(3, BUILT_C, sha256="ab" * 32)
TESTED = recorded(4, TESTED_C)
PACKAGED = recorded(5, PACKAGED_C, sbom=SBOM)
SIGNED = recorded(6, SIGNED_C, dsse=ENVELOPE)
PUBLISHED = recorded(7, PUBLISHED_C)
DEPLOYED = recorded(
    8, DEPLOYED_C, causation={"cause": TESTED.id, "hops": 1, "gate": READY.id},
    traceparent=f"00-{TRACE}-00f067aa0ba902b7-01",
)  # fmt: skip
DELIVERY = (MERGED, STARTED, BUILT, TESTED, PACKAGED, SIGNED, PUBLISHED, DEPLOYED)


def incident(
    number: int, predicate: str, purl: str = PURL, of: str = "boats late", **more
) -> cdevents.Event:
    return made(
        getattr(cdevents.incident, predicate), number, of, "watch", environment=PROD,
        service={"id": "tidetable"}, artifact_id=purl, **more,
    )  # fmt: skip


DETECTED_C = incident(
    20, "detected", links=[cdevents.links.relation("CAUSE", DEPLOYED_C)], description="an hour late"
)  # fmt: skip
ROLLED_C = made(
    cdevents.service.rolledback, 24, "tidetable", "deployer", environment=PROD,
    artifact_id="pkg:pypi/tidetable@1.4.0", links=[cdevents.links.relation("TRIGGER", DETECTED_C)],
)  # fmt: skip
RESOLVED_C = incident(26, "resolved")
DETECTED = recorded(20, DETECTED_C, success=False)
ROLLED_BACK = recorded(24, ROLLED_C)
RESOLVED = recorded(26, RESOLVED_C)
TROUBLE = (DETECTED, ROLLED_BACK, RESOLVED)

ACTION = {
    "agent": "advisor", "planner": "scripted", "tool": "why_blocked", "arguments": SHA,
    "used": [TESTED.id, "E-NEVER-SEEN"], "decision": "recommended",
    "approval": {"by": "release engineer", "decision": "accepted", "at": "2026-11-24T08:30:00+00:00"},
}  # fmt: skip
ADVISED = recorded(
    9,
    cdevents.custom(
        "dev.cdeventsx.plab-agentaction.performed.0.1.0", PURL, source="/plab/advisor", id="C09",
        timestamp=happened(9), content=ACTION,
    ),
    to="agentaction",
)  # fmt: skip
RECORDS = (*RECEIVER.values(), READY, *DELIVERY)
