"""Universes to try factors on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from puffin.data.universe import Universe, align
from tests.puffin.factors.market import bars_of, walk


def universe(rows: int = 320, symbols: int = 6, seed: int = 0) -> Universe:
    """Return made-up symbols side by side."""
    made = []
    for each in range(symbols):
        bars = walk(rows, seed=seed + each)
        made.append(replace(bars, symbol=f"S{each}"))
    return align(made)


def mingling(rows: int = 800, symbols: int = 16, seed: int = 5) -> Universe:
    """Return symbols whose prices overtake each other often, so that their ranks move.

    Sixteen, as sixteenths are exact: equal sums of ranks stay equal in whatever order.
    """
    random = np.random.default_rng(seed)
    gap = np.zeros((rows, symbols))
    for row in range(1, rows):
        gap[row] = 0.7 * gap[row - 1] + random.normal(0, 0.02, symbols)
    close = 100 * np.exp(gap + np.cumsum(random.normal(0, 0.01, rows))[:, None])
    opened = close * np.exp(random.normal(0, 0.008, close.shape))
    reach = np.abs(random.normal(0, 0.01, (2, *close.shape)))
    columns = {
        "open": opened,
        "high": np.maximum(opened, close) * (1 + reach[0]),
        "low": np.minimum(opened, close) * (1 - reach[1]),
        "close": close,
        "volume": np.floor(random.lognormal(11, 0.5, close.shape)),
    }
    made = []
    for each in range(symbols):
        bars = bars_of({name: values[:, each] for name, values in columns.items()})
        made.append(replace(bars, symbol=f"S{each:02}"))
    return align(made)


def changed(prices: Universe, start: int) -> Universe:
    """Return the same universe with every price from a row on multiplied by something else."""
    shake = np.random.default_rng(9).uniform(0.5, 2, prices.close.shape)
    shake[:start] = 1
    names = ("open", "high", "low", "close", "volume")
    columns = {name: getattr(prices, name) * shake for name in names}
    return Universe(prices.symbols, prices.interval, prices.time, **columns, mask=prices.mask)
