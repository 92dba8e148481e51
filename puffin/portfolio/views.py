"""Black-Litterman: what the market must expect, moved by views (He and Litterman 1999)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.portfolio.limits import in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.portfolio.estimates import Estimates
    from puffin.portfolio.limits import Options

    Floats: TypeAlias = NDArray[np.float64]

UNCERTAINTY: Final = 0.05  # of the market's own opinion, beside the covariance: tau
CERTAIN: Final = 1e-12


def equilibrium(estimates: Estimates, asked: Options) -> Floats:
    """Return the returns that make the market's weights the best ones [k].

    Formula: risk aversion * covariance @ market weights.

    Raises:
        ParameterError: The market's weights do not add up to 1, or name what is not there.
    """
    count = len(estimates.symbols)
    market = np.full(count, 1.0 / count)
    if asked.market is not None:
        market = in_order(asked.market, estimates.symbols, what="market weights")
    return np.asarray(asked.risk_aversion * estimates.covariance @ market)


def posterior(estimates: Estimates, asked: Options) -> Floats:
    """Return the expected returns after the views [k].

    Formula: m + tau S P' (P tau S P' + W)^-1 (q - P m), with the equilibrium m, covariance S,
    views P and q, and their uncertainty W, diagonal: tau p S p' (1 / confidence - 1) for a view p.

    Raises:
        ParameterError: A view names what is not there.
    """
    mean = equilibrium(estimates, asked)
    if not asked.views:
        return mean
    picks = np.array(
        [
            in_order(view.weights, estimates.symbols, what="weights of a view", total=None)
            for view in asked.views
        ]
    )
    expected = np.array([view.expected for view in asked.views])
    doubt = np.array([1 / view.confidence - 1 for view in asked.views])
    spread = UNCERTAINTY * estimates.covariance @ picks.T
    own = picks @ spread
    unsure = own + np.diag(np.diag(own) * np.maximum(doubt, CERTAIN))
    return np.asarray(mean + spread @ np.linalg.solve(unsure, expected - picks @ mean))
