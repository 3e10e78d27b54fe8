"""What every answer has, and what operators see."""

import json
import re
import subprocess
import sys

import httpx
import pytest

from .conftest import Ferry, wait_for


@pytest.fixture(scope="module")
def ferry(registry):
    return Ferry(registry.url)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/healthz/liveness"), ("GET", "/nowhere"), ("PUT", "/api/v1/events"),
     ("POST", "/api/v1/events"), ("GET", "/api/v1/events/nobody"), ("GET", "/metrics")],
)  # fmt: skip
def test_every_answer_has_the_security_headers(ferry, method, path):
    headers = ferry.http.request(method, path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "deny"
    assert "no-store" in headers["cache-control"]


def test_unknown_paths_and_methods_answer_as_the_contract_says(ferry):
    nowhere = ferry.http.get("/nowhere")
    assert (nowhere.status_code, nowhere.text) == (404, "404 page not found\n")
    assert nowhere.headers["content-type"].startswith("text/plain")
    wrong = ferry.http.delete("/api/v1/events")
    assert (wrong.status_code, wrong.text) == (405, "")
    assert wrong.headers["allow"] == "POST"
    both = ferry.http.delete("/api/v1/groups/nobody").headers["allow"]
    assert {"GET", "PATCH"} <= set(re.split(r",\s*", both))


def test_head_answers_like_get_without_a_body(ferry):
    receiver = ferry.receiver()
    head = ferry.http.head(f"/api/v1/receivers/{receiver}")
    get = ferry.http.get(f"/api/v1/receivers/{receiver}")
    assert head.status_code == get.status_code == 200
    assert head.content == b""


def test_large_answers_are_compressed_if_the_client_likes(ferry):
    event = ferry.event(ferry.receiver(), payload=["tide"] * 1000)
    path = f"/api/v1/events/{event}"
    packed = ferry.http.get(path, headers={"Accept-Encoding": "gzip"})
    plain = ferry.http.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()


def test_many_requests_may_be_sent_on_one_connection_without_waiting(ferry, registry):
    import socket
    from urllib.parse import urlsplit

    receiver = ferry.receiver()
    body = json.dumps(Ferry.event_body(receiver, name="pipelined")).encode()
    post = b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )
    last = b"GET /healthz/liveness HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    where = urlsplit(registry.url)
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(post * 20 + last)
        answers = b""
        while piece := connection.recv(65536):
            answers += piece
    assert answers.count(b"HTTP/1.1 200 OK") == 21
    assert len(re.findall(rb'\{"data":"\w{26}"\}', answers)) == 20


def test_readiness_and_status_name_what_works(ferry):
    assert ferry.http.get("/healthz/readiness").json() == {"ready": True}
    status = ferry.http.get("/healthz/status").json()
    assert status["health"] == {"readiness": {"ready": True}, "liveness": {"alive": True}}
    assert re.fullmatch(r"(\d+h)?(\d+m)?[\d.]+s", status["uptime"])


def test_metrics_count_what_happened(ferry):
    def value(name: str) -> float:
        text = ferry.http.get("/metrics").text
        return sum(
            float(n) for n in re.findall(rf"^{re.escape(name)}(?:{{[^}}]*}})? (\S+)$", text, re.M)
        )

    before = {name: value(name) for name in (
        "server_events_created_total", "server_event_receivers_created_total",
        "server_stages_created_total", "server_stages_passed_total", "server_batch_events_count",
    )}  # fmt: skip
    receiver = ferry.receiver()
    ferry.group([receiver])
    ferry.event(receiver)
    ferry.event(receiver, success=False)
    gained = {name: value(name) - was for name, was in before.items()}
    assert list(gained.values())[:4] == [2, 1, 1, 1]
    assert gained["server_batch_events_count"] >= 1
    wait_for(lambda: value("server_relay_behind") == 0, "the relay")
    assert value("server_relay_leader") == 1
    assert value("process_resident_memory_bytes") > 0


def test_the_log_has_one_line_a_request_and_no_payload(ferry, registry):
    receiver = ferry.receiver()
    event = ferry.event(receiver, payload={"secret": "do not log me"}, description="nor me")
    ferry.http.get(f'/api/v1/events/{event}"odd path')
    lines = wait_for(
        lambda: [line for line in registry.log.read_text().splitlines() if event in line],
        "the line to be written",
    )
    assert len(lines) == 1
    assert "status=404" in lines[0]
    assert "path=/api/v1/events/" in lines[0].replace('"', "")
    log = registry.log.read_text()
    assert "do not log me" not in log
    assert "nor me" not in log


def test_json_logging_writes_json_lines(start_registry):
    server = start_registry(json_logging=True)
    httpx.get(f"{server.url}/api/v1/events/nobody")
    line = wait_for(
        lambda: [x for x in server.log.read_text().splitlines() if "events/nobody" in x],
        "the line to be written",
    )[0]
    assert json.loads(line)["status"] == 404
    assert all(json.loads(line) for line in server.log.read_text().splitlines())


def test_with_a_token_only_its_bearer_is_served(start_registry):
    server = start_registry(env={"EPR_TOKEN": "tide tables are public"})
    plain = httpx.Client(base_url=server.url)
    for method, path in [("POST", "/api/v1/events"), ("GET", "/api/v1/receivers/x"),
                         ("POST", "/api/v1/graphql/query"), ("PATCH", "/api/v1/groups/x"),
                         ("GET", "/metrics")]:  # fmt: skip
        answer = plain.request(method, path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["errors"][0].startswith("unauthorized: ")
        for wrong in ("Bearer tide", "Basic dGlkZQ==", "Bearer", "tide tables are public"):
            assert plain.request(method, path, headers={"Authorization": wrong}).status_code == 401
    for path in ("/healthz/liveness", "/healthz/readiness", "/api/v1/openapi", "/api/v1/graphql"):
        assert plain.get(path).status_code == 200
    preflight = {"Origin": "http://harbour.example", "Access-Control-Request-Method": "POST"}
    assert plain.options("/api/v1/events", headers=preflight).status_code == 200
    ferry = Ferry(server.url, Authorization="Bearer tide tables are public")
    assert ferry.get("events", ferry.event(ferry.receiver()))["success"] is True


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--port", "eighty"], 2, "--port"),
        (["--db", "postgres://postgres@{host}/there_is_no_such_database"], 3, "there_is_no_such_database"),
    ],
)  # fmt: skip
def test_a_registry_that_cannot_start_says_why_and_exits(services, arguments, status, said):
    from urllib.parse import urlsplit

    host = urlsplit(services.postgres).netloc.rpartition("@")[2]
    run = subprocess.run(
        [sys.executable, "-m", "epr_server", "--host", "127.0.0.1", "--port", "0",
         *(argument.format(host=host) for argument in arguments)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == status, run.stderr
    assert said in run.stderr
    assert "Traceback" not in run.stderr
