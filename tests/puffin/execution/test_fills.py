from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.execution.fills import fill_on_bar, fill_on_quote
from puffin.types import OrderType, Quote, Side, Ticket

BUY, SELL = Side.BUY, Side.SELL
PRICES = st.decimals(1, 200, places=2)


def market(side) -> Ticket:
    return Ticket("AAPL", side, Decimal(1))


def limit(side, price) -> Ticket:
    return Ticket("AAPL", side, Decimal(1), OrderType.LIMIT, limit_price=Decimal(price))


def stop(side, price) -> Ticket:
    return Ticket("AAPL", side, Decimal(1), OrderType.STOP, stop_price=Decimal(price))


def quote(bid, ask, last=None) -> Quote:
    at = datetime(2012, 6, 1, 15, tzinfo=UTC)
    return Quote("AAPL", Decimal(bid), Decimal(ask), Decimal(last or ask), at)


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        (market(BUY), 100),
        (market(SELL), 100),
        (limit(BUY, 95), 95),  # reached on the way down
        (limit(BUY, 110), 100),  # the open is already better
        (limit(BUY, 90), 90),  # touched is enough
        (limit(BUY, 89), None),
        (limit(SELL, 105), 105),
        (limit(SELL, 90), 100),
        (limit(SELL, 110), 110),
        (limit(SELL, 111), None),
        (stop(BUY, 105), 105),
        (stop(BUY, 99), 100),  # a gap through the stop: the open, which is worse
        (stop(BUY, 110), 110),
        (stop(BUY, 111), None),
        (stop(SELL, 95), 95),
        (stop(SELL, 101), 100),
        (stop(SELL, 90), 90),
        (stop(SELL, 89), None),
    ],
)
def test_a_bar_that_opens_at_100_between_90_and_110(ticket, expected):
    assert fill_on_bar(ticket, Decimal(100), Decimal(110), Decimal(90)) == expected


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        (market(BUY), 101),
        (market(SELL), 99),
        (limit(BUY, 101), 101),
        (limit(BUY, 105), 101),
        (limit(BUY, 100), None),  # the last price does not fill a limit: somebody must offer
        (limit(SELL, 99), 99),
        (limit(SELL, 95), 99),
        (limit(SELL, 100), None),
        (stop(BUY, 100), 101),
        (stop(BUY, 101), None),
        (stop(SELL, 100), 99),
        (stop(SELL, 99), None),
    ],
)
def test_a_quote_of_99_to_101_after_a_trade_at_100(ticket, expected):
    assert fill_on_quote(ticket, quote(99, 101, 100)) == expected


@given(st.sampled_from(Side), PRICES, st.lists(PRICES, min_size=1))
def test_a_limit_never_fills_worse_than_it_says(side, price, seen):
    ticket = limit(side, price)
    found = [fill_on_bar(ticket, seen[0], max(seen), min(seen))]
    found += [fill_on_quote(ticket, quote(min(seen), max(seen)))]
    assert all(each is None or (each - price) * side.sign <= 0 for each in found)


@given(st.sampled_from(Side), PRICES, st.lists(PRICES, min_size=1))
def test_a_stop_never_fills_better_than_it_says_and_always_inside_the_bar(side, price, seen):
    filled = fill_on_bar(stop(side, price), seen[0], max(seen), min(seen))
    if filled is not None:
        assert (filled - price) * side.sign >= 0
        assert min(seen) <= filled <= max(seen)


@given(st.sampled_from([limit, stop]), st.sampled_from(Side), PRICES, st.lists(PRICES, min_size=1))
def test_a_bar_fills_exactly_what_a_walk_through_its_prices_fills(kind, side, price, path):
    ticket = kind(side, price)
    walked = any(fill_on_quote(ticket, quote(each, each)) is not None for each in path)
    assert (fill_on_bar(ticket, path[0], max(path), min(path)) is not None) == walked
