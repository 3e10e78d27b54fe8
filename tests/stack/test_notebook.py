"""The stack in a real Jupyter kernel: joined, shown, interrupted and survived."""

from __future__ import annotations

import queue
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from jupyter_client.manager import start_new_kernel

from tests.stack.conftest import Lab, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def kernel_for(monkeypatch) -> Iterator[Callable]:
    """A function that starts a kernel whose stack is that of a home."""
    with ExitStack() as after:

        def start(lab: Lab):
            for name, value in lab.environment.items():
                monkeypatch.setenv(name, value)
            manager, client = start_new_kernel()
            after.callback(manager.shutdown_kernel, now=True)
            after.callback(client.stop_channels)
            return manager, client

        yield start


def test_the_output_holds_a_picture_and_a_crash_leaves_the_stack_alone(
    lab: Lab, kernel_for
) -> None:
    manager, client = kernel_for(lab)
    output = run_cell(client, "from eprlab import stack\nstack.up()\nstack.panel()")

    assert "application/vnd.jupyter.widget-view+json" in output
    assert len(re.findall("● healthy", output["text/html"])) == 3
    assert "Registry" in output["text/plain"]
    # The kernel is free for the next cell while the panel lives.
    assert run_cell(client, "6 * 7")["text/plain"] == "42"
    # Inside a kernel, where an event loop runs, everything works as from a shell.
    assert run_cell(client, "stack.restart('registry').is_healthy")["text/plain"] == "True"

    before = lab.pids()
    manager.signal_kernel(9)
    wait_until(lambda: not manager.is_alive())
    assert lab.pids() == before


def test_interrupting_the_kernel_leaves_nothing_half_started(new_lab, kernel_for) -> None:
    lab = new_lab()
    manager, client = kernel_for(lab)
    request = client.execute("from eprlab import stack; stack.up()")
    wait_until(lambda: (lab.home / "logs" / "broker.log").exists())
    manager.interrupt_kernel()

    reply = client.get_shell_msg(timeout=60)
    assert reply["parent_header"]["msg_id"] == request
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert lab.processes() == []


def run_cell(client, source: str) -> dict:
    """Run a cell and return the data of its result."""
    request = client.execute(source)
    result = {}
    while True:
        try:
            message = client.get_iopub_msg(timeout=60)
        except queue.Empty:
            raise AssertionError(f"the kernel did not finish: {source}") from None
        if message["parent_header"].get("msg_id") != request:
            continue
        content = message["content"]
        if message["msg_type"] == "error":
            raise AssertionError("\n".join(content["traceback"]))
        if message["msg_type"] == "execute_result":
            result = content["data"]
        if message["msg_type"] == "status" and content["execution_state"] == "idle":
            return result
