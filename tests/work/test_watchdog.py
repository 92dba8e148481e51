from __future__ import annotations

import asyncio
import linecache
import threading
import time
import weakref
from typing import TYPE_CHECKING

from puffling.work.watchdog import ASLEEP, Watchdog, written
from tests.fakes import until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import CodeType


def stand_still(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        continue


async def watched(work: Callable[[Watchdog], Awaitable[None]], *, limit: float = 0.1) -> Watchdog:
    dog = Watchdog(limit=limit)
    task = asyncio.create_task(dog.run())
    await asyncio.sleep(0)
    await work(dog)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return dog


async def test_a_stall_is_logged_with_where_it_happened(caplog):
    async def work(dog):
        stand_still(0.3)
        await until(lambda: dog.stalls)

    dog = await watched(work)
    assert 0.1 < dog.stalls[0].seconds < 2
    assert "stand_still(0.3)" in dog.stalls[0].stack
    assert "The loop stood still for" in caplog.text


async def test_a_loop_that_keeps_going_is_left_alone():
    async def work(_):
        for _ in range(20):
            await asyncio.sleep(0.001)

    # A busy machine may hold this test up for longer than the usual limit.
    assert (await watched(work, limit=5)).stalls == []


async def test_its_thread_ends_with_it():
    async def work(_):
        assert any(each.name == "watchdog" for each in threading.enumerate())

    await watched(work)
    assert not any(each.name == "watchdog" for each in threading.enumerate())


def test_a_computer_that_slept_is_no_stall(caplog):
    dog = Watchdog()
    with caplog.at_level("INFO"):
        dog._report(ASLEEP + 80, "")
    assert dog.stalls == []
    assert "slept" in caplog.text


class Painter:
    """Something that must end with the function that has it in hand."""


def test_it_holds_nothing_of_what_it_looks_at():
    dog = Watchdog()
    dog._watched = threading.get_ident()

    def paint() -> tuple[list[tuple[CodeType, int | None]], weakref.ref[Painter]]:
        painter = Painter()
        return dog._where(), weakref.ref(painter)

    where, painter = paint()
    assert painter() is None
    assert "in paint\n    return dog._where()" in written(where)


def test_a_thread_that_has_ended_stands_nowhere():
    assert written(Watchdog()._where()) == ""


def test_a_frame_between_two_lines_is_named_by_its_first():
    code = written.__code__
    assert written([(code, None)]).startswith(
        f'  File "{code.co_filename}", line {code.co_firstlineno}, in written\n    def written('
    )


def test_writing_down_where_it_stands_keeps_no_source(tmp_path):
    place = tmp_path / "slow.py"
    place.write_text("first = 1\nsecond = first + 1\n")
    code = compile(place.read_text(), str(place), "exec")
    assert written([(code, 2)]).endswith("in <module>\n    second = first + 1\n")
    assert str(place) not in linecache.cache
    assert written([(code, 9)]).endswith("in <module>\n")
    place.unlink()
    assert written([(code, 2)]).endswith("in <module>\n")
