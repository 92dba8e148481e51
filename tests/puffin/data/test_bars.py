"""Bars refuse what cannot be trusted, adjust without the future, and gather exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.data.bars import Bar, Bars, Interval
from puffin.errors import BarsError, NoDataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2012, 6, 4, tzinfo=UTC)  # a Monday


def make(count: int = 10, *, step: timedelta = timedelta(days=1), first: datetime = START) -> Bars:
    rows = np.arange(count, dtype=np.float64)
    time = [
        np.datetime64((first + step * each).replace(tzinfo=None), "ns") for each in range(count)
    ]
    return Bars.from_columns(
        "ABC",
        Interval.D1,
        time=np.array(time, dtype="datetime64[ns]"),
        open=100 + rows,
        high=102 + rows,
        low=99 + rows,
        close=101 + rows,
        volume=1000 + rows,
    )


def spoil(column: str, row: int, value: float) -> Bars:
    bars = make()
    values = np.array(getattr(bars, column))
    values[row] = value
    changes: dict[str, Any] = {column: values}
    return replace(bars, **changes)


@st.composite
def adjusted_bars(draw: Callable[..., float]) -> Bars:
    count = int(draw(st.integers(1, 40)))
    bars = make(count)
    steps = [draw(st.sampled_from([1.0, 1.0, 1.0, 0.5, 0.98, 2.0])) for _ in range(count)]
    factors = np.cumprod(steps[::-1])[::-1]
    return replace(bars, adjusted_close=bars.close * factors)


def test_good_bars_pass_and_come_back_as_they_are():
    bars = make()
    assert bars.validate() is bars


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("open", np.nan, "the open is not a number"),
        ("high", np.inf, "the high is not a number"),
        ("low", 0.0, "the low must be more than zero"),
        ("close", -3.0, "the close must be more than zero"),
        ("volume", -1.0, "the volume is negative"),
        ("volume", np.nan, "the volume is not a number"),
        ("high", 90.0, "the high 90 is below the low"),
        ("open", 150.0, "the open 150 is outside"),
        ("close", 50.0, "the close 50 is outside"),
    ],
)
def test_the_first_bad_row_is_named(column: str, value: float, words: str):
    with pytest.raises(BarsError, match=f"ABC, row 4: {words}"):
        spoil(column, 3, value).validate()


def test_a_row_offset_is_added_to_the_row_that_is_named():
    with pytest.raises(BarsError, match="row 14:"):
        spoil("open", 3, np.nan).validate(row_offset=10)


def test_the_earlier_of_two_bad_rows_is_named():
    bars = spoil("volume", 2, -1.0)
    closes = np.array(bars.close)
    closes[1] = np.nan
    with pytest.raises(BarsError, match="row 2: the close"):
        replace(bars, close=closes).validate()


def test_a_close_a_rounding_above_its_high_is_accepted():
    assert spoil("close", 3, 105.005).validate()


def test_a_time_that_comes_twice_is_named():
    bars = make()
    time = np.array(bars.time)
    time[5] = time[4]
    with pytest.raises(BarsError, match="row 6: 2012-06-08 is there twice"):
        replace(bars, time=time).validate()


def test_rows_in_the_wrong_order_are_named():
    bars = make()
    with pytest.raises(BarsError, match=r"row 2: .*comes after a later time"):
        replace(bars, time=bars.time[::-1]).validate()


def test_columns_of_different_lengths_are_refused():
    bars = make()
    with pytest.raises(BarsError, match="different lengths: time 10, open 9"):
        replace(bars, open=bars.open[1:]).validate()


def test_a_bad_adjusted_close_is_refused():
    bars = make()
    adjusted = np.array(bars.close)
    adjusted[7] = np.nan
    with pytest.raises(BarsError, match="row 8: the adjusted close"):
        replace(bars, adjusted_close=adjusted).validate()


def test_no_rows_are_no_data():
    with pytest.raises(NoDataError):
        Bars.empty("ABC", Interval.D1).validate()
    with pytest.raises(NoDataError):
        _ = Bars.empty("ABC", Interval.D1).first


@given(
    column=st.sampled_from(["open", "high", "low", "close", "volume"]),
    row=st.integers(0, 9),
    value=st.sampled_from([np.nan, np.inf, -np.inf, -1.0]),
)
def test_whatever_is_spoiled_is_the_row_that_is_named(column: str, row: int, value: float):
    with pytest.raises(BarsError, match=rf"row {row + 1}:"):
        spoil(column, row, value).validate()


def test_columns_cannot_be_written_to():
    bars = make()
    with pytest.raises(ValueError, match="read-only"):
        bars.close[0] = 1.0


def test_making_bars_does_not_lock_the_callers_own_array():
    mine = np.ones(1)
    Bars.from_columns(
        "A", Interval.D1, time=[0], open=mine, high=mine, low=mine, close=mine, volume=mine
    )
    mine[0] = 2.0


def test_between_takes_the_start_and_leaves_the_end():
    bars = make()
    part = bars.between(START + timedelta(days=2), START + timedelta(days=5))
    assert (part.first, part.last, len(part)) == (
        START + timedelta(days=2),
        START + timedelta(days=4),
        3,
    )
    assert len(bars.between()) == 10
    assert len(bars.between(START + timedelta(days=5), START)) == 0


def test_head_tail_and_rows_by_time():
    bars = make()
    assert bars.head(3).last == START + timedelta(days=2)
    assert bars.tail(3).first == START + timedelta(days=7)
    assert len(bars.tail(99)) == 10
    assert bars.row_at(START + timedelta(days=3, hours=5)) == 3
    assert bars.row_at(START - timedelta(seconds=1)) == -1
    assert bars.bar(1) == Bar(START + timedelta(days=1), 101, 103, 100, 102, 1001)


def test_adjusting_without_a_known_adjusted_close_changes_nothing_and_says_so():
    bars = make().adjust()
    assert not bars.adjusted
    assert bars.close[0] == 101


def test_adjusting_halves_prices_before_a_two_for_one_split_and_doubles_volume():
    bars = make(4)
    factors = np.array([0.5, 0.5, 1.0, 1.0]) * 0.125
    adjusted = replace(bars, adjusted_close=bars.close * factors).adjust()
    assert adjusted.adjusted
    np.testing.assert_allclose(adjusted.close, [50.5, 51, 103, 104])
    np.testing.assert_allclose(adjusted.low, [49.5, 50, 101, 102])
    np.testing.assert_allclose(adjusted.volume, [2000, 2002, 1002, 1003])


@given(bars=adjusted_bars(), cut=st.integers(0, 39))
def test_adjusting_never_uses_a_bar_after_as_of(bars: Bars, cut: int):
    row = min(cut, len(bars) - 1)
    known = bars.adjust(bars.when(row))
    alone = bars.head(row + 1).adjust()
    assert len(known) == row + 1
    np.testing.assert_array_equal(known.close, alone.close)
    np.testing.assert_array_equal(known.volume, alone.volume)
    assert known.close[-1] == bars.close[row]


@given(bars=adjusted_bars())
def test_adjusting_keeps_returns_of_the_adjusted_close_and_the_shape_of_bars(bars: Bars):
    adjusted = bars.adjust().validate()
    assert bars.adjusted_close is not None
    np.testing.assert_allclose(
        adjusted.close / adjusted.close[-1], bars.adjusted_close / bars.adjusted_close[-1]
    )
    np.testing.assert_allclose(adjusted.close * adjusted.volume, bars.close * bars.volume)


def test_adjusting_to_a_time_before_the_first_bar_is_no_data():
    with pytest.raises(NoDataError, match="that early"):
        make().adjust(START - timedelta(days=1))


def test_weeks_run_from_monday_to_sunday_and_carry_their_first_session():
    bars = make(10, first=START + timedelta(days=2))  # Wednesday to the Friday of the week after
    weeks = bars.resample(Interval.W1)
    assert [weeks.when(row) for row in range(len(weeks))] == [
        START + timedelta(days=2),
        START + timedelta(days=7),
    ]
    assert weeks.bar(0) == Bar(START + timedelta(days=2), 100, 106, 99, 105, 1000 * 5 + 10)
    assert weeks.close[-1] == bars.close[-1]


def test_months_carry_their_first_session():
    months = make(60).resample(Interval.MO1)
    assert [f"{months.when(row):%Y-%m-%d}" for row in range(3)] == [
        "2012-06-04",
        "2012-07-01",
        "2012-08-01",
    ]


@given(bars=adjusted_bars(), interval=st.sampled_from([Interval.W1, Interval.MO1]))
def test_gathering_loses_no_volume_and_no_extreme(bars: Bars, interval: Interval):
    gathered = bars.resample(interval).validate()
    assert gathered.volume.sum() == pytest.approx(bars.volume.sum())
    assert gathered.high.max() == bars.high.max()
    assert gathered.low.min() == bars.low.min()
    assert (gathered.open[0], gathered.close[-1]) == (bars.open[0], bars.close[-1])
    assert gathered.adjusted_close is not None
    assert bars.adjusted_close is not None
    assert gathered.adjusted_close[-1] == bars.adjusted_close[-1]


@pytest.mark.parametrize("interval", [Interval.M5, Interval.H1])
def test_days_are_not_gathered_into_minutes(interval: Interval):
    with pytest.raises(ParameterError, match="Bars of 1 day cannot be gathered"):
        make().resample(interval)


def test_gathering_into_the_same_interval_changes_nothing():
    bars = make()
    assert bars.resample(Interval.D1) is bars


def test_no_days_gather_into_no_weeks():
    assert len(Bars.empty("A", Interval.D1).resample(Interval.W1)) == 0


def test_the_fingerprint_changes_with_any_number_and_not_with_the_source():
    bars = make()
    assert bars.data_hash == replace(make(), source="elsewhere").data_hash
    assert len({each.data_hash for each in (bars, spoil("low", 3, 98.0), bars.head(9))}) == 3
    assert replace(bars, symbol="B").data_hash != bars.data_hash
    assert replace(bars, adjusted_close=bars.close).data_hash != bars.data_hash


def test_a_live_bar_replaces_the_one_of_its_time_and_keeps_its_adjustment():
    bars = make(3)
    bars = replace(bars, adjusted_close=bars.close * np.array([0.5, 0.5, 1.0]))
    live = bars.with_last(Bar(bars.last, 100, 110, 90, 108, 7))
    assert len(live) == 3
    assert live.bar(-1) == Bar(bars.last, 100, 110, 90, 108, 7)
    assert live.adjusted_close is not None
    assert live.adjusted_close[-1] == 108
    assert bars.close[-1] == 103


def test_a_newer_live_bar_is_appended_and_an_older_one_refused():
    bars = make(3)
    live = bars.with_last(Bar(bars.last + timedelta(days=1), 100, 110, 90, 108, 7))
    assert len(live) == 4
    with pytest.raises(BarsError, match="too late"):
        live.with_last(bars.bar(0))


def test_a_first_live_bar_fits_into_an_empty_table():
    bar = Bar(START, 1, 2, 1, 2, 5)
    assert Bars.empty("A", Interval.D1).with_last(bar).validate().bar(0) == bar


def test_a_data_frame_and_back_changes_nothing():
    bars = replace(make(), adjusted_close=make().close)
    back = Bars.from_frame(bars.to_frame(), "ABC", Interval.D1)
    assert back.data_hash == bars.data_hash


def test_dates_of_a_frame_in_new_york_stay_that_date_and_moments_become_utc():
    import pandas as pd

    index = pd.DatetimeIndex(["2012-06-04", "2012-06-05"], tz="America/New_York")
    frame = pd.DataFrame(
        {"Open": [1.0, 1], "High": [2.0, 2], "Low": [1.0, 1], "Close": [2.0, 2], "Volume": [5, 6]},
        index=index,
    )
    assert Bars.from_frame(frame, "A", Interval.D1).first == START
    assert Bars.from_frame(frame, "A", Interval.H1).first == START + timedelta(hours=4)


def test_intervals_know_their_length_and_their_words():
    assert [each.is_intraday for each in Interval] == [True] * 4 + [False] * 3
    assert Interval("1d").seconds == 86_400
    assert Interval.MO1.label == "1 month"
