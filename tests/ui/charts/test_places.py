"""Places in a chart: moments among bars, points in time and price, and who takes the pointer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from puffin.data.bars import Bars, Interval
from puffling.ui.charts.chart_series import SeriesType
from puffling.ui.charts.placed_view import place_of, time_of
from puffling.ui.charts.scales import ScaleKind
from tests.ui.charts.samples import make_bars

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from puffling.ui.charts.chart import PriceChart

STEP = 60_000_000_000


def with_gaps(chart: PriceChart) -> Bars:
    """Bars by the minute, with a night after the hundredth."""
    bars = make_bars(200)
    time = bars.time + np.where(np.arange(200) >= 100, 17 * 60 * STEP, 0)
    columns = {each: getattr(bars, each) for each in ("open", "high", "low", "close", "volume")}
    bars = Bars("TEST", Interval.M1, time, **columns)
    chart.set_bars(bars)
    return bars


def test_a_bar_is_where_its_time_is_and_beyond_goes_on_in_steps(chart):
    bars = with_gaps(chart)
    assert [chart.place(int(each)) for each in bars.time] == list(range(200))
    assert chart.place(int(bars.time[-1]) + 7 * STEP) == 206
    assert chart.place(int(bars.time[0]) - 3 * STEP) == -3
    assert chart.place(int(bars.time[99]) + STEP * 17 * 30) == pytest.approx(99.5, abs=0.01)
    assert chart.time_at(206.5) == int(bars.time[-1]) + 7 * STEP + STEP // 2
    assert chart.time_at(-3) == int(bars.time[0]) - 3 * STEP


def test_a_chart_without_bars_has_places_all_the_same(chart):
    assert chart.place(5) == 0
    assert chart.time_at(3.0) == 0
    assert chart.snap(QPointF(100, 100)) is None
    chart.show_time(5)


@settings(deadline=None)
@given(
    st.floats(-50, 250), st.lists(st.integers(1, 10**15), min_size=1, max_size=199), st.integers(1)
)
def test_there_and_back_is_the_same_place(index: float, widths: list[int], seed: int):
    time = np.cumsum(np.array([seed % 10**9, *widths], dtype=np.int64))
    there = time_of(index, time, STEP)
    back = place_of(there, time, STEP)
    assert time_of(back, time, STEP) == pytest.approx(there, abs=1 + 2e-13 * abs(there))


@pytest.mark.parametrize("scale", ScaleKind, ids=lambda each: each.value)
def test_a_point_is_a_bar_a_time_and_a_value(chart, scale):
    bars = with_gaps(chart)
    chart.set_scale(scale)
    frame = chart.pane.frame
    point = chart.point_at(QPointF(frame.x(150.0), frame.y(101.5)))
    assert point.pane is chart.pane
    assert point.index == pytest.approx(150)
    assert point.time == pytest.approx(int(bars.time[150]), abs=10)
    assert point.value == pytest.approx(101.5)


def test_a_point_snaps_to_the_nearest_price_of_the_bars(chart):
    bars = with_gaps(chart)
    chart.show_last(40)
    frame = chart.pane.frame
    at = QPointF(frame.x(190.0) + 3, frame.y(float(bars.high[190])) - 5)
    found = chart.snap(at)
    assert found is not None
    assert (found.index, found.time) == (190, int(bars.time[190]))
    assert found.value == bars.high[190]
    assert chart.snap(QPointF(at.x(), frame.top + 1)) is None
    chart.set_series(SeriesType.LINE)
    frame = chart.pane.frame
    close = QPointF(frame.x(190.0), frame.y(float(bars.close[190])) + 2)
    snapped = chart.snap(close)
    assert snapped is not None
    assert snapped.value == bars.close[190]


def test_snapping_is_quick_and_exact_with_many_bars_on_a_pixel(chart):
    bars = make_bars(100_000)
    chart.set_bars(bars)
    chart.fit()
    frame, top = chart.pane.frame, int(np.argmax(bars.high))
    found = chart.snap(QPointF(frame.x(float(top)) + 1, frame.y(float(bars.high[top])) - 1))
    assert found is not None
    assert found.value == pytest.approx(float(bars.high[top]), rel=0.01)


def test_a_date_is_gone_to(chart):
    bars = with_gaps(chart)
    chart.show_last(40)
    chart.show_time(int(bars.time[60]) + 5)
    first, last = chart.view_range
    assert (first + last) / 2 == pytest.approx(60)
    assert chart.cursor == 60
    chart.show_time(0)
    assert chart.cursor == 0


@dataclass
class Recorder:
    """A tool that takes what it is told to, and remembers what it was asked."""

    takes: set[str]
    asked: list[str] = field(default_factory=list)

    def _take(self, what: str) -> bool:
        self.asked.append(what)
        return what in self.takes

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        return self._take("press")

    def move(self, at: QPointF, buttons: Qt.MouseButton) -> bool:
        return self._take("move")

    def release(self, at: QPointF) -> bool:
        return self._take("release")

    def double(self, at: QPointF) -> bool:
        return self._take("double")

    def key(self, event: QKeyEvent) -> bool:
        return self._take("key")


def drag(chart: PriceChart) -> None:
    target = chart.viewport()
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    QTest.mouseMove(target, QPoint(360, 220))
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=QPoint(360, 220))


def test_a_tool_takes_a_drag_and_the_crosshair_follows(chart):
    with_gaps(chart)
    chart.show_last(40)
    before = chart.view_range
    tool = Recorder({"press", "move"})
    chart.tool = tool
    drag(chart)
    assert tool.asked == ["press", "move", "release"]
    assert chart.view_range == before
    assert chart.cursor == round(chart.pane.frame.index_at(360))


def test_what_a_tool_does_not_take_moves_the_chart(chart):
    with_gaps(chart)
    chart.show_last(40)
    before = chart.view_range
    tool = Recorder(set())
    chart.tool = tool
    drag(chart)
    assert tool.asked == ["press"]
    assert chart.view_range != before
    QTest.mouseMove(chart.viewport(), QPoint(300, 200))
    assert tool.asked == ["press", "move"]
    QTest.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert chart.view_range[0] < 0


def test_a_tool_is_asked_of_keys_and_double_clicks_first(chart):
    with_gaps(chart)
    chart.show_last(40)
    before = chart.view_range
    tool = Recorder({"key", "double"})
    chart.tool = tool
    QTest.keyClick(chart, Qt.Key.Key_Left)
    QTest.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert {"key", "double"} <= set(tool.asked)
    assert chart.view_range == before
