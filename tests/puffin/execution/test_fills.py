from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.execution.fills import (
    best_so_far,
    fill_in_auction,
    fill_on_bar,
    fill_on_quote,
    quantity_for,
    slips,
    stop_of,
)
from puffin.types import OrderType, Quote, Side, Ticket, TimeInForce

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


def test_what_a_bar_does_to_auctions_and_to_now_or_never():
    bar = (Decimal(100), Decimal(110), Decimal(90), Decimal(105))
    closing = replace(limit(BUY, 105), time_in_force=TimeInForce.CLS)
    assert fill_on_bar(closing, *bar) == 105
    assert fill_on_bar(closing, *bar[:3]) is None
    assert fill_on_bar(replace(limit(BUY, 104), time_in_force=TimeInForce.CLS), *bar) is None
    opening = replace(limit(BUY, 99), time_in_force=TimeInForce.OPG)
    assert fill_on_bar(opening, *bar) is None  # 99 traded, but not in the auction
    assert fill_on_bar(replace(market(SELL), time_in_force=TimeInForce.OPG), *bar) == 100
    assert fill_on_bar(replace(limit(BUY, 99), time_in_force=TimeInForce.IOC), *bar) is None
    assert fill_in_auction(stop(BUY, 90), Decimal(100)) is None


def trailing(side, **trail: str) -> Ticket:
    amount, percent = trail.get("trail_price"), trail.get("trail_percent")
    return Ticket(
        "AAPL",
        side,
        Decimal(1),
        OrderType.TRAILING,
        trail_price=Decimal(amount) if amount else None,
        trail_percent=Decimal(percent) if percent else None,
    )


@pytest.mark.parametrize(
    ("ticket", "mark", "stands"),
    [
        (trailing(SELL, trail_price="5"), 100, 95),
        (trailing(BUY, trail_price="5"), 100, 105),
        (trailing(SELL, trail_percent="10"), 120, 108),
        (trailing(BUY, trail_percent="10"), 50, 55),
        (stop(SELL, 93), 100, 93),
        (market(SELL), 100, None),
    ],
)
def test_where_a_stop_stands(ticket, mark, stands):
    assert stop_of(ticket, Decimal(mark)) == stands


def test_a_trailing_stop_has_no_price_before_it_saw_one():
    ticket = trailing(SELL, trail_price="5")
    assert stop_of(ticket) is None
    assert fill_on_bar(ticket, Decimal(1), Decimal(1), Decimal(1)) is None
    assert fill_on_quote(ticket, quote(99, 101)) is None
    assert fill_on_quote(ticket, quote(94, 96, 95), mark=Decimal(100)) == 94
    assert best_so_far(SELL, 100.0, 110.0, 90.0) == 110
    assert best_so_far(BUY, 100.0, 110.0, 90.0) == 90


@pytest.mark.parametrize(
    ("side", "at", "worst", "expected"),
    [
        (BUY, 105, 105, 105),  # set off inside the bar, at the stop
        (BUY, 105, 104, None),  # the limit does not allow the stop's price
        (BUY, 95, 98, 98),  # set off at the open: a limit order for the bar
        (BUY, 95, 101, 100),
        (BUY, 111, 120, None),
        (SELL, 95, 94, 95),
        (SELL, 101, 104, 104),
    ],
)
def test_a_stop_limit_on_a_bar_that_opens_at_100_between_90_and_110(side, at, worst, expected):
    ticket = Ticket("AAPL", side, Decimal(1), OrderType.STOP_LIMIT, Decimal(worst), Decimal(at))
    assert fill_on_bar(ticket, Decimal(100), Decimal(110), Decimal(90)) == expected


@given(st.decimals("0.01", 10_000, places=2), st.decimals("0.01", 900, places=4))
def test_an_amount_pays_for_what_it_buys_and_not_for_a_millionth_more(amount, price):
    quantity = quantity_for(amount, price)
    assert quantity * price <= amount < (quantity + Decimal("0.000001")) * price


@pytest.mark.parametrize(
    ("ticket", "slipping"),
    [(market(BUY), True), (stop(BUY, 1), True), (limit(BUY, 1), False)],
)
def test_only_what_takes_the_markets_price_slips(ticket, slipping):
    assert slips(ticket.type) is slipping
