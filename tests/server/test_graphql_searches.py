"""Searches: what is asked for comes back, in pages, within bounds that are said."""

import asyncio
import time
from datetime import UTC, datetime

import httpx
import pytest

from epr_server.errors import InvalidInput, Unavailable
from epr_server.graphql.execution import STEP
from epr_server.graphql.resolvers import Work
from epr_server.graphql.transport import Request, execute
from epr_server.openapi import NEW_EVENT, NEW_GROUP, NEW_RECEIVER
from epr_server.records import Event, Page

COUNT = 8
LIMIT = 6  # what the registry of this module returns at most


@pytest.fixture(scope="module")
def client(start_module_registry):
    """A client of a registry that returns at most six records."""
    small = start_module_registry(search_limit=LIMIT)
    with httpx.Client(base_url=small.url) as client:
        yield client


@pytest.fixture(scope="module")
def stock(client) -> list[str]:
    """Ids of the eight events, oldest first; even ones are unit tests, odd ones scans."""
    kinds = [
        client.post("/api/v1/receivers", json={**NEW_RECEIVER, "type": kind, "schema": {}})
        for kind in ("plab.tests.unit", "plab.scan")
    ]
    receivers = [response.json()["data"] for response in kinds]
    client.post("/api/v1/groups", json={**NEW_GROUP, "event_receiver_ids": receivers})
    bodies = [
        {**NEW_EVENT, "payload": {"n": n}, "event_receiver_id": receivers[n % 2]}
        for n in range(COUNT)
    ]
    return [client.post("/api/v1/events", json=body).json()["data"] for body in bodies]


@pytest.fixture
def ask(client, stock):
    def ask(query: str, **variables) -> dict:
        body = {"query": query, "variables": variables}
        return client.post("/api/v1/graphql/query", json=body).json()

    return ask


@pytest.fixture
def find(ask):
    """Ids that a search for tidetable's events finds, with these arguments."""

    def find(arguments: str) -> list[str]:
        answer = ask(f'{{events(event: {{name: "tidetable"}}, {arguments}) {{id}}}}')
        return [event["id"] for event in answer["data"]["events"]]

    return find


def test_without_a_limit_the_newest_come_back_and_the_rest_is_announced(ask, stock):
    answer = ask("{all: events(event: {}) {id}}")
    assert [event["id"] for event in answer["data"]["all"]] == stock[2:]
    assert answer["extensions"]["truncated"]["all"] == {
        "returned": LIMIT,
        "hint": f'more match; for those older, ask again with before: "{stock[2]}"',
    }


def test_a_search_that_returns_everything_announces_nothing(ask, stock):
    assert "extensions" not in ask('{events(event: {}, type: "plab.scan") {id}}')


def test_who_asks_for_two_gets_the_newest_two_and_no_announcement(ask, stock):
    answer = ask("{events(event: {}, limit: 2) {id}}")
    assert [event["id"] for event in answer["data"]["events"]] == stock[-2:]
    assert "extensions" not in answer


def test_pages_backwards_meet_every_event_once(find, stock):
    pages, before = [], ""
    while page := find(f"limit: 3 {before}"):
        pages = [*page, *pages]
        before = f'before: "{page[0]}"'
    assert pages == stock


def test_pages_forwards_meet_every_event_once(find, stock):
    pages, after = [], f'after: "{stock[0]}"'
    while page := find(f"limit: 3 {after}"):
        pages += page
        after = f'after: "{page[-1]}"'
    assert pages == stock[1:]


def test_a_search_forwards_that_was_cut_short_says_how_to_go_on(ask, stock):
    answer = ask(f'{{events(event: {{}}, after: "{stock[0]}") {{id}}}}')
    assert [event["id"] for event in answer["data"]["events"]] == stock[1:7]
    assert f'after: "{stock[6]}"' in answer["extensions"]["truncated"]["events"]["hint"]


def test_events_are_found_by_the_type_of_their_receiver(find, stock):
    assert find('type: "plab.tests.unit"') == stock[0::2]
    assert find('type: "plab.nothing"') == []


def test_events_are_found_by_time_since_inclusive_until_exclusive(ask, find, stock):
    answer = ask(f'{{events_by_id(id: "{stock[4]}") {{created_at}}}}')
    moment = answer["data"]["events_by_id"][0]["created_at"]
    assert find(f'since: "{moment}"') == stock[4:]
    assert find(f'until: "{moment}"') == stock[:4]


def test_a_time_may_be_a_variable(ask, stock):
    query = "query ($t: Time) {events(event: {}, since: $t) {id}}"
    assert ask(query, t="2999-01-01T00:00:00+02:00")["data"]["events"] == []
    assert "RFC 3339" in ask(query, t="2999-01-01")["errors"][0]["message"]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(ask, limit):
    (error,) = ask(f"{{events(event: {{}}, limit: {limit}) {{id}}}}")["errors"]
    assert error["message"].startswith("invalid input: limit must be at least 1")


@pytest.mark.parametrize("kind", ["event_receivers", "event_receiver_groups"])
def test_receivers_and_groups_are_paged_alike(ask, kind, stock):
    argument = kind.removesuffix("s")
    answer = ask(
        f"{{all: {kind}({argument}: {{}}) {{id}} one: {kind}({argument}: {{}}, limit: 1) {{id}}}}"
    )
    assert answer["data"]["one"] == answer["data"]["all"][-1:]


