from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from puffin.data.universe import align
from puffin.errors import NoDataError, ParameterError
from puffin.portfolio.allocation import allocate
from puffin.portfolio.estimates import Estimates, Mean, estimate
from puffin.portfolio.limits import Constraints, Options, View, in_order
from puffin.portfolio.methods import METHODS, Method, card, method
from tests.puffin.backtest.basket import named
from tests.puffin.backtest.market import wandering
from tests.puffin.portfolio.prices import beliefs, drawn, names, universe

ASKED = Options(target_return=0.12, target_risk=0.25, risk_free=0.01)


@pytest.fixture(scope="module")
def estimates() -> Estimates:
    return beliefs()


@pytest.mark.parametrize("each", METHODS, ids=lambda each: each.id)
def test_every_method_gives_weights_within_the_limits_that_add_up(each, estimates):
    limits = Constraints(smallest=0.05, largest=0.6, own={"AAA": (0.1, 0.5)}, total=0.9)
    found = allocate(each.id, estimates, limits, ASKED)
    assert math.fsum(found.weights.values()) == pytest.approx(0.9, abs=1e-9)
    assert all(0.05 - 1e-6 <= weight <= 0.6 + 1e-6 for weight in found.weights.values())
    assert 0.1 - 1e-6 <= found.weights["AAA"] <= 0.5 + 1e-6
    assert math.fsum(found.risk_shares.values()) == pytest.approx(1)
    assert found.method is each.id
    assert found.words.startswith(each.title)


def test_every_method_has_a_card_and_a_needed_option_is_asked_for(estimates):
    assert {each.id for each in METHODS} == set(Method)
    for each in METHODS:
        if each.needs:
            with pytest.raises(ParameterError, match="Say which"):
                allocate(each.id, estimates)


def test_an_unknown_method_is_an_error_with_the_nearest_name():
    with pytest.raises(ParameterError, match="no way to allocate called 'risk_pairity'") as caught:
        allocate("risk_pairity", beliefs())
    assert caught.value.hint == "Did you mean risk_parity?"
    with pytest.raises(ParameterError) as caught:
        method("zebra")
    assert "min_variance" in caught.value.hint


def test_with_two_symbols_the_smallest_variance_is_that_of_the_formula():
    found = allocate("min_variance", beliefs(symbols=2), Constraints(smallest=-1))
    covariance = beliefs(symbols=2).covariance
    inverse = np.linalg.solve(covariance, np.ones(2))
    assert list(found.weights.values()) == pytest.approx(inverse / inverse.sum(), abs=1e-6)


def test_in_risk_parity_each_symbol_adds_the_same_risk(estimates):
    found = allocate("risk_parity", estimates)
    assert list(found.risk_shares.values()) == pytest.approx([0.25] * 4, abs=1e-4)


def test_the_most_diversified_has_the_largest_ratio_of_all_that_were_tried(estimates):
    def ratio(weights):
        whole = math.sqrt(weights @ estimates.covariance @ weights)
        return float(weights @ estimates.deviations) / whole

    found = ratio(np.array(list(allocate("max_diversification", estimates).weights.values())))
    tried = np.random.default_rng(0).dirichlet(np.ones(4), 3000)
    assert found >= max(ratio(each) for each in tried) - 1e-6


def test_the_smallest_shortfall_is_smaller_than_that_of_all_that_were_tried(estimates):
    def shortfall(weights):
        losses = np.sort(-(estimates.returns @ weights))
        return float(losses[-20:].mean())  # 5 % of 400 days

    found = shortfall(np.array(list(allocate("cvar", estimates).weights.values())))
    tried = np.random.default_rng(0).dirichlet(np.ones(4), 3000)
    assert found <= min(shortfall(each) for each in tried) + 1e-7


def test_the_best_ratio_is_better_than_that_of_all_that_were_tried(estimates):
    tried = np.random.default_rng(0).dirichlet(np.ones(4), 3000)
    best = max(
        float(each @ estimates.mean - 0.01) / math.sqrt(each @ estimates.covariance @ each)
        for each in tried
    )
    found = allocate("max_sharpe", estimates, None, Options(risk_free=0.01)).sharpe
    assert found is not None
    assert found >= best - 1e-9


