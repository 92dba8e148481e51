from __future__ import annotations

import asyncio

import pytest

from puffling.core.events import NoticePosted
from puffling.work.supervisor import LONGEST_WAIT, Supervisor
from tests.fakes import until


class Waits:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


async def test_nothing_outlives_it(bus):
    before = asyncio.all_tasks()
    supervisor = Supervisor(bus)
    ended = []

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(1)

    supervisor.start("one", work)
    supervisor.start("two", work)
    await asyncio.sleep(0)
    assert supervisor.names == ["one", "two"]
    await supervisor.stop()
    assert ended == [1, 1]
    assert asyncio.all_tasks() == before


async def test_what_crashes_is_said_and_started_again_later_each_time(bus, caplog):
    notices: list[NoticePosted] = []
    bus.subscribe(NoticePosted, notices.append)
    waits = Waits()
    supervisor = Supervisor(bus, waits)
    runs = []

    async def work():
        runs.append(1)
        if len(runs) < 9:
            raise RuntimeError("broken")
        await asyncio.Event().wait()

    supervisor.start("quotes", work)
    await until(lambda: len(runs) == 9)
    await supervisor.stop()
    assert waits.seconds == [1, 2, 4, 8, 16, 32, LONGEST_WAIT, LONGEST_WAIT]
    assert notices[0].title == "Quotes stopped unexpectedly"
    assert "RuntimeError: broken" in caplog.text


async def test_work_that_ends_by_itself_is_not_started_again(bus):
    supervisor = Supervisor(bus)
    runs = []

    async def work():
        runs.append(1)

    supervisor.start("once", work)
    for _ in range(5):
        await asyncio.sleep(0)
    await supervisor.stop()
    assert runs == [1]


async def test_a_restart_begins_after_the_old_one_has_ended(bus):
    supervisor, told = Supervisor(bus), []

    async def work():
        told.append("begins")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            told.append("ends")

    supervisor.start("quotes", work)
    await until(lambda: told)
    supervisor.restart("quotes")
    await until(lambda: len(told) == 3)
    await supervisor.stop()
    assert told == ["begins", "ends", "begins", "ends"]


async def test_two_of_the_same_name_are_a_mistake(bus):
    supervisor = Supervisor(bus)

    async def work():
        await asyncio.Event().wait()

    supervisor.start("quotes", work)
    with pytest.raises(ValueError, match="running already"):
        supervisor.start("quotes", work)
    await supervisor.stop()
