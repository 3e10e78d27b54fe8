"""In a real kernel: restarts, exits, endless loops, and a starter that comes back."""

import pytest
from jupyter_client.manager import KernelManager

from .conftest import exercise_called

QUIZ = "before-you-rely-on-it"
IMPORT = "from eprlab.exercises import check, form, hint, progress, reset, solution"


class Notebook:
    """A kernel, and cells run in it one after the other."""

    def __init__(self):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel()
        self._connect()

    def _connect(self):
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def restart(self):
        self.client.stop_channels()
        self.manager.restart_kernel(now=True)
        self._connect()

    def run(self, *cells):
        """What the last cell showed as text, and the kernel's reply."""
        for cell in cells:
            shown = []

            def output(message, shown=shown):
                content = message["content"]
                data = content.get("data", {})
                shown.append(data.get("text/plain", content.get("text", "")))
                if message["msg_type"] == "error":
                    shown.append("\n".join(content["traceback"]))

            reply = self.client.execute_interactive(
                cell, timeout=60, output_hook=output, stdin_hook=lambda _: None
            )
        return "\n".join(shown).strip(), reply["content"]

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def notebook(learner):
    opened = Notebook()
    yield opened
    opened.end()


def starter_of(id):
    return exercise_called(id).starter


def wrong(id):
    return exercise_called(id).mistakes[0].answer


def test_a_restart_half_way_loses_nothing(notebook, learner):
    text, _ = notebook.run(IMPORT, f"hint('{QUIZ}')", wrong(QUIZ), f"check('{QUIZ}')")
    assert "not yet (4 of 5)" in text
    notebook.restart()
    text, _ = notebook.run(IMPORT, f"check('{QUIZ}')")
    assert "Run the cell above first" in text
    text, _ = notebook.run(exercise_called(QUIZ).solution, f"check('{QUIZ}')")
    assert "passed (5 of 5)" in text
    passed = learner.progress.of(QUIZ).passed
    assert (passed.attempts, passed.hints) == (2, 1)


GUARDED = """
from eprlab.exercises.guard import run
def work():
    {body}
done = run(work, seconds=1)
print(done.ending.name, "|", done.line)
"""


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        ("exit()", "EXITED"),
        ("quit()", "EXITED"),
        ("while True: pass", "TIMED_OUT"),
        ("import time; time.sleep(600)", "TIMED_OUT"),
        ("input('which harbour?')", "TIMED_OUT"),
        ("1 / 0", "RAISED"),
    ],
)
def test_the_kernel_survives(body, ending, notebook):
    text, reply = notebook.run(GUARDED.format(body=body))
    assert text.startswith(f"{ending} | line ")
    assert not [p for p in reply["payload"] if p["source"] == "ask_exit"]
    assert notebook.run("1 + 1")[0] == "2"


def test_reset_in_the_exercises_own_cell_turns_it_into_the_starter(notebook):
    _, reply = notebook.run(IMPORT, f'reset("{QUIZ}")')
    [payload] = [p for p in reply["payload"] if p["source"] == "set_next_input"]
    assert payload["text"] == starter_of(QUIZ) and payload["replace"] is True


def test_reset_beside_other_code_leaves_that_code_alone(notebook):
    _, reply = notebook.run(IMPORT, f'n = 3\nreset("{QUIZ}")')
    [payload] = [p for p in reply["payload"] if p["source"] == "set_next_input"]
    assert payload["replace"] is False


def test_a_saved_notebook_of_an_exercise_shows_the_same_each_time(notebook, learner):
    cells = [IMPORT, starter_of(QUIZ), f'check("{QUIZ}")']
    one = [notebook.run(cell)[0] for cell in cells]
    notebook.restart()
    assert [notebook.run(cell)[0] for cell in cells] == one
