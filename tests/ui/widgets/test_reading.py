from __future__ import annotations

import asyncio
import threading

from puffling.core.errors import StoreLockedError
from puffling.ui.widgets.reading import Reading
from tests.fakes import until


class Shelf:
    """Something that is read on a thread, and what was made of it."""

    def __init__(self) -> None:
        self.reads = 0
        self.shown: list[int] = []
        self.failed: list[Exception] = []
        self.threads: set[int] = set()
        self.wait = threading.Event()
        self.wait.set()
        self.error: Exception | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self.reading = Reading(
            lambda work: self.tasks.append(asyncio.get_running_loop().create_task(work)),
            self.read,
            self.shown.append,
            self.failed.append,
        )

    def read(self) -> int:
        self.threads.add(threading.get_ident())
        self.reads += 1
        found = self.reads
        self.wait.wait(5)
        if self.error is not None:
            raise self.error
        return found

    async def end(self) -> None:
        await asyncio.gather(*self.tasks)


async def test_it_reads_on_a_thread_and_shows_on_the_loop():
    shelf = Shelf()
    shelf.reading.ask()
    await shelf.end()
    assert shelf.shown == [1]
    assert threading.get_ident() not in shelf.threads


async def test_asked_many_times_it_reads_once_more_at_most():
    shelf = Shelf()
    shelf.wait.clear()
    shelf.reading.ask()
    await until(lambda: shelf.reads)
    for _ in range(10):
        shelf.reading.ask("what a signal carries")
    shelf.wait.set()
    await shelf.end()
    assert shelf.shown == [1, 2]


async def test_an_expected_error_is_told_and_the_next_question_is_answered():
    shelf = Shelf()
    shelf.error = StoreLockedError("puffling.db is held.")
    shelf.reading.ask()
    await shelf.end()
    assert [str(each) for each in shelf.failed] == ["puffling.db is held."]
    shelf.error = None
    shelf.reading.ask()
    await shelf.end()
    assert shelf.shown == [2]


async def test_a_cancelled_read_leaves_room_for_the_next():
    shelf = Shelf()
    shelf.wait.clear()
    shelf.reading.ask()
    await until(lambda: shelf.reads)
    shelf.tasks[0].cancel()
    await asyncio.gather(*shelf.tasks, return_exceptions=True)
    shelf.wait.set()
    shelf.tasks.clear()
    shelf.reading.ask()
    await shelf.end()
    assert len(shelf.shown) == 1
