"""What each rule draws from payloads: L9 to L18, on tidetable 1.5.1's way to production."""

import pytest
from delivery_story import (
    ADVISED,
    BUILT,
    BUILT_C,
    CHAIN,
    DELIVERY,
    DEPLOYED,
    DEPLOYED_C,
    DETECTED,
    ENVELOPE,
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
    SHA,
    SIGNED,
    TESTED,
    TRACE,
    TZDATA,
    UNIT,
    happened,
    made,
    recorded,
)
from lineage_story import event, message

import cdevents
from epr_lineage import Confidence, Index, Kind, State, downstream, lineage_of, trace, upstream
from epr_lineage.payloads.text import sha256

WHOLE = lineage_of(Index.of(*RECORDS, DETECTED, ROLLED_BACK, ADVISED))
COLUMNS = f"artifact:{UNIT}"
ATTESTATION = f"attestation:{sha256(ENVELOPE)}"
RUN = "run:build /plab/builder tidetable-151"
PLACE = "place:tidetable @ production"


def edges(lineage, rule, *relations):
    return {
        (edge.source, edge.relation, edge.target)
        for edge in lineage.edges
        if edge.rule == rule and (not relations or edge.relation in relations)
    }


def e(number):
    return f"event:E{number:02}"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("L4", {(e(3), "satisfies", f"gate:G-READY {UNIT}"),
                (e(4), "satisfies", f"gate:G-READY {UNIT}")}),
        ("L7", {(f"gate:G-READY {UNIT}", "triggered", e(8))}),
        ("L9", {(e(a), "path", e(b)) for a, b in
                [(1, 2), (2, 3), (3, 4), (3, 5), (4, 5), (5, 6), (6, 7), (7, 8)]}),
        ("L10", {(e(20), "caused by", e(8)), (e(24), "triggered by", e(20))}),
        ("L11", {(e(n), "in", f"chain:{CHAIN}") for n in range(1, 9)}),
        ("L13", {(RUN, "produced", f"artifact:{PURL}")}),
        ("L14", {(f"artifact:{PURL}", "deployed as", PLACE),
                 ("artifact:pkg:pypi/tidetable@1.4.0", "deployed as", PLACE),
                 (PLACE, "place of", "service:tidetable"),
                 (PLACE, "place in", "environment:production")}),
        ("L15", {(COLUMNS, "described by", e(5)), (f"artifact:{PURL}", "described by", e(5)),
                 (e(5), "contains", f"component:{KNOT}"), (e(5), "contains", f"component:{TZDATA}"),
                 (f"component:{KNOT}", "version of", "component:pkg:pypi/knotlib"),
                 (f"component:{TZDATA}", "version of", "component:pkg:pypi/tzdata"),
                 (f"component:{KNOT}", "depends on", f"component:{TZDATA}")}),
        ("L16", {(e(6), "carries", ATTESTATION), (ATTESTATION, "attests", f"artifact:{PURL}"),
                 (ATTESTATION, "signed by", "key:signer-2026")}),
        ("L17", {(e(8), "traced by", f"trace:{TRACE}")}),
        ("L18", {(e(7), "performed by", "agent:release engineer"), (e(9), "used", e(4)),
                 (e(9), "performed by", "agent:advisor"), (e(9), "used", "event:E-NEVER-SEEN"),
                 (e(9), "approved by", "agent:release engineer")}),
    ],
)  # fmt: skip
def test_each_rule_draws_its_edges_and_no_others(rule, expected):
    assert edges(WHOLE, rule) == expected


def test_a_subject_and_what_else_an_event_speaks_of():
    about = edges(WHOLE, "L12")
    assert (e(1), "subject", "change:/plab/forge tidetable!151") in about
    assert (e(1), "mentions", "resource:repository /plab/forge tidetable") in about
    assert (e(3), "subject", RUN) in about
    assert (e(3), "mentions", f"artifact:{PURL}") in about
    assert (e(5), "mentions", "change:/plab/forge tidetable!151") in about
    assert (e(8), "subject", "service:tidetable") in about
    assert (e(8), "mentions", "environment:production") in about
    assert (e(20), "subject", "incident:/plab/watch boats late") in about


