"""Alpaca's prices, over its own client against a loopback server."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from puffin.data.alpaca import AlpacaData
from puffin.data.alpaca_prices import PINGS, PriceOptions
from puffin.errors import DataError, KeysRefusedError, ProviderUnavailableError
from tests.delays import within
from tests.puffin.broker.alpaca_stage import ready
from tests.servers.alpaca import alpaca_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from puffin.types import Quote
    from tests.servers.alpaca import AlpacaServer

PATIENCE = 60.0
QUICK = (0.01, 0.02)
SOON = {"ping_interval": 0.1, "ping_timeout": 0.1, "close_timeout": 0.1, "max_queue": 1024}
OPTION = "AAPL260116C00250000"
D = Decimal


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the loopback server's clock is real


class Desk:
    """Prices, and someone who listens to them."""

    def __init__(self, server: AlpacaServer, data: AlpacaData, notices: list[str]) -> None:
        self.server = server
        self.data = data
        self.notices = notices
        self.heard: list[Quote] = []
        self.failed: Exception | None = None
        self._stirred = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def listen(self, *symbols: str) -> None:
        self._task = asyncio.create_task(self._listen(symbols))

    async def _listen(self, symbols: tuple[str, ...]) -> None:
        try:
            async for each in self.data.quotes(symbols):
                self.heard.append(each)
                async with self._stirred:
                    self._stirred.notify_all()
        except DataError as error:
            self.failed = error
            async with self._stirred:
                self._stirred.notify_all()

    def last(self, symbol: str) -> Quote | None:
        return next((each for each in reversed(self.heard) if each.symbol == symbol), None)

    async def until(self, so: Callable[[], bool]) -> None:
        async with self._stirred:
            await asyncio.wait_for(self._stirred.wait_for(so), PATIENCE)

    async def until_bid(self, symbol: str, bid: str) -> None:
        def so() -> bool:
            last = self.last(symbol)
            return last is not None and last.bid == D(bid)

        await self.until(so)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.data.close()


@asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[Desk]:
    ready()
    with alpaca_server() as server:
        notices: list[str] = []
        stream = PriceOptions(
            feed=options.pop("feed", "iex"),
            url=server.data_stream_url,
            pings=options.pop("pings", PINGS),
            backoff=QUICK,
            mute=options.pop("mute", 60.0),
            expected=options.pop("expected", lambda: False),
        )
        data = AlpacaData(
            options.pop("key", server.key),
            server.secret,
            paper=True,
            now=now,
            url=server.url,
            data_url=server.url,
            stream=stream,
            poll=options.pop("poll", 15.0),
            notice=notices.append,
        )
        desk = Desk(server, data, notices)
        try:
            yield desk
        finally:
            server.release()
            await desk.close()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        desk.server.set_quote("AAPL", 99, 101)
        desk.server.set_quote("MSFT", 199, 201)
        yield desk


async def streaming(desk: Desk, *symbols: str, path: str = "/v2/iex") -> None:
    await desk.server.until(lambda: desk.server.subscribed(path) >= set(symbols))


async def test_the_first_quotes_come_at_once_with_the_day_so_far(desk: Desk):
    await desk.listen("AAPL", "MSFT")
    await desk.until(lambda: len(desk.heard) == 2)
    quote = desk.last("AAPL")
    assert quote is not None
    assert (quote.bid, quote.ask, quote.last) == (D(99), D(101), D(100))
    assert (quote.open, quote.high, quote.low) == (D(99), D(102), D(98))
    assert quote.previous_close == D(95)
    assert quote.volume == 1200
    assert quote.at.tzinfo is not None
    assert not quote.simulated


async def test_quotes_trades_and_day_bars_stream_exactly(desk: Desk):
    await desk.listen("AAPL")
    await streaming(desk, "AAPL")
    desk.server.set_quote("AAPL", "110.01", "110.03")
    await desk.until_bid("AAPL", "110.01")
    await desk.until(lambda: desk.heard[-1].last == D("110.02"))
    quote = desk.heard[-1]
    assert (quote.ask, quote.high) == (D("110.03"), D("110.02"))
    desk.server.send_price("d", "AAPL", o=98.5, h=111.0, l=97.25, c=110.0, v=5000)
    await desk.until(lambda: desk.heard[-1].volume == 5000)
    assert (desk.heard[-1].open, desk.heard[-1].high) == (D("98.5"), D(111))


async def test_senseless_prices_change_nothing(desk: Desk):
    await desk.listen("AAPL")
    await streaming(desk, "AAPL")
    for bad in (0, -5.0, float("nan"), float("inf"), None, "much"):
        desk.server.send_price("q", "AAPL", bp=bad, ap=bad)
        desk.server.send_price("t", "AAPL", p=bad, s=1)
    desk.server.say_data({"T": "q"}, {"hello": "there"}, {"T": "t", "S": "AAPL"})
    desk.server.set_quote("AAPL", 120, 122)
    await desk.until_bid("AAPL", "120")
    seen = {each.bid for each in desk.heard} | {each.last for each in desk.heard}
    assert seen <= {D(99), D(100), D(120), D(121)}


async def test_watching_others_changes_the_subscription_while_it_streams(desk: Desk):
    await desk.listen("AAPL")
    await streaming(desk, "AAPL")
    desk.data.watch(["MSFT"])
    await desk.server.until(lambda: desk.server.subscribed() == {"MSFT"})
    await desk.until_bid("MSFT", "199")
    assert len(desk.server.upgrades) == 1


async def test_each_kind_of_asset_has_its_stream(desk: Desk):
    desk.server.set_quote("BTC/USD", 60_000, 60_010)
    desk.server.set_quote(OPTION, "4.90", "5.10")
    await desk.listen("AAPL", "BTC/USD", OPTION)
    await streaming(desk, "BTC/USD", path="/v1beta3/crypto/us")
    await streaming(desk, OPTION, path="/v1beta1/indicative")
    desk.server.set_quote("BTC/USD", 61_000, 61_010)
    await desk.until_bid("BTC/USD", "61000")
    desk.server.set_quote(OPTION, "5.90", "6.10")
    await desk.until_bid(OPTION, "5.9")


async def test_row_1_a_dropped_stream_comes_back_with_what_is_watched(desk: Desk):
    await desk.listen("AAPL")
    await streaming(desk, "AAPL")
    desk.server.drop()
    await desk.server.until(lambda: len(desk.server.upgrades) == 2)
    await streaming(desk, "AAPL")
    desk.server.set_quote("AAPL", 130, 132)
    await desk.until_bid("AAPL", "130")
    assert "The stream of prices broke; it is set up again." in desk.notices


async def test_row_23_a_stream_that_sleeps_is_noticed_by_its_pings():
    async with opened(pings=SOON) as desk:
        desk.server.set_quote("AAPL", 99, 101)
        await desk.listen("AAPL")
        await streaming(desk, "AAPL")
        before = len(desk.server.upgrades)  # a busy computer misses a ping of a tenth of a second
        desk.server.half_open()
        with within(2):
            await desk.server.until(lambda: len(desk.server.upgrades) > before)


async def test_row_23_a_stream_that_is_up_and_mute_is_set_up_again():
    async with opened(mute=0.2, expected=lambda: True) as desk:
        desk.server.set_quote("AAPL", 99, 101)
        await desk.listen("AAPL")
        await streaming(desk, "AAPL")
        desk.server.stall()
        await desk.server.until(lambda: len(desk.server.upgrades) >= 2)


async def test_silence_at_night_is_no_fault():
    async with opened(mute=0.05, expected=lambda: False) as desk:
        desk.server.set_quote("AAPL", 99, 101)
        await desk.listen("AAPL")
        await streaming(desk, "AAPL")
        desk.server.stall()
        for _ in range(5):  # five questions take longer than the silence that is allowed
            await asyncio.to_thread(desk.data.test_keys)
        assert len(desk.server.upgrades) == 1


def test_row_23_the_pings_of_the_app_notice_it_in_twenty_seconds():
    assert PINGS["ping_interval"] + PINGS["ping_timeout"] + 2 * PINGS["close_timeout"] <= 20


async def test_keys_that_are_refused_end_it_with_words(desk: Desk):
    desk.server.data_error = (402, "auth failed")
    await desk.listen("AAPL")
    await desk.until(lambda: desk.failed is not None)
    assert isinstance(desk.failed, KeysRefusedError)
    assert len(desk.server.upgrades) == 1


async def test_a_plan_without_the_stream_ends_it_with_words(desk: Desk):
    desk.server.data_error = (409, "insufficient subscription")
    await desk.listen("AAPL")
    await desk.until(lambda: desk.failed is not None)
    assert isinstance(desk.failed, ProviderUnavailableError)
    assert "plan does not include" in str(desk.failed)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ((406, "connection limit exceeded"), "another program holds it"),
        ((404, "auth timeout"), "waited too long"),
    ],
)
async def test_row_20_what_may_pass_is_told_and_tried_again(
    desk: Desk, error: tuple[int, str], words: str
):
    desk.server.data_error = error
    await desk.listen("AAPL")
    await desk.server.until(lambda: any(words in each for each in desk.notices) or False, 5)
    desk.server.data_error = None
    await streaming(desk, "AAPL")
    assert desk.failed is None


async def test_a_slow_listener_is_told(desk: Desk):
    await desk.listen("AAPL")
    await streaming(desk, "AAPL")
    desk.server.say_data({"T": "error", "code": 407, "msg": "slow client"})
    desk.server.set_quote("AAPL", 140, 142)
    await desk.until_bid("AAPL", "140")
    assert any("faster than they were taken" in each for each in desk.notices)


async def test_more_symbols_than_the_plan_streams_are_told_and_the_rest_streams(desk: Desk):
    symbols = [f"S{letter}{digit}" for letter in "ABCDEFGH" for digit in "ABCDE"]
    for each in symbols:
        desk.server.set_quote(each, 10, 12)
    await desk.listen(*symbols)
    await desk.server.until(lambda: len(desk.server.subscribed()) == 30)
    assert {each.symbol for each in desk.heard} == set(symbols)
    assert any("fewer symbols" in each for each in desk.notices)
    desk.server.set_quote(symbols[0], 20, 22)
    await desk.until_bid(symbols[0], "20")


async def test_an_unknown_symbol_has_no_quote(desk: Desk):
    await desk.listen("NOSUCH", "AAPL")
    await desk.until(lambda: bool(desk.heard))
    assert desk.last("NOSUCH") is None


async def test_a_symbol_that_is_none_to_alpaca_spoils_no_other(desk: Desk):
    desk.server.strange = {"BRK-B"}
    await desk.listen("AAPL", "BRK-B", "MSFT")
    await streaming(desk, "AAPL", "MSFT")
    assert {each.symbol for each in desk.heard} == {"AAPL", "MSFT"}
    assert desk.server.subscribed() == {"AAPL", "MSFT"}
    assert desk.notices == ["Alpaca has nothing under BRK-B."]


async def test_before_the_open_the_last_session_is_the_previous_one(desk: Desk):
    from puffin.data.alpaca_quotes import QuoteBook

    day = {"t": "2026-01-05T05:00:00Z", "o": 90, "h": 96, "l": 89, "c": 95, "v": 10}
    body = {
        "latestQuote": {"t": "2026-01-06T13:00:00Z", "bp": 97, "ap": 98},
        "latestTrade": {"t": "2026-01-06T13:00:00Z", "p": 97.5},
        "dailyBar": day,
        "prevDailyBar": {**day, "c": 80},
    }
    quote = QuoteBook().snapshot("AAPL", body, datetime(2026, 1, 6, 13, tzinfo=UTC))
    assert quote is not None
    assert quote.previous_close == D(95)
    assert quote.open is None
    assert quote.volume == 0


async def test_what_does_not_stream_is_asked_for_again_and_again():
    async with opened(poll=0.05) as desk:
        desk.server.symbol_limit = 0
        desk.server.set_quote("AAPL", 99, 101)
        await desk.listen("AAPL")
        await desk.until_bid("AAPL", "99")
        desk.server.answer_with(500, b"<html>", path="/v2/stocks/snapshots")
        desk.server.set_quote("AAPL", 110, 112)
        await desk.until_bid("AAPL", "110")
        assert desk.failed is None


async def test_row_20_a_second_listener_is_told_who_holds_the_line():
    async with opened() as desk:
        desk.server.set_quote("AAPL", 99, 101)
        await desk.listen("AAPL")
        await streaming(desk, "AAPL")
        second = AlpacaData(
            desk.server.key,
            desk.server.secret,
            paper=True,
            now=now,
            url=desk.server.url,
            data_url=desk.server.url,
            stream=PriceOptions(url=desk.server.data_stream_url, backoff=QUICK),
            notice=desk.notices.append,
        )
        other = Desk(desk.server, second, desk.notices)
        await other.listen("AAPL")
        await desk.server.until(lambda: len(desk.server.upgrades) >= 3)
        assert any("another program holds it" in each for each in desk.notices)
        await other.close()
        desk.server.set_quote("AAPL", 150, 152)
        await desk.until_bid("AAPL", "150")


async def test_ending_it_is_no_fault_and_not_told(desk: Desk):
    await desk.listen("AAPL")
    await streaming(desk, "AAPL")
    await desk.close()
    assert desk.notices == []


async def test_closing_ends_everything_soon(desk: Desk):
    await desk.listen("AAPL")
    await streaming(desk, "AAPL")
    desk.server.half_open()
    with within(4):
        await desk.close()
