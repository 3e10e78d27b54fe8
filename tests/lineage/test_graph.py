import types

import networkx
import pytest
from lineage_story import ANNOUNCED, BROKE, BUILT, EVENTS, FIXED, GATE, RECEIVERS, WHEEL, event

import epr_lineage
from epr_lineage import (
    Kind,
    UnknownNode,
    downstream,
    known_at,
    neighbourhood,
    questions,
    tables,
    to_networkx,
    trace,
    upstream,
)

WHOLE = trace(EVENTS, RECEIVERS, [GATE], [ANNOUNCED])
GATE_NODE = f"gate:G-GATE {WHEEL}"


def test_the_graph_has_every_node_and_edge_with_its_evidence():
    graph = to_networkx(WHOLE)
    assert isinstance(graph, networkx.DiGraph)
    assert len(graph) == len(WHOLE.nodes)
    assert graph.number_of_edges() == len(WHOLE.edges)
    assert graph.edges["event:E01", GATE_NODE, "L4"]["evidence"] == ("E01",)
    assert graph.nodes["event:E02"]["state"] == "failure"


def test_two_rules_may_join_the_same_two_events():
    retried = event(3, "R-TESTS", payload={"causationid": BROKE.id})
    assert to_networkx(trace([BROKE, retried])).number_of_edges("event:E02", "event:E03") == 2


def test_the_deployment_goes_back_to_the_build_and_the_build_on_to_the_deployment():
    assert {"event:E01", GATE_NODE, "message:epr.dev.events/0/7"} <= upstream(WHOLE, "event:E05")
    assert "event:E05" in downstream(WHOLE, "event:E01")


def test_what_merely_came_before_is_not_upstream_unless_asked_for():
    assert "event:E02" not in upstream(WHOLE, "event:E05")
    assert "event:E02" in upstream(WHOLE, "event:E05", ignore=())
    assert "event:E03" not in downstream(WHOLE, "event:E02")


def test_a_neighbourhood_has_what_is_near_and_nothing_else():
    near = neighbourhood(WHOLE, GATE_NODE, hops=1)
    assert {node.id for node in near.nodes} == {
        GATE_NODE, "event:E01", "event:E03", "event:E04", "message:epr.dev.events/0/7",
    }  # fmt: skip


def test_what_was_known_at_a_moment_leaves_out_what_came_later():
    then = known_at(WHOLE, FIXED.created_at)
    assert [node.key for node in then.of_kind(Kind.EVENT)] == ["E01", "E02", "E03"]
    assert all(
        edge.recorded_at is None or edge.recorded_at <= FIXED.created_at for edge in then.edges
    )
    assert not known_at(WHOLE, BUILT.created_at.replace(year=2020)).of_kind(Kind.EVENT)


def test_an_unknown_node_is_refused_with_the_nearest_one():
    with pytest.raises(UnknownNode, match="did you mean event:E0"):
        WHOLE["event:E0"]


def test_tables_say_the_same_in_words():
    edges = tables.edges(WHOLE)
    assert len(edges) == len(WHOLE.edges)
    row = edges[edges.rule == "L6"].iloc[0]
    assert (row["from"], row.relation, row.to) == (
        "tidetable-release-gate", "announced by", "plab.gate.release",
    )  # fmt: skip
    assert set(tables.nodes(WHOLE).kind) == {
        "artifact",
        "receiver",
        "event",
        "group",
        "gate",
        "message",
    }
    gate = tables.gate(epr_lineage.judge(GATE, [BUILT, BROKE], WHEEL), RECEIVERS)
    assert list(gate.standing) == ["passed", "failed", "never arrived"]


def test_two_thousand_events_of_one_artifact_are_one_chain():
    events = [event(n, "R-BUILD", unit=WHEEL) for n in range(2000)]
    lineage = trace(events, RECEIVERS, [GATE])
    assert len([edge for edge in lineage.edges if edge.rule == "L8"]) == 1999


def test_exported_names_are_the_public_names():
    public = {
        name
        for name, value in vars(epr_lineage).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    # `flow` is a function in a module of its name.
    assert public | {"questions"} == set(epr_lineage.__all__)


def test_every_question_is_exported_and_in_the_table():
    public = {
        name
        for name, value in vars(questions).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert public == set(questions.__all__)
    for name in ("is_authentic", "recovery_time", *(n for n in public if n[0].islower())):
        assert name in questions.__doc__ or name in ("chained", "deployments", "journey", "origin")
