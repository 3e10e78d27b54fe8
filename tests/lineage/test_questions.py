"""Each question on a hand-made history whose answer is known."""

from dataclasses import replace
from datetime import timedelta

import pandas
import pytest
from delivery_story import (
    ACTION,
    ADVISED,
    BUILT,
    BUILT_C,
    CHAIN,
    DEPLOYED,
    DEPLOYED_C,
    DETECTED,
    KNOT,
    MERGED,
    MERGED_C,
    PACKAGED,
    PROD,
    PURL,
    READY,
    RECEIVER,
    RECORDS,
    ROLLED_BACK,
    SBOM,
    TESTED,
    TESTED_C,
    TROUBLE,
    TZDATA,
    UNIT,
    happened,
    incident,
    made,
    recorded,
)
from lineage_story import MORNING, event, message

import cdevents
from epr_lineage import Index, Kind, Standing, lineage_of, questions
from epr_lineage.errors import LineageError, NotComparable, NothingFound
from epr_lineage.questions import Change, Flaw, How, Spent, Step, Window
from eprlab import history

STORY = Index.of(RECORDS)
WHOLE = Index.of(RECORDS, TROUBLE, ADVISED)
OLD = "pkg:pypi/tidetable@1.4.0"
OLD_UNIT = UNIT._replace(version="1.4.0", release="2026.11.1")


def at(minute):
    return MORNING + timedelta(minutes=minute)


def ids(entries):
    return [entry.id for entry in entries]


def without_links(what):
    document = what.to_dict()
    document["context"].pop("links", None)
    document["context"].pop("chainId", None)
    return cdevents.parse(document)


def deployed(
    number,
    purl,
    environment="production",
    predicate="upgraded",
    unit=UNIT,
    service="tidetable",
    **more,
):
    what = made(
        getattr(cdevents.service, predicate), number, service, "deployer",
        environment={"id": environment}, artifact_id=purl, **more,
    )  # fmt: skip
    return recorded(number, what, unit=unit, to="service.deployed")


# ------------------------------------------------------------------------------- Q1, Q2: the way
def test_q1_the_way_to_production_goes_back_to_the_merge():
    path = questions.how_it_got_here(STORY, PURL)
    assert ids(path.steps) == [f"E0{n}" for n in range(1, 9)]
    assert ids(path.main) == ["E01", "E02", "E03", "E05", "E06", "E07", "E08"]
    assert path.origin.change.id == "E01"
    assert path.origin.unbroken
    assert path.gaps == ()
    # Eight PATH links, and the cause that the deployment names beside them.
    assert str(path.coverage) == "9 of 9 links on the way lead to a recorded event"
    assert path.frame.type.iloc[0] == "change.merged"
    assert "event:E01" in path.lineage
    assert f"gate:G-READY {UNIT}" in path.lineage


@pytest.mark.parametrize("what", [PURL, str(UNIT), "E08", "C08"])
def test_q1_takes_an_artifact_a_unit_or_an_event(what):
    assert questions.how_it_got_here(STORY, what).target.id == "E08"


def test_q1_marks_where_the_way_is_lost():
    index = Index.of(record for record in RECORDS if record not in (BUILT, READY))
    path = questions.how_it_got_here(index, PURL)
    assert path.main == ()
    assert (path.origin.change.id, path.origin.how) == ("E01", How.CHAIN)
    assert {(gap.event.id, gap.names) for gap in path.gaps} == {("E04", "C03"), ("E05", "C03")}
    assert str(path.coverage) == "5 of 7 links on the way lead to a recorded event"


def test_q1_marks_what_names_nothing_before_it():
    bare = recorded(8, without_links(DEPLOYED_C))
    path = questions.how_it_got_here(Index.of(*(r for r in RECORDS if r != DEPLOYED), bare), "E08")
    assert [(gap.event.id, gap.names) for gap in path.gaps] == [("E08", None)]
    assert (path.origin.change.id, path.origin.how) == ("E01", How.ARTIFACT)


def test_q1_of_what_was_never_deployed_is_refused_with_a_reason():
    with pytest.raises(NothingFound, match="nothing says that it was deployed in production"):
        questions.how_it_got_here(STORY, OLD)


def test_q2_what_came_of_a_change():
    came = questions.what_came_of(WHOLE, "E01")
    assert ids(came.events) == [*(f"E0{n}" for n in range(2, 9)), "E09", "E20", "E24"]
    assert came.by_kind["incident.detected"] == 1
    assert str(came.coverage) == "7 of 7 other events of its chain are linked to it"
    assert "event:E24" in came.lineage
    assert len(came.frame) == 10


