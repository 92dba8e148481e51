"""Weights beside those that PyPortfolioOpt found on the same means and covariance."""

from __future__ import annotations

import pytest

from puffin.portfolio import solvers
from puffin.portfolio.allocation import allocate
from puffin.portfolio.limits import Constraints, Options
from tests.puffin.portfolio.prices import expected, needs_reference, pypfopt

pytestmark = needs_reference
WEIGHTS = 1e-6  # the reference allows 1e-3; the largest difference found is 6.3e-7


@pytest.fixture(scope="module")
def estimates():
    return pypfopt()


def case(name):
    found = expected()["cases"][name]
    return found["weights"], found["performance_ret_vol_sharpe"]


def test_the_means_are_the_same(estimates):
    published = expected()["mu"]
    for symbol, mean in zip(estimates.symbols, estimates.mean, strict=True):
        assert mean == pytest.approx(published[symbol], abs=1e-12)


@pytest.mark.parametrize(
    ("name", "method", "constraints", "options"),
    [
        ("max_sharpe_rf0.02", "max_sharpe", Constraints(), Options(risk_free=0.02)),
        ("min_volatility", "min_variance", Constraints(), Options(risk_free=0.02)),
        (
            "efficient_return_0.25",
            "target_return",
            Constraints(),
            Options(target_return=0.25, risk_free=0.02),
        ),
        (
            "efficient_risk_0.19",
            "target_risk",
            Constraints(),
            Options(target_risk=0.19, risk_free=0.02),
        ),
        (
            "min_volatility_longshort",
            "min_variance",
            Constraints(smallest=-1),
            Options(risk_free=0.02),
        ),
    ],
)
def test_weights_and_what_they_do_are_the_same(estimates, name, method, constraints, options):
    weights, performance = case(name)
    found = allocate(method, estimates, constraints, options)
    for symbol, weight in weights.items():
        assert found.weights[symbol] == pytest.approx(weight, abs=WEIGHTS)
    told = (found.expected_return, found.volatility, found.sharpe)
    assert told == pytest.approx(tuple(performance), rel=1e-4)


def test_the_tree_of_hierarchical_risk_parity_is_the_same(estimates):
    weights, performance = case("hrp_single")
    found = allocate("hrp", estimates)
    for symbol, weight in weights.items():
        assert found.weights[symbol] == pytest.approx(weight, abs=1e-8)
    assert found.volatility == pytest.approx(performance[1], rel=1e-10)


def test_the_critical_line_algorithm_finds_the_same_best_ratio(estimates):
    weights, performance = case("cla_max_sharpe")
    found = allocate("max_sharpe", estimates, None, Options(risk_free=0.0))
    for symbol, weight in weights.items():
        assert found.weights[symbol] == pytest.approx(weight, abs=1e-4)
    assert found.volatility == pytest.approx(performance[1], rel=1e-4)


def test_the_largest_utility_is_the_same(estimates):
    weights, _ = case("max_quadratic_utility_ra1")
    count = len(estimates.symbols)
    problem = solvers.Problem(estimates, low=estimates.mean * 0, high=estimates.mean * 0 + 1)
    found = solvers.max_utility(problem, 1.0)
    assert len(found) == count
    for symbol, weight in zip(estimates.symbols, found, strict=True):
        assert weight == pytest.approx(weights[symbol], abs=WEIGHTS)
