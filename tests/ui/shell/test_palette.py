from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow

from puffling.ui.shell.matching import best_first, score
from puffling.ui.shell.palette import Entry, Palette

ENTRIES = [
    Entry("Command", "chart.fit", "Fit chart"),
    Entry("Command", "order.cancel_all", "Cancel all orders", "Ctrl+Shift+Del"),
    Entry("Panel", "panel.portfolio", "Portfolio", "Alt+P", "positions account"),
    Entry("Command", "desk.palette", "Command palette"),
    Entry("Layout", "layout.trade", "Trade layout", "Ctrl+2"),
]


def search(text: str) -> list[Entry]:
    known = {"AAPL": "Apple", "IBM": "International Business Machines"}
    return [
        Entry("Symbol", symbol, f"{symbol}  {name}")
        for symbol, name in known.items()
        if text and text.casefold() in f"{symbol} {name}".casefold()
    ]


# The offscreen platform says that a pop-up cannot have the keyboard to itself.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    made.resize(900, 600)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def palette(window, theme):
    made = Palette(theme, ENTRIES, search, window)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    made.open_over(window)
    return made


def titles(palette: Palette) -> list[str]:
    return [each.title for each in palette.shown]


def test_letters_in_order_match_and_others_do_not():
    assert score("Cancel all orders", "cao") is not None
    assert score("Cancel all orders", "oac") is None
    assert score("Anything", "") == 0


def test_starts_of_words_and_whole_words_come_first():
    texts = [("Stop",), ("Open palette",), ("Drop a panel",)]
    assert best_first(texts, "op")[0] == 1
    assert best_first([("Chart fit",), ("Fit",), ("Figure it",)], "fit")[0] == 1
    assert best_first([("Portfolio", "positions"), ("Positions",)], "positions") == [1, 0]


def test_scattered_letters_are_no_find_beside_a_real_one():
    halt = ("Kill switch", "halt emergency stop all orders")
    assert best_first([("Alerts", "price"), halt, ("Add alert…", "")], "alert") == [0, 2]
    assert best_first([halt], "klsw") == [0]


def test_an_empty_line_shows_everything_in_the_order_given(palette):
    assert titles(palette) == [each.title for each in ENTRIES]


def test_typing_narrows_and_enter_chooses(palette, qtbot):
    chosen: list[Entry] = []
    palette.chosen.connect(chosen.append)
    qtbot.keyClicks(palette._line, "portf")
    assert titles(palette)[0] == "Portfolio"
    qtbot.keyClick(palette._line, Qt.Key.Key_Return)
    assert [each.id for each in chosen] == ["panel.portfolio"]
    assert not palette.isVisible()


def test_other_words_find_it_too(palette, qtbot):
    qtbot.keyClicks(palette._line, "positions")
    assert titles(palette) == ["Portfolio"]


def test_a_symbol_typed_in_full_comes_first(palette, qtbot):
    qtbot.keyClicks(palette._line, "ibm")
    assert palette.shown[0].kind == "Symbol"
    qtbot.keyClicks(palette._line, "zzz")
    assert titles(palette) == []
    assert palette._empty.isVisible()


def test_arrows_move_and_stop_at_the_ends(palette, qtbot):
    chosen: list[Entry] = []
    palette.chosen.connect(chosen.append)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        qtbot.keyClick(palette._line, key)
    qtbot.keyClick(palette._line, Qt.Key.Key_PageDown)
    qtbot.keyClick(palette._line, Qt.Key.Key_Return)
    assert [each.id for each in chosen] == ["layout.trade"]


def test_escape_leaves_without_choosing(palette, qtbot):
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(palette._line, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_every_row_can_be_painted(palette, qtbot):
    palette.grab()