def test_q2_counts_what_the_chain_knows_and_links_do_not_reach():
    stray = recorded(
        9, made(cdevents.artifact.signed, 9, PURL, "signer", signature="x", chain_id=CHAIN)
    )
    came = questions.what_came_of(Index.of(RECORDS, stray), "E01")
    assert str(came.coverage) == "7 of 8 other events of its chain are linked to it"
    assert came.coverage.missing == ("E09",)


# ---------------------------------------------------------------------------- Q3: what runs where
def test_q3_the_last_deployment_of_a_place_runs_there_and_a_rollback_is_the_older_one_again():
    index = Index.of(RECORDS, TROUBLE, deployed(9, PURL, "staging"))
    now = questions.running(index).frame
    assert dict(zip(now.environment, now.artifact, strict=True)) == {
        "production": OLD,
        "staging": PURL,
    }
    then = questions.running(index, "production", at=at(10))
    assert [d.artifact for d in then.places] == [PURL]
    assert questions.running(index, "production", at=at(7)).places == ()


def test_q3_says_of_how_many_it_knows_the_making():
    index = Index.of(RECORDS, deployed(9, "pkg:pypi/crewroster@3.0", service="crewroster"))
    found = questions.running(index, "production")
    assert str(found.coverage) == "1 of 2 running artifacts have a record of how they were made"
    assert found.coverage.missing == ("pkg:pypi/crewroster@3.0",)


def test_q3_what_was_removed_or_failed_to_start_does_not_run():
    removed = recorded(
        9, made(cdevents.service.removed, 9, "tidetable", "deployer", environment=PROD)
    )  # fmt: skip
    assert questions.running(Index.of(RECORDS, removed)).places == ()
    failed = replace(deployed(9, OLD), success=False)
    assert [d.artifact for d in questions.running(Index.of(RECORDS, failed)).places] == [PURL]


def test_q3_goes_by_when_it_happened_not_by_when_it_was_recorded():
    late = replace(deployed(4, OLD), created_at=at(60))
    index = Index.of(RECORDS, late)
    assert [d.artifact for d in questions.running(index).places] == [PURL]
    assert [d.artifact for d in questions.running(index, at=at(30)).places] == [PURL]


# --------------------------------------------------------------------------- Q4, Q5: components
def bill(number, unit, purl, *components):
    parts = [{"type": "library", "name": "x", "purl": component} for component in components]
    document = {
        "bomFormat": "CycloneDX", "metadata": {"component": {"purl": purl}}, "components": parts
    }  # fmt: skip
    return event(number, "R-sbom", unit=unit, payload={"sbom": document})


def published(number, purl, unit):
    return recorded(number, made(cdevents.artifact.published, number, purl, "publisher"), unit=unit)


BILLS = Index.of(
    RECORDS,
    bill(30, OLD_UNIT, OLD, "pkg:pypi/knotlib@0.3.1", TZDATA),
    published(31, OLD, OLD_UNIT),
    deployed(32, OLD, "staging", unit=OLD_UNIT),
    published(33, "pkg:pypi/tidetable@1.3.0", OLD_UNIT._replace(version="1.3.0")),
)


@pytest.mark.parametrize(
    ("purl", "versions", "expected"),
    [
        ("pkg:pypi/knotlib", "", {OLD, PURL}),
        ("pkg:pypi/knotlib", "<0.3.2", {OLD}),
        ("pkg:pypi/knotlib", ">=0.3.2", {PURL}),
        ("pkg:pypi/knotlib@0.3.1", "", {OLD}),
        ("pkg:pypi/knotlib", ">1", set()),
        ("pkg:pypi/tzdata", "", {OLD, PURL}),
        ("pkg:npm/knotlib", "", set()),
    ],
)
def test_q4_the_releases_with_a_component(purl, versions, expected):
    found = questions.releases_with(BILLS, purl, versions)
    assert {release.artifact for release in found.releases} == expected
    assert str(found.coverage) == "2 of 3 shipped artifacts have a bill of materials"
    assert found.coverage.missing == ("pkg:pypi/tidetable@1.3.0",)


def test_q4_says_where_a_release_runs():
    frame = questions.releases_with(BILLS, "pkg:pypi/knotlib").frame
    assert dict(zip(frame.artifact, frame["runs in"], strict=True)) == {
        OLD: "tidetable @ staging", PURL: "tidetable @ production",
    }  # fmt: skip


