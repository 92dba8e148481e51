"""Whose prices a chart shows: those of the keys in use, else Yahoo's; and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from puffin.data.bars import Bars, Interval
from puffin.errors import NoDataError, ProviderUnavailableError
from puffin.types import Split
from puffling.core.settings import Mode
from tests.fakes import NoNetwork

DAY = datetime(2026, 1, 2, tzinfo=UTC)


class Past:
    """Past prices of the keys: one bar of whatever is asked, or nothing."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, datetime | None]] = []
        self.down = False

    def history(self, symbol, interval, start=None, end=None):
        self.asked.append((symbol, start))
        if self.down:
            raise ProviderUnavailableError("Alpaca cannot be reached.")
        return bars(symbol, interval, "Alpaca IEX")

    def splits(self, symbol):
        return [Split(symbol, DAY, Decimal(2))]


def bars(symbol: str, interval: Interval, source: str) -> Bars:
    """Return one bar."""
    columns = {key: [7.0] for key in ("open", "high", "low", "close", "volume")}
    time = [int(DAY.timestamp()) * 10**9]
    made = Bars.from_columns(symbol, interval, time=time, source=source, as_of=DAY, **columns)
    return replace(made, adjusted_close=made.close)


@pytest.fixture
def history(puffling):
    return puffling.context.bars._online


@pytest.fixture
async def past(puffling, keyring, world):
    """Be in PAPER, with keys that also bring past prices."""
    keyring.give("alpaca paper")
    await puffling.context.modes.switch(Mode.PAPER, "test")
    world.sources[-1].past = Past()
    return world.sources[-1].past


async def test_with_keys_a_chart_shows_their_prices_and_says_so(puffling, past):
    service = puffling.context.bars
    assert service.source("NFLX") == "Alpaca"
    found = service.history("NFLX", Interval.D1)
    assert (found.source, service.source("NFLX"), found.close[0]) == ("Alpaca", "Alpaca", 7)
    service.history("NFLX", Interval.D1)
    assert past.asked == [("NFLX", None)]  # it is kept
    assert service.splits("NFLX") == [Split("NFLX", DAY, Decimal(2))]
    assert service.sources()[-1].name == "Alpaca"


async def test_without_an_answer_yahoo_is_asked_and_named(puffling, past, history, monkeypatch):
    past.down = True
    monkeypatch.setattr(
        NoNetwork, "history", lambda _, symbol, *__: bars(symbol, Interval.D1, "Yahoo Finance")
    )
    service = puffling.context.bars
    assert service.history("NFLX", Interval.D1).source == "Yahoo Finance"
    assert service.source("NFLX") == "Yahoo Finance"
    puffling.context.settings.change("data", yahoo=False)
    with pytest.raises(ProviderUnavailableError, match="Alpaca cannot"):
        service.history("NFLX", Interval.D1)
    with pytest.raises(NoDataError, match="which is off"):
        history.dividends("NFLX")
    with pytest.raises(NoDataError, match="which is off"):
        history.earnings("NFLX")
    assert history.search("net") == []


async def test_class_shares_are_asked_for_as_the_broker_writes_them(puffling, past):
    found = puffling.context.bars.history("BRK-B", Interval.D1)
    assert (found.symbol, past.asked) == ("BRK-B", [("BRK.B", None)])


async def test_minutes_reach_back_as_far_as_a_chart_shows(puffling, past, clock):
    puffling.context.bars.history("NFLX", Interval.M1)
    assert past.asked == [("NFLX", clock.now() - timedelta(days=30))]


async def test_once_the_keys_are_left_yahoo_is_asked_again(puffling, past, history):
    await puffling.context.modes.switch(Mode.DEMO, "test")
    assert (history.name, history.in_use) == ("Yahoo Finance", True)
    with pytest.raises(ProviderUnavailableError, match="Yahoo"):
        puffling.context.bars.history("NFLX", Interval.M5)
    assert past.asked == []
