from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from puffling.core.events import ConnectionChanged, FeedState
from puffling.work.feeds import STALE_AFTER, QuoteFeed
from tests.fakes import START, BrokenSource, quote, until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from puffin.data.base import QuoteSource
    from puffling.core.bus import EventBus
    from tests.fakes import FakeClock


class Waits:
    """A sleep that writes down how long it should have taken, and ends the feed after a while."""

    def __init__(self, most: int) -> None:
        self.seconds: list[float] = []
        self._most = most

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)
        if len(self.seconds) == self._most:
            raise asyncio.CancelledError


class DeadSource:
    name = "Dead source"

    async def quotes(self, symbols):
        for _ in symbols:
            raise OSError("no route to host")
        yield quote()


class QuietSource:
    """Yields one quote and then nothing, without ending."""

    name = "Quiet source"

    def __init__(self) -> None:
        self.closed = False

    async def quotes(self, symbols):
        try:
            yield quote()
            await asyncio.Event().wait()
        finally:
            self.closed = True


@pytest.fixture
def heard(bus):
    heard: list[ConnectionChanged] = []
    bus.subscribe(ConnectionChanged, heard.append)
    return heard


def feed(
    source: QuoteSource,
    bus: EventBus,
    clock: FakeClock,
    taken: list[Any],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    *,
    expected: bool = True,
) -> QuoteFeed:
    return QuoteFeed(
        lambda: source,
        lambda: ["AAPL"],
        taken.append,
        expected=lambda: expected,
        bus=bus,
        clock=clock,
        sleep=sleep,
    )


async def test_each_wait_is_twice_the_last_up_to_a_minute(bus, clock):
    waits = Waits(8)
    with pytest.raises(asyncio.CancelledError):
        await feed(DeadSource(), bus, clock, [], waits).run()
    assert waits.seconds == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_a_quote_makes_the_next_wait_short_again(bus, clock):
    source, taken, waits = BrokenSource(), [], Waits(3)
    with pytest.raises(asyncio.CancelledError):
        await feed(source, bus, clock, taken, waits).run()
    assert waits.seconds == [1, 1, 1]
    assert (source.connections, len(taken)) == (3, 3)


async def test_a_break_is_announced_with_the_time_of_the_next_try(bus, clock, heard):
    with pytest.raises(asyncio.CancelledError):
        await feed(BrokenSource(), bus, clock, [], Waits(1)).run()
    assert [each.state for each in heard] == [
        FeedState.CONNECTING,
        FeedState.LIVE,
        FeedState.BROKEN,
        FeedState.STOPPED,
    ]
    assert heard[2].retry_at == START + timedelta(seconds=1)
    assert heard[2].text == "The line dropped. Next try in 1 s."


async def test_silence_is_called_stale_only_when_quotes_are_due(bus, clock, heard):
    for expected in (False, True):
        taken: list[object] = []
        one = feed(QuietSource(), bus, clock, taken, expected=expected)
        task = asyncio.create_task(one.run())
        await until(taken.copy)
        one.check()
        assert one.state is FeedState.LIVE
        clock.pass_(STALE_AFTER + 1)
        one.check()
        assert one.state is (FeedState.STALE if expected else FeedState.LIVE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert heard[-2].text == "No quote for 31 s."


async def test_a_cancelled_feed_closes_its_source(bus, clock):
    source, taken = QuietSource(), []
    task = asyncio.create_task(feed(source, bus, clock, taken).run())
    await until(lambda: taken)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert source.closed