def test_q4_lists_versions_that_a_range_cannot_judge():
    index = Index.of(bill(1, UNIT, PURL, "pkg:generic/chart@spring-tide"))
    found = questions.releases_with(index, "pkg:generic/chart", "<3")
    assert (found.releases, found.uncomparable) == ((), ("pkg:generic/chart@spring-tide",))


def test_q4_refuses_what_is_no_purl_or_no_range():
    with pytest.raises(NothingFound, match="purl"):
        questions.releases_with(BILLS, "knotlib")
    with pytest.raises(NotComparable, match="PEP 440"):
        questions.releases_with(BILLS, "pkg:pypi/knotlib", "before 1")


def test_q5_a_bad_component_reaches_releases_and_places():
    blast = questions.blast_radius(BILLS, "pkg:pypi/knotlib@0.3.1")
    hops = {reached.node: reached.hops for reached in blast.reached}
    assert hops[f"artifact:{OLD}"] == 1
    assert hops["place:tidetable @ staging"] == 2
    assert "place:tidetable @ production" not in hops
    assert blast.runs_now == ("tidetable @ staging",)
    assert blast.counts["place"] == 1


def test_q5_every_version_of_a_component():
    blast = questions.blast_radius(BILLS, "pkg:pypi/knotlib")
    assert set(blast.runs_now) == {"tidetable @ staging", "tidetable @ production"}


@pytest.mark.parametrize(
    "start", ["E03", "C03", PURL, str(UNIT), "run:build /plab/builder tidetable-151"]
)
def test_q5_a_bad_build_reaches_where_its_artifact_runs(start):
    assert questions.blast_radius(STORY, start).runs_now == ("tidetable @ production",)


def test_q5_a_bad_build_of_our_own_library_reaches_its_users():
    knot_unit = UNIT._replace(name="knotlib", version="0.3.2")
    built = recorded(
        40, made(cdevents.build.finished, 40, "knotlib-9", "builder", artifact_id=KNOT), unit=knot_unit
    )  # fmt: skip
    blast = questions.blast_radius(Index.of(RECORDS, built), "E40")
    assert f"artifact:{PURL}" in {reached.node for reached in blast.reached}
    assert blast.runs_now == ("tidetable @ production",)


def test_q5_of_something_unheard_of_is_refused():
    with pytest.raises(NothingFound):
        questions.blast_radius(STORY, "pkg:pypi/sextant@1.0")


@pytest.mark.parametrize(
    ("component", "way"),
    [(KNOT, (PURL, KNOT)), ("pkg:pypi/tzdata", (PURL, KNOT, TZDATA)), ("pkg:pypi/sextant", ())],
)
def test_why_a_component_is_there(component, way):
    assert questions.why_component(STORY, PURL, component) == way
    assert questions.why_component(STORY, str(UNIT), component) == way


def test_what_two_bills_differ_in():
    difference = questions.bill_difference(BILLS, OLD, PURL)
    assert difference.changed == {"pkg:pypi/knotlib": ("0.3.1", "0.3.2")}
    assert (difference.added, difference.removed) == ({}, {})
    assert list(difference.frame.what) == ["changed"]


# -------------------------------------------------------------------------------- Q6, Q7: gates
def test_q6_what_never_arrived_and_what_failed_last():
    index = Index.of(RECEIVER.values(), READY, replace(TESTED, success=False))
    why = questions.why_closed(index, "ready-for-production", UNIT)
    assert [member.receiver_id for member in why.missing] == ["R-build.finished"]
    assert [member.receiver_id for member in why.failed] == ["R-testsuiterun.finished"]
    assert len(why.reasons) == 2
    assert str(why.coverage) == "0 of 2 receivers have passed"
    assert list(why.frame.standing) == [Standing.MISSING, Standing.FAILED]


def test_q6_an_open_gate_and_the_same_gate_earlier():
    assert questions.why_closed(STORY, "G-READY", str(UNIT)).open
    assert not questions.why_closed(STORY, "G-READY", UNIT, as_of=BUILT.created_at).open


def test_q6_unknown_gates_and_units_are_refused():
    with pytest.raises(NothingFound, match="group"):
        questions.why_closed(STORY, "no-such-gate", UNIT)
    with pytest.raises(NothingFound, match="unit"):
        questions.why_closed(STORY, "G-READY", OLD_UNIT)


def test_every_gate_on_one_board():
    board = questions.gate_board(Index.of(RECORDS, replace(BUILT, id="E70", name="crewroster")))
    assert sorted(board.state) == ["open", "shut"]
    assert board[board.state == "shut"]["waits for"].item() == "testsuiterun.finished"


