"""Concentration, correlation and beta are what the textbooks say, and None where undefined."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from puffin.errors import NoDataError, ParameterError
from puffin.risk.concentration import (
    beta,
    betas,
    correlation,
    effective_positions,
    exposure,
    herfindahl,
    largest,
    mean_correlation,
)
from puffin.risk.portfolio_risk import book_risk, parametric_deviation
from puffin.risk.value_at_risk import LEVELS, Method, normal_tail, tail

tables = arrays.arrays(
    np.float64,
    st.tuples(st.integers(20, 40), st.integers(1, 5)),
    elements=st.floats(-0.25, 0.25, width=32),
)
WAVES = np.stack([np.sin(np.arange(60.0) * each) / 50 for each in (1.0, 2.0, 3.7)], axis=1)


def test_concentration_of_a_known_book():
    assert herfindahl(np.array([0.50, 0.33, 0.17])) == pytest.approx(0.3878)
    assert herfindahl(np.array([100.0, -100.0])) == pytest.approx(0.5)
    assert effective_positions(np.array([5.0, 5, 5, 5])) == pytest.approx(4)
    assert herfindahl(np.empty(0)) is None
    assert effective_positions(np.zeros(2)) is None


def test_exposure_adds_up():
    found = exposure(np.array([600.0, -200.0]), 1000)
    assert (found.long, found.short, found.gross, found.net) == (600, 200, 800, 400)
    assert found.leverage == pytest.approx(0.8)
    assert exposure(np.array([1.0]), 0).leverage is None


def test_the_largest_positions_come_first():
    assert largest({"A": 1, "B": -3, "C": 0}, 2) == (("B", 0.75), ("A", 0.25))
    assert largest({"A": 0.0}) == ()


def test_beta_of_twice_the_market_is_two():
    market = WAVES[:, 0]
    assert beta(2 * market + 0.01, market) == pytest.approx(2)
    assert beta(-market, market) == pytest.approx(-1)
    assert beta(market, np.full(60, 0.001)) is None
    np.testing.assert_allclose(betas(np.stack([market, -market], axis=1), market), [1, -1])


def test_correlation_of_the_same_and_the_opposite():
    market = WAVES[:, 0]
    found = correlation(np.stack([market, 3 * market, -market, np.zeros(60)], axis=1))
    np.testing.assert_allclose(found[:3, :3], [[1, 1, -1], [1, 1, -1], [-1, -1, 1]], atol=1e-12)
    assert np.isnan(found[3]).all()
    assert mean_correlation(WAVES[:, :1]) is None
    assert mean_correlation(WAVES) == pytest.approx(
        np.asarray(np.corrcoef(WAVES.T))[np.triu_indices(3, 1)].mean()
    )


@pytest.mark.parametrize("bad", [np.zeros((1, 2)), np.array([[0.1], [np.nan]])])
def test_what_cannot_be_compared_is_refused(bad):
    with pytest.raises(NoDataError):
        correlation(bad)


def test_returns_of_other_days_are_refused():
    with pytest.raises(ParameterError, match="same days"):
        beta(np.zeros(3), np.zeros(4))


@given(tables)
def test_correlations_lie_between_minus_one_and_one(returns):
    found = correlation(returns)
    known = found[np.isfinite(found)]
    assert (np.abs(known) <= 1).all()


def test_the_risk_of_a_book_is_that_of_its_profits_and_its_parts_sum_to_it():
    values = np.array([10_000.0, -4_000.0, 2_500.0])
    found = book_risk(("A", "B", "C"), values, WAVES, equity=20_000)
    profits = WAVES @ values
    np.testing.assert_allclose(found.profits, profits)
    assert found.tails[0] == tail(profits, level=0.95)
    assert {each.method for each in found.tails} == set(Method)
    whole = normal_tail(float(profits.std(ddof=1))).value_at_risk
    assert found.components.sum() == pytest.approx(whole)
    assert found.exposure.leverage == pytest.approx(16_500 / 20_000)


def test_five_hundred_positions_take_ten_milliseconds_at_most():
    random = np.random.default_rng(0)
    returns = random.normal(0, 0.02, (1_260, 500))
    values = random.normal(0, 10_000, 500)
    names = tuple(f"S{each}" for each in range(500))

    def spent():
        start = time.thread_time()
        found = book_risk(names, values, returns, equity=1e7)
        assert len(found.tails) == len(Method) * len(LEVELS)
        return time.thread_time() - start

    spent()
    assert min(spent() for _ in range(30)) <= 0.010


def test_a_hedge_adds_less_than_nothing():
    market = WAVES[:, 0]
    found = book_risk(
        ("A", "B"), np.array([100.0, -40.0]), np.stack([market, market], axis=1), equity=100
    )
    assert found.components[0] > 0 > found.components[1]


def test_a_book_that_never_moves_has_no_parts():
    found = book_risk(("A",), np.array([5.0]), np.zeros((30, 1)), equity=5)
    assert found.components.tolist() == [0.0]


def test_a_table_that_does_not_fit_is_refused():
    for bad in (WAVES[:, :2], WAVES[:, 0]):
        with pytest.raises(ParameterError, match="column of returns"):
            book_risk(("A", "B", "C"), np.ones(3), bad, equity=1)


def test_the_two_stock_example_of_the_textbook():
    values = np.array([10_000_000.0, 5_000_000.0])
    deviations, mixed = np.array([0.02, 0.01]), np.array([[1, 0.3], [0.3, 1]])
    found = parametric_deviation(values, np.outer(deviations, deviations) * mixed)
    assert found == pytest.approx(220_227.15545545242)
    assert 2.33 * found * 10**0.5 == pytest.approx(1_622_657, abs=1)
    with pytest.raises(ParameterError, match="row and a column"):
        parametric_deviation(values, np.eye(3))
    with pytest.raises(ParameterError, match="not a covariance"):
        parametric_deviation(np.array([1.0, -1.0]), np.array([[1.0, 2.0], [2.0, 1.0]]))
