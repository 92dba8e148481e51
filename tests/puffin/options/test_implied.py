"""Implied volatility gives back what went in, and says why there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.options import american, pricing
from puffin.options.implied import Style, implied_volatility, no_volatility
from puffin.options.pricing import Contracts
from tests.puffin.options.reference import market

ONE = {"spot": 100.0, "strike": 70.0, "years": 0.5, "volatility": 0.0, "rate": 0.02}
ROUNDING = float(np.finfo(np.float64).eps)


def test_thousands_of_all_kinds_come_back():
    random = np.random.default_rng(5)
    count = 20_000
    contracts = Contracts.of(
        call=random.random(count) < 0.5,
        spot=100.0,
        strike=100 * np.exp(random.normal(0, 0.6, count)),
        years=10 ** random.uniform(-3, 1, count),
        volatility=10 ** random.uniform(-1.7, 0.7, count),
        rate=0.03,
        dividend_yield=0.01,
    )
    found = implied_volatility(contracts, pricing.price(contracts))
    vega = pricing.greeks(contracts).vega * 100
    known = np.isfinite(found)
    # A price holds no more digits of the volatility than its own rounding leaves.
    room = 1e-12 * contracts.volatility
    room += 4 * ROUNDING * np.maximum(contracts.spot, contracts.strike) / np.maximum(vega, 1e-300)
    assert (np.abs(found - contracts.volatility) <= room)[known].all()
    assert known[vega > 1e-4].all()


@given(
    st.booleans(),
    st.floats(50, 200),
    st.floats(0.01, 3),
    st.floats(0.05, 3),
    st.floats(-0.05, 0.1),
    st.floats(-0.05, 0.1),
)
def test_there_and_back(call, strike, years, volatility, rate, dividend_yield):
    contracts = Contracts.of(
        call=call,
        spot=100.0,
        strike=strike,
        years=years,
        volatility=volatility,
        rate=rate,
        dividend_yield=dividend_yield,
    )
    worth = pricing.price(contracts)
    if pricing.greeks(contracts).vega[0] < 1e-4:
        return
    found = implied_volatility(contracts, worth)
    assert found[0] == pytest.approx(volatility, rel=1e-8)
    assert no_volatility(contracts, float(worth[0])) is None


def test_a_higher_price_means_more_volatility():
    prices = np.linspace(5, 60, 200)
    contracts = Contracts.of(call=True, spot=np.full(200, 100.0), strike=100, years=1, volatility=0)
    assert (np.diff(implied_volatility(contracts, prices)) > 0).all()


def test_american_ones_come_back_too():
    contracts = market(200, 12)
    worth = american.price(contracts)
    found = implied_volatility(contracts, worth, Style.AMERICAN)
    sure = pricing.greeks(contracts).vega > 1e-3
    sure &= worth > contracts.intrinsic + 1e-6
    assert sure.sum() > 150
    np.testing.assert_allclose(found[sure], contracts.volatility[sure], atol=1e-6)


def test_read_as_european_an_american_price_asks_for_more():
    contracts = market(50, 13, call=False, strike=110.0, volatility=0.3)
    worth = american.price(contracts)
    assert (implied_volatility(contracts, worth) > 0.3).all()


@pytest.mark.parametrize(
    ("price", "style", "words"),
    [
        (0, Style.EUROPEAN, "too low: without volatility the option is worth 30.6965"),
        (30.0, Style.EUROPEAN, "too low"),
        (101, Style.EUROPEAN, "too high: 101 is not below 100"),
        (np.nan, Style.EUROPEAN, "above zero are needed"),
        (30.0, Style.AMERICAN, "too low"),
        (100.0, Style.AMERICAN, "too high"),
        (99.99999999999999, Style.EUROPEAN, "No volatility up to 2000%"),
    ],
)
def test_a_price_that_no_volatility_explains_is_told_apart(price, style, words):
    contracts = Contracts.of(call=True, **ONE)
    assert np.isnan(implied_volatility(contracts, price, style)).all()
    told = no_volatility(contracts, price, style)
    assert told is not None
    assert words in told


def test_an_expired_or_senseless_contract_has_none_and_spoils_no_other():
    contracts = Contracts.of(
        call=True, **(ONE | {"years": [0.5, 0.0, -1.0], "spot": [100.0, 100, -1]})
    )
    for style in Style:
        found = implied_volatility(contracts, 40.0, style)
        assert np.isfinite(found).tolist() == [True, False, False]
    told = no_volatility(contracts.take(np.array([1])), 40.0)
    assert told == "The option has expired: its price no longer depends on volatility."
    assert no_volatility(contracts.take(np.array([2])), 40.0) is not None


def test_a_put_deep_in_the_money_at_exercise_holds_no_volatility():
    contracts = Contracts.of(call=False, spot=60, strike=100, years=0.5, volatility=0, rate=0.02)
    assert np.isnan(implied_volatility(contracts, 40.0, Style.AMERICAN))[0]
    assert len(implied_volatility(contracts.take(np.array([], np.int64)), [], Style.AMERICAN)) == 0