def captured(minute, offset, about, of=None):
    return replace(message(offset, about, of), timestamp=at(minute))


def test_q7_a_gate_that_opened_and_was_not_announced_is_found():
    again = replace(TESTED, id="E60", created_at=at(60), payload={})
    index = Index.of(RECORDS, again, captured(0, 1, MERGED), captured(4, 2, TESTED, READY))
    announcing = questions.unannounced(index)
    assert [(lost.event.id, lost.group.id) for lost in announcing.lost] == [("E60", "G-READY")]
    assert str(announcing.coverage) == "1 of 2 announcements that the rule demands were captured"
    assert list(announcing.frame.offset.isna()) == [False, True]


def test_q7_what_the_rule_does_not_demand_is_unexpected():
    index = Index.of(
        RECORDS, captured(0, 1, MERGED), captured(4, 2, TESTED, READY), captured(5, 3, BUILT, READY)
    )
    assert questions.unannounced(index).unexpected == (("epr.dev.events", 0, 3),)


def test_q7_what_was_before_anybody_listened_does_not_count():
    index = Index.of(RECORDS, captured(30, 9, DEPLOYED))
    announcing = questions.unannounced(index)
    assert announcing.expected == ()
    assert announcing.coverage.complete


# -------------------------------------------------------------------------------- Q8: the time
def test_q8_the_critical_path_and_what_its_time_went_into():
    spent = questions.where_time_went(STORY, CHAIN)
    assert ids(spent.path) == [f"E0{n}" for n in range(1, 9)]  # packaging waited for the tests
    assert spent.total == timedelta(minutes=7)
    assert spent.working == timedelta(minutes=1)
    assert spent.waiting == timedelta(minutes=6)
    assert [s.spent for s in spent.stretches][:2] == [Spent.WAITING, Spent.WORKING]
    assert str(spent.coverage) == "1 of 2 runs have both a start and an end"
    assert spent.coverage.missing == ("run:testsuiterun /plab/tester tests-151",)
    assert spent.frame.time.sum() == pandas.Timedelta(minutes=7)


def test_q8_a_stray_event_is_not_the_end():
    stray = recorded(
        50, made(cdevents.artifact.signed, 50, PURL, "signer", signature="x", chain_id=CHAIN)
    )
    assert ids(questions.where_time_went(Index.of(RECORDS, stray), CHAIN).path)[-1] == "E08"


# ----------------------------------------------------------------- Q9, Q11: breakage and process
def cut_after(number, *more):
    return Index.of(
        *(r for r in RECORDS if not r.id.startswith("E") or int(r.id[1:]) <= number), *more
    )


def test_q9_the_first_failure_and_what_could_have_come_next():
    broken = recorded(4, made(
        cdevents.testsuiterun.finished, 4, "tests-151", "tester", follows=BUILT_C, outcome="failure",
        environment={"id": "ci"},
    ), success=False)  # fmt: skip
    broke = questions.where_it_broke(cut_after(3, broken), CHAIN)
    assert broke.first.id == "E04"
    assert ids(broke.standing) == ["E04"]
    assert broke.stopped_before == ("tested",)
    assert str(broke.coverage) == "2 of 8 steps were done"


def test_q9_a_failure_that_was_made_good_does_not_stand():
    first = replace(TESTED, id="E0X", success=False, created_at=at(3.5), payload=without_links(
        made(cdevents.testsuiterun.finished, 3, "tests-150", "tester", outcome="failure",
             environment={"id": "ci"}, chain_id=CHAIN)).to_dict())  # fmt: skip
    first.payload["context"]["chainId"] = CHAIN
    first.payload["context"]["id"] = "C0X"
    broke = questions.where_it_broke(Index.of(RECORDS, first), CHAIN)
    assert broke.first.id == "E0X"
    assert broke.standing == ()


def test_q9_nothing_broke_but_it_stopped():
    broke = questions.where_it_broke(cut_after(6), CHAIN)
    assert broke.first is None
    assert broke.stopped_before == ("published",)


FERRY = (
    Step("merged", ("change.merged",)),
    Step("built", ("build.finished",), after=("merged",)),
    Step("signed", ("artifact.signed",), after=("built",)),
    Step("live", ("service.deployed",), "production", after=("signed",)),
)


