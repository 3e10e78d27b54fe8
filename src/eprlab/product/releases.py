"""Release numbers: the `release` part of a unit's identity."""

from __future__ import annotations

from datetime import UTC, datetime

from filelock import FileLock

from eprlab.product import source


def next_release() -> str:
    """A release number that this lab has not given before: year, month, and a count within it.

    `2026.11.1` is the first of November 2026 (UTC). A build system numbers its builds; this is
    ours. The count is kept in the lab's folder and is safe to take from several processes.
    """
    counter = source.home() / "release-number"
    counter.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(counter.with_suffix(".lock")):
        today = datetime.now(UTC)
        month = f"{today.year}.{today.month}"
        given = counter.read_text(encoding="utf-8").split() if counter.exists() else ["", "0"]
        number = int(given[1]) + 1 if given[0] == month else 1
        counter.write_text(f"{month} {number}\n", encoding="utf-8")
    return f"{month}.{number}"
