"""Moving averages."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def sma(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Return the simple moving average: the plain mean of the last `window` values.

    Args:
        values: Float64, shape (n,), without NaN.
        window: At least 1.

    Returns:
        Float64, shape (n,); NaN until `window` values are there.

    Raises:
        ParameterError: The window is not positive.
    """
    result = _empty(values, window)
    if len(values) >= window:
        # Sums of distances from the first value stay small, so that few digits are lost.
        base = values[0]
        total = np.concatenate(([0.0], np.cumsum(values - base)))
        result[window - 1 :] = (total[window:] - total[:-window]) / window + base
    return result


def ema(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Return the exponential moving average with weight 2 / (window + 1), as TA-Lib has it.

    It begins with the simple average of the first `window` values.

    Args:
        values: Float64, shape (n,), without NaN.
        window: At least 1.

    Returns:
        Float64, shape (n,); NaN until `window` values are there.

    Raises:
        ParameterError: The window is not positive.
    """
    result = _empty(values, window)
    if len(values) >= window:
        weight = 2.0 / (window + 1)
        seed = float(values[:window].mean())
        later = values[window:].tolist()
        result[window - 1 :] = list(
            accumulate(later, lambda last, value: last + weight * (value - last), initial=seed)
        )
    return result


def _empty(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    if window < 1:
        raise ParameterError(f"A window of {window} bars makes no sense.", hint="Use 1 or more.")
    return np.full(len(values), np.nan)
