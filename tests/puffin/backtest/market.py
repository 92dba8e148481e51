"""Bars and strategies to order, for the tests of the backtester."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from typing_extensions import override

from puffin.data.bars import Bars, Interval
from puffin.strategies.base import Signals, Strategy

REFERENCE = Path(__file__).parents[4] / "shared/reference/backtest"
needs_reference = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the folder of reference numbers is not here"
)
DAY = 86_400_000_000_000


def bars(opens, closes=None, highs=None, lows=None) -> Bars:
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
        volume=np.ones(len(opened)),
    )


def wandering(count, seed=7) -> Bars:
    """A random walk without gaps between close and open larger than a percent."""
    draw = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(draw.normal(0, 0.01, count)))
    opened = close * np.exp(draw.normal(0, 0.003, count))
    high = np.maximum(opened, close) * (1 + np.abs(draw.normal(0, 0.003, count)))
    low = np.minimum(opened, close) * (1 - np.abs(draw.normal(0, 0.003, count)))
    return bars(opened, close, high, low)


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
