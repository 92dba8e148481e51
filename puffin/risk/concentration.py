"""How much depends on how little: shares, Herfindahl's index, correlation and beta."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

FEWEST: Final = 2  # a covariance needs two numbers
NOTHING: Final = 1e-24  # a variance smaller than this is rounding


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is held, as money and as shares of the equity.

    `leverage` is gross over equity; None when the equity is not above zero.
    """

    long: float
    short: float
    gross: float
    net: float
    leverage: float | None


def exposure(values: Floats, equity: float) -> Exposure:
    """Return long, short, gross and net exposure of position values; short ones are negative."""
    long = float(values[values > 0].sum())
    short = -float(values[values < 0].sum())
    gross = long + short
    return Exposure(long, short, gross, long - short, gross / equity if equity > 0 else None)


def herfindahl(values: Floats) -> float | None:
    """Return the sum of squared shares of the gross exposure: 1 / n if equal, 1 for a single one.

    Herfindahl and Hirschman's index. Above 0.25 a book hangs on few names. None without positions.

    Example:
        >>> round(herfindahl(np.array([0.50, 0.33, 0.17])), 4)
        0.3878
    """
    gross = float(np.abs(values).sum())
    if not gross > 0:
        return None
    shares = np.abs(values) / gross
    return float((shares * shares).sum())


def effective_positions(values: Floats) -> float | None:
    """Return how many equal positions would be as concentrated: 1 / Herfindahl's index."""
    index = herfindahl(values)
    return None if index is None else 1 / index


def largest(values: Mapping[str, float], count: int = 1) -> tuple[tuple[str, float], ...]:
    """Return the largest positions and their shares of the gross exposure, the largest first."""
    gross = sum(abs(value) for value in values.values())
    if not gross > 0:
        return ()
    ranked = sorted(values.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple((name, abs(value) / gross) for name, value in ranked[:count])


def correlation(returns: Floats) -> Floats:
    """Return the correlation of columns of returns; NaN with one that never changes.

    Args:
        returns: One column for each position, one row for each period.

    Raises:
        NoDataError: Fewer than two rows, or a return that is not a number.
    """
    _check(returns)
    spread = returns - returns.mean(axis=0)
    together = spread.T @ spread
    variance = np.diag(together)
    deviation = np.sqrt(np.where(variance > NOTHING, variance, np.nan))
    found = np.clip(together / np.outer(deviation, deviation), -1.0, 1.0)
    np.fill_diagonal(found, np.where(np.isfinite(np.diag(found)), 1.0, np.nan))
    return np.asarray(found, np.float64)


def mean_correlation(returns: Floats) -> float | None:
    """Return the mean of all pairs; None with fewer than two columns that change.

    Near 1 the positions are one bet; near 0 they are many.
    """
    pairs = correlation(returns)[np.triu_indices(returns.shape[1], 1)]
    known = pairs[np.isfinite(pairs)]
    return float(known.mean()) if len(known) else None


def beta(returns: Floats, market: Floats) -> float | None:
    """Return how much it moves for 1 % of the market: covariance over the market's variance.

    None when the market never moves.

    Raises:
        NoDataError: Fewer than two returns, or one that is not a number.
        ParameterError: The two are not of one length.
    """
    found = betas(returns[:, None], market)
    return float(found[0]) if np.isfinite(found[0]) else None


def betas(returns: Floats, market: Floats) -> Floats:
    """Return the beta of each column; NaN when the market never moves."""
    if len(returns) != len(market):
        raise ParameterError("The returns and those of the market must cover the same days.")
    _check(returns)
    _check(market[:, None])
    swing = market - market.mean()
    variance = float(swing @ swing)
    # The swings sum to nothing, so the returns' own means need not be taken out.
    together = swing @ returns
    return np.asarray(together / (variance if variance > NOTHING else np.nan), np.float64)


def _check(returns: Floats) -> None:
    if len(returns) < FEWEST:
        raise NoDataError(f"Two returns or more are needed; there are {len(returns)}.")
    if not np.isfinite(returns).all():
        row = int(np.flatnonzero(~np.isfinite(returns).all(axis=1))[0]) + 1
        raise NoDataError(f"Return {row} is not a number, so nothing can be compared.")
