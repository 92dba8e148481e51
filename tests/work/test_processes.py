from __future__ import annotations

import multiprocessing
import os
import time

import pytest

from puffin.backtest import kernel_cache
from puffin.backtest.engine import is_worthwhile
from puffling.core.errors import JobFailedError
from puffling.work import processes
from puffling.work.processes import ProcessLane
from tests.delays import Beside


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
            times.append(time.monotonic())
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
    with Beside() as beside:
        with pytest.raises(Stopped):
            lane.call(work, progress=stop_when_told(times))
        # Another process ends here, too: the budget is 0.1 s.
        assert time.monotonic() - times[0] < 0.3 + 2 * beside.lost
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


def look(*, progress):
    """What a process knows of the compiled code."""
    progress(0.1)
    return os.environ[kernel_cache.PLACE], is_worthwhile(1), kernel_cache.is_complete()


def pretend(*, progress):
    kernel_cache.completed()


def test_every_process_keeps_compiled_code_in_the_folder_of_the_profile(tmp_path, monkeypatch):
    monkeypatch.setenv(kernel_cache.PLACE, "")
    (tmp_path / "kernels" / "of an older version").mkdir(parents=True)
    lane = ProcessLane(workers=1, compiled=tmp_path / "kernels")
    try:
        (folder,) = (tmp_path / "kernels").iterdir()
        assert lane.call(look, progress=quiet) == (str(folder), False, False)
        assert os.environ[kernel_cache.PLACE] == str(folder)
    finally:
        lane.close()


def test_what_was_warmed_up_is_known_to_the_other_processes(tmp_path, monkeypatch):
    monkeypatch.setenv(kernel_cache.PLACE, "")
    monkeypatch.setattr(processes, "warm_up", pretend)
    lane = ProcessLane(workers=1, compiled=tmp_path)
    try:
        lane.warm()
        lane.warm()
        assert lane.call(look, progress=quiet)[2]
        assert lane.alive == 1
    finally:
        lane.close()


@pytest.mark.slow
def test_warming_up_leaves_all_compiled_code_in_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(kernel_cache.PLACE, "")
    lane = ProcessLane(workers=1, compiled=tmp_path)
    try:
        lane.call(processes.warm_up, progress=quiet)
        folder, loaded, complete = lane.call(look, progress=quiet)
    finally:
        lane.close()
    assert (loaded, complete) == (True, True)
    kept = {path.name.split("-")[0] for path in tmp_path.rglob("*.nbi")}
    assert {"kernel.advance", "kernel_plain.run_many", "kernel_plain.advance_targets"} <= kept
    assert str(tmp_path) in folder


def test_closing_ends_a_warm_up_that_hangs(monkeypatch):
    monkeypatch.setattr(processes, "warm_up", hang)
    lane = ProcessLane(workers=1)
    lane.warm()
    lane.close()
    with pytest.raises(JobFailedError, match="closing"):
        lane.call(add, 1, 1, progress=quiet)


def test_a_folder_that_cannot_be_made_is_said_and_no_more(tmp_path, caplog):
    (tmp_path / "taken").write_text("")
    lane = ProcessLane(compiled=tmp_path / "taken")
    lane.close()
    assert "cannot be kept" in caplog.text


def test_code_that_cannot_be_compiled_is_said_and_no_more(monkeypatch, caplog):
    monkeypatch.setattr(processes, "warm_up", refuse)
    lane = ProcessLane(workers=1)
    lane.warm()
    assert lane.call(add, 1, 1, progress=quiet)[0] == 2
    lane.close()
    assert "runs go without" in caplog.text
