"""A small deployer, run as a process by the tests so that it can be killed.

    python watcher_program.py JOURNAL BROKERS TOPIC GROUP INSTANCE TYPE [PAUSE_AT POINT]

Every step is a line in the journal file: `begin N`, `done N` for the event with payload {"n": N}.
For the event PAUSE_AT it stops for ever at POINT, "before" or "after" its effect, to be killed
there. `slow` as POINT makes that handler take two seconds.
"""

from __future__ import annotations

import logging
import os
import sys
import threading

import epr


def main() -> None:
    journal_path, brokers, topic, group, instance, type, *rest = sys.argv[1:]
    pause_at, point = (int(rest[0]), rest[1]) if rest else (-1, "")
    journal = os.open(journal_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    logging.basicConfig(level=logging.WARNING)
    watcher = epr.Watcher(
        group, brokers=brokers, topic=topic, instance=instance or None, session_timeout=6
    )

    def note(line: str) -> None:
        os.write(journal, f"{line}\n".encode())

    @watcher.on(type=type)
    def deploy(message: epr.Message) -> None:
        n = message.payload["n"]
        note(f"begin {n}")
        if n == pause_at and point == "before":
            threading.Event().wait()
        if n == pause_at and point == "slow":
            threading.Event().wait(2)
        note(f"done {n}")
        if n == pause_at and point == "after":
            threading.Event().wait()

    note("up")
    watcher.run()
    note("left")


if __name__ == "__main__":
    main()
