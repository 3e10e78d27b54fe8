"""Which artifact an event is about, when its columns and its payload each have a name for it."""

from __future__ import annotations

from epr_lineage.entry import Entry
from epr_lineage.payloads import purls


def own_artifact(event: Entry) -> str | None:
    """The purl of the event's own unit, if its payload names one that agrees with the columns."""
    named = []
    if event.occurrence is not None and event.occurrence.artifact is not None:
        named.append(event.occurrence.artifact.key)
    if event.said.sbom is not None and event.said.sbom.subject:
        named.append(event.said.sbom.subject)
    for key in named:
        purl = purls.parse(key)
        if purl and (purl.name, purl.version) == (event.nvrpp.name, event.nvrpp.version):
            return purl.full
    return None
