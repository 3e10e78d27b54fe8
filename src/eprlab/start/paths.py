"""Ways through the course, and which one this learner has chosen."""

from __future__ import annotations

from pathlib import Path

from eprlab.progress.store import Store
from eprlab.start.facts import Way, facts
from eprlab.start.listing import Listing


def paths() -> Listing:
    """Every way through the course: how long it takes, what it gives, what of it is not there yet."""
    rows = tuple((way.name, _hours(way.minutes), _sessions(way), way.gives) for way in facts().ways)
    missing = [session for session in facts().sessions if not session.path.is_file()]
    conclusion = (
        "Not in this copy of the course yet: session "
        + ", session ".join(str(session.number) for session in missing)
        + "."
        if missing
        else ""
    )
    return Listing(
        "Ways through the course", ("Path", "Time", "Sessions", "Gives you"), rows, conclusion
    )


def choose(name: str) -> str:
    """Remembers the way that this learner takes, beside their progress, and says what comes first."""
    known = {way.name: way for way in facts().ways}
    way = known.get(name)
    if way is None:
        return f"There is no path {str(name)[:40]!r}. Choose one of: {', '.join(known)}."
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{way.name}\n", encoding="utf-8")
    ahead = [s.notebook for s in way.sessions if s.number and s.path.is_file()]
    return f"{way.name}: {_hours(way.minutes)}. After this notebook: {', '.join(ahead)}."


def chosen() -> str:
    """The path that this learner has chosen, or nothing."""
    file = _file()
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def _file() -> Path:
    return Store().folder / "path"


def _sessions(way: Way) -> str:
    return ", ".join(str(session.number) for session in way.sessions)


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (hours and f"{hours} h", rest and f"{rest} min") if part)
