from __future__ import annotations

import asyncio
import threading

import pytest

from puffling.work.lanes import ThreadLane


async def test_work_runs_on_a_thread_of_the_lane():
    lane = ThreadLane()
    assert (await lane.run(lambda: threading.current_thread().name)).startswith("lane")
    assert lane.close()


async def test_what_the_work_raises_is_raised_where_it_is_awaited():
    lane = ThreadLane()

    def work():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await lane.run(work)
    assert lane.close()


async def test_closing_says_whether_the_work_ended_in_time(caplog):
    lane, go = ThreadLane(), threading.Event()
    task = asyncio.create_task(lane.run(go.wait))
    await asyncio.sleep(0)
    assert not await asyncio.to_thread(lane.close, 0.01)
    assert "did not end in time" in caplog.text
    go.set()
    assert await task
    assert lane.close()
