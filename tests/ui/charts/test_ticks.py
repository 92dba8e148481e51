"""What the axes say: round prices, and dates where they begin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffling.ui.charts.ticks import (
    DAY,
    EXCHANGE,
    HOUR,
    MINUTE,
    SECOND,
    Calendar,
    Rank,
    compact,
    price_decimals,
    price_ticks,
    time_ticks,
)

patient = settings(deadline=None)  # a busy computer is no failure

DAILY = Calendar(DAY)


def weekdays(first: datetime, count: int) -> np.ndarray:
    days = (first + timedelta(days=each) for each in range(count * 2))
    open_days = [each for each in days if each.weekday() < 5][:count]
    return np.array([int(each.timestamp()) * SECOND for each in open_days], dtype=np.int64)


def texts(time: np.ndarray, bars: range, pixels: float, calendar: Calendar = DAILY) -> list[str]:
    return [each.text for each in time_ticks(time, bars, pixels, 70, calendar)]


def test_years_are_named_when_decades_are_in_view():
    time = weekdays(datetime(2000, 3, 1, tzinfo=UTC), 3_269)
    assert texts(time, range(3_269), 1_000 / 3_269) == [str(year) for year in range(2001, 2013)]


def test_months_are_named_within_a_year_and_january_is_the_year():
    time = weekdays(datetime(2011, 9, 1, tzinfo=UTC), 200)
    assert texts(time, range(200), 5.0) == [
        "Sep", "Oct", "Nov", "Dec", "2012", "Feb", "Mar", "Apr", "May", "Jun",
    ]  # fmt: skip


def test_a_year_begins_at_its_first_session_even_at_the_left_edge():
    time = weekdays(datetime(2011, 12, 1, tzinfo=UTC), 60)
    first = int(np.searchsorted(time, int(datetime(2012, 1, 2, tzinfo=UTC).timestamp()) * SECOND))
    ticks = time_ticks(time, range(first, 60), 20.0, 70, DAILY)
    assert (ticks[0].index, ticks[0].text, ticks[0].rank) == (first, "2012", Rank.YEAR)


def test_days_are_named_when_few_are_in_view():
    time = weekdays(datetime(2012, 6, 4, tzinfo=UTC), 10)
    assert texts(time, range(10), 100.0) == [
        "4 Jun", "5", "6", "7", "8", "11", "12", "13", "14", "15",
    ]  # fmt: skip


def test_hours_are_in_exchange_time_and_nights_take_no_room():
    opens = [
        datetime(2012, 6, day, 9, 30, tzinfo=EXCHANGE) + timedelta(minutes=5 * each)
        for day in (7, 8, 11)
        for each in range(78)
    ]
    time = np.array([int(each.timestamp()) * SECOND for each in opens], dtype=np.int64)
    calendar = Calendar(5 * MINUTE)
    ticks = time_ticks(time, range(len(time)), 1_400 / len(time), 70, calendar)
    assert [each.text for each in ticks if each.rank is Rank.DAY] == ["8 Jun", "11"]
    assert {each.text for each in ticks if each.rank is Rank.TIME} <= {"12:00", "14:00", "16:00"}
    assert calendar.text(int(time[0])) == "7 Jun 2012 09:30"


@patient
@given(st.integers(2, 2_000), st.floats(0.5, 60.0), st.integers(0, 1_000))
def test_marks_never_crowd(count: int, pixels: float, start: int):
    time = weekdays(datetime(2004, 1, 5, tzinfo=UTC), 3_000)
    ticks = time_ticks(time, range(start, start + count), pixels, 70, DAILY)
    places = [each.index for each in ticks]
    assert all((later - one) * pixels >= 48 for one, later in pairwise(places))
    assert all(start <= each < start + count for each in places)


def test_one_bar_has_its_own_mark():
    time = weekdays(datetime(2012, 6, 4, tzinfo=UTC), 1)
    assert texts(time, range(1), 100.0) == ["4"]


def test_a_longer_bar_is_named_by_its_period():
    monday = int(datetime(2012, 6, 4, tzinfo=UTC).timestamp()) * SECOND
    assert DAILY.text(monday) == "Mon 4 Jun 2012"
    assert Calendar(7 * DAY).text(monday) == "Week of 4 Jun 2012"
    assert Calendar(30 * DAY).text(monday) == "Jun 2012"
    assert Calendar(HOUR).text(monday + 14 * HOUR) == "4 Jun 2012 10:00"


@patient
@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.floats(60, 2_000))
def test_prices_are_marked_at_round_steps_within_the_axis(low: float, span: float, pixels: float):
    high = low + span
    ticks = price_ticks(low, high, pixels)
    spare = span * 1e-6 + abs(low) * 1e-12
    assert all(low - spare <= each <= high + spare for each in ticks.values)
    assert len(ticks.values) <= pixels / 44 * 1.01 + 1


def test_the_decimals_follow_the_step():
    assert price_ticks(100, 110, 440) == price_ticks(100.0, 110.0, 440)
    assert price_ticks(100, 110, 440).decimals == 0
    assert price_ticks(100, 101, 440).decimals == 1
    assert price_ticks(0.001, 0.002, 440).decimals == 4
    assert price_ticks(5, 5, 440).values == ()


@pytest.mark.parametrize(
    ("price", "decimals"), [(582.1, 2), (1.0, 2), (0.5, 4), (0.012, 5), (1e-8, 11), (0.0, 2)]
)
def test_small_prices_have_more_decimals(price: float, decimals: int):
    assert price_decimals(price) == decimals


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (950, "950"),
        (1_234, "1.23K"),
        (45_600, "45.6K"),
        (12_345_678, "12.3M"),
        (2e9, "2.00B"),
    ],
)
def test_counts_are_short(count: float, text: str):
    assert compact(count) == text
