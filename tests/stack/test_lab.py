"""JupyterLab as `eprlab lab` opens it."""

from __future__ import annotations

import json
import re
import signal

import httpx
import nbformat
import pytest
from nbformat.sign import NotebookNotary

from eprlab import lab as jupyter
from eprlab.stack import home as homes
from eprlab.stack.errors import StackError
from tests.stack.conftest import Lab


def test_the_first_notebook_of_the_course_is_opened() -> None:
    notebook = jupyter.first_notebook()

    assert (homes.checkout() / notebook).is_file()
    assert f"--LabApp.default_url=/lab/tree/{notebook}" in jupyter.command([])
    assert jupyter.command(["--port=9999"])[-1] == "--port=9999"


def test_what_the_notebooks_were_saved_with_is_shown(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    saved = nbformat.read(homes.checkout() / jupyter.first_notebook(), as_version=4)
    assert not NotebookNotary().check_signature(saved)

    jupyter.trust()

    assert NotebookNotary().check_signature(saved)


def test_a_notebook_that_cannot_be_read_does_not_keep_the_lab_from_starting(
    monkeypatch, tmp_path
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(homes, "checkout", lambda: tmp_path)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01-half-saved.ipynb").write_text('{"cells": [')

    jupyter.trust()


def test_an_incomplete_clone_is_named(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(homes, "checkout", lambda: tmp_path)

    with pytest.raises(StackError, match="complete clone"):
        jupyter.first_notebook()


@pytest.mark.slow
def test_lab_starts_the_stack_and_serves_the_course_without_questions(lab: Lab) -> None:
    before = lab.pids()
    server = lab.begin("lab", "--no-browser", "--", "--port=0", "--ServerApp.port_retries=50")
    try:
        assert server.stderr is not None
        lines = iter(server.stderr.readline, "")
        address = next(found[0] for line in lines if (found := re.search(r"http://127\S+", line)))
        page = httpx.get(address, follow_redirects=True, timeout=30)
        config = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page.text, re.S)
        assert config is not None
        disabled = json.loads(config[1])["disabledExtensions"]

        assert "@jupyterlab/apputils-extension:announcements" in disabled
        assert str(jupyter.first_notebook()) in str(page.url)
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)

    assert lab.pids() == before
