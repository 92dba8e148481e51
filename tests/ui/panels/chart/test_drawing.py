"""Drawings in the chart panel: tools, menus, two charts that agree, copies, alerts, orders."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from puffin.data.bars import Interval
from puffin.types import Side
from puffling.core.drawing_kinds import DrawingKind, Style
from puffling.core.drawings import Anchor, Drawing
from puffling.core.errors import StoreDamagedError
from puffling.core.events import NoticePosted
from puffling.ui.panels.chart.drawing_bar import ToolMenu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QAction

    from puffling.ui.panels.chart.panel import ChartPanel
    from tests.ui.panels.conftest import Room

Key = Qt.Key


@pytest.fixture
def line(room: Room, panel: ChartPanel) -> Drawing:
    assert panel.chart is not None
    time = int(panel.chart.time[-20])
    price = round(panel.chart.last_price * 0.97, 2)
    (made,) = room.context.drawings.add(
        [Drawing("", "AAPL", DrawingKind.HORIZONTAL, (Anchor(time, price),))]
    )
    return made


def filled(panel: ChartPanel) -> QMenu:
    menu = QMenu(panel)
    panel.drawing._menu.fill(menu)
    return menu


def lines(menu: QMenu) -> Iterator[tuple[str, QAction]]:
    """Every line of a menu and of those in it, by its path."""
    for action in menu.actions():
        words = action.text().partition("\t")[0]
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from ((f"{words}/{below}", each) for below, each in lines(inner))
        elif words:
            yield words, action


def choose(panel: ChartPanel, path: str) -> None:
    menu = filled(panel)
    dict(lines(menu))[path].trigger()
    menu.deleteLater()


def ids(panel: ChartPanel) -> list[str]:
    return [each.id for each in panel.drawing.board.drawings]


def answer(panel: ChartPanel, text: str) -> None:
    asking = panel.drawing._asking
    assert asking is not None
    asking.field.setText(text)
    QTest.keyClick(asking.field, Key.Key_Return)


def test_two_charts_of_a_symbol_agree_at_once(room, panel, line, open_chart):
    other = open_chart()
    assert ids(panel) == ids(other) == [line.id]
    panel.drawing.board.choose([line.id])
    QTest.keyClick(panel.chart, Key.Key_Up)
    assert other.drawing.board.drawings == panel.drawing.board.drawings
    assert room.context.drawings.get(line.id).anchors[0].price > line.anchors[0].price
    QTest.keyClick(other.chart, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.drawing.board.drawings == (line,)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(panel.chart, Key.Key_Z, both)
    assert other.drawing.board.drawings[0].anchors[0].price > line.anchors[0].price


def test_the_letter_of_a_tool_takes_it_into_the_hand(panel, monkeypatch):
    opened: list[QPoint] = []
    monkeypatch.setattr(ToolMenu, "popup", lambda _, at: opened.append(at))
    QTest.keyClick(panel.chart, Key.Key_D)
    menu = panel.drawing._tools
    assert isinstance(menu, ToolMenu)
    assert len(opened) == 1
    press = QEvent.Type.KeyPress
    menu.keyPressEvent(QKeyEvent(press, Key.Key_R, Qt.KeyboardModifier.NoModifier, "r"))
    assert panel.drawing.board.kind is DrawingKind.RAY
    assert panel.drawing.bar._tools["Lines"].isChecked()
    assert panel.drawing.cancel()
    assert panel.drawing.bar.pointer.isChecked()


def test_every_tool_can_be_reached_from_the_column(panel):
    reached = set()
    for button in panel.drawing.bar._tools.values():
        menu = button.menu()
        assert isinstance(menu, ToolMenu)
        reached |= set(menu._by_letter.values())
    assert reached == set(DrawingKind)


def test_the_column_hides_clears_and_undoes(room, panel, line):
    bar = panel.drawing.bar
    bar.hide_all.click()
    assert (room.context.drawings.get(line.id).hidden, len(panel.drawing.board.shown)) == (True, 0)
    assert bar.hide_all.toolTip() == "Show all drawings"
    bar.clear.click()
    assert ids(panel) == []
    assert not bar.clear.isEnabled()
    bar.undo.click()
    bar.undo.click()
    assert panel.drawing.board.drawings == (line,)
    assert bar.redo.toolTip() == "Redo: Hide all drawings (Ctrl+Shift+Z)"


def test_a_copy_goes_to_another_symbol_in_its_look(room, panel, line):
    panel.drawing.board.choose([line.id])
    panel.drawing.board.restyle_chosen(lambda each: replace(each, color="down"), "Change")
    QTest.keyClick(panel.chart, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    panel.set_symbol("IBM")
    room.until(lambda: panel.drawing.board.symbol == "IBM")
    notices: list[NoticePosted] = []
    room.context.bus.subscribe(NoticePosted, notices.append)
    QTest.keyClick(panel.chart, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    (pasted,) = room.context.drawings.of("IBM")
    assert "out of view" in notices.pop().title
    assert (pasted.anchors, pasted.style.color) == (line.anchors, "down")
    assert pasted.id != line.id
    QGuiApplication.clipboard().setText("puffling-drawings [{}]")
    panel.drawing.paste()
    assert notices[0].title == "What was copied is no drawing."
    QGuiApplication.clipboard().clear()


def test_the_menu_changes_the_look_and_remembers_it(room, panel, line):
    board, styles = panel.drawing.board, room.context.drawing_styles
    board.choose([line.id])
    choose(panel, "Colour/Down")
    choose(panel, "Width/3 px")
    choose(panel, "Line/Dashed")
    now = room.context.drawings.get(line.id).style
    assert (now.color, now.width, now.dash) == ("down", 3.0, "dashed")
    choose(panel, "Style/Usual for a new horizontal line")
    assert styles.usual(DrawingKind.HORIZONTAL) == now
    choose(panel, "Style/Keep under a name…")
    answer(panel, "Alarm")
    assert styles.named() == {"Alarm": now}
    choose(panel, "Style/As a horizontal line was at first")
    assert room.context.drawings.get(line.id).style == Style(fill=0.0)
    choose(panel, "Style/Alarm")
    assert room.context.drawings.get(line.id).style.color == "down"
    choose(panel, "Style/Forget/Alarm")
    assert styles.named() == {}


def test_the_menu_writes_locks_hides_orders_and_duplicates(room, panel, line):
    board, drawings = panel.drawing.board, room.context.drawings
    board.choose([line.id])
    choose(panel, "Text…")
    answer(panel, "support")
    assert drawings.get(line.id).label == "Horizontal line: support"
    choose(panel, "Duplicate")
    (copy,) = board.chosen
    assert copy.id != line.id
    assert copy.text == "support"
    choose(panel, "Order/Send to the back")
    assert ids(panel) == [copy.id, line.id]
    choose(panel, "Show on/Only this")
    assert not drawings.get(copy.id).shows_on(Interval.W1)
    choose(panel, "Locked")
    assert not dict(lines(filled(panel)))["Remove"].isEnabled()
    choose(panel, "Locked")
    choose(panel, "Hide")
    assert drawings.get(copy.id).hidden


def test_levels_and_the_money_at_risk_are_asked_for(room, panel, line):
    day = line.anchors[0].time
    fib, long = room.context.drawings.add(
        [
            Drawing("", "AAPL", DrawingKind.FIB_RETRACEMENT, (Anchor(day, 500), Anchor(day, 600))),
            Drawing(
                "",
                "AAPL",
                DrawingKind.LONG,
                (Anchor(day, 500.0), Anchor(day, 600.0), Anchor(day, 450.0)),
            ),
        ]
    )
    panel.drawing.board.choose([fib.id])
    choose(panel, "Levels…")
    answer(panel, "0, 0.5 1")
    assert room.context.drawings.get(fib.id).levels == (0, 0.5, 1)
    panel.drawing.board.choose([long.id])
    choose(panel, "Money at risk…")
    answer(panel, "1,000")
    assert room.context.drawings.get(long.id).risk == 1_000
    assert room.context.drawing_styles.risk == 1_000


def test_an_alert_and_an_order_begin_at_a_line(room, panel, line):
    board = panel.drawing.board
    board.choose([line.id])
    choose(panel, "Alert when crossed")
    room.settle()
    (alert,) = room.context.alerts.all()
    assert alert.text == "AAPL falls below the horizontal line"
    assert board.layer.belled == (0,)
    price = f"{line.anchors[0].price:.2f}"
    choose(panel, f"Buy limit at {price}…")
    ticket = room.context.desk.done[-1]
    assert (ticket[0], ticket[1].side) == ("write_ticket", Side.BUY)
    QTest.keyClick(panel.chart, Key.Key_Delete)
    assert not room.context.alerts.get(alert.id).enabled
    assert board.layer.belled == ()


def test_what_cannot_be_kept_is_said_and_not_shown(room, panel, line, monkeypatch):
    notices: list[NoticePosted] = []
    room.context.bus.subscribe(NoticePosted, notices.append)
    monkeypatch.setattr("puffling.services.drawings.MOST", 1)
    panel.drawing.board.choose([line.id])
    panel.drawing.duplicate()
    assert notices[0].title == "AAPL has 1 drawings already."
    assert ids(panel) == [line.id]


def test_a_drawing_under_the_pointer_fills_the_menu(panel, line):
    assert panel.chart is not None
    frame = panel.chart.pane.frame
    at = QPoint(round(frame.right - 60), round(frame.y(line.anchors[0].price)))
    menu = QMenu(panel)
    assert panel.drawing.fill(menu, at)
    assert "Remove" in dict(lines(menu))
    other = QMenu(panel)
    assert not panel.drawing.fill(other, QPoint(at.x(), at.y() - 60))
    assert other.isEmpty()


def test_the_order_of_a_position_has_its_target_its_stop_and_its_shares(room, panel, line):
    last = round(panel.chart.last_price, 2)
    long = Drawing(
        "",
        "AAPL",
        DrawingKind.LONG,
        (
            Anchor(line.anchors[0].time, last - 10),
            Anchor(line.anchors[0].time, last + 30),
            Anchor(line.anchors[0].time, last - 20),
        ),
        risk=1_000,
    )
    (made,) = room.context.drawings.add([long])
    panel.drawing.board.choose([made.id])
    choose(panel, "Write the order…")
    _, ticket, sized = room.context.desk.done[-1]
    assert (ticket.side, ticket.quantity, sized) == (Side.BUY, 100, True)
    assert (ticket.take_profit, ticket.limit_price, ticket.stop_loss) == (
        Decimal(f"{last + 30:.2f}"),
        Decimal(f"{last - 10:.2f}"),
        Decimal(f"{last - 20:.2f}"),
    )


def test_undo_takes_back_the_newest_of_studies_and_drawings(room, panel, line):
    taken: list[str] = []
    undo = room.context.undo
    undo.note("Studies of the chart of AAPL", lambda: taken.append("studies"), lambda: None)
    QTest.keyClick(panel.chart, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (taken, ids(panel)) == (["studies"], [line.id])
    undo.note("Studies of the chart of AAPL", lambda: taken.append("again"), lambda: None)
    room.context.drawings.add([replace(line, id="")])
    QTest.keyClick(panel.chart, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (taken, ids(panel)) == (["studies"], [line.id])


def test_the_magnet_is_remembered(room, panel, open_chart):
    panel.drawing.bar.magnet.click()
    assert not panel.drawing.board.magnet
    assert not open_chart().drawing.board.magnet


def test_drawings_that_cannot_be_read_are_said_once_and_the_chart_is_there(
    room, panel, line, monkeypatch
):
    notices: list[NoticePosted] = []
    room.context.bus.subscribe(NoticePosted, notices.append)

    def refuse(*_args):
        raise StoreDamagedError("The database is damaged.")

    monkeypatch.setattr(room.context.drawings, "of", refuse)
    panel.set_symbol("IBM")
    room.until(lambda: panel.drawing.board.symbol == "IBM" and panel.chart.count)
    assert [each.title for each in notices] == ["The database is damaged."]
    assert ids(panel) == []


def test_without_bars_nothing_is_drawn_and_no_tool_is_taken(room, panel, line):
    notices: list[NoticePosted] = []
    room.context.bus.subscribe(NoticePosted, notices.append)
    panel.drawing.follow("", Interval.D1)
    assert ids(panel) == []
    panel.drawing.arm(DrawingKind.RAY)
    assert panel.drawing.board.kind is None
    assert notices[0].title == "There is no chart to draw on yet."


def test_a_low_chart_has_the_tools_there_is_room_for(panel):
    bar = panel.drawing.bar
    buttons = [*bar._tools.values(), bar.pointer, bar.magnet, bar.clear]
    bar.resize(bar.width(), 150)
    shown = [each for each in buttons if each.isVisible()]
    assert 0 < len(shown) < len(buttons)
    assert all(each.geometry().bottom() < 150 for each in shown)
    bar.resize(bar.width(), 700)
    assert all(each.isVisible() for each in buttons)
