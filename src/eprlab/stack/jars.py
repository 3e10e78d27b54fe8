"""The broker's program: Apache Kafka's jars, and how they get into the virtual environment.

`jgo` resolves them from Maven Central (or the local Maven cache, then no network is needed) once, at
set-up. It does not refuse a jar whose checksum is wrong, so `kafka_jars.json` holds the SHA-256 of
each one and this module does. After a change of KAFKA, `python -m eprlab.stack.fetch --checksums` writes
that file anew.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

from eprlab.stack.errors import NotSetUp

KAFKA = "4.1.1"
# slf4j-simple writes the log to standard error; without a binding there would be none.
COORDINATES = f"org.apache.kafka:kafka_2.13:{KAFKA}+org.slf4j:slf4j-simple:1.7.36"


def folder() -> Path:
    """Where the jars are: inside the virtual environment, so that they go when it goes."""
    return Path(sys.prefix) / "share" / "provenance-lab" / f"kafka-{KAFKA}"


def installed() -> list[Path]:
    """The jars in the order of the class path. Raises NotSetUp when one of them is missing."""
    jars = [folder() / name for name in sorted(expected())]
    missing = [jar.name for jar in jars if not jar.is_file()]
    if missing:
        raise NotSetUp(
            f"The broker's program is not installed: {len(missing)} of {len(jars)} jars are missing in {folder()}.",
            "Run the set-up: make setup",
        )
    return jars


def expected() -> dict[str, str]:
    """Name and SHA-256 of each jar."""
    return json.loads(files(__package__).joinpath("kafka_jars.json").read_text(encoding="utf-8"))


def install() -> Path:
    """Fetch, check and put the jars into place; does nothing if they are. Returns their folder.

    Raises NotSetUp when a jar is missing, unknown or not the one it should be.
    """
    target = folder()
    if checksums(target.glob("*.jar")) == expected():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".kafka-") as work:
        collected = Path(work) / "jars"
        collected.mkdir()
        for jar in resolve():
            shutil.copyfile(jar, collected / jar.name)
        found = checksums(collected.glob("*.jar"))
        if found != expected():
            wrong = sorted(set(expected().items()).symmetric_difference(found.items()))
            names = ", ".join(sorted({name for name, _ in wrong}))
            raise NotSetUp(
                f"These files of Apache Kafka {KAFKA} are not the ones that were published: {names}.",
                "Remove them from the local Maven repository (~/.m2/repository) and run: make setup",
            )
        shutil.rmtree(target, ignore_errors=True)
        collected.rename(target)
    return target


def resolve() -> list[Path]:
    """The jars in the local Maven repository, fetched from Maven Central where they are not there.

    Raises NotSetUp when that fails.
    """
    import jgo  # only at set-up; it brings a resolver and an HTTP client with it

    try:
        artifacts = jgo.resolve(COORDINATES)
        with ThreadPoolExecutor(max_workers=8) as pool:
            return list(pool.map(lambda artifact: artifact.resolve(), artifacts))
    except Exception as error:
        raise NotSetUp(
            f"Apache Kafka {KAFKA} could not be fetched: {error}",
            "Look at the network connection (a proxy?), then: make setup",
        ) from error


def checksums(found: Iterable[Path]) -> dict[str, str]:
    """Name and SHA-256 of jars."""
    return {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in found}
