"""Whatever a learner's code does, it is told, and the check goes on."""

import io
import sys
import threading

import pytest

from eprlab.exercises.guard import PRINTED_KEPT, Ending, run
from eprlab.exercises.trial import run as namespace_of


def call(code, *arguments, seconds=5.0):
    namespace = namespace_of(code)
    return run(namespace["work"], *arguments, seconds=seconds, of=namespace)


def test_a_value_is_returned_with_what_was_printed():
    done = call("def work(n):\n    print('boats:', n)\n    return n + 1", 3)
    assert (done.ending, done.value, done.printed) == (Ending.RETURNED, 4, "boats: 3\n")


def test_an_exception_is_told_with_the_learners_line_and_not_the_librarys():
    done = call("import json\n\ndef work():\n    return json.loads('{')")
    assert done.ending is Ending.RAISED
    assert type(done.error).__name__ == "JSONDecodeError"
    assert done.line == "line 4: return json.loads('{')"


@pytest.mark.parametrize(
    "body",
    [
        "raise KeyError('sha256')",
        "raise BaseException('anything')",
        "raise ExceptionGroup('two', [ValueError(), TypeError()])",
        "raise GeneratorExit",
        "return work()",
        "class Odd(Exception):\n        def __str__(self): raise self\n    raise Odd",
    ],
)
def test_whatever_is_raised_is_caught(body):
    done = call(f"def work():\n    {body}")
    assert done.ending is Ending.RAISED
    assert done.line


@pytest.mark.parametrize("body", ["import sys; sys.exit(1)", "raise SystemExit", "quit()"])
def test_a_call_that_exits_does_not_end_python(body):
    assert call(f"def work():\n    {body}").ending is Ending.EXITED


def test_the_stop_button_stops_the_check_too():
    with pytest.raises(KeyboardInterrupt):
        call("def work():\n    raise KeyboardInterrupt")


def test_a_loop_is_stopped_and_its_line_told():
    done = call("def work():\n    while True:\n        n = 1", seconds=0.2)
    assert done.ending is Ending.TIMED_OUT
    assert done.line.startswith("line ")


def test_endless_printing_is_kept_short():
    done = call("def work():\n    while True:\n        print('boat ' * 1000)", seconds=0.3)
    assert done.ending is Ending.TIMED_OUT
    assert len(done.printed) < PRINTED_KEPT + 60
    assert "more characters" in done.printed


def test_what_another_thread_prints_meanwhile_is_not_the_learners(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)

    def work():
        other = threading.Thread(target=print, args=("a watcher speaks",))
        other.start()
        other.join()
        print("mine")

    assert run(work, seconds=5).printed == "mine\n"
    assert out.getvalue() == "a watcher speaks\n"
    assert sys.stdout is out
