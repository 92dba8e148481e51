"""What a chart says to those who cannot see it, and by keys alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from puffin.data.bars import Bars, Interval
from puffling.ui.charts.chart_series import SeriesType
from tests.ui.charts.samples import live, make_bars

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_a_chart_describes_its_last_bar(chart):
    bars = make_bars(300, Interval.D1)
    assert chart.accessibleName() == "Price chart"
    chart.set_bars(bars)
    said = chart.accessibleDescription()
    assert said.startswith("TEST · 1 day. Last bar, Fri 26 Oct 2012: open ")
    assert f"close {bars.close[-1]:.2f}" in said
    assert "volume " in said
    chart.set_bars(Bars.empty("TEST", Interval.D1))
    assert chart.accessibleDescription() == "TEST · 1 day: no bars."


def test_the_crosshair_is_heard_bar_by_bar(chart):
    bars = make_bars(300, Interval.D1)
    chart.set_bars(bars)
    for _ in range(3):
        QTest.keyClick(chart, Qt.Key.Key_Left, SHIFT)
    assert chart.cursor == 297
    said = chart.accessibleDescription()
    assert ". Bar, " in said
    assert f"close {bars.close[297]:.2f}" in said
    interface = QAccessible.queryAccessibleInterface(chart)
    assert interface.text(QAccessible.Text.Description) == said


def test_a_new_bar_is_told_and_a_type_that_cannot_be_seen_is_named(chart):
    bars = make_bars(300)
    chart.set_bars(bars)
    chart.update_last(live(bars, 123.0, later=1))
    assert "close 123.00" in chart.accessibleDescription()
    chart.set_series(SeriesType.HEIKIN_ASHI)
    chart.describe()
    assert chart.accessibleDescription().startswith("TEST · 1 minute · Heikin-Ashi. ")


def test_the_legend_says_by_how_much_the_price_changed(chart):
    bars = make_bars(300)
    chart.set_bars(bars)
    change = float(bars.close[-1] - bars.close[-2])
    assert f"{abs(change):.2f} (" in chart._legend.text
    chart.put_cursor(0)
    assert "— " in f"{chart._legend.text} "
