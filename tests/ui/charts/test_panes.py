"""Panes of a chart: their heights, all the room for one, and the crosshair across them."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from puffling.ui.charts.crosshair import Said
from puffling.ui.charts.frame import Scale
from puffling.ui.charts.overlays import LineLayer
from puffling.ui.charts.pyramid import LinePyramid
from puffling.ui.charts.scales import ScaleKind
from tests.ui.charts.samples import is_color, live, make_bars, pixels

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def panes(chart):
    """A chart with two panes more."""
    chart.set_bars(make_bars(500))
    lower = [chart.add_pane(lambda _bars: (0.0, 100.0), share=0.5) for _ in range(2)]
    chart.refresh()
    return [chart.pane, *lower]


def heights(panes) -> list[float]:
    return [pane.frame.height for pane in panes]


def drag(chart, start: QPointF, dy: int) -> None:
    target, at = chart.viewport(), start.toPoint()
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(target, at + QPoint(0, dy))
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=at + QPoint(0, dy))


def test_panes_share_the_height_and_the_axis_width(chart, panes):
    assert sum(heights(panes)) == chart.time_axis.top
    assert heights(panes)[0] == pytest.approx(2 * heights(panes)[1], abs=2)
    assert len({pane.frame.right for pane in panes}) == 1
    tops = [pane.frame.top for pane in panes]
    assert tops[1:] == [pane.frame.bottom for pane in panes[:-1]]


def test_a_drag_of_an_edge_changes_its_two_panes_only(chart, panes):
    first, second, third = heights(panes)
    drag(chart, QPointF(300, panes[0].frame.bottom), -50)
    assert heights(panes) == pytest.approx([first - 50, second + 50, third], abs=2)
    drag(chart, QPointF(300, panes[1].frame.bottom), 500)
    assert min(heights(panes)) >= 35
    assert sum(heights(panes)) == chart.time_axis.top


def test_a_double_click_on_an_edge_makes_panes_equally_tall(chart, panes):
    at = QPointF(300, panes[0].frame.bottom).toPoint()
    QTest.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert max(heights(panes)) - min(heights(panes)) <= 1


def test_an_edge_shows_that_it_can_be_dragged(chart, panes):
    QTest.mouseMove(chart.viewport(), QPointF(300, panes[0].frame.bottom).toPoint())
    assert chart.viewport().cursor().shape() is Qt.CursorShape.SplitVCursor
    QTest.mouseMove(chart.viewport(), QPointF(300, 60).toPoint())
    assert chart.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor


def test_keys_choose_a_pane_and_change_its_height(chart, panes):
    before = heights(panes)
    QTest.keyClick(chart, Qt.Key.Key_Down, SHIFT)
    assert chart.current_pane is panes[1]
    accent = is_color(pixels(chart), chart.surface.colors.equity)
    y = int(panes[1].frame.top + panes[1].frame.height / 2)
    assert accent[y, :3].any()
    QTest.keyClick(chart, Qt.Key.Key_Up, CONTROL)
    assert heights(panes)[1] > before[1]
    for _ in range(40):
        QTest.keyClick(chart, Qt.Key.Key_Down, CONTROL)
    assert 30 <= heights(panes)[1] < before[1]
    QTest.keyClick(chart, Qt.Key.Key_Up)
    frame = panes[1].frame
    assert frame.y1 - frame.y0 == pytest.approx(pytest.approx(100 / 0.84 / 1.25))
    QTest.keyClick(chart, Qt.Key.Key_Up, SHIFT)
    assert chart.current_pane is panes[0]


def test_one_pane_has_all_the_room_and_gives_it_back(chart, panes):
    before = heights(panes)
    chart.choose_pane(1)
    QTest.keyClick(chart, Qt.Key.Key_Return, ALT)
    assert chart.maximised is panes[1]
    assert panes[1].frame.height == chart.time_axis.top
    assert chart.pane_at(10) is panes[1]
    chart.put_cursor(400)
    assert chart.cursor == 400
    pixels(chart)
    QTest.keyClick(chart, Qt.Key.Key_Return, ALT)
    assert chart.maximised is None
    assert heights(panes) == before


def test_a_pane_goes_with_all_that_is_in_it(chart, panes):
    layer = LineLayer(panes[1], chart.surface.colors.up)
    layer.line = LinePyramid(chart.pyramid.close)
    chart.maximise(panes[1])
    chart.remove_pane(panes[1])
    del layer
    gc.collect()
    assert chart.panes == [panes[0], panes[2]]
    assert chart.maximised is None
    assert panes[0].frame.height + panes[2].frame.height == chart.time_axis.top
    pixels(chart)
    with pytest.raises(ValueError, match="first pane"):
        chart.remove_pane(panes[0])


def test_many_panes_in_a_small_window_are_no_reason_to_fail(chart, panes):
    chart.set_scale(ScaleKind.LOG)
    for _ in range(14):
        chart.add_pane(lambda _bars: (1.0, 2.0), share=0.02).scale = Scale.LOG
    for size in ((300, 60), (90, 70), (900, 500), (200, 45)):
        chart.resize(*size)
        chart.refresh()
        chart.put_cursor(400)
        for y in range(0, size[1], 7):
            at = QPointF(size[0] / 4, y)
            chart.point_at(at)
            chart.set_cursor_bar(400, at)
        chart.grow_pane(1.5)
        pixels(chart)


def test_the_crosshair_goes_through_all_panes_and_has_its_value_where_the_pointer_is(chart, panes):
    frame = panes[1].frame
    QTest.mouseMove(chart.viewport(), QPointF(frame.x(450.0), frame.y(50.0)).toPoint())
    assert [each.index for each in chart._crosshairs] == [450] * 3
    assert panes[1].axis.cursor == pytest.approx(50, abs=1.0)
    assert [each.value is None for each in chart._crosshairs] == [True, False, True]
    # The prices' own axis says what the bar closed at; the third pane has nothing to say of it.
    assert panes[0].axis.cursor == chart.pyramid.close[450]
    assert panes[2].axis.cursor is None


def test_another_chart_s_crosshair_is_shown_without_a_word_back(chart, panes, qtbot):
    with qtbot.assertNotEmitted(chart.cursor_moved):
        chart.set_cursor_time(int(chart.time[450]) + 5)
    assert chart.cursor == 450
    assert [pane.axis.cursor for pane in panes] == [chart.pyramid.close[450], None, None]
    with qtbot.assertNotEmitted(chart.cursor_moved):
        chart.set_cursor_time(int(chart.time[-1]) + 10**15)
    assert chart.cursor is None
    chart.set_cursor_time(int(chart.time[450]))
    chart.set_cursor_time(None)
    assert chart.cursor is None


def test_each_pane_has_a_legend_of_its_own(chart, panes):
    color = chart.surface.colors.up
    chart.voices.append(lambda at: [(panes[1], [Said(f"Strength {at}", color)])])
    chart.set_cursor_bar(40)
    assert chart._legends[panes[1]].text == "Strength 40"
    assert "Strength" not in chart._legend.text
    chart.set_cursor_bar(None)
    assert chart._legends[panes[1]].text == "Strength 499"


def test_what_is_drawn_beside_prices_may_want_room_too(chart):
    chart.set_bars(make_bars(500))
    low, high = chart.pane.frame.y0, chart.pane.frame.y1
    chart.pane.also.append(lambda _bars: (float("nan"), high * 2))
    chart.refresh()
    assert chart.pane.frame.y1 > high * 2
    assert chart.pane.frame.y0 < low
    chart.update_last(live(make_bars(500), high * 3))
    assert chart.pane.frame.y1 > high * 3


def test_a_legend_leaves_half_of_a_low_pane_to_the_prices(chart):
    chart.set_bars(make_bars(300))
    chart.set_notes([f"Note {each}" for each in range(9)])
    legend = chart._legend
    whole = legend.area.height()
    chart.resize(900, 140)
    assert 0 < legend.area.height() <= chart.pane.frame.height / 2 < whole
    *words, rest = [said.text for _, _, said in legend._in_room()]
    assert rest == f"+{9 - sum(each.startswith('Note') for each in words)}"
    assert "Note 8" in legend.text  # for those who do not look
    chart.resize(900, 500)
    assert legend.area.height() == whole


def test_a_chart_narrower_than_its_axis_is_laid_out_all_the_same(chart):
    chart.set_bars(make_bars(300))
    chart.set_notes(["A note"])
    for pane in chart.panes:
        pane.axis.unit = " of what is counted in a unit with a long name"
    chart.resize(80, 60)
    assert chart.surface.axis_width > chart.viewport().width()
    assert chart.pane.frame.bar_width > 0
    assert pixels(chart).size
    chart.resize(900, 500)
    assert chart.pane.frame.width > 400
