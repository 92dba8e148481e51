"""Every type of series: what is on the pixels, at any zoom and with live bars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from puffin.data.bars import Bars, Interval
from puffling.ui.charts.chart_series import SeriesType
from tests.ui.charts.samples import Paints, is_color, live, make_bars, pixels

KINDS = pytest.mark.parametrize("kind", SeriesType, ids=lambda kind: kind.value)


def spiked(count: int, at: int) -> Bars:
    """Bars of which one reaches and closes far over all others."""
    bars = make_bars(count)
    columns = {name: getattr(bars, name).copy() for name in ("open", "high", "low", "close")}
    columns["high"][at] = columns["close"][at] = float(bars.high.max()) * 1.5
    return Bars("TEST", Interval.M1, bars.time, volume=bars.volume, **columns)


@KINDS
def test_no_zoom_loses_an_extreme(chart, kind):
    chart.set_bars(spiked(20_011, 9_999))
    chart.set_series(kind)
    chart.fit()
    frame, colors = chart.pane.frame, chart.surface.colors
    top = chart._series.extremes(0, chart.count)[1]
    row = pixels(chart)[int(frame.y(top)) + 2, int(frame.left) : int(frame.right)]
    assert is_color(row, colors.up, colors.down, colors.equity).any()


@KINDS
def test_live_bars_leave_the_picture_of_all_at_once(chart, kind):
    bars = make_bars(300)
    chart.set_bars(bars.head(200))
    chart.set_series(kind)
    for count in range(201, 301):
        part = bars.head(count)
        chart.update_last(live(part.head(count - 1), float(part.close[-1]) * 1.001))
        chart.update_last(part.tail(2))
    chart.show_last(60)
    followed = pixels(chart)
    chart.set_box(chart._series._made.box if kind is SeriesType.RENKO else None)
    chart.set_bars(bars)
    chart.show_last(60)
    assert (pixels(chart) == followed).all()


@KINDS
def test_a_tick_paints_the_last_column_only(chart, qtbot, kind):
    bars = make_bars(2_000)
    chart.set_bars(bars)
    chart.set_series(kind)
    chart.show_last(200)
    qtbot.waitUntil(lambda: not chart._settle.isActive())
    paints = Paints(chart)
    before = chart.pane.frame
    chart.update_last(live(bars, float((bars.high[-1] + bars.low[-1]) / 2)))
    qtbot.waitUntil(lambda: paints.count > 0)
    assert chart.pane.frame == before
    middle = QPoint(int(before.left + before.width / 2), int(before.top + before.height / 2))
    assert not paints.region.contains(middle)


def test_hollow_candles_are_empty_when_they_rose_in_their_bar(chart):
    one = np.array([10.0, 10.0, 12.0, 11.0])
    close = np.array([10.0, 12.0, 11.0, 12.0])
    time = make_bars(4).time
    top, bottom = np.maximum(one, close) + 0.5, np.minimum(one, close) - 0.5
    chart.set_bars(Bars("T", Interval.M1, time, one, top, bottom, close, one))
    chart.set_series(SeriesType.HOLLOW)
    frame, colors, picture = chart.pane.frame, chart.surface.colors, pixels(chart)

    def inside(bar: int) -> np.ndarray:
        y = int(frame.y(11.5))
        x = int(frame.x(float(bar)) + frame.bar_width * 0.2)
        return picture[y : y + 1, x : x + 1]

    assert is_color(inside(1), colors.background).all()  # rose
    assert is_color(inside(2), colors.down).all()  # fell
    left = int(frame.x(1.0) - frame.bar_width / 2)
    edge = picture[int(frame.y(11.5)), left : left + int(frame.bar_width * 0.4)]
    assert is_color(edge, colors.up).any()


def test_bars_have_their_open_at_the_left_and_their_close_at_the_right(chart):
    one, close = np.array([10.0, 10.0]), np.array([11.0, 12.0])
    chart.set_bars(Bars("T", Interval.M1, make_bars(2).time, one, close + 1, one - 1, close, one))
    chart.set_series(SeriesType.BARS)
    frame, colors, picture = chart.pane.frame, chart.surface.colors, pixels(chart)
    for price, side, there in (
        (10.0, -1, True),
        (10.0, 1, False),
        (12.0, 1, True),
        (12.0, -1, False),
    ):
        x = int(frame.x(1.0) + side * frame.bar_width * 0.25)
        y = round(frame.y(price))
        found = is_color(picture[y - 1 : y + 2, x : x + 1], colors.up).any()
        assert bool(found) is there


def test_bricks_are_what_a_renko_chart_counts_and_the_price_stays_the_market_s(chart, qtbot):
    bars = make_bars(3_000)
    chart.set_bars(bars)
    with qtbot.waitSignal(chart.bars_replaced):
        chart.set_series(SeriesType.RENKO)
    assert chart.count == len(chart.pyramid) < 3_000
    assert chart.last_price == float(bars.close[-1])
    assert "Renko" in chart.title
    chart.set_box(2.0)
    assert set(np.round(np.abs(chart.pyramid.close - chart.pyramid.open), 9)) == {2.0}
    chart.set_series(SeriesType.CANDLES)
    assert chart.count == 3_000
    assert chart.box == 2.0


def test_a_type_chosen_before_there_are_bars_leaves_the_zoom(chart):
    chart.show_last(160)
    chart.set_series(SeriesType.RENKO)
    assert chart.visible_count == 160
    chart.set_bars(make_bars(3_000))
    assert chart.count < 3_000
    assert chart.visible_count == 160


def test_another_type_keeps_the_time_in_view(chart):
    chart.set_bars(make_bars(3_000))
    chart.show_range(1_000, 1_200)
    at = chart.time_at(1_100)
    chart.set_series(SeriesType.RENKO)
    first, last = chart.view_range
    assert chart.time_at((first + last) / 2) == pytest.approx(at, abs=60e9 * 40)
    chart.set_series(SeriesType.LINE)
    first, last = chart.view_range
    assert (first + last) / 2 == pytest.approx(1_100, abs=40)


def test_a_base_is_dragged_and_escape_puts_it_back(chart):
    bars = make_bars(300)
    chart.set_bars(bars)
    chart.set_series(SeriesType.BASELINE)
    frame, target = chart.pane.frame, chart.viewport()
    assert chart.base is None
    start = QPoint(300, round(frame.y(chart._series.baseline.base)))
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(target, start + QPoint(0, 40))
    assert chart.base == pytest.approx(frame.value_at(start.y() + 40))
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.base is None
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(target, start + QPoint(0, 40))
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=start + QPoint(0, 40))
    assert chart.base == pytest.approx(frame.value_at(start.y() + 40))
    picture, colors = pixels(chart), chart.surface.colors
    below = picture[start.y() + 42 : int(frame.bottom), : int(frame.right)]
    assert not is_color(below, colors.up).any()


def test_a_tick_moves_no_base_that_nobody_chose(chart):
    bars = make_bars(300)
    chart.set_bars(bars)
    chart.set_series(SeriesType.BASELINE)
    before = chart._series.baseline.base
    chart.update_last(live(bars, float((bars.high[-1] + bars.low[-1]) / 2)))
    assert chart._series.baseline.base == before
    assert chart.pane.axis.tags[0].value == before


def test_a_base_belongs_to_the_symbol_it_was_dragged_on(chart):
    bars = make_bars(300)
    chart.set_series(SeriesType.BASELINE)
    chart.set_base(101.0)  # as a layout remembers it, before there are bars
    chart.set_bars(bars)
    chart.set_bars(bars.head(200))
    assert chart.base == 101.0
    chart.set_bars(replace(bars, symbol="OTHER"))
    assert chart.base is None
