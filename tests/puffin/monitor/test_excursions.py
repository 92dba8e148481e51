from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from puffin.data.bars import Bars, Interval
from puffin.monitor.excursions import excursion
from puffin.monitor.pnl import state
from puffin.types import Side, Split
from tests.puffin.monitor.histories import START, fill

DAY = 24 * 60


def bars(*rows: tuple[float, float]) -> Bars:
    """Highs and lows of one day after the other, from the first day of the histories."""
    first = datetime(START.year, START.month, START.day, tzinfo=UTC)
    high, low = np.array([each[0] for each in rows]), np.array([each[1] for each in rows])
    return Bars.from_columns(
        "AAPL",
        Interval.D1,
        time=[np.datetime64((first + timedelta(days=n)).date()) for n in range(len(rows))],
        open=low,
        high=high,
        low=low,
        close=high,
        volume=np.zeros(len(rows)),
    )


def trip(side: Side = Side.BUY, *, out: str = "105", days: int = 3):
    return state(
        [fill(side=side, price="100"), fill(side=side.opposite, price=out, minute=days * DAY)]
    ).trips[0]


def test_whole_days_between_entry_and_exit_count():
    found = excursion(trip(), bars((500, 1), (110, 95), (108, 90), (900, 2)))
    assert found is not None
    assert (found.worst, found.best) == pytest.approx((-0.10, 0.10))


def test_a_short_trade_is_the_other_way_round():
    found = excursion(trip(Side.SELL), bars((500, 1), (110, 95), (108, 80), (900, 2)))
    assert found is not None
    assert (found.worst, found.best) == pytest.approx((-0.10, 0.20))


def test_the_fills_own_prices_count_too():
    found = excursion(trip(out="120"), bars((500, 1), (110, 101), (108, 102), (900, 2)))
    assert found is not None
    assert (found.worst, found.best) == pytest.approx((0.0, 0.20))


def test_what_happened_within_one_day_is_not_known():
    assert excursion(trip(days=0), bars((500, 1), (600, 1))) is None
    assert excursion(trip(days=1), bars((500, 1), (600, 1))) is None
    assert excursion(trip(), Bars.empty("AAPL", Interval.D1)) is None


def test_an_open_trade_counts_up_to_the_last_bar():
    found = excursion(state([fill()]).trips[0], bars((500, 1), (110, 95)))
    assert found is not None
    assert (found.worst, found.best) == pytest.approx((-0.05, 0.10))


def test_prices_before_a_split_are_restated():
    split = Split("AAPL", START + timedelta(days=2), Decimal(2))
    found = state(
        [fill(price="100"), fill(side=Side.SELL, quantity="20", price="52", minute=3 * DAY)],
        [split],
    ).trips[0]
    assert found.entry_price == 50
    moved = excursion(found, bars((500, 1), (110, 90), (54, 44), (900, 2)), [split])
    assert moved is not None
    assert (moved.worst, moved.best) == pytest.approx((-0.12, 0.10))