def test_q11_a_process_that_was_followed_is_proven_by_links():
    followed = questions.follows_process(STORY, CHAIN, FERRY)
    assert followed.ok
    assert [checked.proven for checked in followed.steps] == [
        (),
        ("merged",),
        ("built",),
        ("signed",),
    ]
    assert str(followed.coverage) == "3 of 3 orders are proven by links"


def test_q11_deployed_before_signed_is_too_early():
    late = made(cdevents.artifact.signed, 12, PURL, "signer", signature="x", chain_id=CHAIN)
    index = Index.of(*(r for r in RECORDS if r.id != "E06"), recorded(12, late))
    followed = questions.follows_process(index, CHAIN, FERRY)
    assert [checked.found.value for checked in followed.steps] == [
        "done",
        "done",
        "done",
        "too early",
    ]
    assert followed.steps[3].late == ("signed",)
    assert not followed.ok


def test_q11_the_clock_alone_is_an_order_and_no_proof():
    bare = [recorded(n, cdevents.parse({**c.to_dict(), "context": {
        k: v for k, v in c.to_dict()["context"].items() if k != "links"}}))
        for n, c in ((1, MERGED_C), (3, BUILT_C))]  # fmt: skip
    followed = questions.follows_process(Index.of(bare), CHAIN, FERRY[:2])
    assert followed.ok
    assert followed.steps[1].by_clock == ("merged",)
    assert str(followed.coverage) == "0 of 1 orders are proven by links"


def test_q11_a_missing_step_and_a_wrong_environment_are_not_done():
    staged = deployed(9, PURL, "staging", "deployed", chain_id=CHAIN)
    followed = questions.follows_process(cut_after(5, staged), CHAIN, FERRY)
    assert [checked.found.value for checked in followed.steps] == [
        "done",
        "done",
        "missing",
        "missing",
    ]
    assert followed.frame.found.to_list()[2:] == ["missing", "missing"]


# ------------------------------------------------------------------------------- Q10: comparison
def test_q10_two_releases_side_by_side():
    chain = "another-chain"
    second = [
        recorded(41, made(cdevents.change.merged, 41, "tidetable!152", "forge", chain_id=chain), unit=OLD_UNIT),
        recorded(43, made(cdevents.build.finished, 43, "tidetable-152", "other-builder", artifact_id=OLD, chain_id=chain), success=False, unit=OLD_UNIT),
        recorded(44, made(cdevents.artifact.deleted, 44, OLD, "packager", chain_id=chain), unit=OLD_UNIT, to="artifact.deleted"),
        bill(45, OLD_UNIT, OLD, "pkg:pypi/knotlib@0.3.1", "pkg:pypi/sextant@1.0"),
    ]  # fmt: skip
    compared = questions.compare(Index.of(RECORDS, second), CHAIN, chain)
    by_role = {pair.role: pair for pair in compared.pairs}
    assert by_role["change.merged"].change is Change.SAME
    assert by_role["build.finished"].change is Change.CHANGED
    assert by_role["build.finished"].what == (
        "passed → failed",
        "by /plab/builder → /plab/other-builder",
    )
    assert by_role["artifact.deleted"].change is Change.ADDED
    assert by_role["service.deployed in production"].change is Change.REMOVED
    assert compared.changes["event:E44"] is Change.ADDED
    assert compared.changes["event:E08"] is Change.REMOVED
    assert compared.bills.changed == {"pkg:pypi/knotlib": ("0.3.2", "0.3.1")}
    assert compared.bills.added == {"pkg:pypi/sextant": "1.0"}
    assert compared.elapsed == (timedelta(minutes=7), timedelta(minutes=3))
    assert {"event:E01", "event:E41"} <= {node.id for node in compared.union.nodes}
    assert str(compared.coverage) == "2 of 9 steps are in both"


def test_q10_a_release_is_the_same_as_itself():
    compared = questions.compare(STORY, CHAIN, PURL)
    same = questions.compare(STORY, CHAIN, CHAIN)
    assert {pair.change for pair in same.pairs} == {Change.SAME}
    assert same.coverage.complete
    assert not compared.coverage.complete  # the purl's events leave out the change and the tests


# ------------------------------------------------------------------ Q12, Q13, Q21: the record
def flaws(index):
    return {(issue.flaw, issue.where) for issue in questions.quality(index).issues}


def test_q12_a_sound_record_has_no_flaw():
    found = questions.quality(STORY)
    assert found.issues == ()
    assert (found.score, found.pieces, found.chains, found.ended) == (1.0, 1, 1, 0)


