from __future__ import annotations

import asyncio

import pytest

from puffling.work.timers import every


async def test_work_plain_or_awaited_is_called_after_each_wait():
    told: list[object] = []

    async def sleep(seconds):
        told.append(seconds)
        if len(told) > 4:
            raise asyncio.CancelledError
        await asyncio.sleep(0)

    async def ask():
        told.append("asked")

    with pytest.raises(asyncio.CancelledError):
        await every(30, ask, sleep)
    assert told == [30, "asked", 30, "asked", 30]
    told.clear()
    with pytest.raises(asyncio.CancelledError):
        await every(5, lambda: told.append("saved"), sleep)
    assert told == [5, "saved", 5, "saved", 5]
