"""The risk of a whole book: its tail, and what each position adds to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin import measures
from puffin.errors import ParameterError
from puffin.risk.concentration import exposure, herfindahl
from puffin.risk.value_at_risk import LEVELS, Method, normal_tail, tail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from puffin.risk.concentration import Exposure
    from puffin.risk.value_at_risk import Tail

    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class BookRisk:
    """The risk of positions held as they are now, over the days that their returns cover.

    Attributes:
        symbols: The positions, in the order of `components`.
        exposure: Long, short, gross and net.
        herfindahl: Concentration; None without positions.
        profits: What the book would have made on each day, in money.
        tails: Value at risk and shortfall, in money, by method and level.
        volatility: Annual, in money; None if it cannot be known.
        components: What each position adds to the normal value at risk at the first level, in
            money; they sum to it, less the mean. Below zero, it hedges the others.
    """

    symbols: tuple[str, ...]
    exposure: Exposure
    herfindahl: float | None
    profits: Floats
    tails: tuple[Tail, ...]
    volatility: float | None
    components: Floats


def book_risk(
    symbols: Sequence[str],
    values: Floats,
    returns: Floats,
    *,
    equity: float,
    periods: float = 252.0,
) -> BookRisk:
    """Measure the risk of positions from the returns of each.

    Args:
        symbols: Names of the positions.
        values: What each is worth; short ones are negative.
        returns: One column of simple returns for each position, one row for each period.
        equity: Worth of the account.
        periods: Returns in a year.

    Raises:
        NoDataError: Fewer than 20 rows, or a return that is not a number.
        ParameterError: The three do not fit together.
    """
    if returns.ndim != 2 or not len(symbols) == len(values) == returns.shape[1]:  # noqa: PLR2004 - rows and columns
        raise ParameterError("Every position needs a value and a column of returns.")
    profits = np.asarray(returns @ values, np.float64)
    found = tuple(tail(profits, level=level, method=each) for each in Method for level in LEVELS)
    swing = profits - profits.mean()
    variance = float(swing @ swing)
    # The swings sum to nothing, so the returns' own means need not be taken out.
    together = swing @ returns * values
    parts = together / variance if variance > 0 else np.zeros(len(values))
    deviation = float(profits.std(ddof=1))
    whole = normal_tail(deviation, level=LEVELS[0]).value_at_risk
    return BookRisk(
        symbols=tuple(symbols),
        exposure=exposure(values, equity),
        herfindahl=herfindahl(values),
        profits=profits,
        tails=found,
        volatility=measures.volatility(profits, periods),
        components=np.asarray(parts * whole, np.float64),
    )


def parametric_deviation(values: Floats, covariance: Floats) -> float:
    """Return the deviation of a book in money, from a covariance of returns: sqrt(v' C v).

    Raises:
        ParameterError: The covariance does not fit, or gives a book less than no variance.
    """
    if covariance.shape != (len(values), len(values)):
        raise ParameterError("The covariance needs a row and a column for every position.")
    variance = float(values @ covariance @ values)
    scale = float(np.abs(values) @ np.abs(covariance) @ np.abs(values))
    if not variance >= -1e-12 * scale:
        raise ParameterError("These numbers are not a covariance: a book's variance is negative.")
    return math.sqrt(max(variance, 0.0))
