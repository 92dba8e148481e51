"""Moving averages."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]


def sma(values: Floats, window: int) -> Floats:
    """Return the simple moving average: the mean of the last `window` values.

    SMA_t = (x_t + x_(t-1) + … + x_(t-window+1)) / window. It smooths a price and lags it by half
    a window; a price above its average has risen of late. NaN until `window` values are known.

    Example:
        >>> sma(np.array([1.0, 2.0, 3.0, 4.0]), 2)
        array([nan, 1.5, 2.5, 3.5])
    """
    known, first = _known(values, window)
    averages = np.full(len(values), np.nan)
    if len(known) >= window:
        # Around the first value, so that a running sum of large prices keeps its last digits.
        sums = np.cumsum(np.concatenate([[0.0], known - known[0]]))
        averages[first + window - 1 :] = (sums[window:] - sums[:-window]) / window + known[0]
    return averages


def ema(values: Floats, window: int) -> Floats:
    """Return the exponential moving average, in which a value counts less the older it is.

    EMA_t = EMA_(t-1) + a (x_t - EMA_(t-1)) with a = 2 / (window + 1), begun with the simple
    average of the first `window` values, as TA-Lib does. It turns sooner than the simple one.
    NaN until `window` values are known.

    Example:
        >>> ema(np.array([1.0, 2.0, 3.0, 4.0]), 2)
        array([nan, 1.5, 2.5, 3.5])
    """
    known, first = _known(values, window)
    averages = np.full(len(values), np.nan)
    if len(known) >= window:
        share = 2.0 / (window + 1)
        average = float(known[:window].mean())
        found = [average]
        for value in known[window:].tolist():
            average += share * (value - average)
            found.append(average)
        averages[first + window - 1 :] = found
    return averages


def _known(values: Floats, window: int) -> tuple[Floats, int]:
    """Return the values without the NaN they begin with, and how many those are."""
    if window < 1:
        raise ParameterError(f"A moving average needs a window of 1 or more, not {window}.")
    values = np.asarray(values, np.float64)
    ready = np.flatnonzero(~np.isnan(values))
    first = int(ready[0]) if len(ready) else len(values)
    return values[first:], first
