"""Small functions of the upstream SDK (`epr.common`): hashing, JSONPath, JSON of dataclasses."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from os import PathLike
from typing import Any


def hash_file(path: str | PathLike[str]) -> str:
    """SHA-256 of a file's bytes as `"sha256:<lower-case hex>"`; reads in blocks."""
    with open(path, "rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def hash_string(data: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, lower-case hex."""
    return hashlib.sha256(data.encode("utf-8")).hexdigest()


def find_jsonpath(data: Any, expr: str) -> list[Any]:
    """The values in `data` that a JSONPath expression selects, in order; `[]` for none.

    Raises jsonpath_ng's `JSONPathError` for an expression that is not JSONPath.
    """
    # Imported here: building the parser's tables is most of a command's start-up time.
    from jsonpath_ng import parse

    return [match.value for match in parse(expr).find(data)]


class EnhancedJSONEncoder(json.JSONEncoder):
    """A JSON encoder that writes dataclass instances as objects."""

    def default(self, o: Any) -> Any:
        """Called by `json` for what it cannot write itself."""
        if dataclasses.is_dataclass(o) and not isinstance(o, type):
            return dataclasses.asdict(o)
        return super().default(o)
