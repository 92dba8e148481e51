from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from puffin.backtest.result import YearOfReturns
from puffling.ui.charts.bars import BarChart, Bars
from puffling.ui.charts.calendar_map import MonthMap


def said(chart, index: int | None) -> str:
    return " ".join(each.text for each in chart.words(index))


@pytest.fixture
def chart(theme):
    made = BarChart(theme, "Profit")
    made.resize(400, 200)
    made.show_bars(
        Bars("Profit of each day", ("Mon", "Tue", "Wed"), np.array([10.0, -5.0, np.nan]))
    )
    made.show()
    yield made
    made.close()
    made.deleteLater()


def test_a_long_name_at_the_edge_is_moved_in_and_not_cut(chart, monkeypatch):
    names = [f"{each + 1} September 2012" for each in range(30)]
    chart.show_bars(Bars("Profit", names, np.linspace(-1.0, 1.0, 30)))
    written: dict[str, float] = {}
    write = chart.surface.write

    def note(painter, area, text, **how) -> None:
        written[text] = area.left()
        write(painter, area, text, **how)

    monkeypatch.setattr(chart.surface, "write", note)
    chart.grab()
    dates = {text: left for text, left in written.items() if text in names}
    assert names[0] in dates
    assert all(left >= 0 for left in dates.values())
    assert all(left + chart.surface.width(text) <= chart.width() for text, left in dates.items())


def test_the_arrow_keys_read_the_bars_one_by_one(chart):
    assert said(chart, None) == "Profit of each day"
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert said(chart, chart.looked_at) == "Mon 10.00"
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert said(chart, chart.looked_at) == "Tue −5.00"
    QTest.keyClick(chart, Qt.Key.Key_End)
    assert said(chart, chart.looked_at) == "Wed —"


def test_gains_and_losses_have_their_colours_and_zero_is_in_view(chart, theme):
    left, right, low, high = chart.bounds()
    assert (low, high) == (-5, 10)
    assert left < 0
    assert right > 2
    picture = chart.grab().toImage()
    frame = chart.frame
    up = picture.pixelColor(round(frame.x(0.0)), round(frame.y(5.0)))
    down = picture.pixelColor(round(frame.x(1.0)), round(frame.y(-2.0)))
    assert (up, down) == (theme.color("up"), theme.color("down"))


def test_the_pointer_finds_the_bar_under_it(chart):
    chart.grab()
    frame = chart.frame
    assert chart.nearest(QPointF(frame.x(1.0), 20)) == 1
    assert chart.nearest(QPointF(frame.x(9.0), 20)) is None


def test_signs_colour_what_heights_do_not_tell(chart, theme):
    chart.show_bars(Bars("How many", ("a", "b", "c"), np.ones(3), signs=np.array([1.0, -1.0, 0.0])))
    assert [chart._color(place) for place in range(3)] == [
        theme.color(name) for name in ("up", "down", "info")
    ]
    chart.show_bars(None)
    assert chart.bounds() is None
    assert said(chart, None) == ""


def test_months_stand_under_each_other_with_the_year_at_the_end(theme):
    chart = MonthMap(theme)
    chart.show_months(
        (
            YearOfReturns(2011, (None,) * 11 + (0.5,)),
            YearOfReturns(2012, (0.1, -0.1, *(None,) * 10)),
        )
    )
    assert chart.grid is not None
    assert chart.grid.y_names == ("2012", "2011")  # drawn from the bottom
    assert chart.words() == "Monthly returns, %"
    chart.look_at((1, 0))
    assert chart.words() == "Feb 2012: −10.0 %"
    chart.look_at((12, 0))
    assert chart.words() == "2012: −1.0 %"
    chart.look_at((3, 1))
    assert chart.words() == "Apr 2011: no session"
    chart.show_months(())
    assert chart.words() == ""
    chart.deleteLater()
