"""The one place that calls skfolio: weights that minimise, maximise or spread what is asked.

Importing skfolio takes five seconds of CPU, so callers run an allocation in a worker. Its solver
is Clarabel, asked for a gap of 1e-12: where a minimum is flat, its usual 1e-9 leaves weights off by
a few millionths.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.portfolio.estimates import Estimates

    Floats: TypeAlias = NDArray[np.float64]

EXACT = {"tol_gap_abs": 1e-12, "tol_gap_rel": 1e-12, "tol_feas": 1e-12}
CLEAN = 1e-7  # a weight smaller than this is what a solver leaves of none


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What every solver needs: beliefs, limits of weights that add up to 1, and costs.

    `cost` is of a unit traded, a year; `current` is what is held, None if trades cost nothing.
    """

    estimates: Estimates
    low: Floats
    high: Floats
    current: Floats | None = None
    cost: float = 0.0
    risk_free: float = 0.0


def min_variance(problem: Problem) -> Floats:
    """Return the weights of the smallest variance."""
    from skfolio import RiskMeasure

    return _mean_risk(problem, risk_measure=RiskMeasure.VARIANCE)


def max_sharpe(problem: Problem) -> Floats:
    """Return the weights of the largest (return - risk free) / volatility."""
    from skfolio import RiskMeasure
    from skfolio.optimization import ObjectiveFunction

    return _mean_risk(
        problem,
        objective_function=ObjectiveFunction.MAXIMIZE_RATIO,
        risk_measure=RiskMeasure.STANDARD_DEVIATION,
        risk_free_rate=problem.risk_free,
    )


def target_return(problem: Problem, least: float | Floats) -> Floats:
    """Return the weights of the smallest variance with at least this return; a row for each."""
    from skfolio import RiskMeasure

    return _mean_risk(problem, risk_measure=RiskMeasure.VARIANCE, min_return=least)


def target_risk(problem: Problem, most: float) -> Floats:
    """Return the weights of the largest return with at most this volatility."""
    from skfolio.optimization import ObjectiveFunction

    return _mean_risk(
        problem,
        objective_function=ObjectiveFunction.MAXIMIZE_RETURN,
        max_standard_deviation=most,
    )


def max_utility(problem: Problem, aversion: float) -> Floats:
    """Return the weights of the largest return - aversion / 2 * variance."""
    from skfolio import RiskMeasure
    from skfolio.optimization import ObjectiveFunction

    return _mean_risk(
        problem,
        objective_function=ObjectiveFunction.MAXIMIZE_UTILITY,
        risk_measure=RiskMeasure.VARIANCE,
        risk_aversion=aversion / 2,
    )


def min_shortfall(problem: Problem, level: float) -> Floats:
    """Return the weights whose mean loss beyond the quantile at `level` is smallest."""
    from skfolio import RiskMeasure

    return _mean_risk(problem, risk_measure=RiskMeasure.CVAR, cvar_beta=level)


def max_diversification(problem: Problem) -> Floats:
    """Return the weights of the largest (mean of volatilities) / (volatility of the whole)."""
    from skfolio.optimization import MaximumDiversification

    return _solved(MaximumDiversification(**_common(problem)), problem)


def risk_parity(problem: Problem) -> Floats:
    """Return the weights with which each symbol adds the same to the variance."""
    from skfolio import RiskMeasure
    from skfolio.optimization import RiskBudgeting

    found = RiskBudgeting(risk_measure=RiskMeasure.VARIANCE, **_common(problem))
    return _solved(found, problem)


def hierarchical_risk_parity(problem: Problem) -> Floats:
    """Return the weights of López de Prado (2016): single linkage, leaves in their own order."""
    from skfolio.cluster import HierarchicalClustering, LinkageMethod
    from skfolio.distance import BaseDistance
    from skfolio.optimization import HierarchicalRiskParity
    from skfolio.seriation import HierarchicalSeriation

    related = problem.estimates.correlations
    distance = np.sqrt(np.clip((1.0 - related) / 2.0, 0.0, 1.0))
    np.fill_diagonal(distance, 0.0)
    known = _known(BaseDistance, codependence_=related, distance_=distance)
    single = HierarchicalClustering(linkage_method=LinkageMethod.SINGLE)
    found = HierarchicalRiskParity(
        prior_estimator=_prior(problem.estimates),
        distance_estimator=known,
        distance_from_prior=False,
        seriation_estimator=HierarchicalSeriation(
            hierarchical_clustering_estimator=single, optimal_ordering=False
        ),
        min_weights=problem.low,
        max_weights=problem.high,
    )
    return _solved(found, problem)


def _mean_risk(problem: Problem, **asked: object) -> Floats:
    from skfolio.optimization import MeanRisk

    return _solved(MeanRisk(**_common(problem), **asked), problem)


def _common(problem: Problem) -> dict[str, Any]:
    found: dict[str, Any] = {
        "prior_estimator": _prior(problem.estimates),
        "min_weights": problem.low,
        "max_weights": problem.high,
        "solver_params": EXACT,
    }
    if problem.current is not None and problem.cost > 0:
        found |= {"transaction_costs": problem.cost, "previous_weights": problem.current}
    return found


def _prior(estimates: Estimates) -> object:
    from skfolio.prior import BasePrior, ReturnDistribution

    believed = ReturnDistribution(
        mu=estimates.mean, covariance=estimates.covariance, returns=estimates.returns
    )
    return _known(BasePrior, return_distribution_=believed)


def _known(kind: type, **found: object) -> object:
    """Make an estimator of skfolio that does not estimate: it has found what it is told."""

    def begin(self: object) -> None:
        """Take no parameters: scikit-learn reads them off this signature, and knows a self."""
        del self

    def fit(self: object, X: object, y: object = None, **_more: object) -> object:  # noqa: ARG001, N803 - scikit-learn's names
        for name, value in found.items():
            setattr(self, name, value)
        return self

    made: object = type("Known", (kind,), {"__init__": begin, "fit": fit})()
    return made


def _solved(optimiser: Any, problem: Problem) -> Floats:  # noqa: ANN401 - skfolio has no types
    """Return the weights, clean and adding up to 1, or say that there are none."""
    from skfolio.exceptions import SkfolioError

    with warnings.catch_warnings():
        # What a solver is unsure of is looked at below, in its weights.
        warnings.simplefilter("ignore")
        try:
            optimiser.fit(problem.estimates.returns)
        except SkfolioError as error:
            raise ParameterError(
                "No weights keep to all these limits after costs.",
                hint="Loosen the limits of the weights, or the target.",
            ) from error
    weights = np.asarray(optimiser.weights_, np.float64)
    return _clean(weights, problem)


def _clean(weights: Floats, problem: Problem) -> Floats:
    """Take off what solvers leave: weights of nothing, and a hair beyond the limits."""
    weights = np.where(np.abs(weights) < CLEAN, 0.0, weights)
    weights = np.clip(weights, problem.low, problem.high)
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))
