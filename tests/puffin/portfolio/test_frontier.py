from __future__ import annotations

import numpy as np
import pytest

from puffin.errors import ParameterError
from puffin.portfolio.allocation import allocate
from puffin.portfolio.frontier import frontier
from puffin.portfolio.limits import Constraints, Options
from tests.puffin.portfolio.prices import beliefs


def test_it_begins_at_the_calmest_mixture_and_ends_at_the_largest_return():
    estimates = beliefs()
    found = frontier(estimates, Constraints(largest=0.6), points=12)
    calmest = allocate("min_variance", estimates, Constraints(largest=0.6))
    assert found.volatilities[0] == pytest.approx(calmest.volatility, rel=1e-6)
    ordered = np.sort(estimates.mean)[::-1]
    assert found.returns[-1] == pytest.approx(0.6 * ordered[0] + 0.4 * ordered[1], rel=1e-4)
    assert (np.diff(found.volatilities) >= -1e-9).all()
    assert (np.diff(found.returns) > 0).all()
    assert found.weights.shape == (12, 4)
    assert found.weights.sum(axis=1) == pytest.approx(np.ones(12))
    assert found.weights.max() <= 0.6 + 1e-6


def test_no_mixture_that_was_tried_lies_beyond_it():
    estimates = beliefs()
    found = frontier(estimates, points=40)
    for each in np.random.default_rng(1).dirichlet(np.ones(4), 500):
        risk = float(np.sqrt(each @ estimates.covariance @ each))
        most = np.interp(risk, found.volatilities, found.returns)
        assert each @ estimates.mean <= most + 2e-3  # a chord lies below the curve


def test_its_best_point_is_near_the_best_ratio():
    estimates = beliefs()
    found = frontier(estimates, options=Options(risk_free=0.01), points=60)
    best = allocate("max_sharpe", estimates, None, Options(risk_free=0.01)).sharpe
    assert found.sharpes[found.best] == found.sharpes.max()
    assert found.sharpes[found.best] == pytest.approx(best, rel=1e-3)


def test_money_kept_as_cash_takes_risk_off():
    estimates = beliefs()
    whole, half = (
        frontier(estimates, points=5),
        frontier(estimates, Constraints(total=0.5), points=5),
    )
    assert half.volatilities == pytest.approx(whole.volatilities / 2, rel=1e-4)


def test_it_refuses_one_point():
    with pytest.raises(ParameterError, match="2 to 200 points"):
        frontier(beliefs(), points=1)
