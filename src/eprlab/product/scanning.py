"""Looking into a wheel before anybody installs it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import BytesParser
from pathlib import Path, PurePosixPath

from eprlab.product.errors import NotAWheel

COMPILED = {".so", ".pyd", ".dll", ".dylib", ".exe", ".pyc"}
SECRETS = {
    "a private key": re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a password in an address": re.compile(rb"[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s:@]+@"),
    "an access token": re.compile(rb"\b(?:gh[pousr]_[A-Za-z0-9]{36}|AKIA[0-9A-Z]{16})\b"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that should not be so: the rule, the file in the wheel, and why it matters."""

    rule: str
    where: str
    why: str


@dataclass(frozen=True)
class Scan:
    """What a scan looked at and found; `seconds` is how long it took."""

    files: int
    requires: tuple[str, ...]
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def success(self) -> bool:
        """Whether there is nothing to report."""
        return not self.findings


def scan(wheel: Path) -> Scan:
    """Checks a wheel's contents: every file against the hash the wheel itself records, secrets,
    compiled code in a wheel that says it has none, paths that leave the install folder, and the
    licence. Raises `NotAWheel`.

    The format is that of https://packaging.python.org/specifications/binary-distribution-format/.
    """
    started = time.perf_counter()
    try:
        with zipfile.ZipFile(wheel) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile) as broken:
        raise NotAWheel(wheel, str(broken)) from broken
    record = next((name for name in contents if name.endswith(".dist-info/RECORD")), None)
    metadata = next((name for name in contents if name.endswith(".dist-info/METADATA")), None)
    if record is None or metadata is None:
        raise NotAWheel(wheel, "it has no RECORD or no METADATA")
    about = BytesParser().parsebytes(contents[metadata], headersonly=True)
    findings = [
        *_unrecorded(contents, record),
        *_secrets(contents),
        *_compiled(contents, pure=wheel.stem.endswith("-none-any")),
        *_escaping(contents),
    ]
    if not (about["License-Expression"] or about["License"]):
        findings.append(Finding("licence", metadata, "nobody can tell whether they may use it"))
    return Scan(
        files=len(contents),
        requires=tuple(about.get_all("Requires-Dist", [])),
        findings=tuple(findings),
        seconds=time.perf_counter() - started,
    )


def _unrecorded(contents: dict[str, bytes], record: str) -> Iterator[Finding]:
    promised = {row[0]: row[1] for row in csv.reader(io.StringIO(contents[record].decode())) if row}
    for name, content in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        if name not in promised:
            yield Finding("recorded", name, "the wheel's own list of files does not name it")
        elif name != record and promised[name] != f"sha256={digest}":
            yield Finding(
                "recorded", name, "its bytes are not those that the wheel's list promises"
            )


def _secrets(contents: dict[str, bytes]) -> Iterator[Finding]:
    for name, content in contents.items():
        for what, pattern in SECRETS.items():
            if pattern.search(content):
                yield Finding("secrets", name, f"holds {what}; whoever installs it can read it")


def _compiled(contents: dict[str, bytes], pure: bool) -> Iterator[Finding]:
    for name in contents:
        if pure and PurePosixPath(name).suffix in COMPILED:
            yield Finding("pure", name, "compiled code in a wheel whose tag says it has none")


def _escaping(contents: dict[str, bytes]) -> Iterator[Finding]:
    for name in contents:
        if name.startswith("/") or ".." in PurePosixPath(name).parts:
            yield Finding("paths", name, "would be written outside the install folder")
