"""The ferry line's services, environments and gates: what the history is about."""

from __future__ import annotations

from dataclasses import dataclass

STAGING, PRODUCTION = "staging", "production"
APPROVED = "dev.cdeventsx.plab-approval.granted.0.1.0"
ACTED = "dev.cdeventsx.plab-agentaction.performed.0.1.0"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A library and its versions in the order in which the services went through them."""

    name: str
    versions: tuple[str, ...]
    needs: tuple[str, ...] = ()


LIBRARIES = {
    library.name: library
    for library in (
        # knotlib is ours; 0.3.1 is the one that PLAB-2026-0001 is about.
        Dependency("knotlib", ("0.2.4", "0.3.0", "0.3.1", "0.3.2")),
        Dependency("tzdata", ("2025.2", "2025.3", "2026.1", "2026.2")),
        Dependency("pyyaml", ("6.0.1", "6.0.2", "6.0.3")),
        Dependency("idna", ("3.10", "3.11")),
        Dependency("anyio", ("4.9.0", "4.11.0", "4.12.1"), ("idna",)),
        Dependency("h11", ("0.14.0", "0.16.0")),
        Dependency("click", ("8.1.8", "8.2.1", "8.3.1")),
        Dependency("starlette", ("0.46.2", "0.48.0", "0.50.0", "0.52.1"), ("anyio",)),
        Dependency("uvicorn", ("0.34.3", "0.37.0", "0.40.0"), ("click", "h11")),
        Dependency("jinja2", ("3.1.5", "3.1.6"), ("markupsafe",)),
        Dependency("markupsafe", ("3.0.2", "3.0.3")),
    )
}


@dataclass(frozen=True, slots=True)
class Service:
    """One product: how it is called, how often it changes beside the others, what it needs."""

    name: str
    share: float
    needs: tuple[str, ...]
    first: tuple[int, int] = (1, 0)


SERVICES = (
    Service("tidetable", 0.4, ("knotlib", "pyyaml", "starlette", "tzdata", "uvicorn"), (0, 9)),
    Service("harbourmap", 0.25, ("jinja2", "starlette", "uvicorn"), (2, 3)),
    Service("ticketbooth", 0.2, ("pyyaml", "starlette", "tzdata", "uvicorn"), (1, 1)),
    Service("crewroster", 0.15, ("knotlib", "jinja2", "tzdata"), (0, 2)),
)

GATES = {
    "ready-for-staging": (
        "build.finished", "testsuiterun.finished", "taskrun.finished", "artifact.signed",
    ),
    "ready-for-production": ("artifact.published", "testcaserun.finished", APPROVED),
}  # fmt: skip
"""Groups by name, and the CDEvents types that they wait for."""
