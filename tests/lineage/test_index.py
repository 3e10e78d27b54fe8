import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from delivery_story import (
    ADVISED,
    BUILT,
    DELIVERY,
    MERGED,
    PURL,
    READY,
    RECEIVER,
    RECORDS,
    TESTED,
    TROUBLE,
    UNIT,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lineage_story import MORNING, event, group, message

from epr_lineage import Index, State, around, flow_of, lineage_of
from eprlab import history

STORY = (*RECORDS, *TROUBLE, ADVISED, message(4, TESTED, READY), message(2, BUILT))
SEEDED = tuple(history.records(history.tell(300, seed=7)))
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def drawn(index):
    whole = lineage_of(index)
    return whole.nodes, Counter(whole.edges)


@calmly
@given(st.permutations(STORY))
def test_the_order_of_arrival_does_not_matter(records):
    assert drawn(Index.of(records)) == drawn(Index.of(STORY))


@settings(calmly, max_examples=8)
@given(st.randoms(use_true_random=False))
def test_nor_does_it_for_months_of_history(chance):
    shuffled = list(SEEDED)
    chance.shuffle(shuffled)
    assert drawn(Index.of(shuffled)) == drawn(Index.of(SEEDED))


@calmly
@given(st.lists(st.sampled_from(STORY)))
def test_what_comes_again_changes_nothing(again):
    index = Index.of(STORY)
    before, revision = drawn(index), index.revision
    assert index.add(*again) == 0
    assert (drawn(index), index.revision) == (before, revision)


@calmly
@given(st.integers(0, 30), st.integers(0, 30))
def test_what_was_known_only_grows(first, second):
    early, late = sorted((first, second))
    index = Index.of(STORY)
    before, after = (
        lineage_of(index.as_of(MORNING + timedelta(minutes=moment))) for moment in (early, late)
    )
    known = {key(edge) for edge in after.edges}
    unknown = {node.id for node in before.nodes if node.state is State.UNKNOWN}
    # What is inferred (a gate, what came next) may be revised; so may what was not known yet.
    assert all(
        key(edge) in known
        for edge in before.edges
        if edge.rule not in ("L4", "L5", "L6", "L7") and not {edge.source, edge.target} & unknown
    )
    assert {node.id for node in before.nodes} - unknown <= {node.id for node in after.nodes}


def key(edge):
    return edge.source, edge.relation, edge.target, edge.rule


def test_as_of_the_end_everything_is_known():
    index = Index.of(STORY)
    assert drawn(index.as_of(MORNING + timedelta(days=1))) == drawn(index)
    assert len(index.as_of(MORNING)) == 0


def test_two_contents_under_one_id_are_noticed_and_the_same_one_is_kept_in_any_order():
    edited = replace(BUILT, payload={**BUILT.payload, "customData": {"sha256": "cd" * 32}})
    one, other = Index.of(BUILT, edited, BUILT), Index.of(edited, BUILT)
    assert one.conflicts == other.conflicts
    assert set(one.conflicts) == {BUILT.id}
    assert drawn(one) == drawn(other)
    found = [one.with_digest("sha256:" + two * 32) for two in ("ab", "cd")]
    assert sorted(map(len, found)) == [0, 1]
    assert Index.of(BUILT, BUILT).conflicts == {}


def test_the_order_of_members_in_a_payload_is_not_its_content():
    turned = replace(BUILT, payload=dict(reversed(BUILT.payload.items())))
    assert Index.of(BUILT, turned).conflicts == {}


def test_the_newest_state_of_a_group_counts():
    off = replace(READY, enabled=False, updated_at=READY.updated_at + timedelta(minutes=1))
    assert Index.of(READY, off).groups[READY.id] == Index.of(off, READY).groups[READY.id] == off


def test_payloads_and_schemas_are_not_kept():
    index = Index.of(STORY)
    assert {receiver.schema for receiver in index.receivers.values()} == {None}
    assert not any(hasattr(entry, "payload") for entry in index)


def test_an_event_is_found_by_either_of_its_ids():
    index = Index.of(STORY)
    assert index.resolve("E03") is index.resolve("C03") is index["E03"]
    assert index.resolve("E-NEVER-SEEN") is None
    assert index.get("C03") is None


def test_of_two_events_with_one_cdevent_the_first_recorded_is_meant():
    twice = replace(BUILT, id="E90", created_at=BUILT.created_at + timedelta(hours=1))
    assert Index.of(twice, BUILT).resolve("C03").id == "E03"
    assert [[e.id for e in same] for same in Index.of(twice, BUILT).same_cdevent()] == [
        ["E03", "E90"]
    ]


def test_events_are_found_by_what_they_name():
    index = Index.of(STORY)
    assert [entry.id for entry in index.touching("place:tidetable @ production")] == ["E08", "E24"]
    assert [entry.id for entry in index.touching("environment:ci")] == ["E04"]
    assert index.touching("environment:nowhere") == []


def test_causes_and_effects_are_the_same_thing_from_two_sides():
    index = Index.of(SEEDED)
    there = {(cause, entry.id) for entry in index for cause in index.causes(entry)}
    back = {(entry.id, effect) for entry in index for effect in index.effects(entry)}
    assert there == back == set(flow_of(index).edges)
    assert there


def test_a_gate_stands_for_the_events_that_had_opened_it():
    index = Index.of(STORY)
    assert index.causes(index["E08"]) == {"E03": ("L7",), "E04": ("L7",), "E07": ("L9",)}
    assert index.effects(index["E03"]) == {"E04": ("L9",), "E05": ("L9",), "E08": ("L7",)}


def test_a_gate_caused_only_what_came_after_it_had_opened():
    later = replace(TESTED, id="E60", created_at=MORNING + timedelta(minutes=60), payload={})
    index = Index.of(STORY, later)
    assert "E60" not in index.causes(index["E08"])


def test_a_gate_alone_can_be_named_as_the_cause():
    deployed = event(40, "R-service.deployed", unit=UNIT, payload={"causationid": READY.id})
    index = Index.of(RECEIVER.values(), READY, BUILT, TESTED, deployed)
    assert index.causes(index["E40"]) == {"E03": ("L7",), "E04": ("L7",)}
    assert "E40" in index.effects(index["E03"])


def test_what_is_named_and_not_here_is_listed():
    index = Index.of(TESTED, ADVISED)
    assert {(ref.cause, ref.evidence) for ref in index.dangling()} == {
        ("C03", "E04"), ("E-NEVER-SEEN", "E09"),
    }  # fmt: skip


HOSTILE = {
    "deep": {"context": {"type": "dev.cdevents.build.finished.0.3.0", "x": None}},
    "no version": {"context": {"type": "dev.cdevents.build.finished.0.3.0"}, "subject": {}},
    "a draft": {"context": {"type": "dev.cdevents.build.finished.0.4.0-draft", "specversion": "0.6.0-draft"}},
    "lists for texts": {"context": {"type": "dev.cdevents.build.finished.0.3.0", "id": [], "source": {}}},
    "a long id": None,
    "half a surrogate pair": None,
    "huge numbers": {"bomFormat": "CycloneDX", "components": [{"purl": 10**400}]},
    "an SBOM of nothing": {"bomFormat": "CycloneDX", "components": "all", "metadata": []},
    "an SBOM in pieces": {"bomFormat": "CycloneDX", "components": [None, {}, {"purl": "pkg:"}], "dependencies": [1]},
    "a descriptor without digest": {"mediaType": "application/vnd.cyclonedx+json", "digest": "sha256:00"},
    "an envelope of nothing": {"payload": "!", "payloadType": "application/vnd.in-toto+json", "signatures": []},
    "an envelope of something else": {"payload": "e30=", "payloadType": "text/plain", "signatures": [1]},
    "a statement about nothing": {"_type": "https://in-toto.io/Statement/v1", "subject": []},
    "an action by nobody": {"agent": "", "tool": None},
    "evidence without end": {"agent": "advisor", "tool": "x", "used": ["E"] * 5000},
    "a link to nowhere": {"linkType": "PATH", "chainId": 7},
}  # fmt: skip
HOSTILE["a long id"] = {
    **BUILT.payload,
    "context": {**BUILT.payload["context"], "id": "x" * 10_000},
}
HOSTILE["half a surrogate pair"] = {
    **BUILT.payload,
    "subject": {**BUILT.payload["subject"], "id": "\ud800"},
}
for _ in range(2000):
    HOSTILE["deep"]["context"]["x"] = {"x": HOSTILE["deep"]["context"]["x"]}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_a_payload_that_cannot_be_read_is_listed_and_the_rest_is_built(payload):
    index = Index.of(STORY, event(50, "R-build.finished", unit=UNIT, payload=payload))
    assert index["E50"].unread
    assert all(0 < len(reason) < 500 for reason in index["E50"].unread)
    assert "event:E50" in lineage_of(index)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from([
            "context", "subject", "customData", "type", "id", "source", "specversion", "links",
            "content", "bomFormat", "components", "purl", "metadata", "payload", "payloadType",
            "signatures", "agent", "tool", "used", "approval", "linkType", "mediaType", "digest",
            "sha256", "causation", "causationid", "traceparent", "data", "dependencies",
        ]), inner, max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@settings(calmly, max_examples=300)
@given(json_values)
def test_no_payload_breaks_a_build(payload):
    index = Index.of(event(50, "R-build.finished", unit=UNIT, payload=payload), MERGED)
    assert "event:E50" in lineage_of(index)


@settings(calmly, max_examples=100)
@given(st.data())
def test_no_change_to_a_valid_payload_breaks_a_build(data):
    base = data.draw(st.sampled_from((*DELIVERY, ADVISED)))
    payload = _changed(data, base.payload)
    index = Index.of(STORY, replace(base, id="E50", payload=payload))
    assert "event:E50" in lineage_of(index)


def _changed(data, value):
    """The same JSON with one value somewhere replaced by a stranger's."""
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: _changed(data, value[key])}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        return [_changed(data, value[0]), *value[1:]]
    return data.draw(json_values)


