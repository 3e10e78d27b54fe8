"""Set-up of what `pip` cannot install: the broker's jars, and the cache that makes it start fast.

    python -m eprlab.stack.fetch                what `make setup` calls
    python -m eprlab.stack.fetch --checksums    after a change of the version: record the new jars

Safe to run again; does nothing when everything is in place. Works without the network when the
local Maven repository has the jars.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from eprlab.stack import jars
from eprlab.stack.embedded import broker, java
from eprlab.stack.errors import StackError


def fetch() -> None:
    """Install the jars and make the cache. Raises NotSetUp when the jars cannot be had."""
    jars.install()
    runtime = java.find()
    if runtime.major >= java.AOT_SINCE and not broker.aot_cache().is_file():
        make_cache()


def make_cache() -> None:
    """Run a broker once so that Java records what a start needs. Java 25 and later only.

    A start without the cache works as well, so a failure here is no failure of set-up.
    """
    cache = broker.aot_cache()
    unfinished = cache.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    home = Path(tempfile.mkdtemp(prefix="provenance-lab-"))
    try:
        trial = _Recorded(home, unfinished)
        trial.start()
        trial.stop()
        if unfinished.is_file():
            unfinished.rename(cache)
    except (StackError, OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(
            f"The broker's start-up cache was not made ({error}); starts take a little longer.\n"
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)
        unfinished.unlink(missing_ok=True)


class _Recorded(broker.Broker):
    """A broker that writes down, when it stops, which classes it loaded."""

    stop_patience = 90.0

    def __init__(self, home: Path, cache: Path) -> None:
        super().__init__(home)
        self._cache = cache

    def command(self) -> list[str]:
        options = f"-XX:AOTCacheOutput={self._cache}"
        *head, main, configuration = super().command()
        java_program, *rest = head
        return [java_program, options, *rest, main, configuration]


def main(arguments: Sequence[str]) -> int:
    """Run the set-up; 0 when all is in place, else 1 with the reason on standard error."""
    try:
        if "--checksums" in arguments:
            sums = jars.checksums(jars.resolve())
            place = Path(__file__).with_name("kafka_jars.json")
            place.write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        else:
            fetch()
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
