"""A time limit ends what would never end, in the main thread and in others."""

import contextlib
import threading
import time

import pytest

from eprlab.exercises.limits import OutOfTime, time_limit


def loop():
    while True:
        pass


def loop_that_catches_everything():
    while True:
        try:  # noqa: SIM105
            time.monotonic()
        except:  # noqa: E722
            pass


def sleep():
    time.sleep(600)


def wait_for_a_lock():
    threading.Event().wait()


def work_in_small_sleeps():
    while True:
        time.sleep(0.005)


def recurse_for_ever():
    while True:
        with contextlib.suppress(RecursionError):
            recurse_for_ever()


@pytest.mark.parametrize(
    "endless",
    [
        loop,
        loop_that_catches_everything,
        sleep,
        wait_for_a_lock,
        work_in_small_sleeps,
        recurse_for_ever,
    ],
)
def test_an_endless_call_is_ended_in_the_main_thread(endless):
    with pytest.raises(OutOfTime, match=r"stopped after 0\.2 s"), time_limit(0.2):
        endless()


@pytest.mark.parametrize(
    "endless", [loop, loop_that_catches_everything, work_in_small_sleeps, recurse_for_ever]
)
def test_an_endless_call_is_ended_in_another_thread(endless):
    ended = []

    def work():
        try:
            with time_limit(0.2):
                endless()
        except OutOfTime as error:
            ended.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(60)
    assert [str(error) for error in ended] == ["stopped after 0.2 s"]


def test_what_ends_in_time_is_left_alone_and_nothing_rings_afterwards():
    with time_limit(0.05):
        pass
    deadline = time.monotonic() + 0.2
    while time.monotonic() < deadline:
        pass


@pytest.mark.parametrize(("inner", "outer"), [(0.1, 30), (30, 0.1)])
def test_the_limit_that_comes_first_rings(inner, outer):
    with (
        pytest.raises(OutOfTime) as caught,
        time_limit(outer) as around,
        time_limit(inner) as within,
    ):
        loop()
    assert caught.value.limit is (within if inner < outer else around)


def loop_after_a_loop_that_was_ended():
    with pytest.raises(OutOfTime), time_limit(0.1):
        loop()
    loop()


def test_the_limit_of_the_block_around_goes_on_after_an_inner_one_rang():
    with pytest.raises(OutOfTime) as caught, time_limit(0.4) as around:
        loop_after_a_loop_that_was_ended()
    assert caught.value.limit is around
