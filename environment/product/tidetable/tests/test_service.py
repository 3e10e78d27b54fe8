import asyncio
import json

import pytest
from tidetable.service import app


def get(path, query=""):
    """Calls the application as a server would, and returns (status, body)."""
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "headers": [], "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], json.loads(b"".join(part.get("body", b"") for part in sent[1:]))


def test_the_next_boat_from_the_harbour():
    status, body = get("/next", "from=harbour&at=21:15")
    assert status == 200
    assert body == {
        "from": "harbour", "to": "island", "departs": "22:40", "arrives": "23:12", "tomorrow": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "status"), [("from=lighthouse", 404), ("from=harbour&at=noon", 400)]
)
def test_a_question_that_makes_no_sense_is_refused(query, status):
    assert get("/next", query)[0] == status


def test_health_says_which_version_answers():
    from tidetable import VERSION

    assert get("/healthz") == (200, {"service": "tidetable", "version": VERSION, "ok": True})
