"""American prices are those of a fine tree, and the quick formulas those that were published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.options import american, approximations, pricing
from puffin.options.approximations import Approximation
from puffin.options.pricing import Contracts
from tests.puffin.options.reference import column, contracts_of, haug, market, needs_reference

PUBLISHED = {
    Approximation.JU: "american_Ju_true_values",
    Approximation.BARONE_ADESI_WHALEY: "american_BaroneAdesiWhaley",
    Approximation.BJERKSUND_STENSLAND: "american_BjerksundStensland1993",
}


def tree(contracts: Contracts, row: int, steps: int = 2000) -> float:
    """Return the price by Cox, Ross and Rubinstein's tree, the mean of two sizes."""
    each = contracts.take(np.array([row]))
    sign, years, rate = float(each.sign[0]), float(each.years[0]), float(each.rate[0])
    spot, strike = float(each.spot[0]), float(each.strike[0])
    found = []
    for count in (steps, steps + 1):
        step = years / count
        up = np.exp(float(each.volatility[0]) * np.sqrt(step))
        grown = np.exp((rate - float(each.dividend_yield[0])) * step)
        chance, fade = (grown - 1 / up) / (up - 1 / up), np.exp(-rate * step)
        spots = spot * up ** np.arange(count, -count - 1, -2.0)
        values = np.maximum(sign * (spots - strike), 0)
        for _ in range(count):
            spots = spots[:-1] / up
            values = fade * (chance * values[:-1] + (1 - chance) * values[1:])
            values = np.maximum(values, sign * (spots - strike))
        found.append(float(values[0]))
    return sum(found) / 2


def test_prices_are_those_of_a_fine_tree():
    contracts = market(
        24, 11, rate=[0.05, 0.1, 0.02] * 8, dividend_yield=[0.0, 0.08, 0.02, 0.12] * 6
    )
    found = american.price(contracts)
    wanted = [tree(contracts, row) for row in range(len(contracts))]
    np.testing.assert_allclose(found, wanted, atol=2e-3)


@needs_reference
@pytest.mark.parametrize("by", Approximation)
def test_the_quick_formulas_are_those_that_were_published(by):
    rows = haug(PUBLISHED[by])
    found = approximations.price(contracts_of(rows), by)
    assert (np.abs(found - column(rows, "expected")) <= column(rows, "tol")).all()


@needs_reference
def test_where_a_published_formula_and_the_price_part_the_tree_sides_with_the_price():
    rows = [each for each in haug(PUBLISHED[Approximation.JU]) if each["T"] > 0.5]
    contracts = contracts_of(rows)
    found = american.price(contracts)
    apart = np.flatnonzero(np.abs(found - column(rows, "expected")) > 0.01)
    assert len(apart)
    for row in apart[::4]:
        wanted = tree(contracts, int(row))
        assert abs(found[row] - wanted) < 1e-3 < abs(rows[int(row)]["expected"] - wanted)


def test_quick_formulas_come_near_and_one_is_never_too_high():
    contracts = market(2000, 5)
    true = american.price(contracts)
    assert np.abs(approximations.price(contracts) - true).max() < 0.2
    low = approximations.price(contracts, Approximation.BJERKSUND_STENSLAND)
    assert (low <= true + 1e-4).all()
    assert np.abs(low - true).max() < 2


kinds = st.fixed_dictionaries(
    {
        "spot": st.just(100.0),
        "strike": st.floats(40, 250),
        "years": st.floats(0.003, 4),
        "volatility": st.floats(0.03, 2),
        "rate": st.sampled_from([0.0, 0.0001, 0.02, 0.1]),
        "dividend_yield": st.sampled_from([0.0, 0.0001, 0.02, 0.1]),
    }
)


@given(kinds, st.booleans())
def test_an_american_option_is_worth_the_european_one_or_exercise_at_least(values, call):
    contracts = Contracts.of(call=call, **values)
    least = np.maximum(pricing.price(contracts), contracts.intrinsic)
    most = contracts.spot if call else contracts.strike
    for found in (
        american.price(contracts),
        *(approximations.price(contracts, by) for by in Approximation),
    ):
        assert least[0] - 1e-9 <= found[0] <= most[0] + 1e-6


