from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from puffin.errors import NoDataError, ParameterError
from puffin.portfolio.limits import Constraints, Options
from puffin.risk.stress import Scenario
from puffin.types import Order, OrderStatus, Side, Ticket
from puffling.core.errors import BadValueError, NoPriceError
from puffling.services.allocation import Asked
from puffling.services.market_index import DEMO
from puffling.services.periods import Period, prices
from puffling.services.sizes import SizeAsked, SizeMethod
from tests.fakes import OPEN, START, filled, quote

THREE = ("AAPL", "GOOG", "IBM")
HALVES = {"AAPL": 0.5, "IBM": 0.5}


def quiet(_):
    return None


class Here:
    """Another process that is this one."""

    def call(self, function, *arguments, progress):
        return function(*arguments, progress=progress)


@pytest.fixture
def allocation(puffling, monkeypatch):
    monkeypatch.setattr(puffling.context.allocation, "_elsewhere", Here())
    return puffling.context.allocation


@pytest.fixture
def held(puffling):
    """Hold 50 IBM and nothing else."""
    context = puffling.context
    order = Order(
        "o1",
        context.portfolio.account.id,
        Ticket("IBM", Side.BUY, Decimal(50)),
        OrderStatus.WORKING,
        START,
        OPEN,
        START,
    )
    context.orders._follower.adopt(order)
    context.orders.apply(filled(order, "50", "190", status=OrderStatus.FILLED))
    context.quotes.accept(quote("IBM", "200", at=OPEN + timedelta(minutes=1)))


def test_each_limit_says_how_much_of_it_is_used(allocation):
    rows = {each.rule: each for each in allocation.limits_rows()}
    assert rows["positions"].share == 0
    assert rows["order value"].share is None
    assert rows["daily loss"].limit == Decimal("0.02")


@pytest.mark.parametrize(
    ("method", "known", "quantity"),
    [
        (SizeMethod.FIXED, {"stop": Decimal(48)}, 500),
        (SizeMethod.VOLATILITY, {"atr": Decimal(1)}, 500),
        (SizeMethod.FRACTION, {"fraction": Decimal("0.1")}, 200),
        (SizeMethod.KELLY, {"win_rate": 0.55, "payoff": 1.5}, 250),
        (SizeMethod.KELLY, {"win_rate": 0.55, "payoff": 1.5, "fraction": Decimal(1)}, 500),
    ],
)
def test_a_size_follows_from_the_money_that_may_be_lost(allocation, method, known, quantity):
    found = allocation.size(method, SizeAsked(Decimal(50), **known), Decimal(100_000))
    assert found.quantity == quantity


@pytest.mark.parametrize(
    ("method", "missing"),
    [
        (SizeMethod.FIXED, "a stop"),
        (SizeMethod.VOLATILITY, "the average true range"),
        (SizeMethod.FRACTION, "a share of equity"),
        (SizeMethod.KELLY, "trades that win"),
    ],
)
def test_what_a_size_needs_is_named(allocation, method, missing):
    with pytest.raises(BadValueError, match=missing):
        allocation.size(method, SizeAsked(Decimal(50)))


def test_the_account_is_the_purse_unless_another_is_named(allocation):
    found = allocation.size(SizeMethod.FRACTION, SizeAsked(Decimal(50), fraction=Decimal(1)))
    assert found.value == 100_000


def test_the_usual_range_is_that_of_the_last_days(puffling, allocation):
    bars = prices(puffling.context.bars, "IBM", Period())
    ranges = np.maximum(bars.high[1:], bars.close[:-1]) - np.minimum(bars.low[1:], bars.close[:-1])
    assert float(allocation.atr("IBM")) == pytest.approx(ranges[-14:].mean(), rel=0.2)


def test_the_risk_of_weights_is_measured_against_the_demo_market(allocation):
    risk = allocation.portfolio_risk(HALVES)
    assert risk.symbols == ("AAPL", "IBM")
    assert risk.weights == HALVES
    assert (risk.market, risk.returns) == (DEMO, 3082)
    assert 0.3 < risk.beta < 2
    assert risk.beta == pytest.approx(np.mean(list(risk.betas.values())))
    assert risk.correlation[0, 1] == pytest.approx(risk.mean_correlation)
    assert risk.effective_positions == pytest.approx(2)
    assert risk.top_share == pytest.approx(1)
    tails = {(each.method, each.level): each.value_at_risk for each in risk.book.tails}
    assert tails["historical", 0.99] > tails["historical", 0.95] > 0
    assert risk.tests["historical_95"].days > 1_000


def test_a_market_of_your_own_is_taken_and_no_other_if_it_is_not_there(allocation):
    assert allocation.portfolio_risk(HALVES, market="IBM").betas["IBM"] == pytest.approx(1)
    unknown = allocation.portfolio_risk(HALVES, market="NOPE")
    assert (unknown.beta, unknown.betas) == (None, {"AAPL": None, "IBM": None})
    assert unknown.notes[-1] == "Betas are not known: the prices of NOPE are not to be had."


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({}, "at least one weight"),
        ({"AAPL": 0.6, "IBM": 0.5}, "add up to 110.0%, not to 100 %"),
        ({"AAPL": float("nan")}, "The weight of AAPL is not a number"),
        ({"AAPL": 0.5, "aapl ": 0.5}, "AAPL is named twice"),
        ({"CASH": 1.0}, "All of it is cash"),
    ],
)
def test_weights_that_do_not_sum_to_one_are_refused(allocation, weights, said):
    with pytest.raises(BadValueError, match=said):
        allocation.portfolio_risk(weights)


