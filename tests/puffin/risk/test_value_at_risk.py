"""Tails are those of the reference, and the test of exceptions is Kupiec's."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from puffin.errors import NoDataError, ParameterError
from puffin.risk.value_at_risk import (
    LEVELS,
    Method,
    backtest,
    excess_kurtosis,
    kupiec,
    normal_tail,
    skewness,
    student_tail,
    tail,
)

REFERENCE = Path(__file__).parents[4] / "shared/reference/numeric"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference numbers are not beside this checkout"
)
some_returns = arrays.arrays(
    np.float64, st.integers(20, 120), elements=st.floats(-0.25, 0.25, width=32)
)


def answers():
    return json.loads((REFERENCE / "var_es.json").read_text())


def index_returns():
    with (REFERENCE / "sp500_adjclose_arch.csv").open(newline="") as lines:
        closes = np.array([float(row["Adj Close"]) for row in csv.DictReader(lines)])
    return closes[1:] / closes[:-1] - 1


@needs_reference
def test_the_historical_tail_is_that_of_the_reference():
    wanted, returns = answers()["historical_sp500_full_sample"], index_returns()
    assert len(returns) == wanted["n"]
    for level, name in ((0.95, "95"), (0.99, "99")):
        found = tail(returns, level=level)
        assert found.value_at_risk == pytest.approx(wanted[f"VaR{name}_linear"], rel=1e-12)
        assert found.shortfall == pytest.approx(wanted[f"ES{name}_mean_below_linear_var"], rel=1e-9)


@needs_reference
def test_the_normal_tail_is_that_of_the_reference():
    wanted, returns = answers(), index_returns()
    sample = wanted["historical_sp500_full_sample"]
    for level, name in (
        (0.95, "parametric_VaR95_sample_mean_std_ddof1"),
        (0.99, "parametric_VaR99"),
    ):
        found = tail(returns, level=level, method=Method.NORMAL)
        assert found.value_at_risk == pytest.approx(sample[name], rel=1e-12)
    for level, closed in wanted["normal_closed_form_mu0_sigma1"].items():
        found = normal_tail(1.0, level=float(level))
        assert found.value_at_risk == pytest.approx(closed["VaR"], rel=1e-12)
        assert found.shortfall == pytest.approx(closed["ES"], rel=1e-12)


@needs_reference
def test_the_bent_tail_is_that_of_the_reference():
    wanted, returns = answers()["cornish_fisher_sp500"], index_returns()
    assert skewness(returns) == pytest.approx(wanted["skew"], rel=1e-9)
    assert excess_kurtosis(returns) == pytest.approx(wanted["excess_kurtosis"], rel=1e-9)
    for level, name in ((0.95, "mVaR95"), (0.99, "mVaR99")):
        found = tail(returns, level=level, method=Method.CORNISH_FISHER)
        assert found.value_at_risk == pytest.approx(wanted[name], rel=1e-12)
        assert found.shortfall is not None
        assert found.shortfall > found.value_at_risk


@needs_reference
def test_the_tail_of_students_t_is_that_of_the_reference():
    for name, wanted in answers()["student_t_unit_scale"].items():
        degrees, level = (float(part.partition("=")[2]) for part in name.split(","))
        found = student_tail(1.0, degrees, level=level)
        assert found.value_at_risk == pytest.approx(wanted["VaR"], rel=1e-10)
        assert found.shortfall == pytest.approx(wanted["ES"], rel=1e-10)
        scaled = student_tail(2.0, degrees, mean=0.1, level=level)
        assert scaled.value_at_risk == pytest.approx(2 * wanted["VaR"] - 0.1)
        assert scaled.shortfall == pytest.approx(2 * wanted["ES"] - 0.1)


@needs_reference
def test_students_t_has_the_moments_of_the_returns():
    from scipy import stats

    returns = index_returns()
    degrees = 4 + 6 / float(excess_kurtosis(returns) or 0)
    scale = returns.std(ddof=1) * math.sqrt((degrees - 2) / degrees)
    fitted = stats.t(degrees, loc=returns.mean(), scale=scale)
    assert fitted.std() == pytest.approx(returns.std(ddof=1))
    assert fitted.stats("k") == pytest.approx(excess_kurtosis(returns))
    for level in LEVELS:
        found = tail(returns, level=level, method=Method.STUDENT_T)
        edge = fitted.ppf(1 - level)
        assert found.value_at_risk == pytest.approx(-edge, rel=1e-9)
        beyond = fitted.expect(lambda each: each, ub=edge, conditional=True)
        assert found.shortfall == pytest.approx(-beyond, rel=1e-6)
    normal = tail(returns, level=0.99, method=Method.NORMAL).value_at_risk
    assert tail(returns, level=0.99, method=Method.STUDENT_T).value_at_risk > normal


def test_returns_without_heavy_tails_have_the_normal_one():
    even = np.linspace(-0.05, 0.05, 50)  # its kurtosis is below that of a normal distribution
    for level in LEVELS:
        found = tail(even, level=level, method=Method.STUDENT_T)
        wanted = tail(even, level=level, method=Method.NORMAL)
        assert found.value_at_risk == pytest.approx(wanted.value_at_risk)
        assert found.shortfall == pytest.approx(wanted.shortfall)


def test_degrees_of_freedom_without_sense_are_refused():
    assert student_tail(1.0, 1.0).shortfall is None
    assert student_tail(1.0, 0.8, level=0.99).value_at_risk > 0
    for bad in (0, -1, math.nan):
        with pytest.raises(ParameterError, match="degrees of freedom"):
            student_tail(1.0, bad)


@needs_reference
def test_exceptions_are_judged_as_kupiec_did():
    for case in answers()["kupiec_pof"]["cases"]:
        found = kupiec(case["T"], case["x"], 1 - case["p"])
        assert found.ratio == pytest.approx(case["LR"], rel=1e-10)
        assert found.accepted == (case["LR"] < 3.841)


def test_kupiec_accepts_fewer_than_seven_exceptions_in_a_year_at_99():
    assert kupiec(255, 6, 0.99).accepted
    assert not kupiec(255, 7, 0.99).accepted


def test_without_a_single_exception_the_ratio_is_that_of_the_binomial():
    assert kupiec(250, 0, 0.99).ratio == pytest.approx(-2 * 250 * math.log(0.99))
    assert kupiec(5, 5, 0.99).ratio == pytest.approx(-2 * 5 * math.log(0.01))
    assert kupiec(100, 5, 0.95).p_value == pytest.approx(1.0)


def test_the_tail_of_twenty_days_can_be_checked_by_hand():
    returns = np.array([-0.10, -0.05, *[0.01] * 18])
    found = tail(returns, level=0.9)
    assert found.value_at_risk == pytest.approx(-(-0.05 + 0.9 * 0.06))
    assert tail(returns, level=0.95).value_at_risk == pytest.approx(0.0525)
    assert tail(returns, level=0.95).shortfall == pytest.approx(0.10)


def test_more_days_are_scaled_by_the_root_of_time():
    returns = np.linspace(-0.05, 0.05, 50)
    for method in Method:
        one, ten = tail(returns, method=method), tail(returns, method=method, days=10)
        assert ten.value_at_risk == pytest.approx(one.value_at_risk * math.sqrt(10))


def test_an_expansion_bent_beyond_sense_has_no_shortfall():
    jump = np.zeros(300)
    jump[0] = -0.5
    found = tail(jump, method=Method.CORNISH_FISHER)
    assert found.shortfall is None
    assert math.isfinite(found.value_at_risk)


def test_returns_that_never_change_have_no_shape_and_no_tail():
    flat = np.full(30, 0.001)
    assert skewness(flat) is None
    assert excess_kurtosis(np.empty(0)) is None
    for method in Method:
        assert tail(flat, method=method).value_at_risk == pytest.approx(-0.001)


@pytest.mark.parametrize(
    "returns", [np.zeros(19), np.array([np.nan] * 30), np.array([np.inf] * 30)]
)
def test_too_little_or_broken_history_is_refused_in_words(returns):
    with pytest.raises(NoDataError, match=r"needs 20 returns|Return 1 is not a number"):
        tail(returns)


@pytest.mark.parametrize(
    ("level", "days"), [(0.5, 1), (1.0, 1), (95, 1), (0.95, 0), (0.95, math.inf)]
)
def test_a_level_or_horizon_without_sense_is_refused(level, days):
    with pytest.raises(ParameterError):
        tail(np.zeros(30), level=level, days=days)


@pytest.mark.parametrize(("days", "exceptions"), [(10, 11), (10, -1), (0, 0)])
def test_exceptions_that_cannot_be_are_refused(days, exceptions):
    with pytest.raises(ParameterError):
        kupiec(days, exceptions, 0.95)


@pytest.mark.parametrize("method", Method)
def test_the_backtest_uses_only_the_days_before(method):
    calm = np.tile([0.001, -0.001], 30)
    shock = np.append(calm, -0.5)
    found = backtest(shock, method=method, window=60)
    assert (found.days, found.exceptions) == (1, 1)
    assert backtest(np.append(shock, 0.0), method=method, window=60).exceptions == 1


@pytest.mark.parametrize("method", Method)
def test_the_backtest_is_the_tail_of_each_window(method):
    returns = np.sin(np.arange(90.0) ** 2) / 50
    losses = [
        tail(returns[row : row + 40], level=0.9, method=method).value_at_risk for row in range(50)
    ]
    wanted = int((-returns[40:] > np.array(losses)).sum())
    assert backtest(returns, level=0.9, method=method, window=40).exceptions == wanted


def test_a_backtest_without_days_to_try_says_what_it_needs():
    with pytest.raises(NoDataError, match="more than 250 returns; there are 250"):
        backtest(np.zeros(250))
    with pytest.raises(ParameterError, match="needs 20"):
        backtest(np.zeros(250), window=19)


@given(some_returns)
def test_a_shortfall_is_never_less_than_its_value_at_risk(returns):
    for level in LEVELS:
        for method in (Method.HISTORICAL, Method.NORMAL, Method.STUDENT_T):
            found = tail(returns, level=level, method=method)
            assert found.shortfall is not None
            assert found.shortfall >= found.value_at_risk - 1e-12


@given(some_returns, st.floats(0.51, 0.99))
def test_a_higher_level_never_costs_less(returns, level):
    for method in (Method.HISTORICAL, Method.NORMAL, Method.STUDENT_T):
        low, high = (tail(returns, level=each, method=method) for each in (level, (1 + level) / 2))
        assert high.value_at_risk >= low.value_at_risk - 1e-12
