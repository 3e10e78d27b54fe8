"""Package URLs as keys: one spelling for each, parsed once.

https://github.com/package-url/purl-spec. Qualifiers and subpath stay, but for `checksum`: a digest
is not a name (it is read separately, as a digest).
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import NamedTuple

from packageurl import PackageURL

from epr_lineage.payloads.text import LONGEST, digest


class Purl(NamedTuple):
    """A purl in its canonical spelling, and its parts."""

    full: str
    base: str  # without version, qualifiers and subpath
    type: str
    name: str
    version: str
    digest: str | None


@lru_cache(maxsize=65_536)
def parse(value: str) -> Purl | None:
    """The purl in a text, None if it is not one."""
    if not value.startswith("pkg:") or len(value) > LONGEST:
        return None
    try:
        given = PackageURL.from_string(value)
        qualifiers = dict(given.qualifiers)
        checksum = qualifiers.pop("checksum", None)
        full = given._replace(qualifiers=qualifiers)
        base = PackageURL(given.type, given.namespace, given.name)
        return Purl(
            sys.intern(full.to_string()), sys.intern(base.to_string()), given.type,
            given.name, given.version or "", digest(checksum),
        )  # fmt: skip
    except (ValueError, AttributeError, TypeError):
        return None