def test_too_few_common_returns_say_how_many_there_are_and_are_needed(allocation):
    with pytest.raises(NoDataError, match="8 returns in common; 60 are needed"):
        allocation.portfolio_risk({"FB": 0.5, "IBM": 0.5})


def test_without_positions_there_is_no_risk_to_measure(allocation):
    with pytest.raises(BadValueError, match="Nothing is held"):
        allocation.portfolio_risk()


@pytest.mark.usefixtures("held")
def test_what_is_held_is_measured_at_the_prices_of_now(allocation):
    assert allocation.holdings() == {"IBM": 10_000.0}
    risk = allocation.portfolio_risk()
    assert risk.equity == pytest.approx(100_500)
    assert risk.weights == {"IBM": pytest.approx(10_000 / 100_500)}
    found = allocation.rebalance({"CASH": 1.0})
    assert [(each.symbol, each.quantity) for each in found.trades] == [("IBM", -50)]


def test_a_crisis_moves_each_position_by_its_beta(allocation):
    risk = allocation.portfolio_risk(HALVES)
    own = Scenario(market=-0.2, names={"IBM": -0.5})
    found = allocation.stress(HALVES, own=own)
    assert found[0].profits["IBM"] == pytest.approx(-25_000)
    assert found[0].profits["AAPL"] == pytest.approx(50_000 * risk.betas["AAPL"] * -0.2)
    assert {each.scenario.id for each in found} >= {"2008", "2020", "rates", "gap"}


def test_money_is_split_by_the_method_that_was_named_and_no_other(allocation):
    found = allocation.allocate("min_variance", THREE, Asked(), quiet)
    assert sum(found.weights.values()) == pytest.approx(1)
    assert found.method == "min_variance"
    limited = Asked(constraints=Constraints(largest=0.4))
    assert max(allocation.allocate("hrp", THREE, limited, quiet).weights.values()) < 0.4 + 1e-6
    with pytest.raises(ParameterError, match="no way to allocate called 'min_varience'"):
        allocation.allocate("min_varience", THREE, Asked(), quiet)
    with pytest.raises(BadValueError, match="two symbols or more"):
        allocation.allocate("equal", ("IBM",), Asked(), quiet)


def test_what_cannot_be_met_says_what_could(allocation):
    asked = Asked(options=Options(target_return=9.0))
    with pytest.raises(ParameterError, match="cannot be reached"):
        allocation.allocate("target_return", THREE, asked, quiet)
    with pytest.raises(ParameterError, match="largest weights add up to 60%"):
        allocation.allocate("equal", THREE, Asked(constraints=Constraints(largest=0.2)), quiet)


def test_symbols_that_move_as_one_have_a_singular_covariance(puffling, allocation, tmp_path):
    puffling.context.research.export("IBM", tmp_path / "twin.csv")
    puffling.context.bars.import_csv(tmp_path / "twin.csv", "TWIN")
    with pytest.raises(ParameterError, match="singular"):
        allocation.allocate("min_variance", ("IBM", "TWIN", "AAPL"), Asked(), quiet)


def test_the_frontier_rises_from_the_calmest_mixture(allocation):
    found = allocation.frontier(THREE, Asked(), quiet, points=5)
    assert np.all(np.diff(found.returns) > 0)
    assert np.all(np.diff(found.volatilities) >= -1e-9)


def test_a_method_is_tried_on_what_it_had_not_seen(allocation):
    found = allocation.out_of_sample("risk_parity", THREE, Asked(), quiet)
    assert found.steps > 50
    assert "Sharpe" in found.sentence


def test_a_rebalance_is_only_a_preview(puffling, allocation):
    found = allocation.rebalance({"AAPL": 0.5, "IBM": 0.3, "CASH": 0.2})
    assert {each.symbol: each.side for each in found.trades} == {"AAPL": Side.BUY, "IBM": Side.BUY}
    assert found.cash_after >= 20_000
    assert puffling.context.orders.all() == []
    with pytest.raises(NoPriceError, match="no price of NOPE"):
        allocation.rebalance({"NOPE": 1.0})
    with pytest.raises(BadValueError, match=r"90\.0%"):
        allocation.rebalance({"AAPL": 0.9})


def test_weights_are_kept_under_a_name(allocation):
    allocation.save("core", HALVES)
    (kept,) = allocation.saved()
    assert (kept.name, kept.weights) == ("core", HALVES)
    allocation.remove("core")
    assert allocation.saved() == []
    with pytest.raises(BadValueError, match="No weights are kept"):
        allocation.remove("core")
    with pytest.raises(BadValueError, match="under a name"):
        allocation.save(" ", HALVES)