def test_a_purl_is_the_same_artifact_if_name_and_version_agree():
    assert edges(WHOLE, "L3", "same as") == {(COLUMNS, "same as", f"artifact:{PURL}")}
    same = next(edge for edge in WHOLE.edges if edge.relation == "same as")
    assert same.evidence == ("E03", "E05", "E06", "E07", "E08", "E20")
    assert same.recorded_at == BUILT.created_at
    fetched = made(cdevents.artifact.downloaded, 30, KNOT, "builder")
    assert not edges(trace([recorded(30, fetched, to="artifact.downloaded")]), "L3", "same as")


def test_what_is_said_is_declared_and_what_is_worked_out_is_inferred():
    rules = {}
    for edge in WHOLE.edges:
        rules.setdefault(edge.rule, set()).add(edge.confidence)
    assert rules["L9"] == rules["L10"] == rules["L11"] == {Confidence.DECLARED}
    assert rules["L12"] == rules["L13"] == rules["L14"] == {Confidence.REFERENCED}
    assert rules["L4"] == {Confidence.INFERRED}


def test_an_edge_has_the_clocks_of_its_evidence():
    path = next(edge for edge in WHOLE.edges if edge.rule == "L9" and edge.target == e(8))
    assert path.evidence == ("E08",)
    assert path.recorded_at == DEPLOYED.created_at
    assert path.occurred_at.isoformat() == happened(8)


def test_a_link_to_what_was_never_recorded_ends_in_an_unknown_event():
    lineage = trace([TESTED])
    assert edges(lineage, "L9") == {("event:C03", "path", e(4))}
    assert lineage["event:C03"].state is State.UNKNOWN


def test_a_failed_outcome_is_a_failure_even_if_the_receipt_says_success():
    broken = made(
        cdevents.testsuiterun.finished, 4, "tests-151", "tester", outcome="failure",
        environment={"id": "ci"},
    )  # fmt: skip
    assert trace([recorded(4, broken)])[e(4)].state is State.FAILURE


def test_links_on_their_own_join_events_as_embedded_ones_do():
    start = event(31, "R-links", payload=cdevents.links.start_link(MERGED_C).to_dict())
    path = event(32, "R-links", payload=cdevents.links.path_link(BUILT_C, DEPLOYED_C).to_dict())
    cause = event(
        33, "R-links", payload=cdevents.links.relation_link("CAUSE", DEPLOYED_C, BUILT_C).to_dict()
    )
    seen = event(
        34,
        "R-links",
        payload=cdevents.links.relation_link("watched", DEPLOYED_C, BUILT_C).to_dict(),
    )
    end = event(35, "R-links", payload=cdevents.links.end_link(BUILT_C, DEPLOYED_C).to_dict())
    bare = [
        recorded(n, cdevents.parse(_without_links(c)), to=c.name)
        for n, c in ((1, MERGED_C), (3, BUILT_C), (8, DEPLOYED_C))
    ]
    lineage = trace([*bare, start, path, cause, seen, end])
    assert edges(lineage, "L9") == {(e(3), "path", e(8))}
    assert edges(lineage, "L10") == {(e(8), "caused by", e(3)), (e(8), "watched", e(3))}
    assert edges(lineage, "L11", "starts", "ends") == {
        (e(1), "starts", f"chain:{CHAIN}"), (e(8), "ends", f"chain:{CHAIN}"),
    }  # fmt: skip
    joined = next(edge for edge in lineage.edges if edge.rule == "L9")
    assert joined.evidence == ("E32", "E35")


def _without_links(what):
    document = what.to_dict()
    document["context"].pop("links", None)
    return document


def test_an_embedded_end_link_ends_the_chain_and_says_what_came_before():
    last = DEPLOYED_C.end_chain(BUILT_C)
    lineage = trace([BUILT, recorded(8, last)])
    assert (e(8), "ends", f"chain:{CHAIN}") in edges(lineage, "L11")
    assert (e(3), "path", e(8)) in edges(lineage, "L9")


def test_release_0_4_1_is_read_as_the_present_one():
    document = BUILT_C.to_dict()
    del document["context"]["specversion"]
    document["context"] |= {"version": "0.4.1", "type": "dev.cdevents.build.finished.0.2.0"}
    document["subject"]["type"] = "build"
    lineage = trace([event(3, "R-build.finished", unit=UNIT, payload=document)])
    assert edges(lineage, "L13") == {(RUN, "produced", f"artifact:{PURL}")}


