"""Who is learning: a name that is not a person's.

It prefixes the learner's objects in the registry and stands in their receipts, so a class can share one
stack. `EPRLAB_LEARNER` says it; otherwise a name is made up once and kept in the lab's folder. Choose a
pseudonym: what is posted to a registry stays there.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from eprlab.stack import home as homes

BIRDS = ("avocet", "curlew", "dunlin", "eider", "fulmar", "heron", "plover", "tern")
FIT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class UnfitName(ValueError):
    """A learner's name that cannot be part of names in the registry or of a folder's."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} cannot be a learner's name: lower-case letters, digits and inner hyphens, at "
            "most 40 of them. Set EPRLAB_LEARNER to one that fits, or unset it."
        )


def name() -> str:
    """The learner's name. Raises `UnfitName` if EPRLAB_LEARNER holds one that cannot be used."""
    chosen = os.environ.get("EPRLAB_LEARNER", "").strip()
    if chosen:
        if not FIT.fullmatch(chosen):
            raise UnfitName(chosen)
        return chosen
    return _kept(homes.locate() / "learner")


def _kept(file: Path) -> str:
    """The name in the file, made up if there is none that can be used."""
    try:
        known = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        known = ""
    if FIT.fullmatch(known):
        return known
    made_up = f"{secrets.choice(BIRDS)}-{secrets.token_hex(2)}"
    homes.create(file.parent)
    file.write_text(made_up + "\n", encoding="utf-8")
    return made_up
