"""Black-Litterman beside He and Litterman's own tables (1999), and beside skfolio's."""

from __future__ import annotations

import numpy as np
import pytest

from puffin.errors import ParameterError
from puffin.portfolio.allocation import allocate
from puffin.portfolio.estimates import Estimates
from puffin.portfolio.limits import Options, View
from puffin.portfolio.views import UNCERTAINTY, equilibrium, posterior
from tests.puffin.portfolio.prices import beliefs

COUNTRIES = ("AUS", "CAN", "FRA", "GER", "JPN", "UKG", "USA")
RELATED = np.array(
    [
        [1.000, 0.488, 0.478, 0.515, 0.439, 0.512, 0.491],
        [0.488, 1.000, 0.664, 0.655, 0.310, 0.608, 0.779],
        [0.478, 0.664, 1.000, 0.861, 0.355, 0.783, 0.668],
        [0.515, 0.655, 0.861, 1.000, 0.354, 0.777, 0.653],
        [0.439, 0.310, 0.355, 0.354, 1.000, 0.405, 0.306],
        [0.512, 0.608, 0.783, 0.777, 0.405, 1.000, 0.652],
        [0.491, 0.779, 0.668, 0.653, 0.306, 0.652, 1.000],
    ]
)
SWINGS = np.array([0.160, 0.203, 0.248, 0.271, 0.210, 0.200, 0.187])
MARKET = dict(zip(COUNTRIES, (0.016, 0.022, 0.052, 0.055, 0.116, 0.124, 0.615), strict=True))


@pytest.fixture(scope="module")
def world() -> Estimates:
    covariance = RELATED * np.outer(SWINGS, SWINGS)
    return Estimates(COUNTRIES, np.zeros(7), covariance, np.zeros((60, 7)))


def test_the_market_expects_what_the_paper_says(world):
    found = equilibrium(world, Options(market=MARKET, risk_aversion=2.5))
    assert found * 100 == pytest.approx([3.9, 6.9, 8.4, 9.0, 4.3, 6.8, 7.6], abs=0.06)


def test_a_view_on_germany_moves_every_return_as_in_the_paper(world):
    over_europe = {"GER": 1.0, "FRA": -0.295, "UKG": -0.705}
    # The paper states the view's variance as 0.021 * tau and its own as p S p' = 0.0213.
    view = View(over_europe, 0.05, confidence=0.5)
    found = posterior(world, Options(market=MARKET, views=(view,)))
    assert found * 100 == pytest.approx([4.3, 7.6, 9.3, 11.0, 4.5, 7.0, 8.1], abs=0.06)


def test_without_views_the_weights_are_the_market_s():
    estimates = beliefs()
    market = {"AAA": 0.4, "BBB": 0.3, "CCC": 0.2, "DDD": 0.1}
    found = allocate("black_litterman", estimates, None, Options(market=market))
    assert found.weights == pytest.approx(market, abs=1e-5)


def test_a_view_moves_weights_its_way_and_a_sure_one_is_taken_for_certain():
    estimates = beliefs()
    market = {"AAA": 0.4, "BBB": 0.3, "CCC": 0.2, "DDD": 0.1}
    sure = Options(market=market, views=(View({"AAA": 1}, 0.3, confidence=1.0),))
    assert posterior(estimates, sure)[0] == pytest.approx(0.3)
    vague = Options(market=market, views=(View({"BBB": 1, "AAA": -1}, 0.1, confidence=0.3),))
    found = allocate("black_litterman", estimates, None, vague)
    assert found.weights["BBB"] > 0.3
    assert found.weights["AAA"] < 0.4


def test_the_returns_after_views_are_those_of_skfolio():
    from skfolio.moments import EquilibriumMu
    from skfolio.prior import BlackLitterman, EmpiricalPrior

    estimates = beliefs()
    theirs = BlackLitterman(
        views=["AAA == 0.001", "BBB - CCC == 0.0005"],
        groups=[list(estimates.symbols)],
        prior_estimator=EmpiricalPrior(mu_estimator=EquilibriumMu(risk_aversion=2.5)),
        tau=UNCERTAINTY,
        view_confidences=[0.5, 0.8],
    ).fit(estimates.returns)
    daily = theirs.prior_estimator_.return_distribution_.covariance
    ours = Estimates(estimates.symbols, estimates.mean, daily, estimates.returns)
    views = (View({"AAA": 1}, 0.001, 0.5), View({"BBB": 1, "CCC": -1}, 0.0005, 0.8))
    found = posterior(ours, Options(views=views))
    np.testing.assert_allclose(found, theirs.return_distribution_.mu, rtol=1e-9)


def test_a_view_on_what_is_not_there_is_refused():
    with pytest.raises(ParameterError, match="weights of a view name ZZZ"):
        posterior(beliefs(), Options(views=(View({"ZZZ": 1}, 0.1),)))
