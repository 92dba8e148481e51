"""Windows put together from halves are what pandas says of the whole, and forget nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from puffin.factors import windows

pd = pytest.importorskip("pandas")

RANDOM = np.random.default_rng(3)
FIRST = np.round(RANDOM.normal(100, 3, (260, 4)))  # whole numbers, so that there are ties
SECOND = RANDOM.normal(0, 1, (260, 4))
FIRST[50, 1] = FIRST[120, 2] = np.nan
ROWS = (1, 2, 3, 5, 7, 16, 31, 64, 100)
TABLES = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 40), st.integers(1, 3)),
    elements=st.one_of(st.floats(-1e6, 1e6), st.just(np.nan)),
)


def rolling(values, rows):
    return pd.DataFrame(values).rolling(rows)


def weighted(values):
    weights = np.arange(1, len(values) + 1)
    return (values * weights).sum() / weights.sum()


SINGLE = {
    "total": lambda values, rows: rolling(values, rows).sum(),
    "mean": lambda values, rows: rolling(values, rows).mean(),
    "highest": lambda values, rows: rolling(values, rows).max(),
    "lowest": lambda values, rows: rolling(values, rows).min(),
    "standing": lambda values, rows: rolling(values, rows).rank(pct=True),
    "weighted": lambda values, rows: rolling(values, rows).apply(weighted, raw=True),
    "highest_at": lambda values, rows: rolling(values, rows).apply(np.argmax, raw=True) + 1,
    "lowest_at": lambda values, rows: rolling(values, rows).apply(np.argmin, raw=True) + 1,
    "deviation": lambda values, rows: rolling(values, rows).std(),
}


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", SINGLE)
def test_a_window_of_one_series_is_that_of_pandas(name, rows):
    if name == "deviation" and rows == 1:
        return
    found = getattr(windows, name)(FIRST, rows)
    np.testing.assert_allclose(found, SINGLE[name](FIRST, rows).to_numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("rows", ROWS[1:])
def test_a_window_of_two_series_is_that_of_pandas(rows):
    together = pd.DataFrame(FIRST).rolling(rows)
    other = pd.DataFrame(SECOND)
    np.testing.assert_allclose(
        windows.covariance(FIRST, SECOND, rows), together.cov(other).to_numpy(), atol=1e-10
    )
    found = windows.correlation(FIRST, SECOND, rows)
    wanted = together.corr(other).to_numpy()
    # Where nothing moves pandas divides rounding by rounding; here that is unknown.
    steady = together.std().to_numpy() == 0
    assert np.isnan(found[steady]).all()
    np.testing.assert_allclose(found[~steady], wanted[~steady], atol=1e-9)


@pytest.mark.parametrize("rows", ROWS)
def test_a_product_and_a_delay_are_those_of_pandas(rows):
    wanted = rolling(SECOND, rows).apply(np.prod, raw=True).to_numpy()
    np.testing.assert_allclose(windows.product(SECOND, rows), wanted, rtol=1e-9, atol=1e-12)
    wanted = pd.DataFrame(FIRST).shift(rows).to_numpy()
    np.testing.assert_array_equal(windows.delayed(FIRST, rows), wanted)


def test_a_small_spread_around_a_large_number_keeps_its_digits():
    values = 1e9 + SECOND[:, :1]
    wanted = [values[row - 99 : row + 1].std(ddof=1) for row in range(99, len(values))]
    np.testing.assert_allclose(windows.deviation(values, 100)[99:, 0], wanted, rtol=1e-6)
    assert (windows.deviation(np.full((50, 1), 0.1), 10)[9:] == 0).all()


def test_what_never_moves_has_no_correlation():
    flat = np.full((30, 1), 7.3)
    assert np.isnan(windows.correlation(flat, SECOND[:30, :1], 10)).all()
    assert np.isnan(windows.correlation(SECOND[:30, :1], flat, 10)).all()


@settings(deadline=None)
@given(TABLES, st.integers(1, 12), st.integers(0, 40))
def test_cutting_the_future_off_changes_no_digit(values, rows, cut):
    with np.errstate(all="ignore"):
        for name in SINGLE:
            find = getattr(windows, name)
            if name == "deviation" and rows == 1:
                continue
            np.testing.assert_array_equal(find(values[:cut], rows), find(values, rows)[:cut])


@settings(deadline=None)
@given(TABLES, st.integers(1, 12))
def test_a_window_is_known_where_it_is_full_and_nowhere_else(values, rows):
    known = ~np.isnan(values)
    for name in SINGLE:
        if name == "deviation" and rows == 1:
            continue
        found = ~np.isnan(getattr(windows, name)(values, rows))
        for row in range(len(values)):
            full = row >= rows - 1
            wanted = known[max(row - rows + 1, 0) : row + 1].all(axis=0) & full
            np.testing.assert_array_equal(found[row], wanted)