@pytest.mark.parametrize(
    ("more", "flaw", "where"),
    [
        ([event(50, "R-x", payload={"context": {"type": "dev.cdevents.nonsense"}})], Flaw.UNREAD, "E50"),
        ([ADVISED], Flaw.DANGLING, "E09"),
        ([event(50, "R-x")], Flaw.ORPHAN, "E50"),
        ([recorded(50, made(cdevents.artifact.signed, 50, PURL, "s", signature="x", chain_id=CHAIN))],
         Flaw.BROKEN_CHAIN, CHAIN),
        ([recorded(50, made(cdevents.artifact.signed, 50, PURL, "s", signature="x", chain_id="lost"))],
         Flaw.NO_START, "lost"),
        ([replace(BUILT, id="E50", created_at=at(50))], Flaw.DOUBLED, "E50"),
        ([replace(BUILT, success=False)], Flaw.CONFLICT, "E03"),
        ([replace(DETECTED, created_at=at(10))], Flaw.AHEAD, "E20"),
    ],
)  # fmt: skip
def test_q12_each_flaw_is_found(more, flaw, where):
    index = Index.of(RECORDS, more)
    assert (flaw, where) in flaws(index)
    found = questions.quality(index)
    assert found.counts[flaw] >= 1
    assert found.frame.flaw.eq(flaw.value).any()


def test_q12_a_start_link_is_a_beginning():
    lost = made(cdevents.artifact.signed, 50, PURL, "s", signature="x", chain_id="lost")
    start = event(51, "R-links", payload=cdevents.links.start_link(lost).to_dict())
    assert (Flaw.NO_START, "lost") not in flaws(Index.of(recorded(50, lost), start))


def test_q12_counts_chains_that_were_ended():
    ended = recorded(8, DEPLOYED_C.end_chain())
    assert questions.quality(Index.of(*(r for r in RECORDS if r != DEPLOYED), ended)).ended == 1


def test_q13_a_watcher_that_feeds_itself_is_a_loop():
    first = event(50, "R-build.finished", payload={"causationid": "E51"})
    second = event(51, "R-testsuiterun.finished", payload={"causationid": "E50"})
    own = event(52, "R-artifact.signed", payload={"causationid": "E52"})
    found = questions.loops(Index.of(RECORDS, first, second, own))
    assert [ids(loop.events) for loop in found.loops] == [["E50", "E51"], ["E52"]]
    assert found.loops[0].receivers == ("build.finished", "testsuiterun.finished")
    assert str(found.coverage) == "8 of 11 events are in no loop"
    assert list(found.frame.events) == [2, 1]
    assert questions.loops(WHOLE).loops == ()


def test_q21_one_cdevent_recorded_twice_and_equal_posts():
    posted = [event(n, "R-x", payload={"log": "shipped"}) for n in (50, 51)]
    again = replace(BUILT, id="E53", created_at=at(53))
    elsewhere = recorded(54, made(cdevents.artifact.signed, 3, PURL, "someone-else", signature="x"))
    found = questions.duplicates(Index.of(RECORDS, posted, again, elsewhere))
    assert [ids(same) for same in found.same_cdevent] == [["E03", "E53"]]
    assert [ids(same) for same in found.same_content] == [["E50", "E51"]]
    assert str(found.coverage) == "10 of 12 events are there once"
    assert set(found.frame.event) == {"E51", "E53"}


# ------------------------------------------------------------------------------ Q14, Q15, Q16
def test_q14_the_most_depended_on_of_each_kind():
    ranked = questions.most_depended_on(BILLS).ranked
    components = {leaned.node: leaned for leaned in ranked[Kind.COMPONENT]}
    assert components["component:pkg:pypi/knotlib"].direct == 2
    assert (ranked[Kind.EVENT][0].node, ranked[Kind.EVENT][0].direct) == ("event:E03", 3)
    first = {leaned.node: leaned.reach for leaned in ranked[Kind.EVENT]}
    assert first["event:E01"] == 7
    assert {leaned.label for leaned in ranked[Kind.RECEIVER]} == {
        "build.finished",
        "testsuiterun.finished",
    }
    assert questions.most_depended_on(BILLS).frame.direct.min() > 0


def test_q15_what_was_learned_and_what_was_revised():
    learned = questions.what_changed(WHOLE, at(3), at(4))
    assert ids(learned.events) == ["E04"]
    assert ("event:E03", "path", "event:E04") in {
        (edge.source, edge.relation, edge.target) for edge in learned.added
    }
    assert {(edge.rule, edge.target) for edge in learned.revised} == {
        ("L5", "receiver:R-testsuiterun.finished")
    }
    assert learned.coverage.of == 1
    assert set(learned.frame.what) == {"learned", "revised"}


