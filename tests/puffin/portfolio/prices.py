"""Returns and beliefs to order, for the tests of allocations."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from puffin.data.bars import Bars, Interval
from puffin.data.universe import align
from puffin.portfolio.estimates import Estimates, estimate

NUMERIC = Path(__file__).parents[4] / "shared/reference/numeric"
needs_reference = pytest.mark.skipif(
    not NUMERIC.exists(), reason="the folder of reference numbers is not here"
)
DAY = 86_400_000_000_000


def expected() -> dict[str, Any]:
    """What PyPortfolioOpt 1.6.0 found on its own prices."""
    found: dict[str, Any] = json.loads((NUMERIC / "portfolio_pypfopt.json").read_text())
    return found


def pypfopt() -> Estimates:
    """Means and covariance as PyPortfolioOpt makes them, pair by pair where prices are missing."""
    with (NUMERIC / "pypfopt_stock_prices.csv").open() as file:
        rows = list(csv.reader(file))
    symbols = tuple(rows[0][1:])
    price = np.array([[float(each or "nan") for each in row[1:]] for row in rows[1:]])
    returns = price[1:] / price[:-1] - 1
    count = len(symbols)
    covariance, correlation = np.empty((count, count)), np.empty((count, count))
    for one in range(count):
        for two in range(count):
            both = ~np.isnan(returns[:, one]) & ~np.isnan(returns[:, two])
            pair = np.cov(returns[both, one], returns[both, two])
            covariance[one, two] = pair[0, 1]
            correlation[one, two] = pair[0, 1] / np.sqrt(pair[0, 0] * pair[1, 1])
    known = ~np.isnan(returns)
    growth = np.exp(np.nansum(np.log1p(returns), axis=0) * 252 / known.sum(axis=0)) - 1
    shared = returns[known.all(axis=1)]
    return Estimates(symbols, growth, covariance * 252, shared, correlation=correlation)


def drawn(count=400, symbols=4, seed=5) -> np.ndarray:
    """Returns that move together a little, the later symbols wilder and better paid."""
    draw = np.random.default_rng(seed)
    market = draw.normal(0.0004, 0.008, (count, 1))
    own = draw.normal(0.0001, 0.006, (count, symbols)) * np.arange(1, symbols + 1)
    better = np.arange(symbols) * 0.0002
    found: np.ndarray = market + own + better
    return found


def names(count) -> tuple[str, ...]:
    return tuple(chr(65 + each) * 3 for each in range(count))


def beliefs(count=400, symbols=4, seed=5) -> Estimates:
    return estimate(names(symbols), drawn(count, symbols, seed))


def universe(count=400, symbols=4, seed=5):
    """The same returns as prices."""
    close = 100 * np.cumprod(1 + drawn(count, symbols, seed), axis=0)
    time = np.datetime64("2012-01-02", "ns").astype(np.int64) + np.arange(count) * DAY
    return align(
        [
            Bars.from_columns(
                name,
                Interval.D1,
                time=time,
                open=column,
                high=column,
                low=column,
                close=column,
                volume=np.ones(count),
            )
            for name, column in zip(names(symbols), close.T, strict=True)
        ]
    )
