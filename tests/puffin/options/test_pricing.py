"""European prices and greeks are those of the books, and hang together."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.options.pricing import Contracts, Greeks, extrinsic, greeks, price
from tests.puffin.options.reference import (
    column,
    contracts_of,
    haug,
    market,
    needs_reference,
    vollib,
)

A_YEAR_OR_A_POINT = {
    "delta": 1,
    "gamma": 1,
    "elasticity": 1,
    "thetaPerDay": 1,
    "theta": 365,
    "vega": 100,
    "rho": 100,
    "dividendRho": 100,
}
NAMES = {"thetaPerDay": "theta", "dividendRho": "dividend_rho"}
markets = st.fixed_dictionaries(
    {
        "spot": st.floats(1, 1000),
        "strike": st.floats(1, 1000),
        "years": st.floats(0.001, 5),
        "volatility": st.floats(0.01, 2),
        "rate": st.floats(-0.05, 0.2),
        "dividend_yield": st.floats(-0.05, 0.2),
    }
)


@needs_reference
def test_prices_are_those_of_haug():
    rows = haug("european_values")
    found = price(contracts_of(rows))
    assert (np.abs(found - column(rows, "expected")) <= column(rows, "tol")).all()
    np.testing.assert_allclose(found, column(rows, "recomputed"), atol=1e-8)


@needs_reference
def test_greeks_are_those_of_haug_in_their_units():
    for row in haug("european_greeks"):
        name = row["greek"]
        found = getattr(greeks(contracts_of([row])), NAMES.get(name, name))[0]
        assert found * A_YEAR_OR_A_POINT[name] == pytest.approx(row["recomputed"], abs=1e-7)


@needs_reference
@pytest.mark.parametrize(
    ("call", "letter", "value"), [(True, "C", "bs_call"), (False, "P", "bs_put")]
)
def test_prices_and_greeks_are_those_of_vollib(call, letter, value):
    columns = vollib()
    found = greeks(
        Contracts.of(
            call=call,
            spot=columns["S"],
            strike=columns["K"],
            years=columns["t"],
            volatility=columns["v"],
            rate=columns["R"],
        )
    )
    np.testing.assert_allclose(found.price, columns[value], atol=1e-6)
    for name, short in (
        ("delta", "D"),
        ("gamma", "G"),
        ("theta", "T"),
        ("vega", "V"),
        ("rho", "R"),
    ):
        wanted = columns[letter + short] / A_YEAR_OR_A_POINT[name]
        np.testing.assert_allclose(getattr(found, name), wanted, atol=2e-9)


@given(markets)
def test_a_call_less_a_put_is_the_forward(values):
    call, put = price(Contracts.of(call=[True, False], **values))
    grown = values["spot"] * np.exp(-values["dividend_yield"] * values["years"])
    owed = values["strike"] * np.exp(-values["rate"] * values["years"])
    assert call - put == pytest.approx(grown - owed, abs=1e-9 * max(grown, owed))


@given(markets)
def test_prices_lie_within_their_bounds(values):
    call, put = price(Contracts.of(call=[True, False], **values))
    grown = values["spot"] * np.exp(-values["dividend_yield"] * values["years"])
    owed = values["strike"] * np.exp(-values["rate"] * values["years"])
    room = 1e-9 * max(grown, owed)
    assert max(grown - owed, 0) - room <= call <= grown + room
    assert max(owed - grown, 0) - room <= put <= owed + room


@given(markets, st.booleans(), st.floats(1.001, 3))
def test_more_volatility_never_costs_less(values, call, times):
    calm = price(Contracts.of(call=call, **values))[0]
    wild = price(
        Contracts.of(call=call, **(values | {"volatility": values["volatility"] * times}))
    )[0]
    assert wild >= calm - 1e-9 * values["spot"]


@given(markets, st.floats(1.001, 3))
def test_a_call_rises_and_a_put_falls_with_the_spot(values, times):
    before = price(Contracts.of(call=[True, False], **values))
    after = price(Contracts.of(call=[True, False], **(values | {"spot": values["spot"] * times})))
    room = 1e-9 * values["spot"] * times
    assert after[0] >= before[0] - room
    assert after[1] <= before[1] + room


def test_each_greek_is_the_slope_it_says_it_is():
    contracts = market(50, 7)
    found, step = greeks(contracts), 1e-4

    def moved(name, amount, of="price"):
        return getattr(greeks(contracts.with_(**{name: getattr(contracts, name) + amount})), of)

    def slope(name, of="price"):
        return (moved(name, step, of) - moved(name, -step, of)) / (2 * step)

    wanted = {
        "delta": slope("spot"),
        "gamma": slope("spot", "delta"),
        "theta": -slope("years") / 365,
        "vega": slope("volatility") / 100,
        "rho": slope("rate") / 100,
        "dividend_rho": slope("dividend_yield") / 100,
        "vanna": slope("volatility", "delta") / 100,
        "volga": slope("volatility", "vega") / 100,
        "charm": -slope("years", "delta") / 365,
        "elasticity": found.delta * contracts.spot / found.price,
    }
    for name, values in wanted.items():
        np.testing.assert_allclose(getattr(found, name), values, rtol=1e-4, atol=1e-6, err_msg=name)
    assert {each.name for each in fields(Greeks)} == {"price", "in_the_money", *wanted}


def test_at_expiry_a_delta_is_all_or_nothing_and_nothing_bends():
    found = greeks(
        Contracts.of(
            call=[True, True, False, False, True],
            spot=[110.0, 90, 90, 110, 100],
            strike=100,
            years=0,
            volatility=0.2,
            rate=0.05,
        )
    )
    assert found.price.tolist() == [10, 0, 10, 0, 0]
    assert found.delta.tolist() == [1, 0, -1, 0, 0.5]
    for name in ("gamma", "theta", "vega", "rho", "vanna", "volga", "charm"):
        assert not getattr(found, name).any()
        assert not np.signbit(getattr(found, name)).any()


def test_without_volatility_a_call_is_worth_the_forward_it_holds():
    found = price(Contracts.of(call=True, spot=100, strike=90, years=1, volatility=0, rate=0.05))
    assert found[0] == pytest.approx(100 - 90 * np.exp(-0.05))


@pytest.mark.parametrize(
    "bad",
    [
        {"spot": 0},
        {"spot": -1},
        {"strike": 0},
        {"years": -0.1},
        {"volatility": -0.1},
        {"spot": np.nan},
        {"rate": np.inf},
        {"dividend_yield": np.nan},
    ],
)
def test_a_row_without_sense_has_no_value_and_spoils_no_other(bad):
    name, value = next(iter(bad.items()))
    good = {
        "spot": 100.0,
        "strike": 100.0,
        "years": 1.0,
        "volatility": 0.2,
        "rate": 0.0,
        "dividend_yield": 0.0,
    }
    contracts = Contracts.of(call=True, **(good | {name: [good[name], value]}))
    found = greeks(contracts)
    for each in fields(Greeks):
        assert np.isfinite(getattr(found, each.name)[0])
        assert np.isnan(getattr(found, each.name)[1])
    assert np.isnan(price(contracts)[1])


def test_intrinsic_and_extrinsic_make_the_price():
    contracts = market(20, 3)
    prices = price(contracts)
    np.testing.assert_allclose(contracts.intrinsic + extrinsic(contracts, prices), prices)
