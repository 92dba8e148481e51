"""Sessions on an intraday chart: days divided, hours outside shaded, times in the zone chosen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from puffin.data.bars import Bars, Interval
from puffling.ui.charts.chart_series import SeriesType
from puffling.ui.charts.session_marks import Sessions, ever_closes, sessions_of
from puffling.ui.charts.surface import over
from puffling.ui.charts.ticks import EXCHANGE, SECOND, Calendar, Rank, time_ticks
from tests.ui.charts.samples import is_color, make_bars, pixels

FIVE = timedelta(minutes=5)
# Thursday 3 July 2014 ended at 13:00, Friday was a holiday.
DAYS = ((2014, 7, 2), (2014, 7, 3), (2014, 7, 7))


def day_of(year: int, month: int, day: int, first: int = 8, last: int = 18) -> list[int]:
    """Five-minute bars from one hour to another, in New York."""
    at = datetime(year, month, day, first, tzinfo=EXCHANGE)
    count = (last - first) * 12
    return [int((at + each * FIVE).timestamp()) * SECOND for each in range(count)]


def extended() -> np.ndarray:
    return np.array([time for day in DAYS for time in day_of(*day)], dtype=np.int64)


def bars_at(time: np.ndarray) -> Bars:
    plain = make_bars(len(time))
    columns = {name: getattr(plain, name) for name in ("open", "high", "low", "close", "volume")}
    return Bars("TEST", Interval.M5, time, **columns)


def test_days_begin_and_hours_end_as_the_exchange_s_calendar_says():
    time = extended()
    found = sessions_of(time, range(len(time)), 5.0)
    assert found.breaks == (0, 120, 240)
    # 8:00 to 9:30 before, 16:00 to 18:00 after; after 13:00 on the short day.
    assert found.outside == ((0, 18), (96, 120), (120, 138), (180, 240), (240, 258), (336, 360))


def test_days_too_narrow_are_not_marked():
    time = extended()
    assert sessions_of(time, range(len(time)), 0.05) == Sessions()
    assert sessions_of(time, range(0), 5.0) == Sessions()


def test_a_market_around_the_clock_has_no_sessions():
    assert ever_closes(extended())
    assert not ever_closes(make_bars(5_000, Interval.M5).time)


def test_years_the_calendar_does_not_know_are_left_alone():
    old = np.array(day_of(1995, 7, 5), dtype=np.int64)
    assert ever_closes(old)
    assert sessions_of(old, range(len(old)), 5.0) == Sessions()


def test_hours_outside_are_shaded_until_they_are_not_wanted(chart):
    chart.set_bars(bars_at(extended()))
    chart.fit()
    frame, colors = chart.pane.frame, chart.surface.colors
    shade = over(colors.outside, colors.background)

    def shaded(bar: float) -> bool:
        x = int(frame.x(bar))
        return bool(is_color(pixels(chart)[:, x : x + 1], shade).mean() > 0.3)

    assert shaded(105.0)
    assert not shaded(60.0)
    chart.set_sessions(shown=False)
    assert not shaded(105.0)
    chart.set_sessions(shown=True)
    chart.set_series(SeriesType.RENKO)
    chart.set_series(SeriesType.CANDLES)
    chart.fit()
    assert shaded(105.0)


def test_daily_bars_have_no_sessions_and_no_zone(chart):
    chart.set_bars(make_bars(300, Interval.D1))
    assert chart.time_axis.corner == ""
    assert all(layer.sessions == Sessions() for layer in chart._session_layers.values())


def test_times_are_the_exchange_s_or_those_of_the_zone_chosen(chart):
    time = np.array(day_of(2014, 7, 2, 9, 17), dtype=np.int64)
    chart.set_bars(bars_at(time))
    assert chart.time_text(0) == "2 Jul 2014 09:00"
    assert chart.time_axis.corner == "EDT"
    chart.set_zone(ZoneInfo("Europe/Berlin"))
    assert chart.time_text(0) == "2 Jul 2014 15:00"
    assert chart.time_axis.corner == "CEST"
    chart.set_bars(bars_at(time))
    assert chart.time_text(0) == "2 Jul 2014 15:00"
    chart.set_zone(None)
    local = datetime.fromtimestamp(time[0] // SECOND, UTC).astimezone()
    assert chart.time_text(0) == f"{local.day} Jul 2014 {local:%H:%M}"


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "UTC"])
def test_marks_of_the_time_axis_are_round_in_the_zone(zone: str):
    time = extended()
    calendar = Calendar(300 * SECOND, ZoneInfo(zone))
    ticks = time_ticks(time, range(len(time)), 8.0, 70, calendar)
    assert ticks
    for tick in ticks:
        when = calendar.when(int(time[tick.index]))
        if tick.rank is Rank.TIME:
            assert tick.text == f"{when:%H:%M}"
            assert when.minute == 0