def test_the_searches_of_one_request_share_the_bound(ask, stock):
    answer = ask("{a: events(event: {}, limit: 4) {id} b: events(event: {}) {id}}")
    assert len(answer["data"]["a"]) == 4
    assert len(answer["data"]["b"]) == 2
    assert set(answer["extensions"]["truncated"]) == {"b"}
    answer = ask("{a: events(event: {}) {id} b: events(event: {}) {id}}")
    assert "return at most 6 records" in answer["errors"][0]["message"]
    assert answer["data"] is None


def test_a_document_is_selected_once(ask, stock):
    answer = ask("{events(event: {}) {a: payload b: payload}}")
    assert answer["errors"][0]["message"] == "payload is selected more than once; select it once"


def test_fragments_directives_and_typename_work_in_lists(ask, stock):
    query = """
        query ($with: Boolean!) {events(event: {}, limit: 1) {...Which ... on Event {ok: success}}}
        fragment Which on Event {__typename id @include(if: $with) payload @skip(if: $with)}
    """
    with_id = {"__typename": "Event", "id": stock[-1], "ok": True}
    assert ask(query, **{"with": True})["data"]["events"] == [with_id]
    with_payload = {"__typename": "Event", "payload": {"n": 7}, "ok": True}
    assert ask(query, **{"with": False})["data"]["events"] == [with_payload]


def test_a_group_has_no_fingerprint_and_says_so(ask, stock):
    answer = ask("{event_receiver_groups(event_receiver_group: {}) {name fingerprint}}")
    assert answer["data"]["event_receiver_groups"] == [
        {"name": "tidetable-release-gate", "fingerprint": None}
    ]


# ------------------------------------------------------------------ documents


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("{" + " ".join(f"a{n}: __typename" for n in range(600)) + "}", "selects 600 fields"),
        ("{__schema{types{fields{type{" + "ofType{" * 20 + "name" + "}" * 25, "levels deep"),
        (
            "{...A} fragment A on Query {__schema{...B}} fragment B on __Schema {types{fields{type{"
            + "ofType{" * 20 + "name" + "}" * 24,
            "levels deep",
        ),
        ("{" + "a " * 5000 + "}", "tokens"),
        ("#" * 200_000, "100000 code points"),
        ("{...A} fragment A on Query {...B} fragment B on Query {...A}", "within itself"),
        ("{a" + "{a" * 900 + "}" * 901, "nested too deeply"),
        ("subscription {events}", "subscription"),
        ("{events(event: {}) {id ... @defer {name}}}", "@defer"),
    ],
)  # fmt: skip
def test_a_query_that_asks_for_too_much_is_refused_with_a_reason(ask, query, text):
    answer = ask(query)
    assert "data" not in answer
    assert text in answer["errors"][0]["message"]


def test_doubling_fragments_are_counted_not_expanded(ask):
    fragments = " ".join(f"fragment F{n} on Query {{...F{n + 1} ...F{n + 1}}}" for n in range(60))
    query = "{...F0} " + fragments + " fragment F60 on Query {__typename}"
    started = time.monotonic()
    answer = ask(query)
    assert time.monotonic() - started < 30  # 2**60 would never end
    assert "fields" in answer["errors"][0]["message"]


# ------------------------------------------------------------------ long results

RECORD = Event(
    **{**NEW_EVENT, "id": "x", "payload": b'{"passed":41}', "created_at": datetime.now(UTC)}
)


class Shelf:
    """As many equal events as are asked for: a result no test wants to store first."""

    search_limit = 10_000

    async def find_events(self, where, *, limit, **window):
        return Page([RECORD] * limit, False)


async def test_a_long_result_leaves_the_event_loop_free_in_between():
    turns = 0

    async def count_turns():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count_turns())
    content = await execute(Shelf(), Request("{events(event: {}) {id payload created_at}}"))
    counting.cancel()
    assert len(content["data"]["events"]) == 10_000
    assert turns >= 10_000 // STEP


async def test_documents_past_the_byte_bound_of_a_request_are_refused():
    shelf = Shelf()
    work = Work(shelf, with_payload=True, records_left=10, bytes_left=20)
    assert len(await work.search(shelf.find_events, None, {}, limit=2)) == 2
    with pytest.raises(InvalidInput, match="bytes of documents together"):
        await work.search(shelf.find_events, None, {}, limit=2)


# ------------------------------------------------------------------ failures of the registry


class Failing:
    """A registry whose searches fail in a given way."""

    search_limit = 10

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    async def find_events(self, where, **window):
        raise self.failure


async def test_a_part_that_is_down_is_said_with_when_to_try_again():
    down = Failing(Unavailable("the database does not answer", retry_after=2))
    assert await execute(down, Request("{events(event: {}) {id}}")) == {
        "errors": [
            {
                "message": down.failure.message,
                "path": ["events"],
                "extensions": {"status": 503, "retry_after": 2},
            }
        ],
        "data": None,
    }


async def test_a_fault_of_ours_is_logged_and_the_client_is_told_nothing_more(caplog):
    broken = Failing(LookupError("harbour-key is not in the table"))
    content = await execute(broken, Request("{events(event: {}) {id}}"))
    assert content["errors"] == [{"message": "internal server error", "path": ["events"]}]
    assert "harbour-key" in caplog.text