@given(kinds)
def test_a_call_is_the_put_it_mirrors(values):
    put = values | {
        "spot": values["strike"],
        "strike": values["spot"],
        "rate": values["dividend_yield"],
        "dividend_yield": values["rate"],
    }
    call = american.price(Contracts.of(call=True, **values))
    assert call[0] == pytest.approx(american.price(Contracts.of(call=False, **put))[0], abs=1e-9)


def test_exercising_early_never_pays_for_a_call_without_dividends():
    contracts = market(50, 2, call=True, dividend_yield=0.0)
    np.testing.assert_array_equal(american.price(contracts), pricing.price(contracts))
    assert np.isnan(american.exercise_price(contracts)).all()


def test_at_its_exercise_price_an_option_is_worth_no_more_than_exercise():
    contracts = market(40, 9)
    edge = american.exercise_price(contracts)
    assert (np.where(contracts.call, edge > contracts.strike, edge < contracts.strike)).all()
    there = contracts.with_(spot=edge)
    np.testing.assert_allclose(american.price(there), there.intrinsic, rtol=1e-12)
    past = contracts.with_(spot=edge * np.where(contracts.call, 0.9, 1.1))
    assert (american.price(past) > past.intrinsic).all()


def test_each_greek_is_the_slope_it_says_it_is():
    contracts = market(30, 4)
    contracts = contracts.take(np.abs(np.log(contracts.spot / contracts.strike)) < 0.25)
    found, step = american.greeks(contracts), 2e-3

    def moved(name, amount):
        return american.price(contracts.with_(**{name: getattr(contracts, name) + amount}))

    def slope(name, size=step):
        return (moved(name, size) - moved(name, -size)) / (2 * size)

    np.testing.assert_allclose(found.price, american.price(contracts))
    np.testing.assert_allclose(found.delta, slope("spot", 0.05), atol=2e-4)
    np.testing.assert_allclose(found.theta, -slope("years") / 365, atol=2e-4)
    np.testing.assert_allclose(found.vega, slope("volatility") / 100, atol=1e-4)
    np.testing.assert_allclose(found.rho, slope("rate") / 100, atol=1e-3)
    np.testing.assert_allclose(found.dividend_rho, slope("dividend_yield") / 100, atol=1e-3)


def test_without_early_exercise_the_greeks_are_the_european_ones():
    contracts = market(20, 6, call=True, dividend_yield=0.0, years=0.5, volatility=0.3)
    found, wanted = american.greeks(contracts), pricing.greeks(contracts)
    for name in ("price", "delta", "gamma", "theta", "vega", "rho", "vanna", "volga", "charm"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(wanted, name), rtol=1e-3, atol=1e-5, err_msg=name
        )


def test_at_expiry_and_in_certainty_it_is_worth_the_best_moment():
    found = american.price(
        Contracts.of(
            call=[True, False, False, True],
            spot=[120.0, 80, 80, 100],
            strike=100,
            years=[0, 0, 1, 1],
            volatility=[0.2, 0.2, 0, 0],
            rate=0.05,
            dividend_yield=0.02,
        )
    )
    held = 100 * np.exp(-0.02) - 100 * np.exp(-0.05)
    np.testing.assert_allclose(found, [20, 20, 20, held])
    expired = american.greeks(
        Contracts.of(call=True, spot=120, strike=100, years=0, volatility=0.2)
    )
    assert expired.delta[0] == 1
    assert expired.charm[0] == 0


def test_where_no_price_is_known_there_is_none():
    contracts = Contracts.of(
        call=[False, True, False],
        spot=[100.0, 100, -1],
        strike=100,
        years=1,
        volatility=0.2,
        rate=[-0.01, -0.03, 0.05],
        dividend_yield=[-0.03, -0.01, 0.0],
    )
    assert np.isnan(american.price(contracts)).all()
    assert np.isnan(approximations.price(contracts)).all()
    assert np.isnan(american.greeks(contracts).delta).all()


def test_negative_rates_are_priced_by_the_true_method():
    contracts = market(10, 8, rate=-0.01, dividend_yield=0.02)
    found = american.price(contracts)
    np.testing.assert_array_equal(approximations.price(contracts), found)
    assert abs(found[0] - tree(contracts, 0)) < 2e-3
