"""Backtests: one run of an average crossing, with metrics, by the number of bars."""

from __future__ import annotations

from functools import partial

from puffin.backtest.engine import Backtester
from puffin.strategies.registry import strategy
from tests.bench.chart import walk
from tests.bench.measure import Row, best_of

COUNTS = (2_148, 100_000)


def rows() -> list[Row]:
    """Every row about backtests."""
    found = []
    chosen = strategy("momentum")
    for count in COUNTS:
        bars = walk(count)
        tester = Backtester(chosen(chosen.Parameters()))
        seconds = best_of(partial(tester.run, bars))
        found.append(Row(f"one backtest, momentum, {count:,} bars", f"{seconds * 1_000:.1f} ms"))
    return found
