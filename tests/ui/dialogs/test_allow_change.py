"""Whether another program may change something is asked so that nobody allows it by accident."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QWidget

from puffling.commands.desk import PANEL_KEYS
from puffling.ui.dialogs.allow_change import AllowChange

LINES = [("Symbols on Main", "AAPL, IBM", "AAPL, IBM, ORCL")]


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def ask(theme, window, qtbot):
    def opened(lines=LINES, program="A client"):
        dialog = AllowChange(theme, "Add to watchlist", program, lines, window)
        dialog.open()
        qtbot.waitExposed(dialog)
        return dialog

    return opened


def shown(widget: QWidget) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel)]


def test_it_shows_who_asks_and_what_would_be(ask):
    words = shown(ask())
    assert "“A client” asks through puffling mcp to change this:" in words
    assert {"Add to watchlist", "AAPL, IBM", "AAPL, IBM, ORCL"} <= set(words)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_what_is_typed_by_accident_says_no(ask, qtbot, key):
    dialog = ask()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.refuse, key)


def test_no_key_leads_to_the_button_that_allows(ask, qtbot):
    dialog = ask()
    dialog.refuse.setFocus()
    for _ in range(3):
        qtbot.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
        assert not dialog.allow.hasFocus()


def test_a_click_that_was_meant_for_what_was_there_before_does_not_allow(ask, qtbot):
    dialog = ask()
    assert not dialog.allow.isEnabled()
    qtbot.mouseClick(dialog.allow, Qt.MouseButton.LeftButton)
    qtbot.keyClick(dialog, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    assert dialog.isVisible()
    assert dialog.result() == 0


def test_a_click_allows(ask, qtbot):
    dialog = ask()
    qtbot.waitUntil(dialog.allow.isEnabled)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.allow, Qt.MouseButton.LeftButton)


def test_it_can_be_allowed_without_a_mouse(ask, qtbot):
    dialog = ask()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: dialog.isActiveWindow() and dialog.allow.isEnabled())
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)


def test_no_key_of_a_panel_allows(ask):
    """Alt+A opens the assistant: it must not say yes when a question came in between."""
    mnemonic = QKeySequence.mnemonic(ask().allow.text()).toString()
    assert mnemonic == "Alt+M"
    assert mnemonic not in {key for _, key in PANEL_KEYS.values()}


def test_words_of_a_program_are_only_words(ask):
    dialog = ask([("<b>x</b>", "<img src='file:///etc/passwd'>", "y")] * 20, "<h1>Puffling</h1>")
    labels = dialog.findChildren(QLabel)
    assert all(each.textFormat() is Qt.TextFormat.PlainText for each in labels)


def test_every_line_of_what_would_be_done_can_be_read(ask, window):
    lines = [("To the inbox", "—", f"Buy {each} AAPL") for each in range(60)]
    dialog = ask(lines)
    assert {after for _, _, after in lines} <= set(shown(dialog))
    assert dialog.height() <= window.screen().availableGeometry().height()
