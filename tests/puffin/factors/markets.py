"""Universes to try factors on."""

from __future__ import annotations

import numpy as np

from puffin.data.bars import Bars, Interval
from puffin.data.universe import Universe, align
from tests.puffin.factors.market import walk


def universe(rows: int = 320, symbols: int = 6, seed: int = 0) -> Universe:
    """Return made-up symbols side by side."""
    made = []
    for each in range(symbols):
        bars = walk(rows, seed=seed + each)
        columns = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
        made.append(Bars.from_columns(f"S{each}", Interval.D1, time=bars.time, **columns))
    return align(made)


def changed(prices: Universe, start: int) -> Universe:
    """Return the same universe with every price from a row on multiplied by something else."""
    shake = np.random.default_rng(9).uniform(0.5, 2, prices.close.shape)
    shake[:start] = 1
    names = ("open", "high", "low", "close", "volume")
    columns = {name: getattr(prices, name) * shake for name in names}
    return Universe(prices.symbols, prices.interval, prices.time, **columns, mask=prices.mask)
