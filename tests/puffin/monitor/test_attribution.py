from __future__ import annotations

import numpy as np
import pytest

from puffin.monitor.attribution import By, against, attribute
from puffin.monitor.pnl import state
from puffin.types import Side
from tests.puffin.monitor.histories import SYMBOLS, fill

HOUR, DAY = 60, 24 * 60
TRIPS = state(
    [
        fill("AAPL", price="100", order="mine"),  # Friday 1 June 2012, 10:00 in New York
        fill("AAPL", Side.SELL, price="103", minute=HOUR, commission="1"),
        fill("IBM", Side.SELL, price="50", minute=2 * HOUR, order="theirs"),
        fill("IBM", price="52", minute=3 * DAY),
        fill("AAPL", price="100", minute=3 * DAY, order="mine"),
        fill("AAPL", Side.SELL, price="99", minute=40 * DAY),
        fill(SYMBOLS[2], quantity="1", price="1", minute=41 * DAY),
    ]
).trips


def names(by: By, **more) -> dict[str, float]:
    return {each.name: float(each.net) for each in attribute(TRIPS, by, **more)}


def test_symbols_come_by_profit_and_open_trades_do_not_count():
    found = attribute(TRIPS, By.SYMBOL)
    assert [(each.name, each.trades, float(each.net)) for each in found] == [
        ("AAPL", 2, 19),
        ("IBM", 1, -20),
    ]
    assert found[0].win_rate == 0.5
    assert found[0].fees == 1
    assert (float(found[0].best), float(found[0].worst)) == (29, -10)
    assert found[0].profit_factor == pytest.approx(2.9)
    assert found[0].share == pytest.approx(19 / 39)


def test_who_asked_is_told_by_the_first_order():
    sources = {"mine": "desk", "theirs": "strategy"}
    assert names(By.SOURCE, sources=sources) == {"desk": 19, "strategy": -20}
    assert names(By.SOURCE) == {"not known": -1}


def test_times_are_those_of_new_york_and_stand_in_their_order():
    assert names(By.WEEKDAY) == {"Monday": -10, "Friday": 9}
    assert list(names(By.HOUR)) == ["10:00", "12:00"]
    assert list(names(By.MONTH)) == ["Jun 2012", "Jul 2012"]


def test_long_and_short_and_kinds_of_assets():
    assert names(By.SIDE) == {"Long": 19, "Short": -20}
    assert names(By.ASSET) == {"Stock": -1}


def test_nothing_closed_has_no_groups():
    assert attribute(TRIPS[-1:], By.SYMBOL) == ()


def test_groups_add_up_to_the_whole():
    whole = sum(each.net for each in TRIPS if not each.is_open)
    for by in By:
        assert sum(each.net for each in attribute(TRIPS, by)) == whole


def test_an_account_that_moves_twice_as_far_has_a_beta_of_two():
    market = np.array([0.01, -0.02, 0.015, np.nan, 0.005])
    found = against("SPY", 2 * market, market, 252)
    assert (found.sessions, found.beta, found.correlation) == pytest.approx((4, 2.0, 1.0))
    assert found.own == pytest.approx(np.prod(1 + 2 * market[[0, 1, 2, 4]]) - 1)
    assert found.total is not None
    assert found.excess == pytest.approx((found.own or 0) - found.total)


def test_nothing_in_common_compares_nothing():
    found = against("SPY", np.array([np.nan]), np.array([0.1]), 252)
    assert (found.sessions, found.own, found.beta, found.excess) == (0, None, None, None)
