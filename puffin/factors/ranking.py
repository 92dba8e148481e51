"""How well a factor sorts symbols: rank correlations, quantiles, turnover and weights.

Tables have one row for each time and one column for each symbol; NaN is unknown and left out. The
definitions are those of alphalens (Quantopian), whose published test tables they reproduce.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.errors import ParameterError
from puffin.factors import across
from puffin.factors.windows import delayed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Groups: TypeAlias = NDArray[np.int64]

PAIR: Final = 2
MOST_QUANTILES: Final = 20


def information_coefficients(factor: Floats, later: Floats) -> Floats:
    """Return each row's rank correlation (Spearman's) of the factor with what came later.

    1 when the factor sorted the symbols as their returns did, -1 when the other way round; NaN
    with fewer than two symbols, or when all are equal.

    Args:
        factor: Known at each row's close.
        later: Returns after it.
    """
    both = np.isnan(factor) | np.isnan(later)
    one = across.places(np.where(both, np.nan, factor))
    return _correlations(one, across.places(np.where(both, np.nan, later)))


def rank_autocorrelations(factor: Floats, rows: int = 1) -> Floats:
    """Return each row's correlation of the symbols' ranks with those of `rows` rows ago.

    Near 1 the factor changes slowly and costs little to follow.
    """
    ranks = across.places(factor)
    before = delayed(ranks, rows)
    both = np.isnan(ranks) | np.isnan(before)
    return _correlations(np.where(both, np.nan, ranks), np.where(both, np.nan, before))


def quantiles(factor: Floats, count: int) -> Floats:
    """Return each value's quantile in its row, 1 to `count`, of about equally many symbols.

    Raises:
        ParameterError: Fewer than two quantiles, or more than 20.
    """
    _check_count(count)
    edges = np.full((count - 1, len(factor)), np.nan)
    rows = ~np.isnan(factor).all(axis=1)
    inner = np.arange(1, count) / count
    if rows.any():
        edges[:, rows] = np.nanquantile(factor[rows], inner, axis=1)
    return _above(factor, edges)


def bins(factor: Floats, count: int) -> Floats:
    """Return each value's bin in its row, 1 to `count`, all equally wide.

    Raises:
        ParameterError: Fewer than two bins, or more than 20.
    """
    _check_count(count)
    low = np.fmin.reduce(factor, axis=1)
    width = np.fmax.reduce(factor, axis=1) - low
    inner = np.arange(1, count)[:, None] / count
    return _above(factor, low + inner * width)


@dataclass(frozen=True, slots=True, eq=False)
class QuantileReturns:
    """What followed in each quantile.

    Attributes:
        by_row: Mean return of each quantile after each row [n, q]; NaN without a symbol.
        mean: Mean of those rows [q].
        error: Standard error of that mean [q].
        rows: How many rows each has [q].
    """

    by_row: Floats
    mean: Floats
    error: Floats
    rows: Floats


def quantile_returns(labels: Floats, later: Floats, count: int) -> QuantileReturns:
    """Return the mean of what came later in each quantile: rows weigh alike, whatever their size.

    Args:
        labels: From `quantiles` or `bins`.
        later: Returns after each row.
        count: How many quantiles there are.
    """
    by_row = np.full((len(labels), count), np.nan)
    for quantile in range(count):
        inside = (labels == quantile + 1) & ~np.isnan(later)
        size = inside.sum(axis=1)
        summed = np.where(inside, later, 0.0).sum(axis=1)
        by_row[:, quantile] = summed / np.where(size > 0, size, np.nan)
    rows = (~np.isnan(by_row)).sum(axis=0).astype(np.float64)
    mean = np.nansum(by_row, axis=0) / np.where(rows > 0, rows, np.nan)
    spread = np.nansum((by_row - mean) ** 2, axis=0) / np.where(rows > 1, rows - 1, np.nan)
    error = np.sqrt(spread / np.where(rows > 0, rows, np.nan))
    return QuantileReturns(by_row, mean, error, rows)


def quantile_turnover(labels: Floats, quantile: int, rows: int = 1) -> Floats:
    """Return the share of a quantile's symbols that were not in it `rows` rows ago.

    NaN before that, and where the quantile is empty.
    """
    inside = labels == quantile
    before = np.zeros(inside.shape, bool)
    before[rows:] = inside[:-rows] if rows < len(inside) else inside[:0]
    size = inside.sum(axis=1)
    share = (inside & ~before).sum(axis=1) / np.where(size > 0, size, np.nan)
    share[:rows] = np.nan
    return np.asarray(share, np.float64)


def weights(
    factor: Floats, *, demeaned: bool = True, equal: bool = False, groups: Groups | None = None
) -> Floats:
    """Return the portfolio that follows the factor: sizes sum to 1 in each row.

    Args:
        factor: Known at each row's close.
        demeaned: Long above the row's mean, short below it, as much of each.
        equal: The same size for every symbol; only the side comes from the factor.
        groups: Each column's group, within each of which that is done; None for one group.
    """
    if groups is None:
        return across.scale(_sided(factor, demeaned=demeaned, equal=equal))
    found = np.full(factor.shape, np.nan)
    for each in np.unique(groups):
        columns = groups == each
        part = _sided(factor[:, columns], demeaned=demeaned, equal=equal)
        found[:, columns] = across.scale(part)
    return across.scale(found)


def followed(held: Floats, later: Floats) -> Floats:
    """Return what a portfolio of `weights` made after each row; NaN where it holds nothing."""
    profits = held * later
    empty = np.isnan(profits).all(axis=1)
    return np.where(empty, np.nan, np.nansum(profits, axis=1))


def alpha_beta(made: Floats, later: Floats) -> tuple[float, float] | None:
    """Return the part of a portfolio's returns beside the market's, and its beta to it.

    The market is the mean of all symbols' returns after each row; ordinary least squares. None
    where the market never moves.

    Args:
        made: From `followed`.
        later: Returns after each row.
    """
    size = across.known(later)[:, 0]
    market = np.nansum(later, axis=1) / size
    rows = ~(np.isnan(market) | np.isnan(made))
    if rows.sum() < PAIR:
        return None
    swing = market[rows] - market[rows].mean()
    variance = float(swing @ swing)
    if not variance > 0:
        return None
    beta = float(swing @ (made[rows] - made[rows].mean())) / variance
    return float(made[rows].mean() - beta * market[rows].mean()), beta


def demeaned_by_group(values: Floats, groups: Groups) -> Floats:
    """Return what each value is above the mean of its group in its row."""
    found = np.full(values.shape, np.nan)
    for each in np.unique(groups):
        found[:, groups == each] = across.demean(values[:, groups == each])
    return found


def _sided(factor: Floats, *, demeaned: bool, equal: bool) -> Floats:
    if not equal:
        return across.demean(factor) if demeaned else factor
    values = factor
    if demeaned:
        middle = np.full((len(factor), 1), np.nan)
        rows = ~np.isnan(factor).all(axis=1)
        if rows.any():
            middle[rows] = np.nanmedian(factor[rows], axis=1, keepdims=True)
        values = factor - middle
    side = np.sign(values)
    if not demeaned:
        return np.asarray(side, np.float64)
    for sign in (-1.0, 1.0):
        count = (side == sign).sum(axis=1, keepdims=True)
        side = np.where(np.sign(values) == sign, sign / np.maximum(count, 1), side)
    return np.asarray(side, np.float64)


def _above(factor: Floats, edges: Floats) -> Floats:
    """Return 1 plus the number of inner edges that lie below each value; edges are [q - 1, n]."""
    found = np.ones(factor.shape)
    for edge in edges:
        found += factor > edge[:, None]
    return np.where(np.isnan(factor), np.nan, found)


def _correlations(one: Floats, two: Floats) -> Floats:
    """Return Pearson's correlation of each row of two tables that are unknown at the same cells."""
    first, second = across.demean(one), across.demean(two)
    together = np.nansum(first * second, axis=1)
    scale = np.sqrt(np.nansum(first * first, axis=1) * np.nansum(second * second, axis=1))
    return np.asarray(together / np.where(scale > 0, scale, np.nan), np.float64)


def _check_count(count: int) -> None:
    if not PAIR <= count <= MOST_QUANTILES:
        raise ParameterError(f"A factor is cut into 2 to {MOST_QUANTILES} quantiles, not {count}.")
