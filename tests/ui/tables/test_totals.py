"""The line of totals, and columns moved by keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from puffling.core import formats
from puffling.ui.tables.columns import Column, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.sums import gained, shared, summed
from puffling.ui.tables.view import RecordView


@dataclass(frozen=True)
class Held:
    symbol: str
    value: Decimal | None
    shares: Decimal = Decimal(1)


COLUMNS: tuple[Column[Held], ...] = (
    Column("symbol", "Symbol", lambda row: row.symbol),
    number(
        "shares",
        "Shares",
        lambda row: formats.quantity(row.shares),
        lambda row: row.shares,
        total=summed(
            lambda row: row.shares,
            formats.quantity,
            within=lambda row: row.symbol,
            apart="Different symbols are not added.",
        ),
    ),
    number(
        "value",
        "Value",
        lambda row: formats.money(row.value),
        lambda row: row.value,
        total=gained(lambda row: row.value),
    ),
)


def value(row: Held) -> Decimal | None:
    return row.value


@pytest.fixture
def view(theme, qtbot):
    model = RecordModel(COLUMNS, lambda row: row.symbol)
    model.put_many(
        [Held("AAPL", Decimal(100)), Held("IBM", Decimal(-30)), Held("GOOG", Decimal(5))]
    )
    view = RecordView(theme, model, name="Positions")
    qtbot.addWidget(view)
    view.resize(500, 160)
    view.show()
    view.totals.count()
    return view


def test_what_is_known_is_added_and_what_is_missing_is_said():
    total = gained(value)
    assert total([Held("A", Decimal(3)), Held("B", Decimal(4))]).text == "+7.00"
    partly = total([Held("A", Decimal(3)), Held("B", None)])
    assert (partly.text, partly.why) == ("+3.00 *", "Known part: 1 row has no value here.")
    unknown = total([Held("A", None), Held("B", None)])
    assert (unknown.text, unknown.why) == ("—", "No row has a value here.")
    assert shared(value)([Held("A", Decimal("0.5"))]).text == "50.00 %"


def test_the_totals_are_pinned_follow_the_rows_and_leave_room_for_the_last_one(view, qtbot):
    assert view.totals.isVisible()
    assert view.totals.by_column()["value"].text == "+75.00"
    view.records.put(Held("AAPL", Decimal(200)))
    qtbot.waitUntil(lambda: "+175.00" in view.accessibleDescription())
    view.records.put_many(Held(f"S{each}", Decimal(1)) for each in range(40))
    qtbot.waitUntil(lambda: "+215.00" in view.accessibleDescription())
    view.choose("S39")
    view.scrollTo(view.currentIndex())
    assert view.visualRect(view.currentIndex()).bottom() < view.totals.y() - view.viewport().y()


def test_the_totals_follow_the_filter(view):
    view.narrowing.open()
    view.narrowing.line.setText("o")
    assert not view.totals.isVisible()  # one row is its own total
    view.narrowing.line.setText("")
    assert view.totals.by_column()["value"].text == "+75.00"


def test_what_cannot_be_added_says_why(view):
    place = QPoint(view.columnViewportPosition(1) + 4, 4)
    where = view.totals.mapToGlobal(place)
    QApplication.sendEvent(view.totals, QHelpEvent(QEvent.Type.ToolTip, place, where))
    assert QToolTip.text() == "Different symbols are not added."
    QToolTip.hideText()
    assert view.totals.by_column()["shares"].text == "—"


def test_a_line_that_could_only_say_that_nothing_is_added_is_not_shown(theme, qtbot):
    model = RecordModel(COLUMNS[:2], lambda row: row.symbol)
    model.put_many([Held("AAPL", None), Held("IBM", None)])
    view = RecordView(theme, model)
    qtbot.addWidget(view)
    assert view.totals.by_column() == {}


def test_the_totals_are_said_with_the_table_and_exported_with_its_rows(view, tmp_path):
    assert view.accessibleDescription().startswith("Totals: Shares —. Different symbols")
    view.save(str(tmp_path / "held.csv"))
    lines = (tmp_path / "held.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[-1] == "Total,—,+75.00"


def test_a_table_whose_columns_do_not_add_up_has_no_totals(theme, qtbot):
    model = RecordModel(COLUMNS[:1], lambda row: row.symbol)
    model.put_many([Held("AAPL", None), Held("IBM", None)])
    view = RecordView(theme, model)
    qtbot.addWidget(view)
    view.totals.count()
    assert not view.totals.isVisibleTo(view)
    assert view.totals.row() == []


def test_a_column_is_moved_by_keyboard_and_its_place_is_kept(theme, view, qtbot):
    view.choose("IBM")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    with qtbot.waitSignal(view.arranged):
        QTest.keyClick(
            view,
            Qt.Key.Key_Left,
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
        )
    assert [each.id for each in view.columns.visible()] == ["shares", "symbol", "value"]
    again = RecordView(theme, RecordModel(COLUMNS, lambda row: row.symbol))
    qtbot.addWidget(again)
    again.restore_layout(view.layout_state())
    assert [each.id for each in again.columns.visible()] == ["shares", "symbol", "value"]


def test_a_column_at_the_edge_stays_and_the_chooser_moves_it_too(view):
    view.choose("IBM")
    menu = view.column_menu()
    left, right = menu.actions()[-2:]
    assert (left.text(), left.isEnabled()) == ("Move Symbol to the left", False)
    right.trigger()
    assert [each.id for each in view.columns.visible()] == ["shares", "symbol", "value"]
    view.move_column(1)
    view.move_column(1)
    assert [each.id for each in view.columns.visible()] == ["shares", "value", "symbol"]
    menu.deleteLater()