def test_a_return_out_of_reach_says_what_can_be_reached(estimates):
    most = estimates.mean.max()
    with pytest.raises(ParameterError, match=f"the most that is expected is {most:.1%}"):
        allocate("target_return", estimates, None, Options(target_return=most + 0.01))
    limits = Constraints(largest=0.3)
    ordered = np.sort(estimates.mean)[::-1]
    within = float(0.3 * ordered[:3].sum() + 0.1 * ordered[3])
    with pytest.raises(ParameterError, match=f"the most that is expected is {within:.1%}"):
        allocate("target_return", estimates, limits, Options(target_return=most))


def test_a_return_below_that_of_the_calmest_is_told(estimates):
    found = allocate("target_return", estimates, None, Options(target_return=0.001))
    assert found.weights == pytest.approx(allocate("min_variance", estimates).weights, abs=1e-4)
    assert any("calmest mixture is already expected" in each for each in found.notes)


def test_a_risk_out_of_reach_says_what_the_calmest_has_and_one_too_large_is_told(estimates):
    calmest = allocate("min_variance", estimates).volatility
    with pytest.raises(ParameterError, match=f"the calmest mixture has {calmest:.1%}"):
        allocate("target_risk", estimates, None, Options(target_risk=calmest * 0.9))
    found = allocate("target_risk", estimates, None, Options(target_risk=2.0))
    assert any("less than the 200.0% allowed" in each for each in found.notes)
    assert max(found.weights.values()) == pytest.approx(1, abs=1e-5)


def test_without_anything_that_beats_the_risk_free_rate_there_is_no_best_ratio(estimates):
    with pytest.raises(ParameterError, match=r"more than the risk-free rate of 90\.0%"):
        allocate("max_sharpe", estimates, None, Options(risk_free=0.9))


