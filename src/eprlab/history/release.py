"""One change's life: proposed, merged, built, tested, signed, published, deployed, and regretted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import cdevents
from epr.records import NVRPP
from eprlab.history import bill
from eprlab.history.catalogue import ACTED, APPROVED, PRODUCTION, STAGING, Service
from eprlab.history.chance import Chance, Odds
from eprlab.history.step import Step

NIGHTLY = "plab.nightly"
_PRODUCERS = {
    "change": "forge", "build": "builder", "testsuiterun": "tester", "taskrun": "scanner",
    "artifact": "packager", "service": "deployer", "testcaserun": "tester", "incident": "watch",
}  # fmt: skip


@dataclass
class Running:
    """What a service has running in production, and what it had before."""

    version: str | None = None
    previous: str | None = None
    open_incident: Step | None = None


@dataclass
class Release:
    """Tells the steps of one change of one service, in the order in which they happen.

    `age`: how far the history is, 0 to 1. `running` is changed by what gets deployed. `not_before`:
    when the release before it is over; until then a reviewed change waits to be merged.
    """

    service: Service
    version: str
    number: int
    release: str
    chance: Chance
    odds: Odds
    seed: int
    age: float
    running: Running
    now: datetime
    not_before: datetime
    chain: str = ""
    last: dict[str, Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chain = self.chance.uuid()
        self.unit = NVRPP(
            self.service.name, self.version, self.release, "py3-none-any", "wheel"
        )  # fmt: skip
        self.purl = bill.purl(self.service.name, self.version)
        self.sha256 = bill.digest(self.service.name, self.version, self.seed)

    def steps(self) -> Iterator[Step]:
        """Everything that happens; it may end early."""
        if self.chance.happens(self.odds.nightly):
            yield self._nightly()
            return
        yield self._change("created", description=f"{self.service.name} {self.version}")
        self.now += self.chance.minutes(180)
        if self.chance.happens(self.odds.abandoned):
            yield self._change("abandoned")
            return
        yield self._change("reviewed")
        self.now = max(self.now, self.not_before) + self.chance.minutes(30)
        yield self._change("merged")
        yield from self._build()
        if not (yield from self._check()):
            return
        yield from self._ship()
        if self.chance.happens(self.odds.not_promoted):
            return
        yield from self._promote()

    # ---------------------------------------------------------------------------------- the parts
    def _build(self) -> Iterator[Step]:
        run = f"{self.service.name}-{self.number}"
        self.now += self.chance.minutes(2)
        yield self._step("build.started", run, follows="change.merged")
        self.now += self.chance.minutes(4)
        yield self._step(
            "build.finished", run, follows="build.started", artifact_id=self.purl,
            data={"sha256": self.sha256},
        )  # fmt: skip

    def _check(self) -> Iterator[Step]:
        """Tests and a scan beside each other; False if they end it."""
        suite, place = {"id": "unit-tests"}, {"id": "ci"}
        fails = 1 if self.chance.happens(self.odds.tests_fail) else 0
        gives_up = fails and self.chance.happens(self.odds.never_fixed)
        built = self.now
        for attempt in range(fails + 1):
            run = f"{self.service.name}-{self.number}-tests-{attempt + 1}"
            broken = attempt < fails
            self.now += self.chance.minutes(1)
            yield self._step(
                "testsuiterun.started", run, test_suite=suite, environment=place,
                follows="testsuiterun.finished" if attempt else "build.finished",
            )  # fmt: skip
            self.now += self.chance.minutes(6)
            yield self._step(
                "testsuiterun.finished", run, test_suite=suite, environment=place,
                follows="testsuiterun.started", outcome="failure" if broken else "success",
                severity="medium" if broken else None,
                reason="1 of 12 tests failed" if broken else None, success=not broken,
            )  # fmt: skip
            if broken and gives_up:
                return False
            if broken:
                self.now += self.chance.minutes(45)
        tested, self.now = self.now, built + self.chance.minutes(5)
        bad = self.chance.happens(self.odds.scan_fails)
        yield self._step(
            "taskrun.finished", f"{self.service.name}-{self.number}-scan", task_name="scan",
            outcome="failure" if bad else "success", follows="build.finished", success=not bad,
            errors="a component with a known advisory" if bad else None,
        )  # fmt: skip
        self.now = max(tested, self.now)
        return not bad

    def _ship(self) -> Iterator[Step]:
        self.now += self.chance.minutes(1)
        libraries = bill.installed(self.service, self.age)
        document = bill.cyclonedx(self.service, self.version, libraries, self.sha256)
        described = bill.descriptor(self.service, self.version, document)
        inline = self.service.name == "tidetable"
        yield self._step(
            "artifact.packaged", self.purl, change=self._reference("change.merged"),
            sbom={"uri": described["uri"]}, follows=("testsuiterun.finished", "taskrun.finished"),
            data={"sha256": self.sha256, "sbom": document if inline else described},
        )  # fmt: skip
        self.now += self.chance.minutes(1)
        signature = f"sha256:{bill.digest('signature', self.purl, self.seed)}"
        yield self._step(
            "artifact.signed", self.purl, signature=signature, follows="artifact.packaged",
            producer="signer", data={"sha256": self.sha256},
        )  # fmt: skip
        self.now += self.chance.minutes(1)
        yield self._step(
            "artifact.published", self.purl, follows="artifact.signed", user="publisher",
            producer="publisher", data={"sha256": self.sha256},
        )  # fmt: skip
        self.now += self.chance.minutes(3)
        yield self._step(
            "service.deployed" if self.running.version is None else "service.upgraded",
            self.service.name, environment={"id": STAGING}, artifact_id=self.purl,
            follows="artifact.published", gate="ready-for-staging", opened_by="artifact.signed",
            name="staging",
        )  # fmt: skip

    def _promote(self) -> Iterator[Step]:
        self.now += self.chance.minutes(20)
        yield self._step(
            "testcaserun.finished", f"{self.service.name}-{self.number}-acceptance",
            environment={"id": STAGING}, outcome="success", follows="staging",
            test_case={"id": "acceptance"},
        )  # fmt: skip
        self.now += self.chance.minutes(90)
        if self.chance.happens(self.odds.agent):
            yield self._advice()
        yield self._step(
            APPROVED, self.purl, follows="testcaserun.finished", producer="approver",
            content={"by": "release engineer", "decision": "approved"}, name="approved",
        )  # fmt: skip
        self.now += self.chance.minutes(5)
        by_hand = self.chance.happens(self.odds.by_hand)
        first = self.running.version is None
        deployed = self._step(
            "service.deployed" if first else "service.upgraded", self.service.name,
            environment={"id": PRODUCTION}, artifact_id=self.purl, name="production",
            follows=None if by_hand else "approved", linked=not by_hand,
            gate=None if by_hand else "ready-for-production", opened_by="approved",
        )  # fmt: skip
        yield deployed
        self.running.previous, self.running.version = self.running.version, self.version
        if self.running.open_incident is not None:
            yield self._resolved("the next release works")
        if self.chance.happens(self.odds.incident):
            yield from self._incident(deployed)

    def _incident(self, deployed: Step) -> Iterator[Step]:
        self.now += self.chance.minutes(40)
        detected = self._step(
            "incident.detected", f"{self.service.name}-{self.number}", artifact_id=self.purl,
            environment={"id": PRODUCTION}, service={"id": self.service.name}, success=False,
            description="boats are announced an hour late", follows=None, linked=False,
            relates=("CAUSE", deployed),
        )  # fmt: skip
        self.running.open_incident = detected
        yield detected
        previous = self.running.previous
        if previous is None or not self.chance.happens(self.odds.rolled_back):
            return
        self.now += self.chance.minutes(25)
        older = bill.purl(self.service.name, previous)
        yield self._step(
            "service.rolledback", self.service.name, environment={"id": PRODUCTION},
            artifact_id=older, follows=None, linked=False, relates=("TRIGGER", detected),
        )  # fmt: skip
        self.running.version, self.running.previous = previous, None
        self.now += self.chance.minutes(10)
        yield self._resolved("the release before it runs again")

    def _resolved(self, how: str) -> Step:
        detected, self.running.open_incident = self.running.open_incident, None
        incident = detected.event
        return self._step(
            "incident.resolved", incident.subject_id, linked=False, description=how,
            environment={"id": PRODUCTION}, service={"id": self.service.name}, follows=None,
            artifact_id=incident.content["artifactId"], relates=("CAUSE", detected),
        )  # fmt: skip

    def _advice(self) -> Step:
        seen = tuple(self.last[name] for name in ("testcaserun.finished", "staging"))
        return self._step(
            ACTED, self.purl, follows="testcaserun.finished", producer="advisor", used=seen,
            content={
                "agent": "advisor", "planner": "scripted", "tool": "why_blocked",
                "arguments": f"sha256:{bill.digest('arguments', self.purl, self.seed)}",
                "decision": "recommended",
                "approval": {"by": "release engineer", "decision": "accepted"},
            },
        )  # fmt: skip

    def _nightly(self) -> Step:
        return Step(
            None, {"log": "shipped", "sha256": self.sha256, "seeded": self.seed}, NIGHTLY, self.unit,
            True, f"seeded: {self.service.name} {self.version} shipped by the nightly script",
            self.now, self._recorded(),
        )  # fmt: skip

    # ---------------------------------------------------------------------------------- one step
    def _change(self, predicate: str, **content: Any) -> Step:
        before = {
            "reviewed": "change.created",
            "merged": "change.reviewed",
            "abandoned": "change.created",
        }
        return self._step(
            f"change.{predicate}", f"{self.service.name}!{self.number}",
            follows=before.get(predicate), repository={"id": self.service.name}, **content,
        )  # fmt: skip

    def _step(
        self,
        type: str,
        subject: str,
        *,
        follows: str | tuple[str, ...] | None = None,
        linked: bool = True,
        relates: tuple[str, Step] | None = None,
        success: bool = True,
        data: dict[str, Any] | None = None,
        producer: str | None = None,
        name: str | None = None,
        gate: str | None = None,
        opened_by: str | None = None,
        used: tuple[Step, ...] = (),
        **content: Any,
    ) -> Step:
        producer = producer or _PRODUCERS[type.split(".")[0]]
        names = (follows,) if isinstance(follows, str) else follows or ()
        before = [self.last[wanted].event for wanted in names]
        if before and self.chance.happens(self.odds.lost_link):
            before[0] = self._unrecorded(before[0])
        links = [cdevents.links.relation(relates[0], relates[1].event)] if relates else []
        envelope = {
            "source": f"/plab/{producer}",
            "id": self.chance.uuid(),
            "timestamp": self.now,
            "follows": before or None,
            "chain_id": self.chain if linked else None,
            "links": links,
            "custom_data": {"seeded": self.seed, **(data or {})},
        }
        if type.startswith(cdevents.vocabulary.CUSTOM_PREFIX):
            event = cdevents.custom(type, subject, **content, **envelope)
        else:
            subject_type, predicate = type.split(".")
            builder = getattr(getattr(cdevents, subject_type), predicate)
            event = builder(
                subject, **{k: v for k, v in content.items() if v is not None}, **envelope
            )
        words = content.get("reason") or content.get("errors") or event.name.replace(".", " ")
        step = Step(
            event, None, type, self.unit, success,
            f"seeded: {words}", self.now, self._recorded(),
            gate, self.last.get(opened_by) if opened_by else None, used,
        )  # fmt: skip
        self.last[name or type] = step
        self.last[type] = step
        return step

    def _reference(self, name: str) -> dict[str, str]:
        event = self.last[name].event
        return {"id": event.subject_id, "source": event.source}

    def _unrecorded(self, event: cdevents.Event) -> cdevents.Event:
        """An event with the same chain that nobody posted: what a crashed producer leaves behind."""
        document = event.to_dict()
        document["context"]["id"] = self.chance.uuid()
        return cdevents.parse(document)

    def _recorded(self) -> datetime:
        if self.chance.happens(self.odds.late):
            return self.now + self.chance.minutes(180)
        return self.now + timedelta(seconds=self.chance.random.uniform(0.02, 2))
