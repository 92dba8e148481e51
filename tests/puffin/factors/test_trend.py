"""Moving averages are those of TA-Lib, and know nothing of the future."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.errors import ParameterError
from puffin.factors.trend import ema, sma

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

REFERENCE = Path(__file__).parents[4] / "shared/reference"
FACTORS = (sma, ema)
values = st.lists(st.floats(0.01, 1e6), max_size=60).map(np.array)
windows = st.integers(1, 20)


def column(file: str, name: str) -> NDArray[np.float64]:
    with (REFERENCE / file).open(newline="") as lines:
        return np.array([float(row[name] or "nan") for row in csv.DictReader(lines)])


@pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference numbers are not beside this checkout"
)
@pytest.mark.parametrize(("factor", "name"), [(sma, "SMA_20"), (ema, "EMA_20")])
def test_they_are_those_of_talib(factor: Callable[..., NDArray[np.float64]], name: str):
    found = factor(column("backtest/GOOG.csv", "Close"), 20)
    wanted = column("numeric/talib_goog_indicators.csv", name)
    assert np.isnan(found[:19]).all()
    np.testing.assert_allclose(found, wanted, rtol=1e-7, equal_nan=True)


def test_figures_that_can_be_checked_by_hand():
    prices = np.array([1.0, 2.0, 6.0, 3.0])
    np.testing.assert_allclose(sma(prices, 3), [np.nan, np.nan, 3, 11 / 3])
    np.testing.assert_allclose(ema(prices, 3), [np.nan, np.nan, 3, 3])
    np.testing.assert_allclose(ema(prices, 1), prices)


@pytest.mark.parametrize("factor", FACTORS)
@given(prices=values, window=windows, cut=st.integers(0, 60))
def test_cutting_the_future_off_changes_nothing(
    factor: Callable[..., NDArray[np.float64]], prices: NDArray[np.float64], window: int, cut: int
):
    whole = factor(prices, window)
    np.testing.assert_array_equal(factor(prices[:cut], window), whole[:cut])


@pytest.mark.parametrize("factor", FACTORS)
@given(prices=values, window=windows)
def test_they_are_not_ready_before_the_window_is_full_and_stay_inside_the_prices(
    factor: Callable[..., NDArray[np.float64]], prices: NDArray[np.float64], window: int
):
    found = factor(prices, window)
    assert len(found) == len(prices)
    assert np.isnan(found[: window - 1]).all()
    ready = found[window - 1 :]
    if len(ready):
        room = 1e-9 * prices.max()
        assert ready.min() >= prices.min() - room
        assert ready.max() <= prices.max() + room


@pytest.mark.parametrize("factor", FACTORS)
def test_values_that_begin_late_are_averaged_from_where_they_begin(
    factor: Callable[..., NDArray[np.float64]],
):
    late = np.array([np.nan, np.nan, 1.0, 2.0, 3.0])
    np.testing.assert_allclose(factor(late, 2), [np.nan, np.nan, np.nan, 1.5, 2.5])
    assert np.isnan(factor(np.full(3, np.nan), 2)).all()


@pytest.mark.parametrize("factor", FACTORS)
def test_a_window_of_nothing_is_refused(factor: Callable[..., NDArray[np.float64]]):
    with pytest.raises(ParameterError, match="window of 1 or more, not 0"):
        factor(np.ones(3), 0)
