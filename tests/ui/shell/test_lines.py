from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QMainWindow

from puffling.commands.line import LineError
from puffling.ui.shell.palette import Entry, Grammar, Palette

# The offscreen platform says that a pop-up cannot have the keyboard to itself.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")


def read(text: str) -> Entry | None:
    if text.startswith("B 1 ") and len(text) > 5:
        return Entry("Line", text, "Write a market order on the ticket")
    if text.startswith("AAPL BT m"):
        raise LineError("There is no strategy 'm'.", 8)
    if text.startswith("B "):
        raise LineError("Which symbol?", len(text))
    return None


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def palette(window, theme):
    grammar = Grammar(read, lambda text: ["AAPL", "IBM"] if text else [], ["S 2 IBM", "AAPL 5m"])
    entries = [Entry("Panel", "panel.risk", "Risk"), Entry("Command", "backup.now", "Back up now")]
    made = Palette(theme, entries, lambda _text: [], window, grammar)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    made.open_over(window)
    return made


def field(palette: Palette) -> QLineEdit:
    found = palette.findChild(QLineEdit)
    assert isinstance(found, QLineEdit)
    return found


def said(palette: Palette) -> list[str]:
    return [each.text() for each in palette.findChildren(QLabel) if each.isVisibleTo(palette)]


def test_a_line_comes_first_and_is_what_return_chooses(palette, qtbot):
    chosen: list[Entry] = []
    palette.chosen.connect(chosen.append)
    qtbot.keyClicks(field(palette), "B 1 AAPL")
    assert palette.shown[0].title == "Write a market order on the ticket"
    qtbot.keyClick(field(palette), Qt.Key.Key_Return)
    assert (chosen[0].kind, chosen[0].id) == ("Line", "B 1 AAPL")


def test_what_is_wrong_with_a_line_is_said_while_it_is_typed(palette, qtbot):
    qtbot.keyClicks(field(palette), "B 1")
    assert "Which symbol?" in said(palette)
    field(palette).clear()
    assert "Which symbol?" not in said(palette)


def test_what_is_wrong_is_said_of_lines_that_begin_with_a_symbol_too(palette, qtbot):
    qtbot.keyClicks(field(palette), "AAPL BT mo 20")
    assert "There is no strategy 'm'." in said(palette)


def test_while_a_word_is_begun_that_may_stand_there_the_offers_are_shown_instead(palette, qtbot):
    palette._grammar = Grammar(read, lambda _text: ["momentum"], [])
    qtbot.keyClicks(field(palette), "AAPL BT mo")
    assert "momentum" in said(palette)
    qtbot.keyClicks(field(palette), " ")
    assert "There is no strategy 'm'." in said(palette)


def test_tab_puts_the_word_that_may_follow(palette, qtbot):
    qtbot.keyClicks(field(palette), "B 1 A")
    qtbot.keyClick(field(palette), Qt.Key.Key_Tab)
    assert field(palette).text() == "B 1 AAPL "
    qtbot.keyClick(field(palette), Qt.Key.Key_Tab)
    assert field(palette).text() == "B 1 AAPL AAPL "


def test_up_brings_back_lines_and_down_walks_to_the_newest(palette, qtbot):
    qtbot.keyClick(field(palette), Qt.Key.Key_Up)
    assert field(palette).text() == "S 2 IBM"
    qtbot.keyClick(field(palette), Qt.Key.Key_Up)
    qtbot.keyClick(field(palette), Qt.Key.Key_Up)
    assert field(palette).text() == "AAPL 5m"
    qtbot.keyClick(field(palette), Qt.Key.Key_Down)
    assert field(palette).text() == "S 2 IBM"
    qtbot.keyClick(field(palette), Qt.Key.Key_Down)
    assert field(palette).text() == ""
    qtbot.keyClick(field(palette), Qt.Key.Key_Down)
    assert palette._list.currentIndex().row() == 1  # the arrows walk the list again
