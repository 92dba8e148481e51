"""Made-up days of prices for the tests of ideas: wild, calm, with gaps, splits and dividends."""

from __future__ import annotations

import numpy as np

from puffin.data.bars import Bars, Interval

DAY_NS = 86_400 * 10**9


def bars_of(open_, high, low, close, volume=None, adjusted=None) -> Bars:
    """Return daily bars of these columns, a day after another."""
    count = len(close)
    return Bars.from_columns(
        "TST",
        Interval.D1,
        time=np.arange(count) * DAY_NS + 365 * 30 * DAY_NS,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=np.full(count, 1e6) if volume is None else volume,
        adjusted_close=adjusted,
    )


def walk(
    seed: int, days: int = 400, *, drift=0.0, spread=0.02, split_at: int | None = None
) -> Bars:
    """Return a random walk; a split of 2 for 1 halves its prices from `split_at` on."""
    rng = np.random.default_rng(seed)
    moves = rng.normal(drift, spread, days)
    close = 50 * np.exp(np.cumsum(moves))
    open_ = close * np.exp(rng.normal(0, spread / 2, days))
    high = np.maximum(open_, close) * np.exp(np.abs(rng.normal(0, spread / 3, days)))
    low = np.minimum(open_, close) * np.exp(-np.abs(rng.normal(0, spread / 3, days)))
    volume = rng.lognormal(13, 0.6, days)
    adjusted = close.copy()
    if split_at is not None:
        ratio = np.where(np.arange(days) < split_at, 1.0, 0.5)
        open_, high, low, close = (each * ratio for each in (open_, high, low, close))
        volume = volume / ratio
    return bars_of(open_, high, low, close, volume, adjusted)