def test_limits_that_cannot_be_met_are_refused_with_their_sum(estimates):
    with pytest.raises(ParameterError, match="smallest weights add up to 160%, more than the 100%"):
        allocate("min_variance", estimates, Constraints(smallest=0.4))
    with pytest.raises(ParameterError, match="largest weights add up to 80%, less than the 100%"):
        allocate("hrp", estimates, Constraints(largest=0.2))
    with pytest.raises(ParameterError, match=r"Equal weights of 25\.0% do not keep to the limits"):
        allocate("equal", estimates, Constraints(own={"AAA": (0.3, 0.5)}))
    with pytest.raises(ParameterError, match="limit for ZZZ, which is not in the list"):
        allocate("hrp", estimates, Constraints(own={"ZZZ": (0, 1)}))


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: Constraints(total=0), "more than 0 and at most 100 %"),
        (lambda: Constraints(smallest=0.5, largest=0.2), "the lower one first"),
        (lambda: Constraints(own={"AAA": (0.2, 3)}), "limits of AAA"),
        (lambda: Options(target_risk=0), "volatility to aim at"),
        (lambda: Options(target_return=math.nan), "return to aim at"),
        (lambda: Options(risk_free=5), "risk-free rate"),
        (lambda: Options(confidence=0.2), "level of the shortfall"),
        (lambda: Options(risk_aversion=0), "risk aversion"),
        (lambda: Options(cost=1), "cost of trading"),
        (lambda: Options(years=0), "held for more than no time"),
        (lambda: View({}, 0.1), "needs symbols with weights"),
        (lambda: View({"AAA": 1}, 0.1, confidence=0), "confidence in a view"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(made, sentence):
    with pytest.raises(ParameterError, match=sentence):
        made()


def test_short_positions_are_refused_where_a_method_has_none(estimates):
    for each in ("risk_parity", "hrp", "max_diversification"):
        with pytest.raises(ParameterError, match="holds nothing short"):
            allocate(each, estimates, Constraints(smallest=-0.2))


def test_too_few_common_returns_say_how_many_there_are_and_are_needed():
    with pytest.raises(NoDataError, match="AAA and BBB have 59 returns in common; 60 are needed"):
        estimate(names(2), drawn(59, 2))
    with pytest.raises(NoDataError, match="have 39 returns in common; 60 are needed") as caught:
        allocate("equal", universe(40))
    assert "which has 40 bars" in caught.value.hint


def test_symbols_that_traded_at_other_times_are_told_so_and_not_called_too_short():
    early, late = (named(wandering(300), symbol) for symbol in ("OLD", "NEW"))
    with pytest.raises(NoDataError, match="OLD and NEW have 19 returns in common") as caught:
        allocate("equal", align([early.head(160), late.tail(160)]))
    assert caught.value.hint.startswith("Each has enough, but at other times: OLD 2")
    assert "leave out" not in caught.value.hint


def test_a_covariance_that_cannot_be_inverted_says_why():
    returns = drawn(300, 3)
    twins = estimate(("AAA", "BBB", "CCC"), np.column_stack([returns[:, :2], returns[:, 0]]))
    with pytest.raises(ParameterError, match="AAA and CCC move exactly together"):
        allocate("min_variance", twins)
    mixture = estimate(
        ("AAA", "BBB", "CCC"), np.column_stack([returns[:, :2], returns[:, :2].mean(axis=1)])
    )
    with pytest.raises(ParameterError, match="One of these symbols is a mixture of the others"):
        allocate("max_sharpe", mixture)
    many = estimate(tuple(f"S{each}" for each in range(70)), drawn(65, 70) / 10)
    with pytest.raises(ParameterError, match="65 returns cannot tell 70 symbols apart"):
        allocate("black_litterman", many)
    assert math.fsum(allocate("hrp", twins).weights.values()) == pytest.approx(1)
    assert math.fsum(allocate("risk_parity", twins).weights.values()) == pytest.approx(1)


def test_a_price_that_never_moved_is_refused_by_name():
    returns = drawn(100, 2)
    returns[:, 1] = 0
    with pytest.raises(ParameterError, match="The price of BBB did not move"):
        estimate(names(2), returns)


def test_returns_that_are_no_numbers_are_refused():
    returns = drawn(100, 2)
    returns[3, 0] = np.nan
    with pytest.raises(ParameterError, match="must be a number above -100 %"):
        estimate(names(2), returns)
    with pytest.raises(ParameterError, match="needs a column"):
        estimate(names(3), returns)
    with pytest.raises(ParameterError, match="must be numbers"):
        Estimates(("AAA",), np.array([np.nan]), np.eye(1), np.ones((60, 1)))
    with pytest.raises(ParameterError, match="needs a mean, a covariance"):
        Estimates(("AAA", "BBB"), np.ones(1), np.eye(1), np.ones((60, 1)))


def test_weights_that_do_not_add_up_are_refused_with_their_sum():
    with pytest.raises(ParameterError, match=r"The market weights add up to 90\.00%, not 100%"):
        in_order({"AAA": 0.5, "BBB": 0.4}, names(2), what="market weights")
    with pytest.raises(ParameterError, match="market weights name ZZZ"):
        in_order({"ZZZ": 1.0}, names(2), what="market weights")
    with pytest.raises(ParameterError, match="must be numbers"):
        in_order({"AAA": math.nan}, names(2), what="market weights")


def test_a_compounded_mean_is_what_a_holder_earned_a_year():
    returns = drawn(504, 2)
    found = estimate(names(2), returns, mean=Mean.COMPOUNDED).mean
    assert found == pytest.approx(np.prod(1 + returns, axis=0) ** 0.5 - 1)


def test_costs_keep_weights_near_what_is_held_where_returns_matter(estimates):
    held = dict.fromkeys(names(4), 0.25)
    free = allocate("max_sharpe", estimates, None, Options(current=held))
    dear = allocate("max_sharpe", estimates, None, Options(current=held, cost=0.05))
    far = {name: abs(free.weights[name] - 0.25) for name in held}
    near = {name: abs(dear.weights[name] - 0.25) for name in held}
    assert sum(near.values()) < sum(far.values())
    assert dear.cost == pytest.approx(0.05 * sum(near.values()))
    blind = allocate("hrp", estimates, None, Options(current=held, cost=0.05))
    assert any("did not weigh in" in each for each in blind.notes)


def test_a_target_that_costs_put_out_of_reach_is_refused(estimates):
    target = float(estimates.mean.max()) - 0.01
    asked = Options(target_return=target, current={"AAA": 1.0}, cost=0.05)
    with pytest.raises(ParameterError, match="No weights keep to all these limits after costs"):
        allocate("target_return", estimates, None, asked)


def test_few_returns_for_many_symbols_are_told():
    found = allocate("hrp", beliefs(70, 40))
    assert any("70 returns are few for the risk of 40 symbols" in each for each in found.notes)


def test_prices_serve_as_well_as_beliefs():
    from_prices = allocate("hrp", universe())
    returns = drawn()[1:]
    assert from_prices.weights == pytest.approx(
        allocate("hrp", estimate(names(4), returns)).weights
    )


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys, puffin.portfolio.allocation, puffin.portfolio.frontier, "
        "puffin.portfolio.out_of_sample, puffin.portfolio.rebalance;"
        "print(sorted({'skfolio', 'sklearn', 'scipy', 'pandas', 'cvxpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_card_has_words():
    assert card(Method.HRP).title == "Hierarchical risk parity"