def test_q15_a_late_report_is_counted_as_late():
    late = replace(BUILT, created_at=at(60))
    index = Index.of(*(r for r in RECORDS if r != BUILT), late)
    learned = questions.what_changed(index, at(30), at(90))
    assert str(learned.coverage) == "0 of 1 of the new events happened in that time"
    assert ("event:C03", "event:E04") in {(edge.source, edge.target) for edge in learned.revised}


def test_q15_between_the_same_moments_nothing_is_learned():
    learned = questions.what_changed(WHOLE, at(8), at(8))
    assert (learned.events, learned.added, learned.revised) == ((), (), ())


def test_q16_who_acted_on_what_evidence_and_who_approved():
    acts = questions.who_acted(WHOLE)
    assert [(act.who, act.agent) for act in acts.acts] == [
        ("release engineer", False),
        ("advisor", True),
    ]
    advice = acts.acts[1]
    assert (advice.tool, advice.decision, advice.approved_by) == (
        "why_blocked",
        "recommended",
        "release engineer",
    )
    assert advice.unknown_evidence == ("E-NEVER-SEEN",)
    assert str(acts.coverage) == "0 of 1 acts of agents are approved and rest on recorded evidence"
    assert len(questions.who_acted(WHOLE, "advisor").acts) == 1
    assert len(questions.who_acted(WHOLE, "release engineer").frame) == 2
    assert questions.who_acted(WHOLE, "auditor").acts == ()


def test_q16_an_approved_act_on_recorded_evidence_is_covered():
    sound = replace(ADVISED, payload={**ACTION, "used": [TESTED.id]})
    assert questions.who_acted(Index.of(RECORDS, sound)).coverage.complete


# ----------------------------------------------------------------------------- Q17 to Q20: DORA
def test_q17_deployments_a_day_without_rollbacks():
    more = [deployed(8 + 24 * 60 * day, PURL) for day in (1, 2)]
    frequency = questions.deployment_frequency(Index.of(RECORDS, TROUBLE, more))
    assert [d.event.id for d in frequency.deployments] == ["E08", "E1448", "E2888"]
    assert frequency.per_day == pytest.approx(1.5)
    assert frequency.frame.deployments.to_list() == [1, 1, 1]
    assert str(frequency.coverage) == "1 of 3 deployments have an unbroken chain"
    assert questions.deployment_frequency(WHOLE, "staging").deployments == ()


def test_q17_only_what_is_in_the_window_counts():
    window = Window(since=at(0), until=at(7))
    assert questions.deployment_frequency(STORY, window=window).deployments == ()
    wider = Window(since=at(0), until=at(60 * 48))
    assert questions.deployment_frequency(STORY, window=wider).per_day == pytest.approx(0.5)


def test_q18_from_the_merge_to_production_by_links_else_by_chain_else_by_artifact():
    by_chain = deployed(18, PURL, chain_id=CHAIN)
    by_artifact = deployed(28, PURL)
    unknown = deployed(38, "pkg:pypi/crewroster@3.0", service="crewroster")
    found = questions.lead_time(Index.of(RECORDS, by_chain, by_artifact, unknown))
    assert [(led.origin.how, led.time) for led in found.led] == [
        (How.LINKS, timedelta(minutes=7)), (How.CHAIN, timedelta(minutes=17)),
        (How.ARTIFACT, timedelta(minutes=27)), (How.UNKNOWN, None),
    ]  # fmt: skip
    assert found.median == timedelta(minutes=17)
    assert found.p90 == timedelta(minutes=27)
    assert str(found.coverage) == "1 of 4 deployments have an unbroken chain"
    assert found.frame["known by"].to_list() == ["links", "same chain", "same artifact", "unknown"]


def test_q18_without_deployments_there_is_no_number():
    found = questions.lead_time(STORY, "staging")
    assert (found.median, found.p90, found.coverage.of) == (None, None, 0)


