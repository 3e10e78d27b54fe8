"""The doctor's findings as a table for a cell."""

from __future__ import annotations

from eprlab.doctor import examine
from eprlab.start.listing import Listing


def tools() -> Listing:
    """What this machine has of what the course can use, and what is lost without the rest."""
    report = examine()
    rows = tuple((f.verdict.sign, f.what, f.found, f.needed_for, f.advice) for f in report.findings)
    columns = ("State", "What", "Found", "Used for", "Without it")
    return Listing("This machine", columns, rows, report.conclusion)
