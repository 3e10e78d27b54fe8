"""The form of a page without a kernel, and the exercises in JupyterLab itself, in a real browser."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import nbformat
import pytest
from nbformat import v4

from eprlab.exercises import cells
from eprlab.exercises.forms import page
from tests.conftest import free_port

from .conftest import exercise_called

QUIZ, SORT = "before-you-rely-on-it", "what-belongs-where"


@pytest.fixture
def tab(browser):
    opened = browser.new_page(viewport={"width": 1300, "height": 1000})
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()


@pytest.mark.parametrize("id", [QUIZ, SORT])
def test_a_form_on_a_page_explains_every_choice_by_keyboard_alone(id, tab, tmp_path):
    complaints = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    exercise = exercise_called(id)
    file = tmp_path / "page.html"
    saved = page(exercise, exercise.questions)
    file.write_text(f"<!doctype html><html lang=en><title>t</title>{saved}", encoding="utf-8")
    tab.goto(file.as_uri())
    tab.keyboard.press("Tab")
    for question in exercise.questions:
        tab.keyboard.press("Space")
        for _ in range(list(question.options).index(question.right)):
            tab.keyboard.press("ArrowDown")
        tab.keyboard.press("Tab")
    said = tab.locator("fieldset output").all_inner_texts()
    assert said == [f"✔ Right. {q.options[q.right].because}" for q in exercise.questions]
    count = len(exercise.questions)
    assert tab.locator("form > output").inner_text() == f"{count} of {count} right."
    first = exercise.questions[0]
    wrong = next(value for value, option in first.options.items() if not option.right)
    tab.locator(f"input[name='{id}-{first.key}'][value='{wrong}']").check()
    assert "✘ Not this one." in tab.locator("fieldset output").first.inner_text()
    assert tab.locator("form > output").inner_text() == f"{count - 1} of {count} right."
    assert complaints == []


@pytest.fixture
def jupyter(learner, tmp_path):
    """JupyterLab with one notebook; its address."""
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = v4.new_notebook(
        metadata={"kernelspec": kernel},
        cells=[
            v4.new_code_cell(cells.IMPORTS),
            *cells.cells_of(exercise_called(SORT)),
            v4.new_code_cell(f'reset("{QUIZ}")'),
        ],
    )
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(notebook, folder / "try.ipynb")
    port = free_port()
    command = [str(Path(sys.executable).with_name("jupyter-lab")), "--no-browser", "--allow-root"]
    command += [
        "--ip=127.0.0.1",
        f"--port={port}",
        "--IdentityProvider.token=",
        "--ServerApp.port_retries=0",
    ]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        httpx.Client(transport=httpx.HTTPTransport(retries=8)).get(
            f"http://127.0.0.1:{port}/api", timeout=60
        ).raise_for_status()
        yield f"http://127.0.0.1:{port}/lab/tree/try.ipynb?reset"
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.slow
def test_in_jupyterlab_the_form_fills_in_the_dict_and_reset_turns_its_cell_into_the_starter(
    jupyter, tab, learner
):
    tab.goto(jupyter, wait_until="domcontentloaded")
    code = tab.locator(".jp-Notebook .jp-CodeCell")
    code.nth(3).wait_for()
    tab.get_by_text("| Idle").wait_for()
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    tab.get_by_text("This cell is the starter again.").wait_for()
    assert re.match(r"answers = \{", code.nth(3).locator(".cm-content").inner_text())
    chosen = tab.locator(".jp-OutputArea select")
    for number, question in enumerate(exercise_called(SORT).questions):
        chosen.nth(number).select_option(question.right)
    tab.get_by_text("10 of 10 chosen.").wait_for()
    code.nth(2).locator(".cm-content").click()
    tab.keyboard.press("Shift+Enter")
    tab.get_by_text("passed (10 of 10)").wait_for()
    assert learner.progress.of(SORT).passed
