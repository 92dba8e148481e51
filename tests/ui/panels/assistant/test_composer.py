from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffin.types import Instrument
from puffling.ui.panels.assistant.composer import Composer
from puffling.ui.widgets.suggestions import Suggestions

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")


@pytest.fixture
def composer(qtbot, theme) -> Composer:
    suggest = Suggestions()
    suggest.load([Instrument("AAPL", "Apple"), Instrument("MSFT", "Microsoft")])
    made = Composer(theme, suggest)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


def test_return_sends_and_shift_return_begins_a_line(composer, qtbot):
    sent: list[str] = []
    composer.sent.connect(sent.append)
    qtbot.keyClicks(composer, "one")
    QTest.keyClick(composer, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer, "two")
    assert sent == []
    QTest.keyClick(composer, Qt.Key.Key_Return)
    assert sent == ["one\ntwo"]
    composer.write("  ")
    QTest.keyClick(composer, Qt.Key.Key_Return)
    assert len(sent) == 1


def test_earlier_questions_come_back_with_up_and_what_was_begun_with_down(composer, qtbot):
    composer.remember(["first", "second", "second"])
    qtbot.keyClicks(composer, "begun")
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(composer, key)
        seen.append(composer.words)
    assert seen == ["second", "first", "first", "second", "begun"]


def test_a_slash_offers_commands_and_return_takes_one(composer, qtbot):
    sent: list[str] = []
    composer.sent.connect(sent.append)
    qtbot.keyClicks(composer, "/an")
    assert composer.offers == ["/analyse"]
    QTest.keyClick(composer._list, Qt.Key.Key_Return)
    assert composer.toPlainText() == "/analyse "
    assert sent == []
    qtbot.keyClicks(composer, "and /b")
    assert composer.offers == []


def test_an_at_offers_symbols_by_letter_and_by_name(composer, qtbot):
    qtbot.keyClicks(composer, "why did @micro")
    assert composer.offers == ["@MSFT"]
    QTest.keyClick(composer._list, Qt.Key.Key_Tab)
    assert composer.toPlainText() == "why did @MSFT "


def test_it_grows_with_its_lines_up_to_eight(composer):
    low = composer.sizeHint().height()
    composer.write("\n".join("x" * 5))
    assert composer.sizeHint().height() > low
    composer.write("\n" * 40)
    assert composer.sizeHint().height() < 6 * low
