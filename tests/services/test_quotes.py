from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from puffling.core.events import QuotesChanged
from puffling.services.quotes import STALE_AFTER, QuoteService
from tests.fakes import OPEN, quote


@pytest.fixture
def quotes(bus, clock):
    return QuoteService(bus, clock)


def test_a_newer_quote_takes_the_place_of_an_older_one(quotes):
    assert quotes.accept(quote(last="100"))
    assert quotes.accept(quote(last="101", at=OPEN + timedelta(minutes=1)))
    assert quotes.last("AAPL").last == 101


def test_an_older_quote_is_refused(quotes):
    quotes.accept(quote(at=OPEN + timedelta(minutes=1)))
    assert not quotes.accept(quote(last="99", at=OPEN))
    assert quotes.last("AAPL").last == 100
    assert quotes.refused == 0


@pytest.mark.parametrize("price", ["NaN", "Infinity", "-1", "0", "1000001"])
@pytest.mark.parametrize("field", ["last", "bid", "ask"])
def test_what_is_no_price_is_refused_and_counted(quotes, field, price):
    bad: dict[str, Any] = {field: Decimal(price)}
    assert not quotes.accept(replace(quote(), **bad))
    assert quotes.last("AAPL") is None
    assert quotes.refused == 1


def test_a_bid_above_the_ask_is_refused(quotes):
    assert not quotes.accept(replace(quote(), bid=Decimal(102), ask=Decimal(101)))


def test_many_quotes_make_one_announcement(quotes, bus):
    heard = []
    bus.subscribe(QuotesChanged, heard.append)
    for minute in range(100):
        quotes.accept(quote("AAPL", at=OPEN + timedelta(minutes=minute)))
    quotes.accept(quote("IBM"))
    quotes.flush()
    quotes.flush()
    assert heard == [QuotesChanged(frozenset({"AAPL", "IBM"}))]


def test_a_quote_grows_old_and_stale(quotes, clock):
    assert quotes.age("AAPL") is None
    assert quotes.stale("AAPL")
    quotes.accept(quote())
    assert not quotes.stale("AAPL")
    clock.pass_(STALE_AFTER + 1)
    assert quotes.age("AAPL") == STALE_AFTER + 1
    assert quotes.stale("AAPL")


def test_clearing_forgets_everything_and_says_so(quotes, bus):
    quotes.accept(quote())
    heard = []
    bus.subscribe(QuotesChanged, heard.append)
    quotes.clear()
    assert quotes.all() == []
    assert heard == [QuotesChanged(frozenset({"AAPL"}))]


def test_how_late_a_price_is_leaves_out_what_its_source_is_always_late(quotes):
    assert quotes.late("AAPL", OPEN) is None
    quotes.accept(quote())
    later = OPEN + timedelta(seconds=100)
    assert quotes.late("AAPL", later) == 100
    quotes.come_late(lambda: 70.0)
    assert quotes.late("AAPL", later) == 30
    assert quotes.late("AAPL", OPEN) == 0
    quotes.clear()
    quotes.accept(quote())
    assert quotes.late("AAPL", later) == 100


def test_how_old_quotes_are_when_they_come_is_measured_unless_they_are_of_another_time(
    quotes, clock
):
    quotes.accept(quote(at=OPEN))
    assert quotes.meter.read().last is None
    quotes.accept(quote(at=clock.now() - timedelta(seconds=2)))
    quotes.accept(quote(at=clock.now() - timedelta(milliseconds=300)))
    assert (quotes.meter.read().last, quotes.meter.read().asked) == (0.3, 2)
    quotes.clear()
    assert quotes.meter.read().asked == 0
