"""The bills of materials of the history: real CycloneDX, of invented releases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

from eprlab.history.catalogue import LIBRARIES, Service


def purl(name: str, version: str) -> str:
    """The package URL of a release."""
    return f"pkg:pypi/{name}@{version}"


def digest(name: str, version: str, seed: int) -> str:
    """64 hexadecimal digits that stand for the content of a wheel that was never built."""
    return hashlib.sha256(f"seeded {seed}: {name} {version}".encode()).hexdigest()


def installed(service: Service, age: float) -> dict[str, str]:
    """Library to version, as the service had them when the history was this far (0 to 1)."""
    wanted = list(service.needs)
    for name in wanted:
        wanted += [need for need in LIBRARIES[name].needs if need not in wanted]
    return {name: _version(LIBRARIES[name].versions, age) for name in sorted(wanted)}


def _version(versions: tuple[str, ...], age: float) -> str:
    return versions[min(int(age * len(versions)), len(versions) - 1)]


def cyclonedx(service: Service, version: str, libraries: dict[str, str], sha256: str) -> dict:
    """The document, CycloneDX 1.6."""
    own = purl(service.name, version)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": _component(service.name, version, "application")
            | {"hashes": [{"alg": "SHA-256", "content": sha256}]}
        },
        "components": [_component(name, libraries[name], "library") for name in libraries],
        "dependencies": [
            {"ref": own, "dependsOn": _purls(service.needs, libraries)},
            *(
                {
                    "ref": purl(name, libraries[name]),
                    "dependsOn": _purls(LIBRARIES[name].needs, libraries),
                }
                for name in libraries
            ),
        ],
    }


def descriptor(service: Service, version: str, document: dict[str, Any]) -> dict[str, Any]:
    """What is recorded of a document that is kept elsewhere."""
    text = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    found = "sha256:" + hashlib.sha256(text).hexdigest()
    return {
        "mediaType": "application/vnd.cyclonedx+json; version=1.6",
        "digest": found,
        "size": len(text),
        "uri": f"/sboms/{found}",
        "subject": purl(service.name, version),
        "purls": [component["purl"] for component in document["components"]],
    }


def _purls(names: Iterable[str], libraries: dict[str, str]) -> list[str]:
    return [purl(name, libraries[name]) for name in names]


def _component(name: str, version: str, kind: str) -> dict[str, Any]:
    return {
        "type": kind, "name": name, "version": version, "purl": purl(name, version),
        "bom-ref": purl(name, version),
    }  # fmt: skip
