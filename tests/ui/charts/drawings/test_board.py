"""Drawing on a chart by pointer and by keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest

from puffin.data.bars import Interval
from puffling.core.drawing_kinds import DrawingKind, Style
from puffling.core.drawings import Anchor, Span
from puffling.ui.charts.chart import PriceChart
from puffling.ui.charts.drawings.board import DrawingBoard
from puffling.ui.charts.scales import ScaleKind
from tests.ui.charts.drawings.samples import drawing_of
from tests.ui.charts.samples import live, make_bars

if TYPE_CHECKING:
    from puffling.ui.charts.drawings.showing import Edit

LEFT, CTRL, SHIFT = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
Key = Qt.Key
BARS = make_bars(300, Interval.D1)
K = DrawingKind


@pytest.fixture
def chart(qtbot, theme) -> PriceChart:
    made = PriceChart(theme)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    made.set_bars(BARS)
    made.show_last(100)
    return made


@pytest.fixture
def board(chart, theme) -> DrawingBoard:
    board = DrawingBoard(chart, theme)
    board.magnet = False
    board.show("TEST", Interval.D1, ())
    return board


@pytest.fixture
def edits(board) -> list[Edit]:
    edits: list[Edit] = []
    board.changed.connect(edits.append)
    return edits


def at(chart, index: int, price: float) -> QPoint:
    frame = chart.pane.frame
    return QPointF(frame.x(float(index)), frame.y(price)).toPoint()


def click(chart, where: QPoint, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(chart.viewport(), LEFT, modifier, where)


def drag(chart, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(chart.viewport(), LEFT, pos=start)
    QTest.mouseMove(chart.viewport(), (start + end) / 2)
    QTest.mouseMove(chart.viewport(), end)
    QTest.mouseRelease(chart.viewport(), LEFT, pos=end)


def middle(chart) -> float:
    frame = chart.pane.frame
    return round(float(frame.y0 + frame.y1) / 2, 2)


def keep(board, *drawings) -> None:
    board.set_drawings([replace(each, height=at) for at, each in enumerate(drawings)])


def level(chart, offset: float = 0.0, **more):
    price = middle(chart) + offset
    return drawing_of(K.HORIZONTAL, (int(BARS.time[250]), price), **more)


def sloped(chart):
    price = middle(chart)
    return drawing_of(K.TREND, (int(BARS.time[230]), price), (int(BARS.time[270]), price + 1))


def test_two_clicks_draw_a_line_and_put_the_tool_away(chart, board, edits):
    price = middle(chart)
    board.arm(K.TREND)
    click(chart, at(chart, 230, price))
    assert edits == []
    assert board.layer.chosen  # the line that would be made is shown with its handles
    QTest.mouseMove(chart.viewport(), at(chart, 260, price + 1))
    click(chart, at(chart, 260, price + 1))
    (made,) = edits[0].after
    assert (made.kind, made.symbol, made.interval) == (K.TREND, "TEST", Interval.D1)
    assert [each.time for each in made.anchors] == [BARS.time[230], BARS.time[260]]
    assert [each.price for each in made.anchors] == pytest.approx([price, price + 1], abs=0.1)
    assert (board.kind, board.chosen) == (None, (made,))


def test_one_drag_draws_a_line_too_and_does_not_move_the_chart(chart, board, edits):
    view, price = chart.view_range, middle(chart)
    board.arm(K.RECTANGLE)
    drag(chart, at(chart, 230, price), at(chart, 260, price + 1))
    assert [each.time for each in edits[0].after[0].anchors] == [BARS.time[230], BARS.time[260]]
    assert chart.view_range == view


@pytest.mark.parametrize("kind", [each for each in K if each is not K.BRUSH])
def test_every_tool_makes_its_drawing_by_keys_alone(chart, board, edits, kind):
    board.arm(kind)
    QTest.keyClick(chart, Key.Key_Left, SHIFT)
    for step in (Key.Key_Left, Key.Key_Up, Key.Key_Right, Key.Key_Down):
        QTest.keyClick(chart, Key.Key_Return)
        if edits:
            break
        QTest.keyClick(chart, step, SHIFT)
    if kind.facts.is_open:
        QTest.keyClick(chart, Key.Key_Return)
        QTest.keyClick(chart, Key.Key_Return)
    assert edits[0].after[0].kind is kind
    assert board.kind is None


def test_the_brush_follows_the_pointer(chart, board, edits):
    price = middle(chart)
    board.arm(K.BRUSH)
    start = at(chart, 230, price)
    QTest.mousePress(chart.viewport(), LEFT, pos=start)
    for step in range(1, 8):
        QTest.mouseMove(chart.viewport(), start + QPoint(9 * step, step % 2 * 12))
    QTest.mouseRelease(chart.viewport(), LEFT, pos=start + QPoint(70, 0))
    assert len(edits[0].after[0].anchors) == 8


def test_return_where_the_pointer_put_the_last_point_ends_a_path(chart, board, edits):
    board.arm(K.POLYLINE)
    for index, up in ((230, 1), (240, -1), (250, 2)):
        where = at(chart, index, middle(chart) + up)
        QTest.mouseMove(chart.viewport(), where)
        click(chart, where)
    QTest.keyClick(chart, Key.Key_Return)
    assert board.kind is None
    assert len(edits[-1].after[0].anchors) == 3


def test_keys_go_on_where_the_pointer_is(chart, board, edits):
    board.arm(K.TREND)
    price = middle(chart) + 3
    QTest.mouseMove(chart.viewport(), at(chart, 230, price))
    QTest.keyClick(chart, Key.Key_Return)
    QTest.keyClick(chart, Key.Key_Right)
    QTest.mouseMove(chart.viewport(), at(chart, 250, price - 1))
    QTest.keyClick(chart, Key.Key_Return)
    (made,) = edits[-1].after
    places = [int(np.searchsorted(BARS.time, each.time)) for each in made.anchors]
    assert places == [230, 250]
    spare = abs(chart.pane.frame.value_at(1) - chart.pane.frame.value_at(0))
    assert [each.price for each in made.anchors] == pytest.approx([price, price - 1], abs=spare)


def test_escape_and_backspace_leave_nothing_behind(chart, board, edits):
    board.arm(K.CHANNEL)
    click(chart, at(chart, 230, middle(chart)))
    click(chart, at(chart, 250, middle(chart)))
    QTest.keyClick(chart, Key.Key_Backspace)
    assert board.placed == 1
    QTest.keyClick(chart, Key.Key_Escape)
    assert (board.kind, board.placed, edits) == (None, 0, [])
    assert not len(board.layer.laid().points)


def test_the_magnet_draws_points_to_prices_and_ctrl_turns_it_round(chart, board, edits):
    high = float(BARS.high[250])
    near = at(chart, 250, high) + QPoint(0, -3)
    for magnet, modifier in ((True, Qt.KeyboardModifier.NoModifier), (False, CTRL)):
        board.magnet = magnet
        board.arm(K.HORIZONTAL)
        click(chart, near, modifier)
        assert edits[-1].after[0].anchors == (Anchor(int(BARS.time[250]), high),)
    board.arm(K.HORIZONTAL)
    click(chart, near)
    assert edits[-1].after[0].anchors[0].price != high


def test_a_drawing_is_dragged_whole_or_by_a_handle(chart, board, edits):
    keep(board, sloped(chart))
    price = middle(chart)
    drag(chart, at(chart, 250, price + 0.5), at(chart, 255, price + 0.5) + QPoint(0, 40))
    (moved,) = edits[-1].after
    assert [each.time for each in moved.anchors] == [BARS.time[235], BARS.time[275]]
    assert moved.anchors[1].price - moved.anchors[0].price == pytest.approx(1.0, abs=0.02)
    assert moved.anchors[0].price < price
    end = at(chart, 275, moved.anchors[1].price)
    drag(chart, end, end + QPoint(0, -60))
    (bent,) = edits[-1].after
    assert bent.anchors[0] == moved.anchors[0]
    assert bent.anchors[1].price > moved.anchors[1].price


def test_escape_puts_back_what_is_being_dragged(chart, board, edits):
    keep(board, level(chart))
    start = at(chart, 280, middle(chart))
    QTest.mousePress(chart.viewport(), LEFT, pos=start)
    QTest.mouseMove(chart.viewport(), start + QPoint(0, 50))
    assert board.layer.laid().points[0][1] == pytest.approx(start.y() + 50, abs=1.5)
    QTest.keyClick(chart, Key.Key_Escape)
    QTest.mouseRelease(chart.viewport(), LEFT, pos=start + QPoint(0, 50))
    assert edits == []
    assert board.layer.laid().points[0][1] == pytest.approx(start.y(), abs=1.5)


def test_what_is_locked_is_chosen_but_neither_moved_nor_removed(chart, board, edits):
    keep(board, level(chart, locked=True))
    start, view = at(chart, 280, middle(chart)), chart.view_range
    drag(chart, start, start + QPoint(0, 50))
    QTest.keyClick(chart, Key.Key_Up)
    QTest.keyClick(chart, Key.Key_Delete)
    assert (len(board.chosen), edits, chart.view_range) == (1, [], view)


def test_a_press_beside_all_drawings_moves_the_chart(chart, board):
    keep(board, level(chart))
    board.choose(["horizontal"])
    view = chart.view_range
    start = at(chart, 250, middle(chart)) + QPoint(0, 60)
    drag(chart, start, start + QPoint(80, 0))
    assert chart.view_range != view
    assert board.chosen == ()


def test_keys_nudge_by_a_tick_and_a_bar_and_one_press_is_one_change(chart, board, edits):
    keep(board, level(chart))
    board.choose(["horizontal"])
    price = middle(chart)
    QTest.keyPress(chart, Key.Key_Up)
    QTest.keyPress(chart, Key.Key_Up)
    assert edits == []
    QTest.keyRelease(chart, Key.Key_Up)
    assert edits[0].after[0].anchors[0].price == pytest.approx(price + 0.02)
    QTest.keyClick(chart, Key.Key_Down, SHIFT)
    assert edits[1].after[0].anchors[0].price == pytest.approx(price - 0.08)
    QTest.keyClick(chart, Key.Key_Left)
    assert edits[2].after[0].anchors[0].time == BARS.time[249]


def test_tab_goes_from_handle_to_handle_and_on_to_the_next_drawing(chart, board, edits):
    keep(board, level(chart, 1.0), sloped(chart))
    QTest.keyClick(chart, Key.Key_D, SHIFT)
    assert (board.chosen[0].kind, board.layer.handle) == (K.TREND, None)
    QTest.keyClick(chart, Key.Key_Tab)
    QTest.keyClick(chart, Key.Key_Tab)
    assert board.layer.handle == 1
    QTest.keyClick(chart, Key.Key_Right)
    (moved,) = edits[0].after
    assert [each.time for each in moved.anchors] == [BARS.time[230], BARS.time[271]]
    QTest.keyClick(chart, Key.Key_Tab)
    assert board.chosen[0].kind is K.HORIZONTAL
    QTest.keyClick(chart, Key.Key_Backtab)
    assert (board.chosen[0].kind, board.layer.handle) == (K.TREND, 1)


def test_ctrl_click_chooses_several_and_they_go_together(chart, board, edits):
    keep(board, level(chart, 1.0), replace(level(chart, -1.0), id="low"))
    click(chart, at(chart, 280, middle(chart) + 1))
    click(chart, at(chart, 280, middle(chart) - 1), CTRL)
    QTest.keyClick(chart, Key.Key_Delete)
    assert {each.id for each in edits[0].before} == {"horizontal", "low"}
    assert (edits[0].after, board.drawings) == ((), ())


def test_of_several_the_locked_one_stays(chart, board, edits):
    keep(board, level(chart, 1.0), replace(level(chart, -1.0), id="low", locked=True))
    board.choose(["low", "horizontal"])
    start = at(chart, 280, middle(chart) + 1)
    drag(chart, start, start + QPoint(0, 30))
    assert [each.id for each in edits[0].before] == ["horizontal"]


def test_keys_that_move_a_handle_leave_the_others_that_are_chosen(chart, board, edits):
    keep(board, level(chart, 1.0), sloped(chart))
    board.choose(["trend", "horizontal"])
    QTest.keyClick(chart, Key.Key_Tab)
    QTest.keyClick(chart, Key.Key_Up)
    assert [each.id for each in edits[0].before] == ["trend"]
    assert edits[0].before[0].anchors[1] == edits[0].after[0].anchors[1]


def test_keys_that_mean_something_are_kept_from_shortcuts(chart, board):
    def overrides(key, modifier=Qt.KeyboardModifier.NoModifier) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifier)
        event.ignore()
        return board.eventFilter(chart, event) and event.isAccepted()

    keep(board, level(chart))
    assert overrides(Key.Key_Z, CTRL)
    assert not overrides(Key.Key_Z, CTRL | Qt.KeyboardModifier.AltModifier)  # the layout's undo
    assert not overrides(Key.Key_Delete)
    assert not overrides(Key.Key_C, CTRL)
    board.choose(["horizontal"])
    assert overrides(Key.Key_Delete)
    assert overrides(Key.Key_C, CTRL)
    assert not overrides(Key.Key_1)


def test_drawings_stay_at_their_time_and_price_when_bars_and_scale_change(chart, board):
    keep(board, sloped(chart))
    drawing = board.drawings[0]

    def placed() -> bool:
        frame = chart.pane.frame
        wanted = [(frame.x(chart.place(a.time)), frame.y(a.price)) for a in drawing.anchors]
        return bool(np.allclose(board.layer.laid().points, np.array(wanted)))

    assert placed()
    chart.set_scale(ScaleKind.LOG)
    assert placed()
    chart.set_bars(BARS.tail(120))
    assert placed()
    chart.update_last(live(BARS, float(BARS.close[-1]), later=1))
    assert placed()


def test_a_drawing_is_shown_on_the_intervals_it_is_meant_for(chart, board):
    drawings = [
        replace(level(chart), id=span.value, span=span, interval=Interval.D1) for span in Span
    ]
    shown = {}
    for interval in (Interval.H1, Interval.D1, Interval.W1):
        board.show("TEST", interval, drawings)
        shown[interval] = [each.id for each in board.shown]
    assert shown == {
        Interval.H1: ["all", "shorter"],
        Interval.D1: ["all", "shorter", "only"],
        Interval.W1: ["all"],
    }
    board.show("TEST", Interval.D1, [level(chart, hidden=True)])
    assert not board.shown


def test_a_regression_that_reaches_the_last_bar_follows_it(chart, board):
    ends = (int(BARS.time[260]), 1.0), (int(BARS.time[299]), 1.0)
    keep(board, drawing_of(K.REGRESSION, *ends))
    before, frame = board.layer.laid().lines.copy(), chart.pane.frame
    chart.update_last(live(BARS, float(BARS.close[-1]) * 1.0002))
    assert chart.pane.frame == frame
    assert board.layer.laid().lines != pytest.approx(before, abs=1e-6)


def test_what_is_above_is_hit_first_and_words_are_hit_too(chart, board):
    low, high = level(chart), replace(level(chart), id="high", style=Style("down"))
    keep(board, low, high)
    assert board.layer.hit(QPointF(at(chart, 280, middle(chart)))) == 1
    text = drawing_of(K.TEXT, (int(BARS.time[250]), middle(chart)), text="a note of some length")
    keep(board, text)
    assert board.layer.hit(QPointF(at(chart, 250, middle(chart)) + QPoint(40, 8))) == 0
    assert board.layer.hit(QPointF(at(chart, 250, middle(chart)) + QPoint(40, 80))) is None


def test_a_new_symbol_lets_go_of_everything(chart, board, edits):
    board.arm(K.TREND)
    click(chart, at(chart, 230, middle(chart)))
    board.show("OTHER", Interval.D1, ())
    assert board.placed == 0
    assert edits == []


def test_the_board_says_what_to_do_next_and_where_what_is_moved_is(chart, board):
    board.arm(K.TREND)
    assert board.layer.hint.startswith("Trend line: point 1 of 2 · click")
    click(chart, at(chart, 230, middle(chart)))
    assert board.layer.hint.startswith("Trend line: point 2 of 2 · click")
    board.arm(None)
    assert board.layer.hint == ""
    keep(board, level(chart))
    board.choose(["horizontal"])
    QTest.keyPress(chart, Key.Key_Up)
    price = middle(chart) + 0.01
    assert board.layer.hint == f"Horizontal line: {price:.2f} · {chart.time_text(250)}"
    QTest.keyRelease(chart, Key.Key_Up)
    assert board.layer.hint == ""
