"""The status panel: what it shows, what its buttons do, and that it holds nothing up."""

from __future__ import annotations

import threading

import pytest

from eprlab import stack
from eprlab.panel import Panel
from tests.stack.conftest import Lab, create_receiver, kill, wait_until


@pytest.fixture
def panel(lab: Lab, monkeypatch):
    monkeypatch.setenv("EPRLAB_HOME", str(lab.home))
    monkeypatch.setenv("EPRLAB_BACKEND", "embedded")
    panel = Panel(interval=0.1)
    yield panel
    panel.close()
    stack.up()


def texts(widget) -> str:
    """All the text of a widget and its children."""
    own = getattr(widget, "value", "") if isinstance(getattr(widget, "value", ""), str) else ""
    return own + "".join(texts(child) for child in getattr(widget, "children", ()))


def buttons(widget) -> dict[str, object]:
    """Buttons by what assistive technology and the mouse pointer are told of them."""
    found = {}
    if type(widget).__name__ == "Button":
        found[widget.tooltip] = widget
    for child in getattr(widget, "children", ()):
        found |= buttons(child)
    return found


def test_a_light_a_word_and_the_address_of_each_component(panel: Panel) -> None:
    shown = texts(panel)

    assert shown.count("●") == shown.count("> healthy ·") == 3
    for component in panel.status:
        assert component.address in shown
        assert component.version in shown


def test_a_component_that_dies_is_shown_without_a_click(panel: Panel, lab: Lab) -> None:
    kill(lab.pids()["registry"])

    wait_until(lambda: "○</span> stopped · <strong>Registry" in texts(panel))
    assert "not all components are healthy" in texts(panel)


def test_the_restart_button_mends_it_and_does_not_block(panel: Panel, lab: Lab) -> None:
    kill(lab.pids()["registry"])
    wait_until(lambda: not panel.status.is_healthy)
    restart = buttons(panel)["Restart Registry"]

    restart.click()
    wait_until(lambda: restart.disabled)
    wait_until(lambda: panel.status.is_healthy and not restart.disabled)
    create_receiver(lab.url, "tidetable-after-the-button")


def test_a_restart_that_fails_says_why_in_the_panel(panel: Panel, lab: Lab, monkeypatch) -> None:
    with monkeypatch.context() as while_wrong:
        while_wrong.setenv("EPRLAB_REGISTRY_PORT", "not-a-port")
        buttons(panel)["Restart Registry"].click()

        wait_until(lambda: "EPRLAB_REGISTRY_PORT is &#x27;not-a-port&#x27;" in texts(panel))
    wait_until(lambda: panel.status.is_healthy)


def test_the_log_is_shown_as_text(panel: Panel, lab: Lab) -> None:
    with (lab.home / "logs" / "broker.log").open("a") as log:
        log.write("<img src=x onerror=alert(1)>\n")

    buttons(panel)["Show the last lines of Apache Kafka"].click()

    wait_until(lambda: "Log of Apache Kafka" in texts(panel))
    assert "&lt;img src=x" in texts(panel)
    assert "<img" not in texts(panel)
    assert 'tabindex="0"' in texts(panel)


def test_closing_the_panel_ends_its_thread(lab: Lab, monkeypatch) -> None:
    monkeypatch.setenv("EPRLAB_HOME", str(lab.home))
    before = set(threading.enumerate())
    panel = Panel(interval=0.05)
    ours = [thread for thread in threading.enumerate() if thread not in before]
    panel.close()

    wait_until(lambda: not any(thread.is_alive() for thread in ours))
