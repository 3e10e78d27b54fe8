import pytest

import cdevents
from cdevents import links
from cdevents.errors import BrokenChain, InvalidEvent, NotJSON


def _event(id, chain="142"):
    return cdevents.build.started("tidetable-1.5.0", source="/plab/builder", id=id, chain_id=chain)


A, B = _event("a"), _event("b")
AT = "2026-11-01T08:30:00Z"


@pytest.mark.parametrize(
    ("link", "document"),
    [
        (links.path(A), {"linkType": "PATH", "from": {"contextId": "a"}}),
        (links.path("a", tags={}), {"linkType": "PATH", "from": {"contextId": "a"}, "tags": {}}),
        (links.relation("TRIGGER", A), {"linkType": "RELATION", "linkKind": "TRIGGER", "target": {"contextId": "a"}}),
        (links.end(), {"linkType": "END"}),
        (links.end(A), {"linkType": "END", "from": {"contextId": "a"}}),
    ],
)  # fmt: skip
def test_an_embedded_link_is_carried_by_its_event(link, document):
    event = cdevents.build.finished("tidetable-1.5.0", source="/plab/builder", links=[link])
    assert link.to_dict() == document
    assert event.links == (link,)
    assert not link.standalone
    assert link.chain_id is None
    assert link.time is None


@pytest.mark.parametrize(
    ("link", "document", "ends"),
    [
        (links.start_link(A, at=AT), {"linkType": "START", "start": {"contextId": "a"}}, {"start_id": "a"}),
        (links.path_link(A, B, at=AT), {"linkType": "PATH", "from": {"contextId": "a"}, "to": {"contextId": "b"}}, {"from_id": "a", "to_id": "b"}),
        (links.relation_link("TRIGGER", A, "x", at=AT), {"linkType": "RELATION", "linkKind": "TRIGGER", "source": {"contextId": "a"}, "target": {"contextId": "x"}}, {"kind": "TRIGGER", "source_id": "a", "target_id": "x"}),
        (links.end_link(A, B, at=AT), {"linkType": "END", "from": {"contextId": "a"}, "end": {"contextId": "b"}}, {"from_id": "a", "end_id": "b"}),
    ],
)  # fmt: skip
def test_a_link_of_its_own_carries_chain_and_time_and_is_read_back(link, document, ends):
    assert link.to_dict() == {"chainId": "142", "timestamp": AT, **document}
    assert cdevents.parse_link(link.to_json()) == link
    assert cdevents.parse_link(link.to_dict()) == link
    assert link.standalone
    assert link.chain_id == "142"
    assert link.time.isoformat() == "2026-11-01T08:30:00+00:00"
    names = ("kind", "from_id", "to_id", "start_id", "end_id", "source_id", "target_id")
    assert {name: getattr(link, name) for name in names if getattr(link, name)} == ends


def test_a_link_shows_what_it_ties_together():
    assert repr(links.path_link(A, B)) == "<PATH from a, to b>"
    assert repr(links.relation("TRIGGER", A)) == "<RELATION TRIGGER target a>"


def test_links_are_equal_by_what_they_say_and_can_be_kept_in_sets():
    assert len({links.path("a"), links.path(A), links.path("b")}) == 2


def test_what_a_link_says_beyond_the_specification_survives():
    document = {"linkType": "PATH", "from": {"contextId": "a", "domainId": "cdevents:v0:plab"}}
    event = cdevents.build.finished(
        "tidetable", source="/plab/builder", links=[links.Link(document)]
    )
    assert event.links[0].to_dict() == document


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"linkType": "PATH", "from": {"contextId": "a"}}, "chainId: it is missing; the chain's id"),
        ({"linkType": "PATH", "from": {"contextId": "a"}}, "timestamp: it is missing; when it happened"),
        ({"linkType": "FOLLOWS"}, "linkType: 'FOLLOWS' is not allowed; allowed: START, PATH, RELATION, END"),
        ({}, "linkType: it is missing"),
        ({"linkType": "END", "chainId": "142", "timestamp": "now", "from": {"contextId": "a"}, "end": {}}, "end.contextId: it is missing"),
        ({"linkType": "END", "chainId": "142", "timestamp": "now"}, "timestamp: 'now' is not a time with its zone"),
        ({"linkType": "START", "chainId": "142", "timestamp": AT, "start": {"contextId": "a"}, "chainID": "1"}, "chainID: this name is not known here; did you mean `chainId`?"),
    ],
)  # fmt: skip
def test_a_bad_link_is_refused_with_place_and_hint(document, said):
    with pytest.raises(InvalidEvent) as caught:
        cdevents.parse_link(document)
    assert said in str(caught.value)


def test_what_is_no_object_is_no_link():
    with pytest.raises(NotJSON, match="a link is a JSON object, not a list"):
        cdevents.parse_link(b"[]")


def test_a_link_of_its_own_needs_a_chain():
    with pytest.raises(
        BrokenChain, match=r"a belongs to no chain.*chain_id=cdevents.new_chain_id\(\)"
    ):
        links.start_link(_event("a", chain=None))
