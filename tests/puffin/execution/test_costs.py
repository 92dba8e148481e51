from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.errors import ParameterError
from puffin.execution.costs import Costs
from puffin.types import Side

MONEY = st.decimals(0, 20, places=4)


def test_nothing_is_charged_unless_asked_for():
    assert Costs().commission(Decimal(100), Decimal(50)) == 0
    assert Costs().slipped(Decimal("50.01"), Side.BUY) == Decimal("50.01")


def test_each_part_adds_up_and_is_rounded_to_a_cent():
    costs = Costs(
        per_order=Decimal(1), per_share=Decimal("0.005"), percent=Decimal("0.1")
    )  # 1 + 0.5 + 5.005
    assert costs.commission(Decimal(100), Decimal("50.05")) == Decimal("6.51")


def test_the_minimum_is_the_least_a_fill_costs():
    costs = Costs(percent=Decimal("0.1"), minimum=Decimal(5))
    assert costs.commission(Decimal(1), Decimal(10)) == 5
    assert costs.commission(Decimal(1000), Decimal(10)) == 10


def test_slippage_is_always_against_the_trader():
    costs = Costs(slippage_bps=Decimal(10))
    assert costs.slipped(Decimal(100), Side.BUY) == Decimal("100.1")
    assert costs.slipped(Decimal(100), Side.SELL) == Decimal("99.9")
    assert costs.rates.slipped(100.0, 1) == pytest.approx(100.1)
    assert costs.rates.slipped(100.0, -1) == pytest.approx(99.9)


@pytest.mark.parametrize("name", ["per_order", "per_share", "percent", "minimum", "slippage_bps"])
@pytest.mark.parametrize("value", ["-0.01", "nan", "inf"])
def test_a_senseless_cost_is_refused_by_name(name, value):
    with pytest.raises(ParameterError, match=name.partition("_")[0]):
        Costs(**{name: Decimal(value)})


@pytest.mark.parametrize(("name", "value"), [("percent", 100), ("slippage_bps", 1000)])
def test_an_absurd_cost_is_refused(name, value):
    with pytest.raises(ParameterError, match="less than"):
        Costs(**{name: Decimal(value)})


@given(MONEY, MONEY, MONEY, MONEY, st.integers(1, 5000), st.decimals("0.5", 900, places=2))
def test_the_backtest_and_the_broker_charge_the_same_to_a_cent(
    per_order, per_share, percent, minimum, size, price
):
    costs = Costs(per_order, per_share, percent, minimum)
    exact = costs.commission(Decimal(size), price)
    assert costs.rates.commission(size, float(price)) == pytest.approx(float(exact), abs=0.00501)


@given(MONEY, MONEY, MONEY, MONEY, st.floats(0, 1e6), st.floats(0.5, 900))
def test_what_is_affordable_can_be_paid_and_a_share_more_cannot(
    per_order, per_share, percent, minimum, money, price
):
    rates = Costs(per_order, per_share, percent, minimum).rates
    size = rates.affordable(money, price)
    if size > 0:
        assert size * price + rates.commission(size, price) <= money * (1 + 1e-9) + 1e-9
    more = size + 1
    assert more * price + rates.commission(more, price) > money


def test_a_backtest_pays_half_the_spread_and_a_broker_has_two_prices():
    costs = Costs(spread_bps=Decimal(10), slippage_bps=Decimal(5))
    assert costs.rates.slipped(100.0, 1) == pytest.approx(100.1)
    assert costs.slipped(Decimal(100), Side.BUY) == Decimal("100.05")


def test_slippage_in_money_is_against_the_trader_and_no_price_falls_below_zero():
    costs = Costs(slippage_per_share=Decimal("0.03"))
    assert costs.slipped(Decimal(100), Side.SELL) == Decimal("99.97")
    assert costs.slipped(Decimal("0.01"), Side.SELL) > 0
    assert costs.rates.slipped(100.0, 1) == pytest.approx(100.03)
    assert costs.rates.slipped(0.01, -1) == 0
    assert costs.rates.affordable(100.0, 0.0) == 0


@pytest.mark.parametrize(
    ("quantity", "volume", "price"),
    [
        (0.0, 100.0, 100.0),
        (25.0, 100.0, 102.5),
        (100.0, 100.0, 105.0),
        (900.0, 100.0, 105.0),
        (1.0, 0.0, 105.0),
    ],
)
def test_impact_grows_with_the_root_of_the_share_of_the_volume(quantity, volume, price):
    rates = Costs(impact_percent=Decimal(5)).rates
    assert rates.slipped(100.0, 1, quantity, volume) == pytest.approx(price)


@pytest.mark.parametrize(("name", "value"), [("spread_bps", 1000), ("impact_percent", 100)])
def test_an_absurd_spread_or_impact_is_refused(name, value):
    with pytest.raises(ParameterError, match="less than"):
        Costs(**{name: Decimal(value)})
