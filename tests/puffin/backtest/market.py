"""Bars and strategies to order, for the tests of the backtester."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest
from typing_extensions import override

from puffin.backtest.engine import Backtester
from puffin.data.bars import Bars, Interval
from puffin.strategies.base import EventStrategy, OrderStrategy, Signals, Strategy

if TYPE_CHECKING:
    from puffin.backtest.result import BacktestResult
    from puffin.strategies.orders import Context
    from puffin.strategies.orders import Orders as OrderTable

REFERENCE = Path(__file__).parents[4] / "shared/reference/backtest"
needs_reference = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the folder of reference numbers is not here"
)
DAY = 86_400_000_000_000


def bars(opens, closes=None, highs=None, lows=None, volume=1.0) -> Bars:
    """Daily bars from 2 January 2012 on; closes are opens unless given."""
    opened = np.asarray(opens, np.float64)
    closed = opened if closes is None else np.asarray(closes, np.float64)
    high = np.maximum(opened, closed) if highs is None else np.asarray(highs, np.float64)
    low = np.minimum(opened, closed) if lows is None else np.asarray(lows, np.float64)
    start = np.datetime64("2012-01-02", "ns").astype(np.int64)
    return Bars.from_columns(
        "TEST",
        Interval.D1,
        time=start + np.arange(len(opened)) * DAY,
        open=opened,
        high=high,
        low=low,
        close=closed,
        volume=np.full(len(opened), volume),
    )


def wandering(count, seed=7, volume=1.0) -> Bars:
    """A random walk without gaps between close and open larger than a percent."""
    draw = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(draw.normal(0, 0.01, count)))
    opened = close * np.exp(draw.normal(0, 0.003, count))
    high = np.maximum(opened, close) * (1 + np.abs(draw.normal(0, 0.003, count)))
    low = np.minimum(opened, close) * (1 - np.abs(draw.normal(0, 0.003, count)))
    return bars(opened, close, high, low, volume)


def google() -> Bars:
    """The daily bars that other engines were run on."""
    with (REFERENCE / "GOOG.csv").open() as file:
        rows = list(csv.DictReader(file))
    return Bars.from_columns(
        "GOOG",
        Interval.D1,
        time=np.array([row[""] for row in rows], dtype="datetime64[ns]").astype(np.int64),
        open=[float(row["Open"]) for row in rows],
        high=[float(row["High"]) for row in rows],
        low=[float(row["Low"]) for row in rows],
        close=[float(row["Close"]) for row in rows],
        volume=[float(row["Volume"]) for row in rows],
    )


def both(strategy, assumed, prices) -> BacktestResult:
    """Run along both paths, which must come to the same, and return the compiled one's result."""
    plain = Backtester(strategy, assumed, compiled=False).run(prices)
    quick = Backtester(strategy, assumed, compiled=True).run(prices)
    assert_same_run(quick, plain)
    return quick


def assert_same_run(one, other) -> None:
    np.testing.assert_allclose(one.equity, other.equity, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one.position, other.position, rtol=1e-9, atol=1e-9)
    assert len(one.trades) == len(other.trades)
    np.testing.assert_allclose(one.trades.table, other.trades.table, rtol=1e-9, atol=1e-9)


class Says(Strategy):
    """Wants what it was told to, bar by bar; NaN is nothing new."""

    id: ClassVar[str] = "says"
    title: ClassVar[str] = "Says"
    summary: ClassVar[str] = "Wants what it was told to."

    def __init__(self, *targets: float, warm_up: int = 1) -> None:
        super().__init__()
        self._targets = np.array(targets, np.float64)
        self._warm_up = warm_up

    @property
    @override
    def warm_up(self) -> int:
        return self._warm_up

    @override
    def signals(self, bars: Bars) -> Signals:
        return Signals(self._targets[: len(bars)])


class Orders(OrderStrategy):
    """Orders what it was told to, bar by bar."""

    id: ClassVar[str] = "orders"
    title: ClassVar[str] = "Orders"
    summary: ClassVar[str] = "Orders what it was told to."

    def __init__(self, orders: OrderTable) -> None:
        super().__init__()
        self.told = orders

    @property
    @override
    def warm_up(self) -> int:
        return 1

    @override
    def orders(self, bars: Bars) -> OrderTable:
        return self.told


class AsEvents(EventStrategy):
    """Does bar by bar what another strategy says for all bars at once."""

    id: ClassVar[str] = "events"
    title: ClassVar[str] = "Events"
    summary: ClassVar[str] = "Does bar by bar what another strategy says."

    def __init__(self, other: Strategy | OrderStrategy) -> None:
        super().__init__()
        self._other = other

    @property
    @override
    def warm_up(self) -> int:
        return 1

    @override
    def start(self, bars: Bars) -> None:
        self._target = (
            self._other.signals(bars).target if isinstance(self._other, Strategy) else None
        )
        self._orders = self._other.orders(bars) if isinstance(self._other, OrderStrategy) else None

    @override
    def on_bar(self, context: Context) -> None:
        if self._target is not None and not np.isnan(self._target[context.row]):
            context.target(float(self._target[context.row]))
        if self._orders is not None:
            self._order(context, self._orders)

    def _order(self, context: Context, orders: OrderTable) -> None:
        row = context.row
        if orders.exits is not None:
            context.close_position(float(orders.exits[row]))
        for entries, act in ((orders.buy, context.buy), (orders.sell, context.sell)):
            if entries is None or np.isnan(entries.weight[row]):
                continue
            act(
                float(entries.weight[row]),
                limit=price(entries.column("limit")[row]),
                stop=price(entries.column("stop")[row]),
                stop_loss=price(entries.column("stop_loss")[row]),
                take_profit=price(entries.column("take_profit")[row]),
                trail=price(entries.column("trail")[row]),
                hold=entries.hold,
                life=entries.life,
            )


def price(value) -> float | None:
    return None if np.isnan(value) else float(value)
