"""Blocks of a series, drawn so that what hangs together stays together, and how long they are.

* Politis and Romano, "The Stationary Bootstrap", Journal of the American Statistical Association
  89 (1994): blocks of random length, geometric around a mean.
* Politis and Romano, "A Circular Block-Resampling Procedure for Stationary Data" (1992): blocks of
  one length. In both what runs over the end goes on at the beginning, so that every value is as
  likely as any other.
* Politis and White, "Automatic Block-Length Selection for the Dependent Bootstrap", Econometric
  Reviews 23 (2004), corrected by Patton, Politis and White, Econometric Reviews 28 (2009).
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.measures import Floats

FEWEST: Final = 10  # values that say anything about how they hang together
SIGNIFICANT: Final = 2.0  # times the usual size of a correlation that is none
QUIET: Final = 5  # lags in a row without a significant one end the search
NOTHING: Final = 1e-300


class Blocks(StrEnum):
    """How blocks are drawn."""

    STATIONARY = "stationary"
    CIRCULAR = "circular"

    @property
    def label(self) -> str:
        """The way in words."""
        return {
            Blocks.STATIONARY: "Stationary: blocks of random length",
            Blocks.CIRCULAR: "Circular: blocks of one length",
        }[self]


def draw(
    series: Floats, runs: int, block: float, kind: Blocks, random: np.random.Generator
) -> Floats:
    """Return `runs` rows as long as the series, put together from blocks of it.

    Args:
        series: What is resampled.
        runs: Rows to draw.
        block: The length of a block; its mean, of stationary ones. At least 1.
        kind: How blocks are drawn.
        random: Where the numbers come from.
    """
    count = len(series)
    # A block that begins near the end runs on into the copy, so nothing needs to be wrapped.
    twice: Floats = np.concatenate((series, series))
    if kind is Blocks.CIRCULAR:
        length = min(max(1, round(block)), count)
        starts = random.integers(count, size=(runs, math.ceil(count / length)))
        index = (starts[:, :, np.newaxis] + np.arange(length)).reshape(runs, -1)[:, :count]
        return twice.take(index)
    fresh = random.random((runs, count), dtype=np.float32) < 1 / block
    fresh[:, 0] = True
    at = np.flatnonzero(fresh)
    # Where a block would have begun had it begun with its row.
    begins = random.integers(count, size=len(at)) - at % count
    index = np.repeat(begins, np.diff(at, append=fresh.size)).reshape(runs, count)
    index += np.arange(count)
    return twice.take(index)


def block_length(series: Floats, kind: Blocks = Blocks.STATIONARY) -> float:
    """Return the length of a block that resamples the mean of this series best.

    Formula: (2 G^2 / D)^(1/3) n^(1/3), where G sums |k| R(k) and D is 2 g^2 for stationary and
    4/3 g^2 for circular blocks, g the sum of R(k); the autocovariances R(k) are tapered by a
    trapezoid that ends at twice the first of five lags without a significant correlation (Politis
    and White 2004; Patton, Politis and White 2009). At least 1, at most 3 sqrt(n) or n / 3.
    """
    count = len(series)
    away = series - series.mean() if count else series
    variance = float(away @ away) / max(count, 1)
    if count < FEWEST or not variance > NOTHING:
        return 1.0
    quiet = max(QUIET, math.ceil(math.sqrt(math.log10(count))))
    furthest = min(math.ceil(math.sqrt(count)) + quiet, count - 1)
    covariance = np.array([float(away[lag:] @ away[: count - lag]) for lag in range(furthest + 1)])
    covariance /= count
    bound = SIGNIFICANT * math.sqrt(math.log10(count) / count)
    first = _first_quiet(np.abs(covariance[1:]) / variance, bound, quiet)
    widest = min(2 * first, furthest)
    lags = np.arange(1, widest + 1)
    taper = np.minimum(1.0, 2 * (1 - lags / widest))
    tapered = taper * covariance[1 : widest + 1]
    moment = 2 * float((lags * tapered).sum())
    long_run = variance + 2 * float(tapered.sum())
    scale = (2.0 if kind is Blocks.STATIONARY else 4 / 3) * long_run * long_run
    if not scale > NOTHING:
        return 1.0
    found = math.cbrt(2 * moment * moment / scale * count)
    return min(max(found, 1.0), math.ceil(min(3 * math.sqrt(count), count / 3)))


def block_for_returns(returns: Floats, kind: Blocks = Blocks.STATIONARY) -> float:
    """Return a length that keeps trends and turbulence together.

    The longer of `block_length` of the returns and of their squares: returns seldom hang together,
    but the size of their swings does, and drawdowns come from that.
    """
    away = returns - returns.mean() if len(returns) else returns
    return max(block_length(returns, kind), block_length(away * away, kind))


def _first_quiet(sizes: NDArray[np.float64], bound: float, quiet: int) -> int:
    """Return the first lag of so many quiet ones; the last loud one if there are never so many."""
    loud = sizes >= bound
    for lag in range(len(loud) - quiet + 1):
        if not loud[lag : lag + quiet].any():
            return lag + 1
    return int(np.flatnonzero(loud)[-1]) + 1 if loud.any() else 1
