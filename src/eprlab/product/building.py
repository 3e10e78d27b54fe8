"""From source to wheel: a real build, offline, the same bytes each time."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from build import BuildBackendException, BuildException, ProjectBuilder
from packageurl import PackageURL

from eprlab.product import source
from eprlab.product.changes import Change
from eprlab.product.errors import BuildFailed

# Files in a zip archive carry a time. A fixed one makes two builds of one source equal, byte for
# byte (https://reproducible-builds.org/specs/source-date-epoch/).
SOURCE_DATE_EPOCH = "1767225600"  # 2026-01-01T00:00:00Z


@dataclass(frozen=True)
class Build:
    """A finished wheel and what identifies it.

    `sha256` is 64 hexadecimal digits over the file; `purl` is the package URL without the
    digest; `size` is in bytes; `seconds` is how long the build took.
    """

    project: str
    version: str
    wheel: Path
    sha256: str
    size: int
    seconds: float

    @property
    def purl(self) -> str:
        """The package URL, such as `pkg:pypi/tidetable@1.4.0` (https://github.com/package-url)."""
        return PackageURL("pypi", name=self.project, version=self.version).to_string()

    @property
    def platform_id(self) -> str:
        """The wheel's tag, such as `py3-none-any`: the last three parts of its file name."""
        return "-".join(self.wheel.stem.split("-")[-3:])


def build(version: str, *changes: Change, project: str = "tidetable") -> Build:
    """Builds `project` as `version` into a wheel and returns what identifies it.

    The build backend (setuptools) runs in a process of its own on a copy of the source, and does
    not use the network. A wheel of the same name is replaced. Raises `BuildFailed`.
    """
    started = time.perf_counter()
    with source.copy(project, version, *changes) as tree:
        try:
            built = Path(ProjectBuilder(tree, runner=_run_backend).build("wheel", tree / "dist"))
        except (BuildException, BuildBackendException) as failed:
            cause = getattr(failed, "exception", None)
            raise BuildFailed(
                project, version, getattr(cause, "output", "") or str(failed)
            ) from failed
        wheel = _keep(built)
    return Build(
        project=project,
        version=version,
        wheel=wheel,
        sha256=sha256(wheel),
        size=wheel.stat().st_size,
        seconds=time.perf_counter() - started,
    )


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file as 64 hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run_backend(
    command: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
) -> None:
    subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": SOURCE_DATE_EPOCH, **(extra_environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )


def _keep(built: Path) -> Path:
    """Moves a wheel out of the scratch folder, so that no reader ever sees half a file."""
    wheel = source.home() / "wheels" / built.name
    wheel.parent.mkdir(parents=True, exist_ok=True)
    part = wheel.with_suffix(f".{os.getpid()}.part")
    shutil.copyfile(built, part)
    part.replace(wheel)
    return wheel
