"""The efficient frontier: for each return the least risk that it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.errors import ParameterError
from puffin.portfolio import solvers
from puffin.portfolio.allocation import believed, most_return, refuse_singular
from puffin.portfolio.limits import Constraints, Options

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.universe import Universe
    from puffin.portfolio.estimates import Estimates

    Floats: TypeAlias = NDArray[np.float64]

FEWEST, MOST = 2, 200


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """The frontier, from the calmest mixture to that of the largest return.

    Attributes:
        symbols: The columns of `weights`.
        weights: One row for each point [m, k].
        returns: Expected return of a year at each point [m].
        volatilities: Annual volatility at each point, never falling [m].
        sharpes: (return - risk free) / volatility [m].
        best: The point of the largest Sharpe ratio.
        own_returns: Expected return of each symbol alone [k].
        own_volatilities: Volatility of each symbol alone [k].
    """

    symbols: tuple[str, ...]
    weights: Floats
    returns: Floats
    volatilities: Floats
    sharpes: Floats
    best: int
    own_returns: Floats
    own_volatilities: Floats


def frontier(
    given: Estimates | Universe,
    constraints: Constraints | None = None,
    options: Options | None = None,
    *,
    points: int = 25,
) -> Frontier:
    """Return points of the frontier, evenly spread over its returns. Run it in a worker.

    Args:
        given: What is believed, or prices to estimate it from.
        constraints: Limits of the weights; long only unless given.
        options: Its risk-free rate, and costs if what is held now is known.
        points: How many, 2 to 200.

    Raises:
        NoDataError: Fewer than 60 common returns.
        ParameterError: The limits cannot be met, or the covariance is singular.
    """
    if not FEWEST <= points <= MOST:
        raise ParameterError(f"A frontier has {FEWEST} to {MOST} points.")
    limits, asked = constraints or Constraints(), options or Options()
    estimates = believed(given)
    low, high = limits.bounds(estimates.symbols)
    refuse_singular(estimates)
    problem = solvers.Problem(estimates, low / limits.total, high / limits.total)
    calmest = solvers.min_variance(problem)
    least = float(calmest @ estimates.mean)
    most = most_return(estimates, problem.low, problem.high)
    # The solver stops a hair short of the largest return there is.
    targets = np.linspace(least, max(least, most - 1e-9 * max(1.0, abs(most))), points)[1:]
    found = np.vstack(
        [calmest, *(solvers.target_return(problem, each) for each in targets.tolist())]
    )
    weights = found * limits.total
    returns = weights @ estimates.mean
    variances = np.einsum("ij,jk,ik->i", weights, estimates.covariance, weights)
    volatilities = np.sqrt(variances)
    sharpes = (returns - asked.risk_free) / volatilities
    return Frontier(
        symbols=estimates.symbols,
        weights=weights,
        returns=returns,
        volatilities=volatilities,
        sharpes=sharpes,
        best=int(sharpes.argmax()),
        own_returns=estimates.mean,
        own_volatilities=estimates.deviations,
    )
