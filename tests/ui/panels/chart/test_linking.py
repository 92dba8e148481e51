"""Charts in step: crosshair, interval and time, as far as each of them wants to."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from puffin.data.bars import Interval
from puffin.data.times import moment
from puffling.core.errors import BadValueError
from puffling.core.events import NoticePosted
from puffling.services.study_specs import StudySpec
from puffling.ui.panels.chart.bar import FULL, LEAST
from puffling.ui.panels.chart.linking import Reach

if TYPE_CHECKING:
    from puffling.ui.panels.chart.panel import ChartPanel


@pytest.fixture
def other(panel, open_chart) -> ChartPanel:
    made: ChartPanel = open_chart()
    return made


def cursor_day(panel: ChartPanel) -> date:
    assert panel.chart is not None
    assert panel.chart.cursor is not None
    return moment(int(panel.chart.time[panel.chart.cursor])).date()


def interval_of(panel: ChartPanel) -> Interval:
    return panel.interval


def test_the_crosshair_is_on_charts_of_the_colour_at_the_same_time(room, panel, other):
    room.parts.links.choose("green", "IBM")
    other.set_interval("1w")
    room.settle()
    panel.chart.set_cursor_bar(1_000)
    room.until(lambda: other.chart.cursor is not None)
    wanted = cursor_day(panel)
    assert cursor_day(other) <= wanted
    assert (wanted - cursor_day(other)).days < 7
    panel.chart.set_cursor_bar(None)
    room.until(lambda: other.chart.cursor is None)


def test_a_chart_of_another_colour_shows_it_only_if_it_wants_all(room, panel, other):
    other.set_link("green")
    room.parts.links.choose("green", "IBM")
    room.settle()
    told: list[object] = []
    room.parts.links.pointed.connect(lambda *each: told.append(each))
    panel.chart.set_cursor_bar(2_000)
    room.until(lambda: told)
    assert other.chart.cursor is None
    other.linking.choose(crosshair=Reach.ALL)
    panel.chart.set_cursor_bar(2_001)
    room.until(lambda: other.chart.cursor is not None)
    panel.linking.choose(crosshair=Reach.OFF)
    panel.chart.set_cursor_bar(10)
    assert not panel.linking._frame.isActive()


def test_interval_and_time_are_shared_when_they_are_to_be(room, panel, other):
    panel.set_interval("1w")
    room.settle()
    assert interval_of(other) is Interval.D1
    for each in (panel, other):
        each.linking.choose(interval=True, time=True)
    panel.set_interval("1mo")
    room.settle()
    assert interval_of(other) is Interval.MO1
    panel.chart.show_range(40, 80)
    room.until(lambda: other.chart.view_range == pytest.approx((40, 80), abs=0.5))
    room.until(lambda: not panel.linking._scroll.isActive())
    other.chart.refresh()  # painted again, not moved: nothing to tell
    assert not other.linking._scroll.isActive()


def test_it_is_remembered(room, panel, other):
    panel.linking.choose(crosshair=Reach.ALL, time=True)
    other.restore(panel.state())
    assert other.linking.state() == {"crosshair": "all", "interval": False, "time": True}
    other.restore({"together": {"crosshair": 7}, "series": "pie", "scale": None})
    assert other.linking.crosshair is Reach.ALL
    room.settle()


def test_the_data_window_says_every_number_of_the_bar_and_copies_it(room, panel):
    panel.toggle_overlay("sma", 20)
    QTest.keyClick(panel.chart, Qt.Key.Key_W)
    assert panel.data.isVisible()
    panel.chart.set_cursor_bar(1_000)
    rows = dict(line.split("\t") for line in panel.data.copy().splitlines())
    close = panel.chart.pyramid.close
    assert rows["Close"] == f"{close[1_000]:.2f}"
    assert rows["SMA 20"] == f"{close[981:1_001].mean():.2f}"
    assert list(rows)[:7] == ["Bar", "Open", "High", "Low", "Close", "Change", "Change %"]
    assert QGuiApplication.clipboard().text().startswith("Bar\t")
    panel.chart.set_cursor_bar(0)
    rows = dict(line.split("\t") for line in panel.data.copy().splitlines())
    assert rows["Change"] == rows["SMA 20"] == "—"
    QTest.keyClick(panel.chart, Qt.Key.Key_W)
    assert not panel.data.isVisible()


def test_the_data_window_gives_each_number_of_a_study_a_row(room, panel):
    panel.set_studies((StudySpec("bollinger"), StudySpec("volume_profile"), StudySpec("patterns")))
    QTest.keyClick(panel.chart, Qt.Key.Key_W)
    panel.chart.set_cursor_bar(1_000)
    room.settle()
    rows = dict(line.split("\t") for line in panel.data.copy().splitlines())
    assert rows["BB 20, 2"] == ""
    assert list(rows)[list(rows).index("BB 20, 2") + 1 :][:3] == ["  Upper", "  Middle", "  Lower"]
    assert float(rows["  Upper"]) > float(rows["  Middle"]) > float(rows["  Lower"])
    assert float(rows["  VAH"]) >= float(rows["  POC"]) >= float(rows["  VAL"])
    panel.set_studies((*panel.studies, StudySpec("forecast", {"window": 100})))
    room.settle()
    names, numbers = (panel.data.header().sectionSize(each) for each in (0, 1))
    assert names + numbers <= panel.data.viewport().width()
    assert numbers >= panel.data.viewport().width() * 0.4


def test_the_data_window_waits_until_there_is_room_beside_the_prices(room, open_chart):
    panel = open_chart(width=300, height=300)
    told: list[NoticePosted] = []
    room.context.bus.subscribe(NoticePosted, told.append)
    QTest.keyClick(panel.chart, Qt.Key.Key_W)
    assert not panel.data.isVisible()
    assert told[-1].title == "No room for the data window"
    assert panel.state()["data"] is True
    panel.resize(800, 400)
    assert panel.data.isVisible()
    panel.resize(300, 300)
    assert not panel.data.isVisible()
    QTest.keyClick(panel.chart, Qt.Key.Key_W)
    panel.resize(800, 400)
    assert not panel.data.isVisible()


def test_a_date_is_gone_to(room, panel):
    QTest.keyClick(panel.chart, Qt.Key.Key_G)
    bar = panel.goto_bar
    assert bar.isVisible()
    bar.day.setDate(bar.day.date().fromString("2008-09-14", "yyyy-MM-dd"))  # a Sunday
    QTest.keyClick(bar, Qt.Key.Key_Return)
    assert not bar.isVisible()
    assert cursor_day(panel) == date(2008, 9, 12)
    first, last = panel.chart.view_range
    assert first < panel.chart.cursor < last
    with pytest.raises(BadValueError, match="1-day prices of AAPL older than 1 Mar 2000 from Demo"):
        panel.go_to(date(1999, 1, 4))
    QTest.keyClick(panel.chart, Qt.Key.Key_G)
    QTest.keyClick(bar, Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_the_scale_and_the_type_are_chosen_and_remembered(room, panel, other):
    QTest.keyClick(panel.chart, Qt.Key.Key_L)
    assert panel.chart.scale.value == "log"
    QTest.keyClick(panel.chart, Qt.Key.Key_L)
    assert panel.chart.scale.value == "linear"
    for button, wanted in ((panel.bar.type, "Heikin-Ashi"), (panel.bar.scale, "Percent")):
        button.menu().aboutToShow.emit()
        next(each for each in button.menu().actions() if each.text() == wanted).trigger()
    assert (panel.series, panel.scale) == ("heikin_ashi", "percent")
    other.restore(panel.state())
    assert (other.chart.series.value, other.chart.scale.value) == ("heikin_ashi", "percent")
    room.settle()


def test_the_bar_fits_its_dock(room, panel):
    bar = panel.bar
    for width in (240, 420, 640, 1_400):
        panel.resize(width, 400)
        room.settle()
        seen = [each for each in bar.children() if each.isWidgetType() and not each.isHidden()]
        assert all(each.geometry().right() < width for each in seen)
        assert (bar._level == FULL) is (width == 1_400)
        assert (bar._level == LEAST) is (width == 240)
    panel.resize(240, 400)
    room.settle()
    menu = bar.intervals.menu()
    menu.aboutToShow.emit()
    chosen = {each.text(): each for each in menu.actions()}
    assert not chosen["5 minutes"].isEnabled()
    chosen["1 week"].trigger()
    assert panel.interval is Interval.W1
    assert bar.intervals.text() == "1W"
    room.settle()
