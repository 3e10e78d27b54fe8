"""Bills of materials: CycloneDX inside the payload, or a descriptor of a document elsewhere.

A descriptor is an object with `mediaType` (CycloneDX or SPDX), `digest` (`sha256:…`) and, as far as
its maker likes, `uri`, `size`, `subject` (a purl) and `purls` (a list). CycloneDX:
https://cyclonedx.org/docs/1.6/json/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from epr_lineage.payloads import purls
from epr_lineage.payloads.facts import Sbom
from epr_lineage.payloads.text import Unreadable, digest, optional, sha256

MARKS = frozenset({"bomFormat", "mediaType"})
"""Members without which there is nothing of this kind in an object."""
MOST_COMPONENTS = 50_000
_MEDIA_TYPES = ("application/vnd.cyclonedx", "application/spdx")


def looks_like_one(value: Mapping[str, Any]) -> bool:
    """Whether somebody meant this as a bill of materials, or as a descriptor of one."""
    return value.get("bomFormat") == "CycloneDX" or _media_type(value).startswith(_MEDIA_TYPES)


def read(value: Mapping[str, Any]) -> tuple[Sbom, tuple[str, ...]]:
    """What it says, and what in it could not be read. Raises `Unreadable` if nothing can."""
    if _media_type(value).startswith(_MEDIA_TYPES):
        return _descriptor(value)
    return _document(value)


def _media_type(value: Mapping[str, Any]) -> str:
    stated = value.get("mediaType")
    return stated if isinstance(stated, str) else ""


def _descriptor(value: Mapping[str, Any]) -> tuple[Sbom, tuple[str, ...]]:
    found = digest(value.get("digest"))
    if found is None:
        raise Unreadable("the SBOM descriptor's digest is not sha256:<64 hexadecimal digits>")
    listed = value.get("purls") or ()
    if not isinstance(listed, list | tuple):
        raise Unreadable("the SBOM descriptor's purls is not a list")
    components, wrong = _purls(listed[:MOST_COMPONENTS])
    return Sbom(
        digest=found,
        uri=optional(value.get("uri"), "the SBOM descriptor's uri"),
        inline=False,
        subject=_purl(value.get("subject")),
        subject_digest=digest(value.get("subjectDigest")),
        components=components,
        depends=(),
    ), _said(wrong, len(listed))


def _document(value: Mapping[str, Any]) -> tuple[Sbom, tuple[str, ...]]:
    listed = value.get("components") or []
    if not isinstance(listed, list):
        raise Unreadable("the SBOM's components is not a list")
    if len(listed) > MOST_COMPONENTS:
        raise Unreadable(
            f"the SBOM has {len(listed)} components; at most {MOST_COMPONENTS} are read"
        )
    metadata = value.get("metadata")
    root = metadata.get("component") if isinstance(metadata, dict) else None
    root = root if isinstance(root, dict) else {}
    by_ref = dict(_by_ref([root, *listed]))
    components, wrong = _purls(
        [part.get("purl") if isinstance(part, dict) else None for part in listed]
    )
    return Sbom(
        digest=sha256(value),
        uri=None,
        inline=True,
        subject=_purl(root.get("purl")),
        subject_digest=_hash(root),
        components=components,
        depends=tuple(dict.fromkeys(_depends(value.get("dependencies"), by_ref))),
    ), _said(wrong, len(listed))


def _purls(listed: Any) -> tuple[tuple[str, ...], int]:
    found = [_purl(item) for item in listed]
    known = tuple(dict.fromkeys(purl for purl in found if purl))
    return known, found.count(None)


def _purl(value: Any) -> str | None:
    purl = purls.parse(value) if isinstance(value, str) else None
    return purl.full if purl else None


def _said(wrong: int, of: int) -> tuple[str, ...]:
    return (f"{wrong} of the SBOM's {of} components have no readable purl",) if wrong else ()


def _by_ref(parts: list[Any]) -> Iterator[tuple[str, str]]:
    for part in parts:
        if not isinstance(part, dict):
            continue
        ref, purl = part.get("bom-ref"), _purl(part.get("purl"))
        if isinstance(ref, str) and purl:
            yield ref, purl


def _depends(listed: Any, by_ref: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for item in listed if isinstance(listed, list) else ():
        if not isinstance(item, dict) or not isinstance(item.get("ref"), str):
            continue
        needs = item.get("dependsOn")
        for need in needs if isinstance(needs, list) else ():
            if isinstance(need, str) and item["ref"] in by_ref and need in by_ref:
                yield by_ref[item["ref"]], by_ref[need]


def _hash(component: Mapping[str, Any]) -> str | None:
    hashes = component.get("hashes")
    for item in hashes if isinstance(hashes, list) else ():
        if isinstance(item, dict) and item.get("alg") == "SHA-256":
            return digest(item.get("content"))
    return None
