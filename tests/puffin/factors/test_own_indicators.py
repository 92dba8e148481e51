"""What TA-Lib does not have, or draws otherwise, is what the formula says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.data.bars import Interval
from puffin.errors import NoDataError, ParameterError
from puffin.factors.catalogue import indicator
from puffin.factors.patterns import PATTERNS, find_patterns
from puffin.factors.profile import volume_profile
from puffin.factors.realised import Estimator, bars_in_year
from puffin.factors.vwap import Since, period_starts, weighted_prices
from tests.puffin.factors.market import bars_of, walk

BARS = walk(300)
floats = st.floats(0.01, 1e6)


def study(name, bars=BARS, **values):
    chosen = indicator(name)
    return chosen.study(bars, chosen.parameters(values))


def test_donchian_is_the_highest_high_and_the_lowest_low():
    found = study("donchian", window=20)
    for row in (19, 120, 299):
        span = slice(row - 19, row + 1)
        assert found["upper"][row] == BARS.high[span].max()
        assert found["lower"][row] == BARS.low[span].min()
    np.testing.assert_allclose(found["middle"], (found["upper"] + found["lower"]) / 2)


def test_keltner_stands_ranges_around_the_average():
    found = study("keltner", window=20, range_window=10, ranges=2)
    reach = 2 * study("atr", window=10)["value"]
    middle = study("ema", window=20)["value"]
    np.testing.assert_allclose(found["middle"], middle)
    np.testing.assert_allclose((found["upper"] - middle)[19:], reach[19:])
    np.testing.assert_allclose((middle - found["lower"])[19:], reach[19:])


def test_ichimoku_is_middles_of_spans_and_its_cloud_is_of_some_bars_before():
    found = study("ichimoku", conversion=9, base=26, span=52, shift=26)

    def middle(row, window):
        rows = slice(row - window + 1, row + 1)
        return (BARS.high[rows].max() + BARS.low[rows].min()) / 2

    for row in (77, 150, 299):
        before = row - 26
        assert found["conversion"][row] == pytest.approx(middle(row, 9))
        assert found["base"][row] == pytest.approx(middle(row, 26))
        assert found["fast"][row] == pytest.approx((middle(before, 9) + middle(before, 26)) / 2)
        assert found["slow"][row] == pytest.approx(middle(before, 52))


def test_directional_movement_is_its_three_lines_together():
    found = study("dmi", window=10)
    for name, alone in (("value", "adx"), ("up", "plus_di"), ("down", "minus_di")):
        np.testing.assert_array_equal(found[name][19:], study(alone, window=10)["value"][19:])


def test_a_volume_weighted_average_is_unknown_while_nothing_is_traded():
    silent = BARS.volume.copy()
    silent[100:140] = 0.0
    found = study("vwma", replace(BARS, volume=silent), window=10)["value"]
    assert np.isnan(found[109:140]).all()
    assert np.isfinite(found[[108, 140]]).all()


def test_heikin_ashi_is_the_mean_of_what_was():
    found = study("heikin_ashi")
    close = (BARS.open + BARS.high + BARS.low + BARS.close) / 4
    opened = (BARS.open[0] + BARS.close[0]) / 2
    for row in range(len(BARS)):
        assert found["open"][row] == pytest.approx(opened)
        assert found["high"][row] == pytest.approx(max(BARS.high[row], opened, close[row]))
        assert found["low"][row] == pytest.approx(min(BARS.low[row], opened, close[row]))
        opened = (opened + close[row]) / 2
    np.testing.assert_allclose(found["close"], close)


def test_supertrend_trails_and_turns_at_the_close():
    found = study("supertrend", window=10, ranges=3)
    reach = 3 * study("atr", window=10)["value"]
    middle, close = (BARS.high + BARS.low) / 2, BARS.close
    above, below, side = np.inf, -np.inf, found["side"][10]
    for row in range(10, len(BARS)):
        last = close[row - 1] if row > 10 else np.nan
        upper, lower = middle[row] + reach[row], middle[row] - reach[row]
        above = upper if row == 10 or upper < above or last > above else above
        below = lower if row == 10 or lower > below or last < below else below
        if row > 10 and side > 0 and close[row] < below:
            side = -1
        elif row > 10 and side < 0 and close[row] > above:
            side = 1
        assert found["side"][row] == side
        assert found["value"][row] == pytest.approx(below if side > 0 else above)
    assert {-1.0, 1.0} == set(found["side"][10:])


def test_vwap_can_be_checked_by_hand():
    mean, deviation = weighted_prices(
        np.array([10.0, 20, 30]), np.array([1.0, 1, 2]), np.array([0], np.int64)
    )
    np.testing.assert_allclose(mean, [10, 15, 22.5])
    np.testing.assert_allclose(deviation, [0, 5, np.sqrt((12.5**2 + 2.5**2 + 2 * 7.5**2) / 4)])


def test_vwap_says_nothing_while_nothing_is_traded():
    mean, deviation = weighted_prices(
        np.array([10.0, 20, 30]), np.array([0.0, 0, 2]), np.array([0], np.int64)
    )
    np.testing.assert_allclose(mean, [np.nan, np.nan, 30])
    np.testing.assert_allclose(deviation, [np.nan, np.nan, 0])


@given(st.lists(st.tuples(floats, st.floats(1, 1e6)), min_size=1, max_size=50))
def test_vwap_lies_between_the_prices(rows):
    prices, volume = np.array(rows).T
    mean, _ = weighted_prices(prices, volume, np.array([0], np.int64))
    assert (mean >= np.minimum.accumulate(prices) * (1 - 1e-9)).all()
    assert (mean <= np.maximum.accumulate(prices) * (1 + 1e-9)).all()


def test_vwap_begins_anew_with_each_period():
    starts = period_starts(BARS, Since.MONTH)
    assert [BARS.when(row).day for row in starts[1:].tolist()] == [1] * (len(starts) - 1)
    np.testing.assert_array_equal(starts, period_starts(BARS, Since.AUTO))
    weeks = period_starts(BARS, Since.WEEK)
    assert {BARS.when(row).weekday() for row in weeks[1:].tolist()} == {0}
    assert len(period_starts(BARS, Since.YEAR)) == 2
    assert len(period_starts(BARS, Since.SESSION)) == len(BARS)
    found = study("vwap", since="month")
    first = int(starts[1])
    typical = (BARS.high[first] + BARS.low[first] + BARS.close[first]) / 3
    assert found["value"][first] == pytest.approx(typical)
    assert found["upper"][first] == pytest.approx(typical)


def test_inside_a_day_vwap_begins_with_the_session_in_new_york():
    bars = walk(600, interval=Interval.M15)
    starts = period_starts(bars, Since.AUTO)
    assert {bars.when(row).hour for row in starts[1:].tolist()} == {5}
    weekly = replace(BARS, interval=Interval.W1)
    np.testing.assert_array_equal(
        period_starts(weekly, Since.AUTO), period_starts(BARS, Since.YEAR)
    )
    assert len(period_starts(BARS.head(0), Since.AUTO)) == 0


def test_anchored_vwap_counts_from_its_day():
    anchor = date(2005, 1, 3)
    row = BARS.row_at(datetime(2005, 1, 3, tzinfo=UTC))
    found = study("anchored_vwap", anchor=anchor)
    assert np.isnan(found["value"][:row]).all()
    tail = BARS.tail(len(BARS) - row)
    np.testing.assert_allclose(found["value"][row:], study("anchored_vwap", tail)["value"])
    assert np.isnan(study("anchored_vwap", anchor=date(2030, 1, 1))["value"]).all()


@pytest.mark.parametrize("estimator", Estimator)
def test_realised_volatility_is_that_of_the_walk(estimator):
    random = np.random.default_rng(3)
    steps = random.normal(0, 0.01 / np.sqrt(200), (1500, 200)).cumsum(axis=1)
    ends = np.concatenate([[0.0], steps[:, -1].cumsum()[:-1]])
    paths = 100 * np.exp(steps + ends[:, None])
    opened = 100 * np.exp(ends)
    bars = bars_of(
        {
            "open": opened,
            "high": np.maximum(paths.max(axis=1), opened),
            "low": np.minimum(paths.min(axis=1), opened),
            "close": paths[:, -1],
            "volume": np.ones(1500),
        }
    )
    found = study("realised_volatility", bars, estimator=estimator, window=1000)["value"][-1]
    assert found == pytest.approx(0.01 * np.sqrt(252), rel=0.08)


def test_realised_volatility_of_closes_is_their_sample_deviation():
    found = study("realised_volatility", window=20)["value"]
    wanted = np.diff(np.log(BARS.close))[-20:].std(ddof=1) * np.sqrt(252)
    assert found[-1] == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("interval", "wanted"),
    [(Interval.D1, 252), (Interval.H1, 252 * 6.5), (Interval.M1, 252 * 390), (Interval.W1, 52.18)],
)
def test_a_year_has_as_many_bars_as_its_sessions_hold(interval, wanted):
    assert bars_in_year(replace(BARS, interval=interval)) == pytest.approx(wanted, abs=0.01)


def test_a_profile_spreads_volume_over_the_range_of_each_bar():
    bars = bars_of(
        {
            "open": np.array([10.0, 12, 14]),
            "high": np.array([14.0, 14, 14]),
            "low": np.array([10.0, 12, 14]),
            "close": np.array([12.0, 13, 14]),
            "volume": np.array([400.0, 200, 50]),
        }
    )
    found = volume_profile(bars, rows=4)
    np.testing.assert_allclose(found.edges, [10, 11, 12, 13, 14])
    np.testing.assert_allclose(found.volume, [100, 100, 200, 250])
    assert found.point_of_control == 13.5
    assert (found.value_low, found.value_high) == (11, 14)
    assert volume_profile(bars, rows=4, share=0.3).value_low == 13


@given(st.integers(1, 200), st.integers(1, 80))
def test_a_profile_loses_no_volume(rows, count):
    bars = walk(count, seed=count)
    found = volume_profile(bars, rows=rows)
    assert found.volume.sum() == pytest.approx(bars.volume.sum(), rel=1e-9)
    assert (found.volume >= 0).all()
    assert found.value_low <= found.point_of_control <= found.value_high


def test_a_profile_of_one_price_or_of_no_volume():
    still = np.full(3, 5.0)
    columns = dict.fromkeys(("open", "high", "low", "close", "volume"), still)
    assert volume_profile(bars_of(columns)).volume.sum() == pytest.approx(15)
    with pytest.raises(NoDataError, match="No volume of TEST"):
        volume_profile(bars_of(columns | {"volume": np.zeros(3)}))
    with pytest.raises(NoDataError):
        volume_profile(BARS.head(0))
    for bad in ({"rows": 0}, {"rows": 5000}, {"share": 0}):
        with pytest.raises(ParameterError):
            volume_profile(BARS, **bad)


def test_patterns_are_found_where_talib_finds_them():
    chosen = find_patterns(BARS, {"pattern_doji", "pattern_engulfing"})
    for each in PATTERNS:
        if each.id not in {"pattern_doji", "pattern_engulfing"}:
            continue
        values = np.nan_to_num(each.study(BARS)["value"])
        rows = [found.row for found in chosen if found.id == each.id]
        assert rows == np.flatnonzero(values).tolist()
        assert rows
    assert [each.row for each in chosen] == sorted(each.row for each in chosen)
    assert len(find_patterns(BARS)) > len(chosen)


def test_an_engulfing_candle_is_seen_on_its_second_bar():
    opened, close = np.full(20, 100.0), np.full(20, 101.0)
    opened[18], close[18], opened[19], close[19] = 101, 100, 99, 103
    bars = bars_of(
        {
            "open": opened,
            "high": np.maximum(opened, close) + 0.5,
            "low": np.minimum(opened, close) - 0.5,
            "close": close,
            "volume": np.ones(20),
        }
    )
    found = find_patterns(bars, {"pattern_engulfing"})
    assert found[-1].row == 19
    assert found[-1].strength > 0
    assert find_patterns(bars.head(19), {"pattern_engulfing"}) == []
