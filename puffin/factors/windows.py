"""Figures over the last rows of a table, one column for each symbol: sums, spreads, ranks.

Windows are put together from halves (two windows of 8 make one of 16), so a window of 250 rows
takes about as long as one of 8, nothing is lost to cancellation, and cutting the future off changes
no digit. A window is unknown (NaN) until it is full, and while any value in it is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

# What is known of some adjoining rows, for each row they may end at.
Part: TypeAlias = "tuple[Floats, ...]"
# Puts the newer rows, the older ones, and how many of each there are, together.
Merge: TypeAlias = Callable[["Part", "Part", int, int], "Part"]


def delayed(values: Floats, rows: int) -> Floats:
    """Return each row's value of `rows` rows ago; NaN where there was none."""
    if not rows:
        return values
    found = np.full(values.shape, np.nan)
    if rows < len(values):
        found[rows:] = values[:-rows]
    return found


def folded(part: Part, merge: Merge, window: int) -> Part:
    """Put `window` single rows together, in halves.

    Args:
        part: What is known of a single row.
        merge: Puts two neighbours together.
        window: How many rows, 1 or more.
    """
    whole: Part | None = None
    covered, size = 0, 1
    while True:
        if window & size:
            if whole is None:
                whole = part
            else:
                whole = merge(whole, tuple(delayed(each, covered) for each in part), covered, size)
            covered += size
        if covered == window and whole is not None:
            return whole
        part = merge(part, tuple(delayed(each, size) for each in part), size, size)
        size *= 2


def total(values: Floats, window: int) -> Floats:
    """Return the sum of the last `window` values."""
    return folded((values,), lambda new, old, *_: (new[0] + old[0],), window)[0]


def product(values: Floats, window: int) -> Floats:
    """Return the product of the last `window` values."""
    return folded((values,), lambda new, old, *_: (new[0] * old[0],), window)[0]


def highest(values: Floats, window: int) -> Floats:
    """Return the highest of the last `window` values."""
    return folded((values,), lambda new, old, *_: (np.maximum(new[0], old[0]),), window)[0]


def lowest(values: Floats, window: int) -> Floats:
    """Return the lowest of the last `window` values."""
    return folded((values,), lambda new, old, *_: (np.minimum(new[0], old[0]),), window)[0]


def mean(values: Floats, window: int) -> Floats:
    """Return the mean of the last `window` values."""
    return total(values, window) / window


def deviation(values: Floats, window: int) -> Floats:
    """Return the sample standard deviation (n - 1) of the last `window` values, 2 or more."""
    return np.asarray(np.sqrt(_moments(values, values, window)[2] / (window - 1)), np.float64)


def covariance(first: Floats, second: Floats, window: int) -> Floats:
    """Return the sample covariance (n - 1) over the last `window` rows, 2 or more."""
    return _moments(first, second, window)[2] / (window - 1)


def correlation(first: Floats, second: Floats, window: int) -> Floats:
    """Return Pearson's correlation over the last `window` rows; NaN where one never changes."""
    together = _moments(first, second, window)[2]
    one, two = _moments(first, first, window)[2], _moments(second, second, window)[2]
    # What never moves has a spread of exactly nothing.
    scale = np.sqrt(one) * np.sqrt(two)
    found = together / np.where(scale > 0, scale, np.nan)
    return np.asarray(np.clip(found, -1.0, 1.0), np.float64)


def weighted(values: Floats, window: int) -> Floats:
    """Return the mean of the last `window` values with weights `window` (newest) down to 1."""

    def merge(new: Part, old: Part, newer: int, older: int) -> Part:
        del newer
        return new[0] + older * new[1] + old[0], new[1] + old[1]

    return folded((values, values), merge, window)[0] / (window * (window + 1) / 2)


def highest_at(values: Floats, window: int) -> Floats:
    """Return where the highest value stands: 1 the oldest row, `window` the newest; the first."""
    return _place(values, window, np.greater)


def lowest_at(values: Floats, window: int) -> Floats:
    """Return where the lowest value stands: 1 the oldest row, `window` the newest; the first."""
    return _place(values, window, np.less)


def standing(values: Floats, window: int) -> Floats:
    """Return the newest value's rank among the last `window`, over their number.

    Equal values share their mean rank: 1 is the highest of all, 1 / `window` the lowest. This one
    looks at every row of the window.
    """
    below = np.zeros(values.shape)
    for rows in range(1, window):
        other = delayed(values, rows)
        below += np.where(other < values, 1.0, np.where(other == values, 0.5, 0.0))
        below[np.isnan(other)] = np.nan
    return np.where(np.isnan(values), np.nan, (below + 1) / window)


def _moments(first: Floats, second: Floats, window: int) -> Part:
    """Return both means, and the sum of products of deviations from them (Chan et al. 1979)."""

    def merge(new: Part, old: Part, newer: int, older: int) -> Part:
        rows = newer + older
        one, two = old[0] - new[0], old[1] - new[1]
        share = older / rows
        product_sum = new[2] + old[2] + one * two * (newer * share)
        return new[0] + one * share, new[1] + two * share, product_sum

    # Unknown where either is, and never below zero for a series with itself.
    both = first + second * 0
    other = second + first * 0
    return folded((both, other, both * 0), merge, window)


def _place(values: Floats, window: int, better: np.ufunc) -> Floats:
    def merge(new: Part, old: Part, newer: int, older: int) -> Part:
        del newer
        later = better(new[0], old[0])
        unknown = (new[0] + old[0]) * 0  # NaN where one of them is, else nothing
        value = np.where(later, new[0], old[0]) + unknown
        return value, np.where(later, new[1] + older, old[1]) + unknown

    return folded((values, values * 0 + 1), merge, window)[1]
