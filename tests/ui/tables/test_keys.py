from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTableView, QWidget

from puffling.ui.tables.keys import TableKeys

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def room(qtbot):
    """A table beside a text field, under a window with a shortcut of its own."""
    window = QWidget()
    done: list[str] = []
    table, field = QTableView(), QLineEdit()
    row = QHBoxLayout(window)
    row.addWidget(table)
    row.addWidget(field)
    QShortcut(QKeySequence("F9"), window, lambda: done.append("desk"))
    keys = {"F9": "buy", "Shift+F9": "sell", "A": "alert", "Del": "remove"}
    TableKeys(table, {key: partial(done.append, word) for key, word in keys.items()})
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    yield table, field, done
    window.close()


def test_a_key_in_the_table_is_the_tables(room):
    table, _, done = room
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_F9)
    QTest.keyClick(table, Qt.Key.Key_F9, SHIFT)
    QTest.keyClick(table, Qt.Key.Key_A)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert done == ["buy", "sell", "alert", "remove"]


def test_elsewhere_the_key_is_the_desks_and_letters_are_letters(room):
    _, field, done = room
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_F9)
    QTest.keyClicks(field, "a")
    assert done == ["desk"]
    assert field.text() == "a"


def test_other_keys_pass(room):
    table, _, done = room
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_B)
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert done == []
