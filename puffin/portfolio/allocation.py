"""Splits money over symbols by a method, within limits, and says what that is expected to do."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.data.universe import Universe
from puffin.errors import ParameterError
from puffin.portfolio import solvers
from puffin.portfolio.estimates import common_returns, estimate
from puffin.portfolio.limits import Constraints, Options, in_order
from puffin.portfolio.methods import Method, card, method
from puffin.portfolio.views import posterior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.portfolio.estimates import Estimates
    from puffin.portfolio.solvers import Problem

    Floats: TypeAlias = NDArray[np.float64]

__all__ = ["Allocation", "Constraints", "Options", "allocate"]

ALMOST = 1e-9
SAME = 1e-9  # of a correlation: two that are this near to 1 are one
VISIBLE = 1e-4  # a hundredth of a percent
INVERTS = frozenset(Method) - {Method.EQUAL, Method.HRP, Method.RISK_PARITY}
LONG_ONLY = frozenset({Method.RISK_PARITY, Method.HRP, Method.MAX_DIVERSIFICATION})


@dataclass(frozen=True, slots=True)
class Allocation:
    """Weights, and what they are expected to do.

    Attributes:
        method: How they were found.
        weights: By symbol, as shares of the whole.
        expected_return: Of a year, before costs, from the means that were believed.
        volatility: Annual, from the covariance that was believed.
        sharpe: Of the two; None without risk.
        risk_shares: By symbol, what each adds to the variance; they add up to 1.
        cost: Of trading from what is held now, as a share of the whole; 0 if that is not known.
        words: What was done, in a sentence.
        notes: What a reader should know, in sentences.
    """

    method: Method
    weights: dict[str, float]
    expected_return: float
    volatility: float
    sharpe: float | None
    risk_shares: dict[str, float]
    cost: float
    words: str
    notes: tuple[str, ...] = ()


def allocate(
    which: Method | str,
    given: Estimates | Universe,
    constraints: Constraints | None = None,
    options: Options | None = None,
) -> Allocation:
    """Return weights by a method. Takes five seconds the first time: run it in a worker.

    Args:
        which: One of `methods.METHODS`.
        given: What is believed, or prices to estimate it from.
        constraints: Limits of the weights; long only unless given.
        options: Targets, views, costs.

    Raises:
        NoDataError: Fewer than 60 common returns.
        ParameterError: There is no such method, or nothing can meet what is asked.
    """
    chosen = method(which)
    limits, asked = constraints or Constraints(), options or Options()
    estimates = believed(given)
    low, high = limits.bounds(estimates.symbols)
    if chosen in INVERTS:
        refuse_singular(estimates)
    if chosen in LONG_ONLY and not limits.long_only:
        raise ParameterError(f"{card(chosen).title} holds nothing short: no limit may be negative.")
    current = None
    if asked.current is not None:
        current = in_order(asked.current, estimates.symbols, what="current weights", total=None)
    problem = solvers.Problem(
        estimates,
        low / limits.total,
        high / limits.total,
        None if current is None else current / limits.total,
        asked.cost / asked.years,
        asked.risk_free,
    )
    notes: list[str] = []
    if chosen is Method.BLACK_LITTERMAN:
        problem, weights = _by_views(problem, asked)
    else:
        weights = _weights(chosen, problem, limits.total, asked, notes)
    return _told(chosen, problem.estimates, weights * limits.total, (asked, current), notes)


def believed(given: Estimates | Universe) -> Estimates:
    """Return what is believed, estimated from prices if that is what there is."""
    if isinstance(given, Universe):
        return estimate(given.symbols, common_returns(given), periods=given.periods)
    return given


def refuse_singular(estimates: Estimates) -> None:
    """Refuse a covariance by which some mixture would have no risk at all.

    Raises:
        ParameterError: With the reason: too few returns, or who moves with whom.
    """
    if estimates.singular:
        raise ParameterError(_why_singular(estimates), hint=_INSTEAD)


def most_return(estimates: Estimates, low: Floats, high: Floats) -> float:
    """Return the largest expected return of weights within limits that add up to 1."""
    weights, left = low.copy(), 1.0 - float(low.sum())
    for place in np.argsort(-estimates.mean, kind="stable"):
        more = min(left, float(high[place] - low[place]))
        weights[place] += more
        left -= more
    return float(weights @ estimates.mean)


def _weights(
    chosen: Method, problem: Problem, total: float, asked: Options, notes: list[str]
) -> Floats:
    if chosen in _PLAIN:
        return _PLAIN[chosen](problem)
    if chosen is Method.EQUAL:
        return _equal(problem)
    if chosen is Method.CVAR:
        return solvers.min_shortfall(problem, asked.confidence)
    if chosen is Method.MAX_SHARPE:
        _some_reward(problem)
        return solvers.max_sharpe(problem)
    if chosen is Method.TARGET_RETURN:
        return _for_return(problem, total, asked, notes)
    return _for_risk(problem, total, asked, notes)


def _equal(problem: Problem) -> Floats:
    count = len(problem.low)
    weights = np.full(count, 1.0 / count)
    if (weights < problem.low - ALMOST).any() or (weights > problem.high + ALMOST).any():
        raise ParameterError(f"Equal weights of {1 / count:.1%} do not keep to the limits.")
    return weights


def _some_reward(problem: Problem) -> None:
    most = most_return(problem.estimates, problem.low, problem.high)
    if most <= problem.risk_free:
        raise ParameterError(
            f"No mixture is expected to earn more than the risk-free rate of "
            f"{problem.risk_free:.1%} (the most is {most:.1%}), so none has the best ratio.",
            hint="Minimum variance needs no expected return.",
        )


def _for_return(problem: Problem, total: float, asked: Options, notes: list[str]) -> Floats:
    if asked.target_return is None:
        raise ParameterError("Say which return to aim at.")
    target = asked.target_return / total
    most = most_return(problem.estimates, problem.low, problem.high)
    if target > most + ALMOST:
        raise ParameterError(
            f"A return of {asked.target_return:.1%} a year cannot be reached within these limits: "
            f"the most that is expected is {most * total:.1%}."
        )
    weights = solvers.target_return(problem, target)
    found = float(weights @ problem.estimates.mean)
    if found > target + VISIBLE:
        notes.append(
            f"The calmest mixture is already expected to return {found * total:.1%} a year, more "
            f"than the {asked.target_return:.1%} asked for."
        )
    return weights


def _for_risk(problem: Problem, total: float, asked: Options, notes: list[str]) -> Floats:
    if asked.target_risk is None:
        raise ParameterError("Say which volatility to aim at.")
    target = asked.target_risk / total
    calmest = _volatility(problem.estimates, solvers.min_variance(problem))
    if target < calmest * (1 - ALMOST):
        raise ParameterError(
            f"A volatility of {asked.target_risk:.1%} cannot be reached within these limits: the "
            f"calmest mixture has {calmest * total:.1%}."
        )
    weights = solvers.target_risk(problem, target)
    found = _volatility(problem.estimates, weights)
    if found < target - VISIBLE:
        notes.append(
            f"The mixture of the largest return has a volatility of {found * total:.1%}, less than "
            f"the {asked.target_risk:.1%} allowed."
        )
    return weights


def _by_views(problem: Problem, asked: Options) -> tuple[Problem, Floats]:
    estimates = problem.estimates
    mean = posterior(estimates, asked)
    moved = replace(problem, estimates=replace(estimates, mean=mean))
    return moved, solvers.max_utility(moved, asked.risk_aversion)


def _told(
    chosen: Method,
    estimates: Estimates,
    weights: Floats,
    costs: tuple[Options, Floats | None],
    notes: list[str],
) -> Allocation:
    asked, current = costs
    volatility, expected = _volatility(estimates, weights), float(weights @ estimates.mean)
    adds = weights * (estimates.covariance @ weights)
    shares = adds / volatility**2 if volatility > 0 else np.zeros(len(weights))
    traded = 0.0 if current is None else float(np.abs(weights - current).sum())
    about = card(chosen)
    if current is not None and asked.cost > 0 and not about.uses_mean:
        notes.append("Costs are told but did not weigh in: this method looks at risk alone.")
    if len(estimates.returns) < 2 * len(weights):
        notes.append(
            f"{len(estimates.returns)} returns are few for the risk of {len(weights)} symbols "
            "together; weights will jump with little news."
        )
    free = asked.risk_free
    return Allocation(
        method=chosen,
        weights=dict(zip(estimates.symbols, weights.tolist(), strict=True)),
        expected_return=expected,
        volatility=volatility,
        sharpe=(expected - free) / volatility if volatility > 0 else None,
        risk_shares=dict(zip(estimates.symbols, shares.tolist(), strict=True)),
        cost=traded * asked.cost,
        words=f"{about.title}: {about.summary}",
        notes=tuple(notes),
    )


def _volatility(estimates: Estimates, weights: Floats) -> float:
    return math.sqrt(max(0.0, float(weights @ estimates.covariance @ weights)))


_PLAIN = {
    Method.MIN_VARIANCE: solvers.min_variance,
    Method.RISK_PARITY: solvers.risk_parity,
    Method.HRP: solvers.hierarchical_risk_parity,
    Method.MAX_DIVERSIFICATION: solvers.max_diversification,
}
_INSTEAD = "Leave one out, choose a longer period, or use hierarchical risk parity."


def _why_singular(estimates: Estimates) -> str:
    count, rows = len(estimates.symbols), len(estimates.returns)
    if rows <= count:
        return (
            f"{rows} returns cannot tell {count} symbols apart: the covariance is singular, and "
            "some mixture would seem to have no risk at all."
        )
    related = np.abs(estimates.correlations) - np.eye(count)
    one, two = np.unravel_index(int(related.argmax()), related.shape)
    if related[one, two] > 1 - SAME:
        return (
            f"{estimates.symbols[one]} and {estimates.symbols[two]} move exactly together, so the "
            "covariance is singular: money can be moved between them without end."
        )
    return (
        "One of these symbols is a mixture of the others, so the covariance is singular: some "
        "mixture would seem to have no risk at all."
    )