def test_a_cdevent_is_read_inside_a_structured_cloudevent_with_its_attributes():
    cloudevent = {
        "specversion": "1.0", "id": "C03", "source": "/plab/builder",
        "type": BUILT_C.type, "time": happened(3), "subject": "tidetable-151",
        "causationid": "C01", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
        "authid": "builder@ferry", "data": BUILT_C.to_dict(),
    }  # fmt: skip
    lineage = trace([MERGED, event(3, "R-build.finished", unit=UNIT, payload=cloudevent)])
    assert edges(lineage, "L13") == {(RUN, "produced", f"artifact:{PURL}")}
    assert edges(lineage, "L7") == {(e(1), "triggered", e(3))}
    assert edges(lineage, "L17") == {(e(3), "traced by", f"trace:{TRACE}")}
    assert edges(lineage, "L18") == {(e(3), "performed by", "agent:builder@ferry")}
    assert lineage[e(3)].occurred_at.isoformat() == happened(3)


def test_an_sbom_elsewhere_is_found_by_the_digest_in_its_address():
    descriptor = {
        "mediaType": "application/vnd.cyclonedx+json; version=1.6", "digest": SHA, "size": 700,
        "uri": f"/sboms/{SHA}", "subject": PURL, "purls": [KNOT],
    }  # fmt: skip
    described = event(2, "R-sbom", unit=UNIT, payload={"sbom": descriptor})
    packaged = made(
        cdevents.artifact.packaged, 5, PURL, "packager", change=MERGED_C, sbom=f"/sboms/{SHA}"
    )  # fmt: skip
    lineage = trace([described, recorded(5, packaged)])
    assert edges(lineage, "L15", "described by") == {
        (f"artifact:{PURL}", "described by", e(2)), (COLUMNS, "described by", e(2)),
    }  # fmt: skip
    assert (e(2), "contains", f"component:{KNOT}") in edges(lineage, "L15")


def test_a_component_that_we_build_ourselves_is_our_artifact():
    built = made(cdevents.build.finished, 2, "knotlib-9", "builder", artifact_id=KNOT)
    ours = UNIT._replace(name="knotlib", version="0.3.2")
    lineage = trace([recorded(2, built, unit=ours), PACKAGED])
    assert edges(lineage, "L15", "same as") == {
        (f"artifact:{KNOT}", "same as", f"component:{KNOT}")
    }


def test_an_attestation_of_an_unknown_digest_attests_something_unknown():
    lineage = trace([SIGNED])
    assert edges(lineage, "L16", "attests") == {(ATTESTATION, "attests", f"artifact:{SHA}")}
    assert lineage[f"artifact:{SHA}"].state is State.UNKNOWN


def test_a_package_was_produced_by_the_run_that_it_links_to():
    packaged = made(
        cdevents.artifact.packaged, 5, PURL, "packager", follows=BUILT_C, change=MERGED_C
    )  # fmt: skip
    silent = _without_links(BUILT_C)
    del silent["subject"]["content"]["artifactId"]
    built = recorded(3, cdevents.parse(silent), to="build.finished")
    lineage = trace([built, recorded(5, packaged)])
    assert edges(lineage, "L13") == {(RUN, "produced", f"artifact:{PURL}")}


def test_a_gate_through_which_an_event_came_stands_for_its_message_if_that_was_captured():
    announced = message(4, TESTED, READY)
    lineage = trace(DELIVERY, RECEIVER.values(), [READY], [announced])
    assert edges(lineage, "L7") == {("message:epr.dev.events/0/4", "triggered", e(8))}


def test_every_kind_that_is_drawn_has_a_label():
    assert all(node.label for node in WHOLE.nodes)
    labels = {node.kind: node.label for node in WHOLE.nodes}
    assert labels[Kind.PLACE] == "tidetable in production"
    assert labels[Kind.CHAIN] == f"chain {CHAIN[:12]}"
    assert labels[Kind.RUN] in {"tidetable-151", "tests-151"}


@pytest.mark.parametrize("service", ["tidetable", "harbourmap"])
def test_a_removed_service_was_somewhere_but_nothing_was_deployed(service):
    removed = made(cdevents.service.removed, 9, service, "deployer", environment=PROD)
    lineage = trace([recorded(9, removed)])
    assert edges(lineage, "L14", "deployed as") == set()
    assert (f"place:{service} @ production", "place in", "environment:production") in edges(
        lineage, "L14"
    )


def test_the_deployment_came_from_the_change_and_the_component_reaches_production():
    assert e(1) in upstream(WHOLE, e(8))
    assert PLACE in downstream(WHOLE, f"component:{KNOT}")
    assert e(24) in downstream(WHOLE, e(8))
    assert e(24) not in upstream(WHOLE, e(8))
