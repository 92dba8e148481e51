from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from puffin.data.polling import PollingQuotes
from puffin.data.yahoo_quotes import YahooQuotes
from puffin.errors import NoDataError, ProviderUnavailableError, SymbolNotFoundError
from puffin.types import Quote

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)


def quote(symbol: str, last: str = "10") -> Quote:
    return Quote(symbol, Decimal(last), Decimal(last), Decimal(last), AT)


class Rests:
    """Rests until it is told to go on."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.go = asyncio.Event()

    async def __call__(self, woken: asyncio.Event, seconds: float) -> None:
        self.asked.append(seconds)
        await self.go.wait()
        self.go.clear()


async def collect(source: PollingQuotes, symbols, count: int) -> list[str]:
    found: list[str] = []
    stream = source.quotes(symbols)
    async for each in stream:
        found.append(f"{each.symbol} {each.last}")
        if len(found) == count:
            break
    await stream.aclose()
    return found


async def test_each_symbol_is_asked_for_in_turn_and_what_is_not_new_is_left_out():
    prices = iter(["10", "20", "10", "21"])
    rests = Rests()
    source = PollingQuotes(
        lambda symbol: quote(symbol, next(prices)), "Test", seconds=lambda: 5.0, rest=rests
    )
    rests.go.set()
    assert await collect(source, ["A", "B"], 3) == ["A 10", "B 20", "B 21"]
    assert rests.asked == [5.0]


async def test_a_new_symbol_is_asked_for_at_once():
    source = PollingQuotes(quote, "Test", seconds=lambda: 3_600.0)
    stream = source.quotes(["A"])
    assert (await anext(stream)).symbol == "A"
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    source.watch(["A", "B"])
    assert (await asyncio.wait_for(waiting, 5)).symbol == "B"
    await stream.aclose()


@pytest.mark.parametrize("error", [SymbolNotFoundError("None."), NoDataError("None.")])
async def test_a_symbol_that_nobody_lists_does_not_stop_the_others(error):
    asked: list[str] = []

    def ask(symbol: str) -> Quote:
        asked.append(symbol)
        if symbol == "BAD":
            raise error
        return quote(symbol, str(len(asked)))

    rests = Rests()
    rests.go.set()
    source = PollingQuotes(ask, "Test", seconds=lambda: 1.0, rest=rests)
    assert await collect(source, ["BAD", "A"], 2) == ["A 2", "A 3"]
    assert asked == ["BAD", "A", "A"]


async def test_any_other_fault_ends_the_stream_so_that_the_listener_waits():
    def ask(symbol: str) -> Quote:
        raise ProviderUnavailableError("Nobody is there.")

    source = PollingQuotes(ask, "Test", seconds=lambda: 1.0)
    with pytest.raises(ProviderUnavailableError):
        await anext(source.quotes(["A"]))


async def test_closing_ends_the_stream():
    source = PollingQuotes(quote, "Test", seconds=lambda: 3_600.0)
    stream = source.quotes(["A"])
    await anext(stream)
    ending = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    await source.close()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(ending, 5)


class Wire:
    """Yahoo's last words on a symbol."""

    def __init__(self, **said: object) -> None:
        self.said = {"regularMarketPrice": 189.49, "regularMarketTime": int(AT.timestamp())} | said

    def last(self, symbol: str):
        return self.said, 187.1234567


def test_yahoos_last_price_is_bid_ask_and_last():
    told = YahooQuotes(Wire(regularMarketVolume=123, regularMarketDayHigh=190.5))("AAPL")
    assert told.bid == told.ask == told.last == Decimal("189.49")
    assert (told.at, told.volume, told.high, told.low) == (AT, 123, Decimal("190.50"), None)
    assert told.previous_close == Decimal("187.1235")


def test_a_time_that_is_a_timestamp_is_understood():
    assert YahooQuotes(Wire(regularMarketTime=AT))("AAPL").at == AT


def test_without_a_price_there_is_no_quote():
    with pytest.raises(NoDataError):
        YahooQuotes(Wire(regularMarketPrice=None))("AAPL")


@pytest.mark.parametrize("price", [float("nan"), 0.0, -1.0])
def test_a_price_that_is_none_is_refused(price):
    with pytest.raises(ProviderUnavailableError):
        YahooQuotes(Wire(regularMarketPrice=price))("AAPL")


def test_an_answer_that_cannot_be_read_is_said():
    with pytest.raises(ProviderUnavailableError, match="cannot be read"):
        YahooQuotes(Wire(regularMarketTime="soon"))("AAPL")