def test_many_threads_may_add_while_others_ask():
    index = Index()
    parts = [SEEDED[number::4] for number in range(4)] + [SEEDED]
    adders = [threading.Thread(target=index.add, args=part) for part in parts]
    for adder in adders:
        adder.start()
    while any(adder.is_alive() for adder in adders):
        flow_of(index)
        lineage_of(index)
    assert drawn(index) == drawn(Index.of(SEEDED))
    assert index.conflicts == {}


# ------------------------------------------------------------------------------- a neighbourhood
@pytest.mark.parametrize(
    ("node", "near"),
    [
        ("event:E08", {"event:E07", f"artifact:{PURL}", "message:epr.dev.events/0/4",
                       "event:E20", "service:tidetable", "receiver:R-service.deployed"}),
        ("place:tidetable @ production", {f"artifact:{PURL}", "service:tidetable", "environment:production"}),
        ("component:pkg:pypi/knotlib@0.3.2", {"event:E05", "component:pkg:pypi/knotlib"}),
        ("agent:advisor", {"event:E09"}),
        ("event:E-NEVER-SEEN", {"event:E09"}),
        ("message:epr.dev.events/0/4", {"event:E08", f"gate:G-READY {UNIT}"}),
        (f"gate:G-READY {UNIT}", {"event:E03", "event:E04", "message:epr.dev.events/0/4"}),
        ("group:G-READY", {"receiver:R-build.finished", "receiver:R-testsuiterun.finished"}),
    ],
)  # fmt: skip
def test_around_a_node_is_what_an_edge_joins_to_it(node, near):
    index = Index.of(STORY)
    part, hidden = around(index, node, hops=1)
    whole = lineage_of(index)
    joined = {edge for edge in whole.edges if node in (edge.source, edge.target)}
    assert near <= {n.id for n in part.nodes}
    assert {n.id for n in part.nodes} == {node} | {e.source for e in joined} | {
        e.target for e in joined
    }
    assert {key(edge) for edge in part.edges} == {key(edge) for edge in joined}
    assert hidden == 0


def test_farther_away_there_is_more():
    index = Index.of(STORY)
    sizes = [len(around(index, "event:E20", hops=hops)[0].nodes) for hops in (0, 1, 2, 3)]
    assert sizes == sorted(set(sizes))
    assert sizes[0] == 1


def test_what_does_not_fit_is_counted():
    part, hidden = around(Index.of(SEEDED), "environment:production", hops=3, limit=40)
    assert len(part.nodes) <= 40
    assert hidden > 0


def test_a_node_that_nobody_names_is_alone_and_unknown():
    part, hidden = around(Index.of(STORY), "event:E99")
    assert ([node.state for node in part.nodes], part.edges, hidden) == ([State.UNKNOWN], (), 0)


def test_a_gate_of_a_group_that_nothing_touched_is_not_there():
    index = Index.of(STORY, group("G-IDLE", "idle", ("R-idle",)))
    assert [gate.group.id for gate in index.gates(UNIT)] == ["G-READY"]
    assert index.gate("G-IDLE", UNIT) is None
    assert index.gate("G-READY", UNIT, as_of=BUILT.created_at).open is False
    assert index.gate("G-READY", UNIT).open