def test_q19_an_incident_that_names_its_cause_makes_the_deployment_a_failure():
    rate = questions.change_failure_rate(Index.of(RECORDS, TROUBLE, deployed(30, PURL)))
    assert [(f.deployment.event.id, f.sign.id, f.linked) for f in rate.failures] == [
        ("E08", "E20", True)
    ]
    assert rate.rate == pytest.approx(0.5)
    assert str(rate.coverage) == "1 of 1 incidents are tied to a deployment"


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        (recorded(20, incident(20, "detected")), [("E08", False)]),  # names the artifact that runs
        (recorded(20, incident(20, "detected", purl=OLD)), []),  # names another one
        (recorded(0, incident(0, "detected")), []),  # before it was deployed
        (deployed(20, OLD, predicate="rolledback"), [("E08", False)]),  # nobody said why
    ],
)
def test_q19_without_a_link_the_artifact_or_what_came_next_tells(sign, expected):
    rate = questions.change_failure_rate(Index.of(RECORDS, sign))
    assert [(f.deployment.event.id, f.linked) for f in rate.failures] == expected


def test_q19_an_incident_that_fits_no_deployment_is_counted():
    rate = questions.change_failure_rate(Index.of(RECORDS, recorded(0, incident(0, "detected"))))
    assert str(rate.coverage) == "0 of 1 incidents are tied to a deployment"
    assert rate.coverage.missing == ("E00",)


def test_q20_it_is_over_with_the_first_of_rollback_resolution_and_next_release():
    rolled = questions.recovery_time(Index.of(RECORDS, TROUBLE))
    assert (rolled.median, rolled.failures[0].recovered.id) == (timedelta(minutes=4), "E24")
    resolved = questions.recovery_time(Index.of(RECORDS, TROUBLE[0], TROUBLE[2]))
    assert (resolved.median, resolved.failures[0].recovered.id) == (timedelta(minutes=6), "E26")
    fixed = questions.recovery_time(Index.of(RECORDS, TROUBLE[0], deployed(23, PURL)))
    assert (fixed.median, fixed.failures[0].recovered.id) == (timedelta(minutes=3), "E23")


def test_q20_what_goes_on_is_not_over():
    ongoing = questions.recovery_time(Index.of(RECORDS, DETECTED))
    assert (ongoing.median, ongoing.p90) == (None, None)
    assert str(ongoing.coverage) == "0 of 1 failed deployments are over"
    silent = questions.recovery_time(Index.of(RECORDS, deployed(20, OLD, predicate="rolledback")))
    assert silent.median == timedelta(minutes=12)


# ----------------------------------------------------------------------------------- all of them
EMPTY = Index()
SEEDED = Index.of(history.records(history.tell(400, seed=11)))
OVERALL = [
    questions.running, questions.unannounced, questions.quality, questions.loops, questions.duplicates,
    questions.most_depended_on, questions.who_acted, questions.deployment_frequency, questions.lead_time,
    questions.change_failure_rate, questions.recovery_time, questions.gate_board,
]  # fmt: skip


@pytest.mark.parametrize("ask", OVERALL)
@pytest.mark.parametrize("index", [EMPTY, STORY, SEEDED], ids=["empty", "story", "seeded"])
def test_every_answer_has_a_frame_and_a_coverage(ask, index):
    answer = ask(index)
    if isinstance(answer, pandas.DataFrame):
        return
    assert isinstance(answer.frame, pandas.DataFrame)
    assert 0 <= answer.coverage.share <= 1
    assert str(answer.coverage.of) in str(answer.coverage)


@pytest.mark.parametrize("ask", OVERALL)
def test_the_order_of_arrival_does_not_change_an_answer(ask):
    turned = Index.of(reversed(list(history.records(history.tell(400, seed=11)))))
    one, other = ask(SEEDED), ask(turned)
    assert one.equals(other) if isinstance(one, pandas.DataFrame) else one == other


@pytest.mark.parametrize(
    "ask",
    [
        questions.where_time_went,
        questions.where_it_broke,
        questions.follows_process,
        questions.journey,
    ],
)
def test_a_journey_is_asked_for_by_chain_purl_unit_or_event(ask):
    for what in (CHAIN, PURL, UNIT, str(UNIT), "E04", "C04"):
        assert ask(STORY, what)
    with pytest.raises(LineageError, match="nothing is recorded about 'nonsense'"):
        ask(STORY, "nonsense")


def test_the_story_has_what_the_questions_are_about():
    assert {node.kind for node in lineage_of(WHOLE).nodes} >= {
        Kind.RUN, Kind.CHANGE, Kind.PLACE, Kind.INCIDENT, Kind.COMPONENT, Kind.AGENT, Kind.ATTESTATION,
    }  # fmt: skip
    assert happened(4) == TESTED_C.timestamp.replace("Z", "+00:00")
    assert SBOM["components"][0]["purl"] == KNOT
    assert (PACKAGED.id, ROLLED_BACK.id) == ("E05", "E24")
