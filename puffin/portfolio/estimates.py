"""What past returns say about symbols together: means and covariance, with what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.data.universe import NAMED, listed
from puffin.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from puffin.data.universe import Universe

    Floats: TypeAlias = NDArray[np.float64]

FEWEST: Final = 60  # common returns: a quarter of daily ones
FLAT: Final = 1e-12  # a deviation this small is a price that did not move
SINGULAR: Final = 1e-10  # the smallest eigenvalue beside the largest


class Mean(StrEnum):
    """How the expected return of a year is made from past returns."""

    ARITHMETIC = "arithmetic"
    COMPOUNDED = "compounded"


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """What an optimiser believes.

    Attributes:
        symbols: The columns, in order.
        mean: Expected return of a year [k], as shares.
        covariance: Of the returns of a year [k, k].
        returns: Simple returns of the periods that all symbols share [n, k].
        periods: Returns in a year.
        correlation: Of the returns [k, k]; None is that of the covariance.

    Raises:
        ParameterError: The parts do not fit together, or are not numbers.
    """

    symbols: tuple[str, ...]
    mean: Floats
    covariance: Floats
    returns: Floats
    periods: float = 252.0
    correlation: Floats | None = None

    def __post_init__(self) -> None:
        count = len(self.symbols)
        if (
            self.mean.shape != (count,)
            or self.covariance.shape != (count, count)
            or self.returns.ndim != 2  # noqa: PLR2004 - rows and columns
            or self.returns.shape[1] != count
        ):
            raise ParameterError("Every symbol needs a mean, a covariance and a column of returns.")
        if not all(np.isfinite(part).all() for part in (self.mean, self.covariance, self.returns)):
            raise ParameterError("Means, covariances and returns must be numbers.")

    @property
    def deviations(self) -> Floats:
        """The annual volatility of each symbol [k]."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def correlations(self) -> Floats:
        """The correlation of each pair [k, k]."""
        if self.correlation is not None:
            return self.correlation
        return self.covariance / np.outer(self.deviations, self.deviations)

    @property
    def singular(self) -> bool:
        """Whether some mixture of these symbols would have no risk at all, which none has."""
        values = np.linalg.eigvalsh(self.covariance)
        return bool(values[0] <= SINGULAR * values[-1])


def estimate(
    symbols: Sequence[str],
    returns: Floats,
    *,
    periods: float = 252.0,
    mean: Mean = Mean.ARITHMETIC,
) -> Estimates:
    """Return sample estimates from returns that all symbols share.

    Args:
        symbols: Names of the columns.
        returns: Simple returns [n, k], oldest first.
        periods: Returns in a year.
        mean: Arithmetic is mean * periods; compounded is what a holder earned a year.

    Raises:
        NoDataError: Fewer than 60 returns; the message says how many there are.
        ParameterError: A return is not a number or a whole loss, or a price never moved.
    """
    names = tuple(symbols)
    if returns.ndim != 2 or returns.shape[1] != len(names):  # noqa: PLR2004 - rows and columns
        raise ParameterError("Every symbol needs a column of returns.")
    if len(returns) < FEWEST:
        raise NoDataError(
            f"{listed(names)} have {len(returns)} returns in common; {FEWEST} are needed.",
            hint="Choose a longer period, or leave out the symbol that is younger than the others.",
        )
    if not bool((returns > -1).all()) or not bool(np.isfinite(returns).all()):
        raise ParameterError("Every return must be a number above -100 %.")
    deviations = returns.std(axis=0, ddof=1)
    still = [name for name, each in zip(names, deviations, strict=True) if not each > FLAT]
    if still:
        raise ParameterError(
            f"The price of {listed(still)} did not move, so its risk is not known.",
            hint="Leave it out: money that does not move is cash.",
        )
    covariance = np.atleast_2d(np.cov(returns, rowvar=False)) * periods
    if mean is Mean.ARITHMETIC:
        expected = returns.mean(axis=0) * periods
    else:
        expected = np.expm1(np.log1p(returns).mean(axis=0) * periods)
    return Estimates(names, expected, covariance, returns, periods)


def common_returns(universe: Universe) -> Floats:
    """Return the changes of closes between rows on which all symbols have a bar [n, k].

    Raises:
        NoDataError: Fewer than 60 of them.
    """
    close = universe.close[universe.mask.all(axis=1)]
    count = max(len(close) - 1, 0)
    if count < FEWEST:
        counts = universe.mask.sum(axis=0)
        shortest, fewest = universe.symbols[int(counts.argmin())], int(counts.min())
        hint = f"Choose a longer period, or leave out {shortest}, which has {fewest:,} bars."
        if fewest > FEWEST:
            own = [universe.bars(each) for each in universe.symbols[:NAMED]]
            spans = [f"{each.symbol} {each.first:%Y-%m-%d} to {each.last:%Y-%m-%d}" for each in own]
            hint = f"Each has enough, but at other times: {', '.join(spans)}."
        if len(universe.symbols) == 1:
            said = f"{shortest} has {count} returns; {FEWEST} are needed."
            raise NoDataError(said, hint="Choose a longer period.")
        raise NoDataError(
            f"{listed(universe.symbols)} have {count} returns in common; {FEWEST} are needed.",
            hint=hint,
        )
    return close[1:] / close[:-1] - 1
