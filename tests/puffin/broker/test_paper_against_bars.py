"""Quotes that walk through a bar fill what the backtest's rules fill on that bar."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.backtest import layout as at
from puffin.backtest.waiting import Waiting
from puffin.execution.fills import fill_on_bar
from puffin.types import OrderStatus, Side
from tests.puffin.broker.paper_stage import GTC, OPEN, SELL, Market

if TYPE_CHECKING:
    from puffin.types import Ticket

LEVELS = st.integers(40, 60)
BARS = st.tuples(LEVELS, LEVELS, LEVELS, LEVELS).map(
    lambda four: (four[0], max(four), min(four), four[1])
)


def walk(bar, *, low_first: bool) -> list[Decimal]:
    """Every price from the open through both ends to the close, a dollar a step."""
    opened, high, low, close = bar
    ends = (low, high) if low_first else (high, low)
    path, here = [opened], opened
    for end in (*ends, close):
        step = 1 if end > here else -1
        path += list(range(here + step, end + step, step)) if end != here else []
        here = end
    return [Decimal(each) for each in path]


def filled(market: Market, bar, *, low_first: bool) -> Decimal | None:
    """Walk through the bar without a spread; return where the order filled."""
    for price in walk(bar, low_first=low_first):
        market.trade(price, spread="0", after=1)
    return market.fill("a").price if market.status("a") is OrderStatus.FILLED else None


def on_bar(ticket: Ticket, bar, mark: Decimal | None = None) -> Decimal | None:
    opened, high, low, close = map(Decimal, bar)
    return fill_on_bar(ticket, opened, high, low, close, mark)


def kinds(limit, stop):
    """What an order with these prices is called at the stage, and in a backtest."""
    return {"limit": limit, "stop": stop}, (limit or math.nan, stop or math.nan)


def in_backtest(side: Side, prices, bar) -> float | None:
    order = [float("nan")] * at.ORDER_COLUMNS
    order[at.ORDER_ROW] = order[at.ORDER_HOLD] = 0.0
    order[at.ORDER_SIDE], order[at.ORDER_WEIGHT] = float(side is SELL), 1.0
    order[at.ORDER_LIMIT], order[at.ORDER_STOP] = prices
    order[at.ORDER_LAST] = 9.0
    waiting = Waiting(order)
    opened, high, low, _ = bar
    return float(opened) if waiting.is_market else waiting.fill_on(opened, high, low)


@given(st.sampled_from(Side), st.none() | LEVELS, st.none() | LEVELS, BARS, st.booleans())
def test_limits_stops_and_markets_fill_where_the_backtest_fills_them(
    side, limit, stop, bar, low_first
):
    if limit and stop:
        return
    market = Market("100000")
    names, prices = kinds(limit, stop)
    order = market.order("a", side, tif=GTC, **names)
    market.submit("a", side, tif=GTC, **names)
    by_rules = on_bar(order.ticket, bar)
    assert filled(market, bar, low_first=low_first) == by_rules == in_backtest(side, prices, bar)


@given(st.sampled_from(Side), LEVELS, LEVELS, BARS, st.booleans())
def test_a_stop_limit_fills_at_least_where_the_backtest_is_sure_of_it(
    side, limit, stop, bar, low_first
):
    market = Market("100000")
    market.submit("a", side, tif=GTC, limit=limit, stop=stop)
    order = market.order("a", side, tif=GTC, limit=limit, stop=stop)
    by_rules = on_bar(order.ticket, bar)
    assert by_rules == in_backtest(side, (limit, stop), bar)
    price = filled(market, bar, low_first=low_first)
    if by_rules is not None:
        assert price is not None
        # What came first on the bar is not known: a path may do better, but never worse.
        assert (price - by_rules) * side.sign <= 0
    elif price is not None:
        assert (price - limit) * side.sign <= 0


@given(st.sampled_from(Side), LEVELS, st.integers(1, 9), BARS, st.booleans())
def test_a_trailing_stop_fills_where_the_bar_says_unless_it_followed_inside_it(
    side, mark, trail, bar, low_first
):
    market = Market("100000")
    market.trade(mark, spread="0")
    market.submit("a", side, trail=trail, tif=GTC)
    ticket = market.order("a", side, trail=trail, tif=GTC).ticket
    if market.status("a") is OrderStatus.FILLED:
        return
    by_rules = on_bar(ticket, bar, Decimal(mark))
    price = filled(market, bar, low_first=low_first)
    followed = bar[2] < mark if side.sign > 0 else bar[1] > mark
    if not followed:
        assert price == by_rules
    elif by_rules is not None:
        assert price is not None


@pytest.mark.parametrize("side", Side)
def test_a_gap_fills_at_the_open_in_both(side):
    market = Market("100000")
    market.submit("a", side, stop="50", tif=GTC)
    opened = 55 if side.sign > 0 else 45
    bar = (opened, 60, 40, 50)
    assert filled(market, bar, low_first=True) == opened == in_backtest(side, (math.nan, 50), bar)
    assert market.fill("a").at > OPEN
