"""Positions of several legs make what a pencil says, and their odds are those of many draws."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.errors import ParameterError
from puffin.options.contract import Right
from puffin.options.legs import Leg, Market
from puffin.options.payoff import Structure

MARKET = Market(spot=100.0, volatility=0.3, rate=0.02)
CALL, PUT = Right.CALL, Right.PUT


def option(quantity, price, right, strike, years=0.25):
    return Leg(quantity, price, right, strike, years, 0.3)


def structure(*legs):
    return Structure(legs, MARKET)


POSITIONS = {
    "long call": ([option(1, 5, CALL, 100)], [105], None, 500),
    "short call": ([option(-1, 5, CALL, 100)], [105], 500, None),
    "long put": ([option(1, 5, PUT, 100)], [95], 9500, 500),
    "short put": ([option(-1, 5, PUT, 100)], [95], 500, 9500),
    "straddle": ([option(1, 5, CALL, 100), option(1, 5, PUT, 100)], [90, 110], None, 1000),
    "call spread": ([option(1, 6, CALL, 95), option(-1, 3, CALL, 105)], [98], 700, 300),
    "iron condor": (
        [
            option(-1, 3, PUT, 95),
            option(1, 1, PUT, 90),
            option(-1, 3, CALL, 105),
            option(1, 1, CALL, 110),
        ],
        [91, 109],
        400,
        100,
    ),
    "butterfly": (
        [option(1, 5, CALL, 90), option(-2, 0, CALL, 100), option(1, 0, CALL, 110)],
        [95, 105],
        500,
        500,
    ),
    "ratio spread": ([option(1, 5, CALL, 100), option(-2, 2, CALL, 110)], [101, 119], 900, None),
    "covered call": ([Leg(100, 100), option(-1, 5, CALL, 105)], [95], 1000, 9500),
    "shares": ([Leg(100, 100)], [100], None, 10_000),
    "shares short": ([Leg(-100, 100)], [100], 10_000, None),
    "free call": ([option(1, 0, CALL, 100)], [100], None, 0),
    "nothing": ([option(1, 5, CALL, 100), option(-1, 5, CALL, 100)], [], 0, 0),
    "box": (
        [
            option(1, 6, CALL, 95),
            option(-1, 3, CALL, 105),
            option(1, 8, PUT, 105),
            option(-1, 2, PUT, 95),
        ],
        [],
        100,
        0,
    ),
}


@pytest.mark.parametrize("name", POSITIONS)
def test_break_evens_and_extremes_are_those_of_a_pencil(name):
    legs, break_evens, most, least = POSITIONS[name]
    found = structure(*legs)
    assert found.break_evens == pytest.approx(break_evens)
    assert found.max_profit == (None if most is None else pytest.approx(most))
    assert found.max_loss == (None if least is None else pytest.approx(least))


@pytest.mark.parametrize("name", [name for name, row in POSITIONS.items() if "share" not in name])
def test_the_chance_of_profit_is_that_of_many_draws(name):
    found = structure(*POSITIONS[name][0])
    years, spread = 0.25, 0.3 * np.sqrt(0.25)
    draws = np.random.default_rng(1).normal(size=200_000)
    ends = 100 * np.exp((0.02 - 0.045) * years + spread * draws)
    wanted = float((found.profit_at_expiry(ends) > 1e-6).mean())
    assert found.probability_of_profit == pytest.approx(wanted, abs=0.005)


def test_shares_alone_have_no_expiry_and_so_no_chance():
    assert structure(Leg(100, 100)).probability_of_profit is None


def test_a_bull_spread_draws_every_corner():
    found = structure(option(1, 6, CALL, 95), option(-1, 3, CALL, 105))
    spots, now, end = found.curve(reach=0.4, points=5)
    assert spots.tolist() == [60, 80, 95, 100, 105, 120, 140]
    assert end.tolist() == [-300, -300, -300, 200, 700, 700, 700]
    np.testing.assert_allclose(now, found.profit(spots))
    np.testing.assert_allclose(found.profit(spots, days=0.25 * 365), end, atol=1e-9)


def test_greeks_count_a_hundred_shares_a_contract():
    found = structure(Leg(50, 100), option(-2, 5, CALL, 100)).greeks()
    step = 1e-3
    up, down = structure(Leg(50, 100), option(-2, 5, CALL, 100)).profit([100 + step, 100 - step])
    assert found["delta"] == pytest.approx((up - down) / (2 * step), rel=1e-4)
    assert found["gamma"] < 0 < found["theta"]


def test_a_calendar_is_valued_when_its_first_leg_expires():
    found = structure(option(-1, 5, CALL, 100), option(1, 8, CALL, 100, years=0.5))
    assert not found.straight
    assert found.years == 0.25
    low, high = found.break_evens
    assert low < 100 < high
    np.testing.assert_allclose(found.profit_at_expiry([low, high]), 0, atol=1e-6)
    assert found.max_profit == pytest.approx(float(found.profit_at_expiry(100)[()]), rel=1e-6)
    assert found.max_loss == pytest.approx(300, abs=0.5)


def test_more_volatility_helps_who_holds_options():
    found = structure(option(1, 5, CALL, 100), option(1, 5, PUT, 100), Leg(1, 100))
    higher = found.at_volatility(0.05)
    assert higher.profit(100.0) > found.profit(100.0)
    assert higher.market.volatility == pytest.approx(0.35)
    assert found.at_volatility(-9).market.volatility == 0


some_legs = st.lists(
    st.builds(
        option,
        quantity=st.integers(-3, 3).filter(bool),
        price=st.integers(0, 20),
        right=st.sampled_from(Right),
        strike=st.integers(10, 40).map(lambda each: each * 5),
    ),
    min_size=1,
    max_size=5,
)


@given(some_legs)
def test_no_price_makes_more_or_loses_more_than_the_extremes(legs):
    found = structure(*legs)
    ends = found.profit_at_expiry(np.linspace(0, 600, 2401))
    if found.max_profit is not None:
        assert ends.max() <= found.max_profit + 1e-6
    if found.max_loss is not None:
        assert ends.min() >= -found.max_loss - 1e-6


@given(some_legs)
def test_the_profit_changes_sign_at_break_evens_and_nowhere_else(legs):
    found = structure(*legs)
    np.testing.assert_allclose(found.profit_at_expiry(found.break_evens), 0, atol=1e-6)
    edges = [0.0, *found.break_evens, 1200.0]
    for low, high in pairwise(edges):
        inside = found.profit_at_expiry(np.linspace(low, high, 52)[1:-1])
        assert (inside >= -1e-6).all() or (inside <= 1e-6).all()
    assert found.probability_of_profit is not None
    assert -1e-12 <= found.probability_of_profit <= 1 + 1e-12


@pytest.mark.parametrize(
    "bad",
    [
        {"quantity": 0},
        {"quantity": np.nan},
        {"price": -1},
        {"strike": 0},
        {"years": -1},
        {"volatility": np.inf},
    ],
)
def test_a_leg_without_sense_cannot_exist(bad):
    good = {"quantity": 1, "price": 1, "right": CALL, "strike": 1, "years": 1, "volatility": 0.1}
    with pytest.raises(ParameterError):
        Leg(**(good | bad))


def test_neither_can_a_market_or_a_position_of_nothing():
    for bad in ({"spot": 0, "volatility": 0.1}, {"spot": 1, "volatility": -0.1}):
        with pytest.raises(ParameterError):
            Market(**bad)
    with pytest.raises(ParameterError, match="at least one leg"):
        Structure((), MARKET)
    with pytest.raises(ParameterError, match="days"):
        structure(Leg(1, 1)).profit(100.0, days=-1)
