from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from puffling.ui.lanes import QtLane

if TYPE_CHECKING:
    from puffling.work.lanes import Lane


@pytest.fixture
def lane(loop):
    lane = QtLane()
    yield lane
    assert lane.close()


def test_it_fits_the_port(lane):
    port: Lane = lane
    assert port is lane


def test_work_runs_on_another_thread_and_its_result_comes_back(loop, lane):
    async def ask() -> object:
        return await lane.run(threading.get_ident)

    assert loop.run_until_complete(ask()) != threading.get_ident()


def test_an_error_is_raised_where_it_is_awaited(loop, lane):
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        loop.run_until_complete(lane.run(fail))


def test_many_pieces_of_work_all_come_back(loop, lane):
    async def ask() -> object:
        return await asyncio.gather(*(lane.run(lambda at=at: at) for at in range(300)))

    assert loop.run_until_complete(ask()) == list(range(300))
    assert lane.busy == 0


def test_a_cancelled_await_returns_at_once_and_the_work_ends_by_itself(loop, lane, qtbot):
    started, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        go_on.wait(60)
        ended.set()

    async def ask() -> None:
        task = asyncio.ensure_future(lane.run(work))
        await asyncio.to_thread(started.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not ended.is_set()
        go_on.set()

    loop.run_until_complete(ask())
    qtbot.waitUntil(lambda: lane.busy == 0)
    assert ended.is_set()


def test_the_loop_goes_on_while_work_blocks(loop, lane):
    go_on, steps = threading.Event(), []

    async def ask() -> object:
        blocked = asyncio.ensure_future(lane.run(lambda: go_on.wait(60)))
        for each in range(10):
            await asyncio.sleep(0)
            steps.append(each)
        go_on.set()
        return await blocked

    assert loop.run_until_complete(ask()) is True
    assert len(steps) == 10


def test_work_that_ends_after_the_loop_harms_nothing(qapp):
    import qasync

    lane, go_on = QtLane(), threading.Event()
    loop = qasync.QEventLoop(qapp, already_running=False)
    with loop:

        async def ask() -> None:
            task = asyncio.ensure_future(lane.run(lambda: go_on.wait(60)))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        loop.run_until_complete(ask())
    go_on.set()
    assert lane.close()
