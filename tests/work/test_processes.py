from __future__ import annotations

import multiprocessing
import os
import time

import pytest

from puffling.core.errors import JobFailedError
from puffling.work.processes import ProcessLane


def add(first, second, *, progress):
    progress(0.5)
    return first + second, os.getpid()


def spin(*, progress):
    while True:
        progress(0.1)


def hang(*, progress):
    progress(0.1)
    while True:
        pass


def refuse(*, progress):
    raise OSError("no such thing")


def die(*, progress):
    os._exit(3)


class Stopped(BaseException):
    """What a cancelled job's progress raises."""


def stop_when_told(times: list[float]):
    """Return a progress that raises at the first word from the worker."""

    def progress(done):
        if done:
            times.append(time.perf_counter())
            raise Stopped

    return progress


@pytest.fixture
def lane():
    lane = ProcessLane(workers=1)
    yield lane
    lane.close()


def quiet(_):
    return None


def test_no_process_exists_before_the_first_call(lane):
    assert lane.alive == 0


def test_the_work_runs_in_another_process_which_is_used_again(lane):
    heard = []
    total, first = lane.call(add, 2, 3, progress=heard.append)
    _, second = lane.call(add, 2, 3, progress=quiet)
    assert total == 5
    assert first == second != os.getpid()
    assert 0.5 in heard


def test_an_error_comes_back_and_the_process_stays(lane):
    with pytest.raises(OSError, match="no such thing"):
        lane.call(refuse, progress=quiet)
    assert lane.alive == 1
    assert lane.call(add, 1, 1, progress=quiet)[0] == 2


def test_a_process_that_dies_is_said_and_replaced(lane):
    with pytest.raises(JobFailedError, match="ended unexpectedly"):
        lane.call(die, progress=quiet)
    assert lane.alive == 0
    assert lane.call(add, 1, 1, progress=quiet)[0] == 2


@pytest.mark.parametrize("work", [spin, hang])
def test_cancelled_work_ends_within_a_tenth_of_a_second(lane, work):
    times: list[float] = []
    with pytest.raises(Stopped):
        lane.call(work, progress=stop_when_told(times))
    # CPU time shared with everything else on the machine: the budget is 0.1 s.
    assert time.perf_counter() - times[0] < 0.3
    assert lane.call(add, 1, 1, progress=quiet)[0] == 2
    assert len(multiprocessing.active_children()) == 1


def test_work_that_listens_keeps_its_process(lane):
    with pytest.raises(Stopped):
        lane.call(spin, progress=stop_when_told([]))
    assert lane.alive == 1


def test_a_closed_lane_takes_no_work(lane):
    lane.call(add, 1, 1, progress=quiet)
    lane.close()
    assert lane.alive == 0
    with pytest.raises(JobFailedError, match="closing"):
        lane.call(add, 1, 1, progress=quiet)
