import os
import socket
import subprocess
import sys

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from eprlab.product import source


def test_the_service_starts_as_a_process_and_answers():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shelf = source.shelf()
    service = subprocess.Popen(
        [sys.executable, "-m", "tidetable", "--port", str(port)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([f"{shelf}/tidetable/src", f"{shelf}/knotlib/src"]),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )
    try:
        answer = ask(f"http://127.0.0.1:{port}/next?from=island&at=23:00")
        assert answer.status_code == 200
        assert answer.json() == {
            "from": "island", "to": "harbour", "departs": "23:35", "arrives": "00:01",
            "tomorrow": False,
        }  # fmt: skip
    finally:
        service.terminate()
        assert service.wait(10) in (0, -15)


@retry(
    retry=retry_if_exception_type(httpx.ConnectError),
    stop=stop_after_delay(20),
    wait=wait_fixed(0.05),
    reraise=True,
)
def ask(address):
    return httpx.get(address)
