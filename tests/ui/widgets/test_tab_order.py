from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from puffling.ui.widgets.tab_order import stand_after


class Compound(QWidget):
    """A field with a button beside it; the whole hands the keyboard to the field."""

    def __init__(self, name: str, *, button: bool = False) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        self.field = QLineEdit()
        self.field.setAccessibleName(name)
        row.addWidget(self.field)
        if button:
            more = QPushButton("…")
            more.setAccessibleName(f"{name} more")
            row.addWidget(more)
        self.setFocusProxy(self.field)


class Room(QWidget):
    """A column of things that take the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.first, self.last = QLineEdit(), QLineEdit()
        for name, line in (("first", self.first), ("last", self.last)):
            line.setAccessibleName(name)
            self.column.addWidget(line)

    def round(self, key: Qt.Key = Qt.Key.Key_Tab) -> list[str]:
        """Press Tab eight times from the first line; say where it went."""
        self.first.setFocus()
        met = []
        for _ in range(8):
            at = QApplication.focusWidget()
            assert at is not None
            met.append(at.accessibleName())
            QTest.keyClick(at, key)
        return met


@pytest.fixture
def room(qtbot):
    room = Room()
    qtbot.addWidget(room)
    room.show()
    room.activateWindow()
    return room


def test_what_was_made_later_stands_where_it_is_seen_and_tab_gets_out_again(room):
    made = [Compound("from", button=True), Compound("to")]
    for at, each in enumerate(made):
        room.column.insertWidget(1 + at, each)
        each.show()
    assert stand_after(room.first, made) is made[1].field
    there = ["first", "from", "from more", "to", "last", "first", "from", "from more"]
    assert room.round() == there
    back = ["first", "last", "to", "from more", "from", "first", "last", "to"]
    assert room.round(Qt.Key.Key_Backtab) == back
    assert made[0].focusProxy() is made[0].field


def test_nothing_to_move_leaves_the_order(room):
    assert stand_after(room.first, []) is room.first
    assert room.round()[:3] == ["first", "last", "first"]
