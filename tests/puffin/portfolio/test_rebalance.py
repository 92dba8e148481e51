from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.errors import ParameterError
from puffin.execution.costs import Costs
from puffin.portfolio.rebalance import rebalance
from puffin.types import Side

D = Decimal
FREE = Costs()
PRICES = {"AAA": D(100), "BBB": D(50), "CCC": D("12.34")}


def test_a_trade_is_the_difference_in_weight_times_the_value_over_the_price():
    found = rebalance(
        {"AAA": D("0.6"), "BBB": D("0.4")}, {"AAA": D(30), "BBB": D(140)}, PRICES, D(0), costs=FREE
    )
    quantities = {row.symbol: row.quantity for row in found.trades}
    assert quantities == {"AAA": D(30), "BBB": D(-60)}
    assert [row.side for row in found.trades] == [Side.SELL, Side.BUY]
    assert [row.weight_after for row in found.trades] == [D("0.4"), D("0.6")]
    assert (found.value, found.cash_after, found.turnover) == (D(10_000), D(0), D("0.6"))


def test_costs_are_a_tenth_of_a_percent_and_five_basis_points_and_at_least_one():
    found = rebalance({"AAA": D(1)}, {}, PRICES, D(100_000))
    bought = found.trades[0]
    assert bought.quantity == 998
    assert bought.cost == D("99.80") + D("49.90")
    assert found.cash_after == D(100_000) - 99_800 - D("149.70")
    small = rebalance({"AAA": D("0.5"), "BBB": D("0.5")}, {"AAA": D(6)}, PRICES, D(400))
    assert {row.symbol: row.cost for row in small.trades} == {"AAA": D("1.05"), "BBB": D("1.23")}


def test_what_is_held_and_not_named_is_sold_to_the_last_fraction():
    found = rebalance({"AAA": D(1)}, {"CCC": D("7.5")}, PRICES, D(1000), costs=FREE)
    assert found.trades[0].symbol == "CCC"
    assert found.trades[0].quantity == D("-7.5")


def test_a_trade_too_small_to_matter_is_left_out_and_says_why():
    holdings = {"AAA": D(10), "BBB": D(20)}
    found = rebalance(
        {"AAA": D("0.5001"), "BBB": D("0.4999")}, holdings, PRICES, D(0), costs=FREE, whole=False
    )
    assert {row.why for row in found.trades} == {"Off by less than 1.00"}
    found = rebalance({"AAA": D("0.52"), "BBB": D("0.48")}, holdings, PRICES, D(0), costs=FREE)
    assert {row.why for row in found.trades} == {"Off by less than one share"}
    found = rebalance({"AAA": D("0.5"), "BBB": D("0.5")}, holdings, PRICES, D(0))
    assert {row.why for row in found.trades} == {"At its target"}
    assert all(row.side is None for row in found.trades)


@pytest.mark.parametrize(
    ("targets", "cash_weight", "sentence"),
    [
        ({"AAA": D("0.5"), "BBB": D("0.43")}, D(0), r"add up to 93\.00%, not 100%"),
        ({"AAA": D("0.5")}, D("0.4"), r"add up to 90\.00%, with 40\.0% as cash, not 100%"),
        ({"AAA": D("1.5")}, D("-0.5"), "must lie between 0 % and 100 %"),
        ({"ZZZ": D(1)}, D(0), "no price of ZZZ"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(targets, cash_weight, sentence):
    with pytest.raises(ParameterError, match=sentence):
        rebalance(targets, {}, PRICES, D(1000), cash_weight=cash_weight)


def test_an_account_worth_nothing_is_refused():
    with pytest.raises(ParameterError, match="there is nothing to split"):
        rebalance({"AAA": D(1)}, {}, PRICES, D(0))


def test_what_stays_cash_stays():
    found = rebalance({"AAA": D("0.7")}, {}, PRICES, D(10_000), cash_weight=D("0.3"), costs=FREE)
    assert found.cash_after == D(3000)


def test_a_short_target_sells_what_is_not_held():
    found = rebalance({"AAA": D("1.5"), "BBB": D("-0.5")}, {}, PRICES, D(10_000), costs=FREE)
    assert {row.symbol: row.quantity for row in found.trades} == {"BBB": D(-100), "AAA": D(150)}


def test_costs_that_eat_a_hundredth_of_the_account_are_told():
    dear = Costs(per_order=D(20))
    found = rebalance({"AAA": D("0.5"), "BBB": D("0.5")}, {}, PRICES, D(1000), costs=dear)
    assert found.notes == ("Costs of 40.00 are 4.0% of the account.",)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(0, 10), min_size=3, max_size=3).filter(any),
    st.lists(st.integers(0, 300), min_size=3, max_size=3),
    st.integers(0, 50_000),
    st.booleans(),
)
def test_cash_is_never_below_zero_and_weights_end_near_their_targets(parts, held, cash, whole):
    total = sum(parts)
    targets = {name: D(part) / total for name, part in zip(PRICES, parts, strict=True)}
    targets["AAA"] += 1 - sum(targets.values())
    holdings = {name: D(size) for name, size in zip(PRICES, held, strict=True)}
    value = cash + sum(holdings[name] * PRICES[name] for name in PRICES)
    if value < 5000:
        return
    found = rebalance(targets, holdings, PRICES, D(cash), whole=whole)
    assert found.cash_after >= 0
    moved = sum((row.value + row.cost for row in found.trades), D(0))
    assert found.cash_after == cash - moved
    # Each symbol is off by a share at most; what one cannot sell, another cannot buy.
    step = sum(PRICES.values()) if whole else D(3)
    for row in found.trades:
        assert abs(row.weight_after - row.target) * found.value <= step + found.cost * 2
